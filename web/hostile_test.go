package web

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/target"
)

// FuzzRequest asks whatever can be asked. The answer is one of those that there are, sends
// nobody elsewhere and repeats nothing that a browser would run.
func FuzzRequest(f *testing.F) {
	const script = "<script>alert(1)</script>"
	for _, request := range []string{
		"GET /metrics HTTP/1.1\r\nHost: a\r\nX-Prometheus-Scrape-Timeout-Seconds: 1e999\r\n\r\n",
		"GET /probe?target=%3Cscript%3Ealert(1)%3C/script%3E HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET /probe?target=hq-a&target=hq-b;c HTTP/1.1\r\nHost: a\r\nAccept: application/openmetrics-text; version=1.0.0\r\n\r\n",
		"GET /sd HTTP/1.1\r\nHost: " + script + "\r\n\r\n",
		"GET //evil.example.com/../metrics HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET /-/../probe/%2e%2e/sd HTTP/1.1\r\nHost: a\r\nAccept-Encoding: zstd, gzip;q=0\r\n\r\n",
		"POST /-/reload HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
		"HEAD / HTTP/1.0\r\n\r\n", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET /debug/pprof/cmdline HTTP/1.1\r\nHost: a\r\n\r\n",
	} {
		f.Add(request)
	}
	options := fleetOptions("hq-a", "hq-b")
	options.Reload = func() error { return nil }
	handler, err := NewHandler(options)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		request, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
		if err != nil {
			return
		}
		got := httptest.NewRecorder()
		handler.ServeHTTP(got, request)
		switch got.Code {
		case http.StatusOK, http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed:
		case http.StatusMovedPermanently, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
			if to := got.Header().Get("Location"); !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") {
				t.Errorf("%q is sent to %q", text, to)
			}
		default:
			t.Errorf("%q is answered with %d", text, got.Code)
		}
		if strings.HasPrefix(got.Header().Get("Content-Type"), "text/html") && strings.Contains(got.Body.String(), "<script") {
			t.Errorf("%q is answered with a page that has a script in it", text)
		}
	})
}

// An appliance, or whoever named it in the configuration, writes nothing into the page that a
// browser takes for more than text.
func TestNothingRunsInTheBrowser(t *testing.T) {
	const evil = `"'><script>alert(1)</script><img src=x onerror=alert(1)>{{.}}` + "\x00\x1b[31m\u202e"
	options := testOptions()
	theAppliance(options).status = target.Status{
		Name: evil, URL: &url.URL{Scheme: "https", Host: evil}, Labels: map[string]string{evil: evil},
		Asked: true, Reachable: true, ReachableSince: time.Unix(1, 0), Trouble: evil, Role: evil, RoleSince: time.Unix(1, 0), Product: evil, Version: evil,
		State: target.StateStatus{Enabled: true, Trouble: evil},
	}
	for _, discovered := range []bool{false, true} {
		options.Discovered = discovered
		got := ask(newTestHandler(t, options), "GET", "/")
		if got.Code != http.StatusOK || !strings.Contains(got.Body.String(), "&lt;script&gt;alert(1)") {
			t.Errorf("got %d and no escaped text: %.300s", got.Code, got.Body)
		}
		for _, harm := range []string{"<script", "<img", "\x1b"} {
			if body := strings.ReplaceAll(got.Body.String(), "\x1b[31m", ""); strings.Contains(body, harm) {
				t.Errorf("there is %q in the page: %s", harm, body)
			}
		}
	}
}

// Prometheus finds the appliances where it asked, and whoever asks with a name of their own
// finds it in a text and nowhere else.
func TestHostOfDiscovery(t *testing.T) {
	request := httptest.NewRequest(http.MethodGet, "/sd", nil)
	request.Host = `a"],"labels":{"job":"b"}},{"targets":["c` + "\r\n"
	got := httptest.NewRecorder()
	newTestHandler(t, fleetOptions("hq-a")).ServeHTTP(got, request)
	var groups []targetGroup
	if err := json.Unmarshal(got.Body.Bytes(), &groups); err != nil || len(groups) != 1 || len(groups[0].Targets) != 1 || groups[0].Labels["job"] != "" {
		t.Errorf("got %s, %v", got.Body, err)
	}
	if kind := got.Header().Get("Content-Type"); kind != "application/json" {
		t.Errorf("it is %q", kind)
	}
}

// Of a thousand scrapes at once those run that may, and the others are told so at once.
func TestThousandsOfScrapes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		options := testOptions()
		release := make(chan struct{})
		theAppliance(options).gather = func(_ context.Context, metrics chan<- prometheus.Metric) {
			<-release
			metrics <- up(1)
		}
		handler := newTestHandler(t, options)
		const scrapes = 2000
		codes := make(chan int, scrapes)
		for range scrapes {
			go func() { codes <- ask(handler, "GET", "/metrics").Code }()
		}
		synctest.Wait()
		if refused := len(codes); refused != scrapes-options.MaxRequests {
			t.Errorf("%d of %d were refused while the others run", refused, scrapes)
		}
		close(release)
		served := 0
		for range scrapes {
			if <-codes == http.StatusOK {
				served++
			}
		}
		if n := options.Fleet.(*fakeFleet).acquired.Load(); served != options.MaxRequests || n != 0 {
			t.Errorf("%d were served, and %d hold the appliance still", served, n)
		}
	})
}

// pipes is a listener of connections without a network.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	connection, ok := <-p
	if !ok {
		return nil, net.ErrClosed
	}
	return connection, nil
}
func (p pipes) Close() error   { return nil }
func (p pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

// Whoever takes their time, with asking or with reading, is cut off, and has then kept nobody
// from anything.
func TestSlowPeers(t *testing.T) {
	drip := func(w io.Writer, begin string) error {
		if _, err := io.WriteString(w, begin); err != nil {
			return err
		}
		for {
			time.Sleep(time.Second)
			if _, err := io.WriteString(w, "a"); err != nil {
				return err
			}
		}
	}
	for _, test := range []struct {
		name  string
		speak func(net.Conn)
		limit time.Duration
	}{
		{"says nothing", func(c net.Conn) { _, _ = c.Read(make([]byte, 1)) }, readHeaderTimeout},
		{"a header a byte a second", func(c net.Conn) { _ = drip(c, "GET /metrics HTTP/1.1\r\nHost: ") }, readHeaderTimeout + 2*time.Second},
		{"a body a byte a second", func(c net.Conn) {
			go func() { _, _ = io.Copy(io.Discard, c) }()
			_ = drip(c, "POST /-/reload HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
		}, readTimeout + 2*time.Second},
		{"does not read the answer", func(c net.Conn) {
			_, _ = io.WriteString(c, "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
			time.Sleep(writeTimeout)
		}, writeTimeout},
		{"stays, and asks no more", func(c net.Conn) {
			_, _ = io.WriteString(c, "GET /-/healthy HTTP/1.1\r\nHost: a\r\n\r\n")
			_, _ = io.Copy(io.Discard, c)
		}, idleTimeout},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				options := testOptions()
				options.MaxRequests = 1
				handler := newTestHandler(t, options)
				server := (&Server{handler: handler, logger: slog.New(slog.DiscardHandler)}).newServer(t.Context())
				listener := make(pipes)
				ended := make(chan error, 1)
				go func() { ended <- server.Serve(listener) }()
				here, there := net.Pipe()
				listener <- there
				start := time.Now()
				test.speak(here)
				if took := time.Since(start); took > test.limit {
					t.Errorf("it was cut off after %s, not %s", took, test.limit)
				}
				synctest.Wait()
				if got := ask(handler, "GET", "/metrics"); got.Code != http.StatusOK {
					t.Errorf("a scrape after it got %d", got.Code)
				}
				_ = here.Close()
				close(listener)
				if err := <-ended; !errors.Is(err, net.ErrClosed) {
					t.Error(err)
				}
				_ = server.Close()
			})
		})
	}
}

// A header, or an address, that is longer than any is refused without being read to its end.
func TestHugeRequests(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	server, err := Listen(ctx, testFlags("127.0.0.1:0"), newTestHandler(t, testOptions()), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx) }()
	long := strings.Repeat("a", 2*maxHeaderBytes)
	for _, text := range []string{
		"GET /metrics HTTP/1.1\r\nHost: a\r\nX-A: " + long + "\r\n\r\n",
		"GET /probe?target=" + long + " HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET /metrics HTTP/1.1\r\nHost: a\r\n" + strings.Repeat("A: b\r\n", maxHeaderBytes) + "\r\n",
	} {
		connection, err := net.Dial("tcp", server.Addresses()[0].String())
		if err != nil {
			t.Fatal(err)
		}
		go func() { _, _ = io.WriteString(connection, text) }()
		answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
		if err != nil {
			t.Fatalf("%.40q: %v", text, err)
		}
		if answer.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("%.40q: got %d; want 431", text, answer.StatusCode)
		}
		_ = answer.Body.Close()
		_ = connection.Close()
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// A web configuration that is no file ends the start at once.
func TestHostileWebConfiguration(t *testing.T) {
	for _, file := range []string{t.TempDir(), os.DevNull} {
		flags := testFlags("127.0.0.1:0")
		flags.WebConfigFile = &file
		_, err := Listen(t.Context(), flags, http.NotFoundHandler(), slog.New(slog.DiscardHandler))
		if err == nil || !strings.Contains(err.Error(), "--web.config.file="+file+": it is no regular file") {
			t.Errorf("%s: got %v", file, err)
		}
	}
}
