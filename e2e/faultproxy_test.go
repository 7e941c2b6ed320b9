package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"testing"
)

// faultProxy is a TCP proxy in front of an appliance, which does to connections what networks do. It
// is a process of tools/faultproxy with one proxy, through which every toxic is there from the start
// and does nothing.
type faultProxy struct {
	t       *testing.T
	control string
	address string // of the proxy
}

// idleToxics are the toxics of a proxy, each in the direction from the appliance but for the half-open
// connection, which is dead both ways. A toxicity of 0 is none.
func idleToxics() []map[string]any {
	toxic := func(kind string, attributes map[string]any) map[string]any {
		return map[string]any{"name": kind, "type": kind, "stream": "downstream", "toxicity": 0, "attributes": attributes}
	}
	half := func(name, direction string) map[string]any {
		return map[string]any{"name": name, "type": "half_open", "stream": direction, "toxicity": 1, "attributes": map[string]any{"dead": false}}
	}
	return []map[string]any{
		toxic("latency", map[string]any{"latency": 0}),
		toxic("bandwidth", map[string]any{"rate": 1}),
		toxic("slicer", map[string]any{"average_size": 100}),
		toxic("limit_data", map[string]any{"bytes": 1}),
		toxic("corrupt", map[string]any{"every": 1}),
		half("half_open", "downstream"),
		half("half_open_up", "upstream"),
	}
}

// resetToxic resets a connection when something comes from the appliance. While it is there every
// close is a reset.
func resetToxic(toxicity int) map[string]any {
	return map[string]any{"name": "reset_peer", "type": "reset_peer", "stream": "downstream", "toxicity": toxicity, "attributes": map[string]any{"timeout": 0}}
}

// startFaultProxy starts a proxy in front of an address.
func startFaultProxy(t *testing.T, upstream string, more ...map[string]any) *faultProxy {
	t.Helper()
	process := start(t, os.Getenv(faultProxyVariable), nil)
	p := &faultProxy{t: t, control: process.Stdout.Find(`control=(\S+)`)}
	created := p.send(http.MethodPost, "/proxies", map[string]any{"name": "appliance", "listen": "127.0.0.1:0", "upstream": upstream, "enabled": true})
	p.address, _ = created["listen"].(string)
	for _, toxic := range append(idleToxics(), more...) {
		p.send(http.MethodPost, "/proxies/appliance/toxics", toxic)
	}
	return p
}

// send sends a request to the control API.
func (p *faultProxy) send(method, path string, request map[string]any) map[string]any {
	p.t.Helper()
	answer, err := p.try(method, path, request)
	if err != nil {
		p.t.Fatalf("the fault proxy, %s %s: %v", method, path, err)
	}
	return answer
}

func (p *faultProxy) try(method, path string, request map[string]any) (map[string]any, error) {
	text, err := json.Marshal(request)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, p.control+path, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	said, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode/100 != 2 {
		return nil, fmt.Errorf("status %d: %s", response.StatusCode, said)
	}
	answer := make(map[string]any)
	if len(said) == 0 {
		return answer, nil
	}
	return answer, json.Unmarshal(said, &answer)
}

// poison lets a toxic work.
func (p *faultProxy) poison(name string, attributes map[string]any) {
	p.t.Helper()
	p.send(http.MethodPost, "/proxies/appliance/toxics/"+name, map[string]any{"toxicity": 1, "attributes": attributes})
}

// cure lets it do nothing.
func (p *faultProxy) cure(name string) {
	p.t.Helper()
	p.send(http.MethodPost, "/proxies/appliance/toxics/"+name, map[string]any{"toxicity": 0})
}

// reset resets every new connection when something comes from the appliance, and ends those there are.
func (p *faultProxy) reset() {
	p.t.Helper()
	p.send(http.MethodPost, "/proxies/appliance/toxics", resetToxic(1))
}

// noReset lets new ones be.
func (p *faultProxy) noReset() {
	p.t.Helper()
	p.send(http.MethodDelete, "/proxies/appliance/toxics/reset_peer", nil)
}

// kill lets all connections be dead, those to come as well.
func (p *faultProxy) kill() {
	p.t.Helper()
	p.halfOpen(true)
}

// revive lets new connections live. Those that were dead stay so, and nobody is told.
func (p *faultProxy) revive() {
	p.t.Helper()
	p.halfOpen(false)
}

func (p *faultProxy) halfOpen(dead bool) {
	p.t.Helper()
	for _, name := range []string{"half_open", "half_open_up"} {
		p.poison(name, map[string]any{"dead": dead})
	}
}

// cut ends all connections and takes no new ones.
func (p *faultProxy) cut() {
	p.t.Helper()
	p.enable(false)
}

// mend takes new ones again.
func (p *faultProxy) mend() {
	p.t.Helper()
	p.enable(true)
}

func (p *faultProxy) enable(on bool) {
	p.t.Helper()
	p.send(http.MethodPost, "/proxies/appliance", map[string]any{"enabled": on})
}
