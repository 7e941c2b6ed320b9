package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
)

// dialOptions is how a test connects.
type dialOptions struct {
	offer  string // the sub-protocol; by default the encoded one
	token  string // by default one that works
	tables string // JSON; by default "all"
}

// integration is a client of the real-time state API.
type integration struct {
	t      testing.TB
	conn   *websocket.Conn
	ctx    context.Context
	echo   string
	rest   []byte
	frames int
	split  int // frames that end inside a UTF-8 character
}

// upgrade opens the web socket, or returns the status of the refusal.
func (s *served) upgrade(offer string) (*integration, int) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	s.t.Cleanup(cancel)
	header := http.Header{}
	if offer != "" {
		header.Set("Sec-WebSocket-Protocol", offer)
	}
	// The library checks the echo against what was offered; the header alone is not checked, so any echo will do.
	client := *s.client
	var echo string
	client.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
		response, err := s.client.Transport.RoundTrip(r)
		if err == nil {
			echo = response.Header.Get("Sec-WebSocket-Protocol")
			response.Header.Del("Sec-WebSocket-Protocol")
		}
		return response, err
	})
	client.Timeout = 0
	conn, response, err := websocket.Dial(ctx, s.url+"/nw", &websocket.DialOptions{HTTPClient: &client, HTTPHeader: header})
	if err != nil {
		if response == nil {
			s.t.Fatal(err)
		}
		return nil, response.StatusCode
	}
	conn.SetReadLimit(64 << 20)
	s.t.Cleanup(func() { _ = conn.CloseNow() })
	return &integration{t: s.t, conn: conn, ctx: ctx, echo: echo}, http.StatusSwitchingProtocols
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// dial connects, and sends authenticate and subscribe.
func (s *served) dial(o dialOptions) *integration {
	s.t.Helper()
	orDefault(&o.offer, "ingredi%20state%20api")
	if o.token == "" {
		o.token = s.token()
	}
	orDefault(&o.tables, `"all"`)
	c, status := s.upgrade(o.offer)
	if c == nil {
		s.t.Fatalf("the upgrade was refused: %d", status)
	}
	c.send(`{"type":"authenticate","credentials":{"bearer_token":"` + o.token + `"}}` + "\n")
	c.send(`{"type":"subscribe","tables":` + o.tables + "}\n")
	return c
}

func (c *integration) send(text string) {
	c.t.Helper()
	if err := c.conn.Write(c.ctx, websocket.MessageText, []byte(text)); err != nil && websocket.CloseStatus(err) == -1 && !errors.Is(err, io.ErrClosedPipe) {
		c.t.Logf("sending: %v", err)
	}
}

// line reads the next whole message.
func (c *integration) line() ([]byte, error) {
	for {
		if i := strings.IndexByte(string(c.rest), '\n'); i >= 0 {
			line := c.rest[:i+1]
			c.rest = c.rest[i+1:]
			return line, nil
		}
		kind, b, err := c.conn.Read(c.ctx)
		if err != nil {
			return nil, err
		}
		if kind != websocket.MessageBinary {
			return nil, errors.New("a frame is not binary")
		}
		c.frames++
		if r, _ := utf8.DecodeLastRune(b); r == utf8.RuneError {
			c.split++
		}
		c.rest = append(c.rest, b...)
	}
}

// message is what a test reads of one.
type message struct {
	Type      string
	Success   *bool
	Reason    string
	Timestamp int64
	Insert    map[string]map[string]map[string]any
	Update    map[string]map[string]map[string]any
	Delete    map[string][]any
}

func (c *integration) read() message {
	c.t.Helper()
	line, err := c.line()
	if err != nil {
		c.t.Fatal(err)
	}
	var m message
	if err := json.Unmarshal(line, &m); err != nil {
		c.t.Fatalf("%v: %.200q", err, line)
	}
	return m
}

// subscribe reads the two answers, which must be good, and returns the appliance's time.
func (c *integration) subscribe() int64 {
	c.t.Helper()
	if m := c.read(); m.Type != "authenticate_response" || m.Success == nil || !*m.Success {
		c.t.Fatalf("authenticate: %+v", m)
	}
	m := c.read()
	if m.Type != "subscribe_response" || m.Success == nil || !*m.Success {
		c.t.Fatalf("subscribe: %+v", m)
	}
	return m.Timestamp
}

// expectRefusal reads answers until one refuses, and then the end of the connection.
func (c *integration) expectRefusal(kind string) string {
	c.t.Helper()
	for {
		m := c.read()
		if m.Success != nil && *m.Success {
			continue
		}
		if m.Type != kind || m.Success == nil || m.Reason == "" {
			c.t.Fatalf("want a refusal by %s: %+v", kind, m)
		}
		if _, err := c.line(); err == nil {
			c.t.Error("the connection goes on after a refusal")
		}
		return m.Reason
	}
}

// rows is a model of nothing but which rows there are.
type rows map[world.Table]map[string]bool

func (r rows) take(m message) {
	if m.Type == "truncate_model" {
		clear(r)
	}
	for _, changes := range []map[string]map[string]map[string]any{m.Insert, m.Update} {
		for table, byID := range changes {
			for id := range byID {
				if r[world.Table(table)] == nil {
					r[world.Table(table)] = make(map[string]bool)
				}
				r[world.Table(table)][id] = true
			}
		}
	}
	for table, ids := range m.Delete {
		for _, id := range ids {
			delete(r[world.Table(table)], fmt.Sprint(id))
		}
	}
}

func (r rows) counts() map[world.Table]int {
	n := make(map[world.Table]int)
	for table, ids := range r {
		if len(ids) > 0 {
			n[table] = len(ids)
		}
	}
	return n
}
