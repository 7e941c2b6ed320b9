package statesub

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"
)

// serving returns a handler that upgrades and serves with f.
func serving(f func(p *peer) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p := upgrade(w, r, r.Header.Get("Sec-WebSocket-Protocol"))
		defer p.close()
		// What the client did not wait for is seen by what it counts.
		_ = f(p)
	}
}

// run runs a subscription to a server until the test ends. change may alter
// the configuration.
func run(t *testing.T, server site, change func(*Config)) *Subscription {
	t.Helper()
	s := newSubscription(t, server, change)
	start(t, s)
	return s
}

func newSubscription(t *testing.T, server site, change func(*Config)) *Subscription {
	t.Helper()
	address, err := url.Parse(server.url)
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{
		URL:        address,
		Token:      func(context.Context) (string, error) { return "token", nil },
		HTTPClient: server.client,
		Watcher:    ignore{},
	}
	if change != nil {
		change(&cfg)
	}
	s := New(cfg)
	s.retry.random = func() float64 { return 0 }
	s.credentials.random = s.retry.random
	return s
}

// start runs a subscription and returns what stops it and waits for its end.
func start(t *testing.T, s *Subscription) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// until waits until the condition holds of the model and the counts.
func until(t *testing.T, s *Subscription, what string, holds func(m *Model, c Stats) bool) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		ok := false
		var c Stats
		s.Look(func(_ Instant, m *Model) {
			c = s.Stats()
			ok = holds(m, c)
		})
		if ok {
			return
		}
		select {
		case <-deadline:
			t.Fatalf("never came: %s; the last error is %q", what, c.LastError)
		case <-tick.C:
		}
	}
}

// pipeListener hands out the ends of pipes, so that a bubble of synctest knows
// when all is quiet.
type pipeListener struct {
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

func (l *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.conns <- server:
		return client, nil
	case <-l.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// site is a server and how to reach it.
type site struct {
	url    string
	client *http.Client
}

// tlsServer is a server over TLS on loopback.
func tlsServer(t *testing.T, handler http.Handler) site {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return site{server.URL, server.Client()}
}

// bubbleServer is a server without a network, for a bubble of synctest.
func bubbleServer(t testing.TB, handler http.Handler) site {
	t.Helper()
	l := &pipeListener{conns: make(chan net.Conn), done: make(chan struct{})}
	server := &http.Server{Handler: handler}
	go func() { _ = server.Serve(l) }()
	transport := &http.Transport{DialContext: l.dial}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		server.Close()
	})
	return site{"http://appliance.example.com", &http.Client{Transport: transport}}
}

// slowServer is a bubbleServer over TLS, whose every connection brings 4 kB/s in
// records as large as can be.
func slowServer(t *testing.T, handler http.Handler) site {
	t.Helper()
	l := &pipeListener{conns: make(chan net.Conn), done: make(chan struct{})}
	server := httptest.NewUnstartedServer(handler)
	server.Listener.Close()
	server.Listener = slowListener{l}
	server.TLS = &tls.Config{DynamicRecordSizingDisabled: true}
	server.StartTLS()
	t.Cleanup(server.Close)
	client := server.Client()
	client.Transport.(*http.Transport).DialContext = l.dial
	return site{"https://example.com", client}
}

type slowListener struct{ net.Listener }

func (l slowListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	return slowConn{conn}, err
}

type slowConn struct{ net.Conn }

func (c slowConn) Write(p []byte) (written int, err error) {
	for piece := range slices.Chunk(p, 400) {
		time.Sleep(100 * time.Millisecond)
		n, err := c.Conn.Write(piece)
		written += n
		if err != nil {
			return written, err
		}
	}
	return written, nil
}
