package statesub

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func subscribed(_ *Model, c Stats) bool { return c.Connections[ResultOK] == 1 }

// A server may echo the sub-protocol as it was sent, decoded, or not at all.
func TestEchoes(t *testing.T) {
	for _, echo := range []string{"ingredi%20state%20api", "ingredi state api", "Ingredi State API", ""} {
		t.Run(echo, func(t *testing.T) {
			var mu sync.Mutex
			var offered []string
			server := tlsServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				offered = append(offered, r.URL.Path+" "+r.Header.Get("Sec-WebSocket-Protocol"))
				mu.Unlock()
				p := upgrade(w, r, echo)
				defer p.close()
				if p.accept() == nil {
					p.wait()
				}
			}))
			s := run(t, server, nil)
			until(t, s, "a subscription", subscribed)
			mu.Lock()
			defer mu.Unlock()
			if want := []string{"/nw ingredi%20state%20api"}; !slices.Equal(offered, want) {
				t.Errorf("offered %q", offered)
			}
		})
	}
}

// Where the encoded spelling is refused the raw one is tried once, and the one
// that worked comes first the next time.
func TestRawSpelling(t *testing.T) {
	for _, tt := range []struct {
		name   string
		refuse func(w http.ResponseWriter, r *http.Request)
	}{
		{"by a status", func(w http.ResponseWriter, r *http.Request) { http.Error(w, "no", http.StatusBadRequest) }},
		{"by 500", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }},
		{"by 501", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotImplemented) }},
		{"by a hang-up", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
		{"by an echo", func(w http.ResponseWriter, r *http.Request) { upgrade(w, r, "chat").close() }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var mu sync.Mutex
			var offered []string
			server := tlsServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				offer := r.Header.Get("Sec-WebSocket-Protocol")
				mu.Lock()
				offered = append(offered, offer)
				first := len(offered) <= 2
				mu.Unlock()
				if offer != "ingredi state api" {
					tt.refuse(w, r)
					return
				}
				p := upgrade(w, r, offer)
				defer p.close()
				if p.accept() == nil && !first {
					p.wait()
				}
			}))
			s := run(t, server, nil)
			until(t, s, "a second subscription", func(_ *Model, c Stats) bool { return c.Connections[ResultOK] == 2 })
			if n := s.Stats().Connections[ResultRefused]; n != 0 {
				t.Errorf("%d attempts are counted as refused", n)
			}
			mu.Lock()
			defer mu.Unlock()
			if want := []string{"ingredi%20state%20api", "ingredi state api", "ingredi state api"}; !slices.Equal(offered, want) {
				t.Errorf("offered %q", offered)
			}
		})
	}
}

// A backup, which answers 503, and a server that does not answer in time are not
// asked a second time for the sake of a spelling.
func TestAskedOnce(t *testing.T) {
	for name, serve := range map[string]http.HandlerFunc{
		"a backup":  func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) },
		"no answer": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var asked atomic.Int32
				s := newSubscription(t, bubbleServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					asked.Add(1)
					serve(w, r)
				})), nil)
				stop := start(t, s)
				time.Sleep(stepTimeout + time.Millisecond)
				synctest.Wait()
				stop()
				c := s.Stats()
				if attempts := c.Connections[ResultRefused] + c.Connections[ResultNetwork]; attempts == 0 || uint64(asked.Load()) != attempts {
					t.Errorf("asked %d times in %d attempts", asked.Load(), attempts)
				}
			})
		})
	}
}

func TestDialFails(t *testing.T) {
	elsewhere := tlsServer(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("a redirect was followed")
	}))
	for _, tt := range []struct {
		name    string
		handler http.HandlerFunc
		change  func(*Config)
		result  Result
		says    string
	}{
		{"a backup", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }, nil, ResultRefused, "HTTP status 503: a backup does so"},
		{"not found", http.NotFound, nil, ResultRefused, "HTTP status 404"},
		{"unauthorized", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }, nil, ResultRefused, "HTTP status 401"},
		{"a page", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }, nil, ResultRefused, "HTTP status 200"},
		{"a redirect", http.RedirectHandler(elsewhere.url, http.StatusFound).ServeHTTP, nil, ResultRefused, "HTTP status 302"},
		{"another sub-protocol", func(w http.ResponseWriter, r *http.Request) { upgrade(w, r, "chat").close() }, nil, ResultRefused, `"chat"`},
		{"a hang-up", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, nil, ResultNetwork, "EOF"},
		{"an unknown certificate", http.NotFound, func(c *Config) { c.HTTPClient = &http.Client{Transport: new(http.Transport)} }, ResultNetwork, "certificate"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := run(t, tlsServer(t, tt.handler), tt.change)
			until(t, s, "a failed attempt", func(m *Model, c Stats) bool { return c.Connections[tt.result] == 1 })
			c := s.Stats()
			if !strings.Contains(c.LastError, tt.says) {
				t.Errorf("the error %q does not say %q", c.LastError, tt.says)
			}
			if c.Disconnects != [NumDisconnectReasons]uint64{} {
				t.Errorf("disconnects %v", c.Disconnects)
			}
		})
	}
}

// Whatever the client is set up for, the upgrade is one of HTTP/1.1.
func TestClients(t *testing.T) {
	handler := serving(func(p *peer) error {
		if err := p.accept(); err != nil {
			return err
		}
		p.wait()
		return nil
	})
	for _, tt := range []struct {
		name   string
		change func(*Config)
	}{
		{"no keep-alives", func(c *Config) { c.HTTPClient.Transport.(*http.Transport).DisableKeepAlives = true }},
		{"HTTP/2", func(c *Config) { c.HTTPClient.Transport.(*http.Transport).ForceAttemptHTTP2 = true }},
		{"a time limit", func(c *Config) { c.HTTPClient.Timeout = 500 * time.Millisecond }},
		{"a path", func(c *Config) { c.URL = c.URL.JoinPath("/") }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := run(t, tlsServer(t, handler), tt.change)
			// In sync is a second after the subscription: no time limit of the
			// client's has ended the connection.
			until(t, s, "sync", func(m *Model, _ Stats) bool { return m.Synced() })
			if c := s.Stats(); c.Connections != [NumResults]uint64{ResultOK: 1} {
				t.Errorf("connections %v; %s", c.Connections, c.LastError)
			}
		})
	}
}
