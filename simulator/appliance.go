package simulator

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
)

// Appliance is a simulated B Series appliance. Its methods may be called by several goroutines at once.
type Appliance struct {
	cfg         Config
	desk        *desk
	account     *account
	authority   *authority
	faults      faults
	peer        *Appliance
	connections atomic.Uint64 // to the real-time state API, ever
	open        atomic.Int64  // connections of any kind, now

	mu       sync.Mutex
	relation relation
}

// New makes an appliance whose desk is already at work. It lives from the first call on, by the clock; messages are only sent while
// Serve runs.
func New(cfg Config) (*Appliance, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	d, err := newDesk(cfg.World, cfg.clock)
	if err != nil {
		return nil, fmt.Errorf("making the support desk: %w", err)
	}
	return newAppliance(cfg, d)
}

func newAppliance(cfg Config, d *desk) (*Appliance, error) {
	auth, err := newAuthority(cfg.Hostname, cfg.Now(), cfg.CertificateLifetime)
	if err != nil {
		return nil, fmt.Errorf("making the certificate of %s: %w", cfg.Hostname, err)
	}
	a := &Appliance{cfg: cfg, desk: d, authority: auth, relation: relation{role: cfg.Role}}
	a.account = &account{cfg: &a.cfg}
	return a, nil
}

// Serve answers over TLS on a listener until the context ends, and closes the listener. When it returns, every goroutine and connection
// that it had is gone. The error is nil if the context ended it.
func (a *Appliance) Serve(ctx context.Context, listener net.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var gate gate
	server := &http.Server{
		Handler:           gate.guard(a.handler(ctx)),
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0),
		// The web socket needs HTTP/1.1, and so does Connection: close.
		TLSNextProto: make(map[string]func(*http.Server, *tls.Conn, http.Handler)),
	}
	var desk sync.WaitGroup
	desk.Go(func() { a.desk.live(ctx) })
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	err := server.Serve(tls.NewListener(countedListener{listener, &a.open}, &tls.Config{
		Certificates: []tls.Certificate{a.authority.leaf}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
	}))
	cancel()
	_ = server.Close()
	gate.close()
	desk.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serving on %s: %w", listener.Addr(), err)
}

// gate counts the requests in hand, hijacked connections included, so that one can wait until none is left.
type gate struct {
	mu     sync.Mutex
	closed bool
	inside sync.WaitGroup
}

func (g *gate) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.mu.Lock()
		if g.closed {
			g.mu.Unlock()
			panic(http.ErrAbortHandler) // to return would be an empty answer
		}
		g.inside.Add(1)
		g.mu.Unlock()
		defer g.inside.Done()
		next.ServeHTTP(w, r)
	})
}

// close lets nobody in any more and waits until everybody is out.
func (g *gate) close() {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	g.inside.Wait()
}

// handler is everything that the appliance answers. Connections that are taken over end with ctx.
func (a *Appliance) handler(ctx context.Context) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/oauth2/token", a.account.serveToken)
	mux.HandleFunc("/api/command", a.api(a.serveCommand))
	mux.HandleFunc("/api/reporting", a.api(a.serveReport))
	mux.HandleFunc("GET /check_health", a.serveProbe)
	mux.HandleFunc("/nw", func(w http.ResponseWriter, r *http.Request) { a.serveState(ctx, w, r) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if delay, ok := a.faults.strike(FaultSlow, a.Clock()); ok {
			linger(r, delay)
		}
		switch {
		case a.faults.take(FaultDrop, a.Clock()):
			panic(http.ErrAbortHandler) // which ends the connection
		case a.faults.take(FaultUnavailable, a.Clock()):
			w.Header().Set("Connection", "close")
			http.Error(w, "Service Unavailable", http.StatusServiceUnavailable)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// linger waits before an answer.
func linger(r *http.Request, delay time.Duration) {
	wait := time.NewTimer(delay)
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-r.Context().Done():
		panic(http.ErrAbortHandler) // to return would be an empty answer
	}
}

// api asks for a valid token, and counts the request.
func (a *Appliance) api(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
		if a.faults.take(FaultToken, a.Clock()) || !a.account.knows(bearer(r)) {
			answerJSON(w, http.StatusUnauthorized, map[string]any{
				"error": "access_denied", "message": "The resource owner or authorization server denied the request.",
			})
			return
		}
		remaining, wait, ok := a.account.spend()
		if a.faults.take(FaultRateLimit, a.Clock()) {
			wait, ok = time.Second, false
		}
		w.Header().Set("X-RateLimit-Limit", strconv.Itoa(a.cfg.RequestsPerHour))
		w.Header().Set("X-RateLimit-Remaining", strconv.Itoa(remaining))
		if !ok {
			if a.cfg.RetryAfter {
				w.Header().Set("Retry-After", strconv.Itoa(max(1, int((wait+time.Second-1)/time.Second))))
			}
			http.Error(w, "Too Many Requests", http.StatusTooManyRequests)
			return
		}
		next(w, r)
	}
}

// CACertificatePEM returns the certificate of the authority that the appliance's certificate is from. The slice is the caller's.
func (a *Appliance) CACertificatePEM() []byte {
	return append([]byte(nil), a.authority.pem...)
}

// ClientID returns the OAuth client id of the API account.
func (a *Appliance) ClientID() string { return a.cfg.ClientID }

// ClientSecret returns its secret.
func (a *Appliance) ClientSecret() string { return a.cfg.ClientSecret }

// Clock is the appliance's clock.
func (a *Appliance) Clock() time.Time { return a.cfg.clock() }

// StartBook begins to count what happens at the desk, and returns the moment from which on. Without it counting begins with the first
// subscription, at the moment of its copy.
func (a *Appliance) StartBook() time.Time {
	return a.desk.startBook()
}

// Book returns what happened since StartBook or the first subscription.
func (a *Appliance) Book() world.Book {
	var b world.Book
	a.desk.look(func(w *world.World) { b = w.Book() })
	return b
}

// Reports returns what the reports of a span of time must add up to: from included, to not, both rounded down to seconds.
func (a *Appliance) Reports(from, to time.Time) world.Reports {
	var r world.Reports
	a.desk.look(func(w *world.World) { r = w.Reports(from.Unix(), to.Unix()) })
	return r
}

// State returns what is at the desk now.
func (a *Appliance) State() world.State {
	var s world.State
	a.desk.look(func(w *world.World) { s = w.State() })
	return s
}

// Subscribers is how many clients of the real-time state API receive updates.
func (a *Appliance) Subscribers() int {
	return a.desk.subscribers()
}

// Connections is how many connections clients have open, those of the real-time state API included.
func (a *Appliance) Connections() int {
	return int(a.open.Load())
}

// StandStill lets nothing happen at the desk any more, once everything that happened has been told, so that whoever watches it must come
// to see what is there. Requests are answered as ever. It is for the end of a test: nothing sets the desk going again.
func (a *Appliance) StandStill() {
	a.desk.stop()
}

// Fault lets something go wrong.
func (a *Appliance) Fault(f Fault) error {
	return a.faults.set(f, a.Clock())
}

// ClearFaults lets nothing go wrong any more.
func (a *Appliance) ClearFaults() {
	a.faults.clear()
}

// RevokeTokens makes every token invalid, as a new client secret does.
func (a *Appliance) RevokeTokens() {
	a.account.revoke()
}
