package appliance

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Each way in which a call can fail is a kind of its own, with the code that is counted and
// with words that help.
func TestErrorsOfAnswers(t *testing.T) {
	hijack := func(w http.ResponseWriter, answer string) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(connection, answer)
		_ = connection.Close()
	}
	tests := []struct {
		name     string
		command  http.HandlerFunc
		kind     Kind
		code     string
		says     []string // in the error
		requests int      // of the command API, where not one
	}{
		{name: "an error document", command: says(`<error code="3" xmlns="x">Keine Daten</error>`),
			kind: KindAnswer, code: "error", says: []string{`it says "Keine Daten (code 3)"`}},
		{name: "an error child", command: says(`<health_check><error>broken</error></health_check>`), kind: KindAnswer, code: "error", says: []string{"broken"}},
		{name: "a long error is cut", command: says(`<error>` + strings.Repeat("ä", 5000) + `</error>`), kind: KindAnswer, code: "error", says: []string{"…"}},
		{name: "Document Not Found", command: says(`<error>Document Not Found</error>`),
			kind: KindPermission, code: "error", says: []string{"tick Command API: Read-Only Access"}},
		{name: "forbidden", command: func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusForbidden) },
			kind: KindPermission, code: "403", says: []string{"tick Command API"}},
		{name: "every token refused", command: func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"error":"access_denied","message":"Denied."}`)
		}, kind: KindPermission, code: "401", says: []string{"Denied.", "tick Command API"}, requests: 2},
		{name: "every token refused, status 200", command: says(`{"error":"access_denied","message":"Denied."}`),
			kind: KindPermission, code: "error", says: []string{"Denied."}, requests: 2},
		{name: "garbage", command: says(`<health_check><success>1</wrong>`), kind: KindMalformed, code: "error", says: []string{"closed by", "--appliance.url"}},
		{name: "too large", command: func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `<health_check>`)
			chunk := []byte(strings.Repeat("<!-- padding -->", 1<<16))
			for range 20 {
				if _, err := w.Write(chunk); err != nil {
					return
				}
			}
		}, kind: KindTooLarge, code: "error"},
		{name: "unavailable", command: func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, `<error>starting</error>`)
		}, kind: KindStatus, code: "503", says: []string{"503", "starting"}},
		{name: "not found", command: http.NotFound, kind: KindStatus, code: "404", says: []string{"Enable XML API"}},
		{name: "a page that means a missing permission", command: func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "<html><br>Document Not Found</html>", http.StatusNotFound)
		}, kind: KindPermission, code: "404", says: []string{"tick Command API"}},
		{name: "redirected", command: func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.example.com/api?x=1", http.StatusFound)
		}, kind: KindRedirect, code: "302", says: []string{"https://elsewhere.example.com"}},
		{name: "cut off", command: func(w http.ResponseWriter, _ *http.Request) {
			hijack(w, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<health_check>")
		}, kind: KindNetwork, code: "network"},
		{name: "closed without an answer", command: func(w http.ResponseWriter, _ *http.Request) { hijack(w, "") },
			kind: KindNetwork, code: "network"},
		{name: "too many", command: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) },
			kind: KindRateLimited, code: "429", says: []string{"not asked again before"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server, ca := serve(t, newAccount().appliance(test.command))
			var seen observed
			c := newClient(t, server.URL, func(config *Config) {
				config.TLS.RootCAs = ca.pool()
				config.Observer = &seen
			})
			answer, err := c.CheckHealth(t.Context())
			failure, ok := errors.AsType[*Error](err)
			if !ok || !errors.Is(err, test.kind) {
				t.Fatalf("got %#v and error %v, want kind %q", answer, err, test.kind)
			}
			if diff := cmp.Diff(HealthCheck{}, answer); diff != "" {
				t.Errorf("part of the answer was taken: %s", diff)
			}
			if failure.Code() != test.code || failure.API != "command" || failure.Action != "check_health" || failure.Host != c.host {
				t.Errorf("got code %q, want %q, in %#v", failure.Code(), test.code, failure)
			}
			for _, want := range test.says {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
			if n := len(err.Error()); n > 1500 {
				t.Errorf("the error is %d bytes long", n)
			}
			want := []string{"token token 200", "command check_health " + test.code}
			if test.requests == 2 {
				want = append(want, want...)
			}
			if got := seen.take(); !slices.Equal(got, want) {
				t.Errorf("the observer was told %q, want %q", got, want)
			}
		})
	}
}

func TestErrorsOfConnections(t *testing.T) {
	now := time.Now()
	trusted := newAuthority(t, "Trusted CA", now.Add(24*time.Hour))
	other := newAuthority(t, "Other CA", now.Add(24*time.Hour))
	handler := newAccount().appliance(says(recordedHealthCheck))
	good := serverCert(t, trusted, "127.0.0.1", now.Add(time.Hour))
	plain := httptest.NewServer(handler)
	t.Cleanup(plain.Close)
	tests := []struct {
		name   string
		cert   tls.Certificate
		url    string // where not the server's
		change func(*Config)
		kind   Kind // empty: no error
		says   string
		end    time.Time // of the certificate that is shown
	}{
		{name: "trusted", cert: good, end: now.Add(time.Hour)},
		{name: "a chain that ends before its leaf", cert: serverCert(t, trusted, "127.0.0.1", now.Add(48*time.Hour)), end: now.Add(24 * time.Hour)},
		{name: "unknown authority", cert: serverCert(t, other, "127.0.0.1", now.Add(time.Hour)), kind: KindTLS, says: "Other CA", end: now.Add(time.Hour)},
		{name: "self-signed", cert: serverCert(t, nil, "127.0.0.1", now.Add(time.Hour)), kind: KindTLS, says: "--appliance.ca-file", end: now.Add(time.Hour)},
		{name: "self-signed, verification off", cert: serverCert(t, nil, "other.example.com", now.Add(-time.Hour)),
			change: func(c *Config) { c.TLS.InsecureSkipVerify = true }, end: now.Add(-time.Hour)},
		{name: "ended", cert: serverCert(t, trusted, "127.0.0.1", now.Add(-time.Hour)), kind: KindTLS, says: "renew it", end: now.Add(-time.Hour)},
		{name: "another name", cert: serverCert(t, trusted, "other.example.com", now.Add(time.Hour)), kind: KindTLS, says: "other.example.com", end: now.Add(time.Hour)},
		{name: "another name, which is expected", cert: serverCert(t, trusted, "other.example.com", now.Add(time.Hour)),
			change: func(c *Config) { c.TLS.ServerName = "other.example.com" }, end: now.Add(time.Hour)},
		{name: "the right name, another is expected", cert: good, kind: KindTLS, says: "server_name", end: now.Add(time.Hour),
			change: func(c *Config) { c.TLS.ServerName = "other.example.com" }},
		{name: "no TLS there", url: strings.Replace(plain.URL, "http:", "https:", 1), kind: KindTLS, says: "without TLS"},
		{name: "nothing listens", url: "https://" + closedPort(t), kind: KindNetwork, says: "nothing listens"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			address := test.url
			if address == "" {
				address = serveWith(t, handler, test.cert).URL
			}
			var seen observed
			c := newClient(t, address, func(config *Config) {
				config.TLS.RootCAs = trusted.pool()
				config.Observer = &seen
				if test.change != nil {
					test.change(config)
				}
			})
			if end, ok := c.Certificate(); ok {
				t.Errorf("a certificate that ends %s is known before the first connection", end)
			}
			_, err := c.CheckHealth(t.Context())
			if test.kind == "" {
				if err != nil {
					t.Error(err)
				}
			} else {
				failure, _ := errors.AsType[*Error](err)
				if failure == nil || failure.Kind != test.kind || failure.Code() != "network" || !strings.Contains(err.Error(), test.says) {
					t.Errorf("got error %v, want kind %q that says %q", err, test.kind, test.says)
				}
				if got := seen.take(); !slices.Equal(got, []string{"token token network"}) {
					t.Errorf("the observer was told %q", got)
				}
			}
			end, ok := c.Certificate()
			if ok == test.end.IsZero() || ok && !end.Equal(test.end.Truncate(time.Second)) {
				t.Errorf("the certificate ends %s, %t; want %s", end, ok, test.end)
			}
		})
	}
}

func TestUnknownName(t *testing.T) {
	cause := &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "support.example.com", IsNotFound: true}}
	c := newClient(t, "https://support.example.com", nil)
	err := c.complete(request{api: apiProbe}, transportError(&url.Error{Op: "Get", URL: "https://support.example.com/?secret", Err: cause}))
	if !errors.Is(err, KindNetwork) || !strings.Contains(err.Error(), "name servers") || strings.Contains(err.Error(), "?secret") {
		t.Errorf("got %v", err)
	}
}

// A failed verification is what the standard library makes of one.
func TestTLSConfig(t *testing.T) {
	server, _ := serve(t, says(""))
	c := newClient(t, server.URL, nil)
	_, err := tls.Dial("tcp", c.host, c.certificate.config())
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); !ok {
		t.Errorf("got %v", err)
	}
	if _, ok := c.Certificate(); !ok {
		t.Error("the certificate was not remembered")
	}
}

func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func TestTimeout(t *testing.T) {
	tests := []struct {
		name  string
		begin string // what is sent before nothing more is
	}{{"no answer", ""}, {"half an answer", "<health_check>"}}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server, ca := serve(t, newAccount().appliance(func(w http.ResponseWriter, r *http.Request) {
				if test.begin != "" {
					_, _ = io.WriteString(w, test.begin)
					_ = http.NewResponseController(w).Flush()
				}
				<-r.Context().Done()
			}))
			var seen observed
			c := newClient(t, server.URL, func(config *Config) {
				config.TLS.RootCAs = ca.pool()
				config.Observer = &seen
				config.Timeout = time.Second
			})
			_, err := c.CheckHealth(t.Context())
			if !errors.Is(err, KindTimeout) || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
			if got := seen.take(); !slices.Equal(got, []string{"token token 200", "command check_health timeout"}) {
				t.Errorf("the observer was told %q", got)
			}
		})
	}
}

func TestCanceled(t *testing.T) {
	arrived := make(chan struct{})
	server, ca := serve(t, newAccount().appliance(func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
	}))
	c := newClient(t, server.URL, func(config *Config) { config.TLS.RootCAs = ca.pool() })
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	if _, err := c.CheckHealth(ctx); !errors.Is(err, KindCanceled) {
		t.Errorf("got %v", err)
	}
	c.Close()
	if _, err := c.CheckHealth(t.Context()); !errors.Is(err, KindCanceled) || !strings.Contains(err.Error(), "closed") {
		t.Errorf("after Close: got %v", err)
	}
}
