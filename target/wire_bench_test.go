package target

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/config"
)

// BenchmarkWireToMetrics measures the time from a change that an appliance
// writes to its WebSocket, over TLS, to the scrape that shows it, on a desk of
// 50 000 sessions. The scrapes come one after the other, so the time of one is
// in the figure.
func BenchmarkWireToMetrics(b *testing.B) {
	changes := make(chan string)
	server := httptest.NewTLSServer(stateServer(b, 50_000, changes))
	defer server.Close()
	options := config.Options{
		URL:          server.URL,
		ClientID:     "id",
		ClientSecret: config.NewSecret("secret"),
		CA:           pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}),
		CacheTTL:     time.Hour,
		Timeout:      10 * time.Second,
		Collectors:   map[string]bool{"state": true},
		State:        config.State{MaxMessageBytes: 256 << 20, IdleTimeout: time.Minute, ResyncGrace: time.Minute},
	}
	appliance, err := options.Validate()
	if err != nil {
		b.Fatal(err)
	}
	t, err := New(appliance, "", slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		t.Run(ctx)
	}()
	defer func() {
		cancel()
		<-ended
		t.Close()
	}()
	for waiting(b, t) != 50_000 {
		time.Sleep(10 * time.Millisecond)
	}

	var took []time.Duration
	n := 50_000
	for b.Loop() {
		n++
		began := time.Now()
		changes <- fmt.Sprintf(`{"type":"model_update","insert":{"support_session":{"%d":{"queue_id":"1","lsid":"%032x"}}}}`+"\n", n, n)
		for shown := 0; shown != n; {
			shown = waiting(b, t)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1e3, "median-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1e3, "p99-ms")
}

// waiting scrapes and returns how many sessions wait, 0 where nobody says.
func waiting(b *testing.B, t *Target) int {
	b.Helper()
	families, err := t.Gatherer(context.Background()).Gather()
	if err != nil {
		b.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() != "beyondtrust_team_support_sessions" {
			continue
		}
		for _, m := range family.GetMetric() {
			labels := ""
			for _, label := range m.GetLabel() {
				labels += label.GetName() + "=" + label.GetValue() + " "
			}
			if labels == "queue=net state=waiting " {
				return int(m.GetGauge().GetValue())
			}
		}
	}
	return 0
}

// stateServer is an appliance that has so many sessions and then sends what
// comes from the channel. It speaks what the Remote Support API Programmer's
// Guide says of the real-time state API, and no more.
func stateServer(b *testing.B, sessions int, changes <-chan string) http.Handler {
	b.Helper()
	rows := map[string]any{}
	for i := range sessions {
		rows[fmt.Sprint(i+1)] = map[string]any{"queue_id": "1", "lsid": fmt.Sprintf("%032x", i), "created_timestamp": 1_700_000_000}
	}
	full, err := json.Marshal(map[string]any{"type": "model_update", "insert": map[string]any{
		"queue":           map[string]any{"1": map[string]any{"type": "team", "code_name": "net"}},
		"support_session": rows,
	}})
	if err != nil {
		b.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /oauth2/token", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"access_token":"token","token_type":"Bearer","expires_in":3600}`)
	})
	mux.HandleFunc("/nw", func(w http.ResponseWriter, r *http.Request) {
		ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"ingredi%20state%20api"}})
		if err != nil {
			return
		}
		defer ws.CloseNow() //nolint:errcheck // The client has gone.
		ctx := r.Context()
		for _, answer := range []string{
			`{"type":"authenticate_response","success":true}`,
			fmt.Sprintf(`{"type":"subscribe_response","success":true,"timestamp":%d}`, time.Now().Unix()),
		} {
			if _, _, err := ws.Read(ctx); err != nil {
				return
			}
			if ws.Write(ctx, websocket.MessageBinary, []byte(answer+"\n")) != nil {
				return
			}
		}
		if ws.Write(ctx, websocket.MessageBinary, append(full, '\n')) != nil {
			return
		}
		ctx = ws.CloseRead(ctx)
		for {
			select {
			case <-ctx.Done():
				return
			case change := <-changes:
				if ws.Write(ctx, websocket.MessageBinary, []byte(change)) != nil {
					return
				}
			}
		}
	})
	return mux
}
