package appliance

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"runtime/metrics"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance/xmlanswer"
)

// answering is a network on which each request gets the answer that a function makes.
type answering func(*http.Request) *http.Response

// RoundTrip answers.
func (a answering) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := a(r)
	answer.Request, answer.Proto, answer.ProtoMajor, answer.ProtoMinor = r, "HTTP/1.1", 1, 1
	if answer.Header == nil {
		answer.Header = make(http.Header)
	}
	return answer, nil
}

func answer(status int, body []byte) *http.Response {
	return &http.Response{StatusCode: status, Body: io.NopCloser(bytes.NewReader(body))}
}

// checkFailure fails the test where an error is not fit to be shown: it has a secret in it, is
// no valid text, goes on for pages, or keeps requests back for longer than an hour.
func checkFailure(t *testing.T, err error) {
	t.Helper()
	failure, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatalf("got %#v, which is no *Error", err)
	}
	for cause := error(failure); cause != nil; cause = errors.Unwrap(cause) {
		if text := cause.Error(); strings.Contains(text, testSecret) || strings.Contains(text, hostileToken) {
			t.Errorf("a secret is in %q", text)
		}
	}
	text := failure.Error()
	if !utf8.ValidString(text) || len(text) > 4000 {
		t.Errorf("%d bytes of %.200q are no text for a person", len(text), text)
	}
	if time.Until(failure.Until) > longestRetry {
		t.Errorf("it keeps requests back until %s", failure.Until)
	}
}

// hostileToken is what an appliance of the tests here gives.
const hostileToken = "0123456789abcdef0123456789abcdef01234567"

// FuzzToken answers a request for a token with anything. What comes of it is a token that a
// header can carry, or an error that can be shown.
func FuzzToken(f *testing.F) {
	f.Add(200, []byte(`{"access_token":"`+hostileToken+`","token_type":"Bearer","expires_in":3600}`))
	f.Add(200, []byte(`{"access_token":"a\r\nb","expires_in":"1e9"}`))
	f.Add(200, []byte(`access_token=a&expires_in=-1`))
	f.Add(401, []byte(`{"error":"invalid_client","error_description":"`+testSecret+`"}`))
	f.Add(429, []byte(strings.Repeat("[", 1000)))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		if status < 200 || status > 599 {
			status = 200
		}
		c := newClient(t, "https://support.example.com", nil)
		c.http.Transport = answering(func(*http.Request) *http.Response { return answer(status, body) })
		token, err := c.Token(t.Context())
		switch {
		case err != nil:
			checkFailure(t, err)
		case !validToken(token):
			t.Errorf("the token is %q", token)
		case status >= 300:
			t.Errorf("status %d gave the token %q", status, token)
		}
	})
}

// FuzzAnswer answers a command with any status, any header that counts, and anything after it.
func FuzzAnswer(f *testing.F) {
	f.Add(200, "", "", "", []byte(recordedHealthCheck))
	f.Add(302, "https://"+hostileToken+"/", "", "", []byte("<html>"))
	f.Add(401, "", "", "-1", []byte(`{"error":"access_denied","message":"`+hostileToken+`"}`))
	f.Add(403, "", "", "99999999999999999999", []byte("<error code='"+testSecret+"'/>"))
	f.Add(404, "", "", "", []byte("Document Not Found"))
	f.Add(429, "", "99999999999999999999", "", []byte(nil))
	f.Add(429, "", "Fri, 31 Dec 9999 23:59:59 GMT", "1", []byte("\x00\xff"))
	f.Fuzz(func(t *testing.T, status int, location, retry, left string, body []byte) {
		if status < 200 || status > 599 {
			status = 200
		}
		c := newClient(t, "https://support.example.com", nil)
		c.http.Transport = answering(func(r *http.Request) *http.Response {
			if r.URL.Path == "/oauth2/token" {
				return answer(200, []byte(`{"access_token":"`+hostileToken+`","token_type":"Bearer","expires_in":3600}`))
			}
			a := answer(status, body)
			a.Header = http.Header{"Location": {location}, retryAfter: {retry}, remainingField: {left}, "Date": {retry}}
			return a
		})
		health, err := c.CheckHealth(t.Context())
		switch {
		case err != nil:
			checkFailure(t, err)
		case status != 200:
			t.Errorf("status %d gave %#v", status, health)
		}
		if n, ok := c.RateLimitRemaining(); ok && n < 0 {
			t.Errorf("%d requests are left", n)
		}
	})
}

// heap watches how much memory is in use, as each garbage collection finds it.
type heap struct {
	mu          sync.Mutex
	start, most uint64
}

// begin begins to watch anew.
func (h *heap) begin() {
	runtime.GC()
	h.mu.Lock()
	h.most = 0
	h.mu.Unlock()
	h.look()
	h.mu.Lock()
	h.start = h.most
	h.mu.Unlock()
}

func (h *heap) look() {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.most = max(h.most, live[0].Value.Uint64())
}

// grown returns by how much it was more at the most than at the start.
func (h *heap) grown() uint64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.most - h.start
}

// endless writes a text again and again, up to a size that is far more than the client takes,
// and looks at the heap meanwhile.
func (h *heap) endless(w io.Writer, text string) {
	chunk := []byte(strings.Repeat(text, 1+(64<<10)/len(text)))
	for range (128 << 20) / len(chunk) {
		if _, err := w.Write(chunk); err != nil {
			return
		}
		h.look()
	}
}

// An answer without an end, in whatever way it has none, is an error before it has taken much
// memory. Both ends are in this process, so that what the test itself needs is in the count.
func TestAnswersWithoutEnd(t *testing.T) {
	h := new(heap)
	squeezed := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Accept-Encoding") != "gzip" {
				t.Errorf("it asks for %q", r.Header.Get("Accept-Encoding"))
			}
			w.Header().Set("Content-Encoding", "gzip")
			z, _ := gzip.NewWriterLevel(w, gzip.BestSpeed)
			h.endless(z, text)
			_ = z.Close()
		}
	}
	after := func(begin, text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, begin)
			h.endless(w, text)
		}
	}
	with := func(status int, text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			h.endless(w, text)
		}
	}
	tests := []struct {
		name    string
		command http.HandlerFunc
		kind    Kind
	}{
		{"elements", after("<health_check><version>", "<a></a>"), KindTooLarge},
		{"attributes", after("<health_check", ` a=""`), KindMalformed},
		{"attributes with the end of a tag in them", after("<health_check", ` a=">"`), KindMalformed},
		{"attributes of an element in it", after("<health_check><version", ` a='>"'`), KindMalformed},
		{"an attribute", after("<health_check a='", `>`), KindMalformed},
		{"a name", after("<", "a"), KindMalformed},
		{"depth", after("", "<a>"), KindMalformed},
		{"a text", after("<health_check><version>", "abcdefgh"), KindTooLarge},
		{"white space", after("", " "), KindTooLarge},
		{"NUL", after("", "\x00"), KindTooLarge},
		{"a type of document", after("<!DOCTYPE a [", `<!ENTITY a "a">`), KindTooLarge},
		{"JSON", after("", `{"error":`), KindMalformed},
		{"compressed", squeezed("<!-- -->"), KindTooLarge},
		{"a refusal", with(403, "<error>"), KindPermission},
		{"a page with another status", with(500, "a"), KindStatus},
		{"a redirect", with(302, "a"), KindRedirect},
		{"a pause", with(429, "a"), KindRateLimited},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h.begin()
			server, ca := serve(t, newAccount().appliance(test.command))
			c := newClient(t, server.URL, func(config *Config) {
				config.TLS.RootCAs = ca.pool()
				config.Timeout = time.Hour // The size is what ends it here.
			})
			_, err := c.CheckHealth(t.Context())
			if !errors.Is(err, test.kind) {
				t.Errorf("got %.300v, want kind %q", err, test.kind)
			}
			checkFailure(t, err)
			if took := h.grown(); took > 4*maxCommandBody {
				t.Errorf("it took %d MiB of memory", took>>20)
			}
		})
	}
}

// rawTLS is a server that speaks TLS, and after that what a function writes.
func rawTLS(t *testing.T, config *tls.Config, speak func(net.Conn)) (address string, ca *authority) {
	t.Helper()
	ca = newAuthority(t, "Test CA", time.Now().Add(time.Hour))
	config.Certificates = []tls.Certificate{serverCert(t, ca, "127.0.0.1", time.Now().Add(time.Hour))}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			// The request comes first; an answer before it would be an answer to nothing.
			if _, err := connection.Read(make([]byte, 4096)); err == nil {
				speak(connection)
			}
			_ = connection.Close()
		}
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		<-ended
	})
	return "https://" + listener.Addr().String(), ca
}

// What is no HTTP, or more of it than anybody needs, ends as an error that says so.
func TestHostileHTTP(t *testing.T) {
	h := new(heap)
	tests := []struct {
		name  string
		speak func(net.Conn)
		kind  Kind
	}{
		{"a header without an end", func(w net.Conn) {
			_, _ = io.WriteString(w, "HTTP/1.1 200 OK\r\n")
			h.endless(w, "X-A: b\r\n")
		}, KindNetwork},
		{"a header line without an end", func(w net.Conn) {
			_, _ = io.WriteString(w, "HTTP/1.1 200 OK\r\nX-A: ")
			h.endless(w, "b")
		}, KindNetwork},
		{"a status line without an end", func(w net.Conn) { h.endless(w, "HTTP/1.1 ") }, KindNetwork},
		{"hints without an end", func(w net.Conn) { h.endless(w, "HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n") }, KindNetwork},
		{"an invitation to go on, without an end", func(w net.Conn) { h.endless(w, "HTTP/1.1 100 Continue\r\n\r\n") }, KindNetwork},
		{"chunks of nonsense", func(w net.Conn) {
			_, _ = io.WriteString(w, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n")
		}, KindNetwork},
		{"a chunk's extension without an end", func(w net.Conn) {
			_, _ = io.WriteString(w, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;")
			h.endless(w, "a")
		}, KindNetwork},
		{"two lengths", func(w net.Conn) {
			_, _ = io.WriteString(w, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc")
		}, KindNetwork},
		{"another protocol", func(w net.Conn) { _, _ = io.WriteString(w, "SSH-2.0-OpenSSH_9.2\r\n") }, KindNetwork},
		{"what was sent, in a header line", func(w net.Conn) {
			_, _ = io.WriteString(w, "HTTP/1.1 200 OK\r\n"+testSecret+"\r\n\r\n")
		}, KindNetwork},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h.begin()
			address, ca := rawTLS(t, new(tls.Config), test.speak)
			c := newClient(t, address, func(config *Config) { config.TLS.RootCAs = ca.pool() })
			_, err := c.CheckHealth(t.Context())
			if !errors.Is(err, test.kind) {
				t.Errorf("got %.300v, want kind %q", err, test.kind)
			}
			checkFailure(t, err)
			if took := h.grown(); took > 16<<20 {
				t.Errorf("it took %d MiB of memory", took>>20)
			}
		})
	}
}

// Old versions of TLS are refused, and nothing is renegotiated. A newer HTTP than 1.1 is not
// spoken, since a connection would be shared.
func TestProtocolsSpoken(t *testing.T) {
	address, ca := rawTLS(t, &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, func(net.Conn) {
		t.Error("a request came over TLS 1.1")
	})
	c := newClient(t, address, func(config *Config) { config.TLS.RootCAs = ca.pool() })
	if _, err := c.CheckHealth(t.Context()); !errors.Is(err, KindTLS) || !strings.Contains(err.Error(), "TLS 1.2 or newer") {
		t.Errorf("over TLS 1.1: %v", err)
	}
	if r := c.certificate.config().Renegotiation; r != tls.RenegotiateNever {
		t.Errorf("renegotiation is %d", r)
	}

	server := httptest.NewUnstartedServer(newAccount().appliance(func(w http.ResponseWriter, r *http.Request) {
		if r.Proto != "HTTP/1.1" {
			t.Errorf("a request came as %s", r.Proto)
		}
		says(recordedHealthCheck)(w, r)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	c = newClient(t, server.URL, func(config *Config) { config.TLS.InsecureSkipVerify = true })
	if _, err := c.CheckHealth(t.Context()); err != nil {
		t.Errorf("of a server that offers HTTP/2: %v", err)
	}
}

// Before the certificate was verified nothing is sent that a stranger could use.
func TestNothingIsSentToStrangers(t *testing.T) {
	var requests atomic.Int32
	server, _ := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) }))
	c := newClient(t, server.URL, nil)
	for _, ask := range calls() {
		if err := ask(t.Context(), c); !errors.Is(err, KindTLS) {
			t.Errorf("got %v", err)
		}
	}
	if n := requests.Load(); n > 0 {
		t.Errorf("%d requests came over connections that are not trusted", n)
	}
}

// calls are all that a Client can ask.
func calls() map[string]func(context.Context, *Client) error {
	hour := Window{By: ByEnd, From: time.Unix(1_700_000_000, 0), Duration: time.Hour}
	return map[string]func(context.Context, *Client) error{
		"token":        func(ctx context.Context, c *Client) error { _, err := c.Token(ctx); return err },
		"health":       func(ctx context.Context, c *Client) error { _, err := c.CheckHealth(ctx); return err },
		"info":         func(ctx context.Context, c *Client) error { _, err := c.APIInfo(ctx); return err },
		"appliances":   func(ctx context.Context, c *Client) error { _, err := c.Appliances(ctx); return err },
		"clients":      func(ctx context.Context, c *Client) error { _, err := c.ClientSummary(ctx); return err },
		"licenses":     func(ctx context.Context, c *Client) error { _, err := c.LicensesInUse(ctx); return err },
		"license peak": func(ctx context.Context, c *Client) error { _, _, err := c.LicensePeak(ctx, hour.From); return err },
		"probe":        func(ctx context.Context, c *Client) error { _, err := c.Probe(ctx); return err },
		"sessions": func(ctx context.Context, c *Client) error {
			return c.Sessions(ctx, "SupportSession", hour, func(*Session) error { return nil })
		},
		"surveys": func(ctx context.Context, c *Client) error {
			return c.Surveys(ctx, "SupportCustExitSurvey", ByTeam, hour, func(*Survey) error { return nil })
		},
		"team events": func(ctx context.Context, c *Client) error {
			return c.TeamEvents(ctx, "SupportTeam", hour, func(Event) error { return nil })
		},
		"vault events": func(ctx context.Context, c *Client) error {
			return c.Events(ctx, "VaultAccountActivity", hour, func(Event) error { return nil })
		},
		"a web socket?": upgrade,
	}
}

// upgrade asks for what the real-time state API asks for, with the client that it asks with.
func upgrade(ctx context.Context, c *Client) error {
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url("/nw", nil), nil)
	if err != nil {
		return err
	}
	answer, err := c.HTTPClient().Do(ask)
	if err != nil {
		return transportError(err)
	}
	_ = answer.Body.Close()
	return &Error{Kind: KindRedirect, Status: answer.StatusCode}
}

// Whatever is asked and wherever an answer points to, nothing goes there: not to another host,
// and not to the same one without TLS. Cookies are not kept.
func TestRedirectsLeadNowhere(t *testing.T) {
	var strayed atomic.Int32
	elsewhere := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { strayed.Add(1) })
	plain := httptest.NewServer(elsewhere)
	t.Cleanup(plain.Close)
	secure, _ := serve(t, elsewhere)
	const broken = "http://[::1"
	for _, to := range []string{plain.URL, secure.URL, strings.Replace(plain.URL, "http:", "", 1), "/elsewhere", "javascript:alert(1)", broken} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			a := newAccount()
			send := func(w http.ResponseWriter, r *http.Request) {
				if len(r.Cookies()) > 0 {
					t.Errorf("%s brings the cookies %v", r.URL, r.Cookies())
				}
				http.SetCookie(w, &http.Cookie{Name: "session", Value: "1", Path: "/"})
				w.Header().Set("Location", to)
				w.WriteHeader(status)
			}
			mux := http.NewServeMux()
			mux.HandleFunc("/", send)
			mux.HandleFunc("/elsewhere", elsewhere)
			mux.HandleFunc("/oauth2/token", func(w http.ResponseWriter, r *http.Request) {
				if a.tokens() > 0 {
					send(w, r)
					return
				}
				http.SetCookie(w, &http.Cookie{Name: "session", Value: "1", Path: "/"})
				a.serveToken(w, r)
			})
			server, ca := serve(t, mux)
			c := newClient(t, server.URL, func(config *Config) {
				config.TLS.RootCAs = ca.pool()
				config.TLS.InsecureSkipVerify = true
			})
			for name, ask := range calls() {
				err := ask(t.Context(), c)
				// Where no client could follow, the HTTP client says so in its own way.
				refused := errors.Is(err, KindRedirect) || to == broken && errors.Is(err, KindNetwork)
				if kept := name == "token" || name == "probe"; err != nil && !refused || err == nil && !kept {
					t.Errorf("%s, sent to %s with %d: %v", name, to, status, err)
				}
			}
			token, err := c.Token(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			c.InvalidateToken(token)
			if _, err := c.Token(t.Context()); !errors.Is(err, KindRedirect) && to != broken || err == nil {
				t.Errorf("a request for a token, sent to %s with %d: %v", to, status, err)
			}
			server.Close()
		}
	}
	if n := strayed.Load(); n > 0 {
		t.Errorf("%d requests went where an answer pointed to", n)
	}
}

// dripping is a body that comes a byte a second, and has no end.
type dripping struct{ ctx context.Context }

// Read gives a byte after a second.
func (d dripping) Read(p []byte) (int, error) {
	select {
	case <-time.After(time.Second):
		return copy(p, "<"), nil
	case <-d.ctx.Done():
		return 0, d.ctx.Err()
	}
}

// A body that comes a byte a second takes the time of one request, however long it goes on.
func TestSlowBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, path := range []string{"/oauth2/token", "/api/command"} {
			c := newClient(t, "https://support.example.com", func(config *Config) { config.Timeout = 10 * time.Second })
			c.http.Transport = answering(func(r *http.Request) *http.Response {
				if r.URL.Path == path {
					return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(dripping{r.Context()})}
				}
				return answer(200, []byte(`{"access_token":"`+hostileToken+`"}`))
			})
			start := time.Now()
			_, err := c.CheckHealth(t.Context())
			if took := time.Since(start); !errors.Is(err, KindTimeout) || took != 10*time.Second {
				t.Errorf("%s: got %v after %s", path, err, took)
			}
		}
	})
}

// An appliance that asks for a pause of a thousand years, or gives a token for a moment, gets
// neither.
func TestHostilePauses(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, text := range []string{"3155760000", "18446744073709551615", "99999999999999999999", "-1", "1e9", "NaN", "Fri, 31 Dec 9999 23:59:59 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"} {
		wait, told := retryWait(http.Header{retryAfter: {text}}, now)
		if wait < 0 || wait > longestRetry || told && wait < shortestRetry {
			t.Errorf("%q holds requests back for %s", text, wait)
		}
	}
	for _, text := range []string{"-1", "1e9", "99999999999999999999", "NaN", ""} {
		if n, ok := remaining(http.Header{remainingField: {text}}); ok {
			t.Errorf("%q are %d requests", text, n)
		}
	}
}

// Numbers at the edges are what they are, or nothing. None is another number.
func TestHostileNumbers(t *testing.T) {
	for _, text := range []string{"NaN", "Inf", "-Inf", "1e308", "-1", "253402300800", "1e400", "0x1p62", "", "١٢٣", strconv.FormatUint(math.MaxUint64, 10)} {
		health, _, err := readHealthCheck(strings.NewReader(fmt.Sprintf("<health_check><success>%[1]s</success><last_data_sync_time ts='%[1]s'>%[1]s</last_data_sync_time></health_check>", text)))
		if err != nil || !health.Failover.LastDataSync.IsZero() || health.Success != nil {
			t.Errorf("%q became %v, %v; %v", text, health.Failover.LastDataSync, health.Success, err)
		}
	}
	for _, text := range []string{"-1", "1.5", "1e3", "+1", "18446744073709551616", "0x10", "1_000"} {
		counts, _, err := readClientSummary(strings.NewReader("<connected_client_list><connected_client_summary><appliance_summary id='a'><count type='b'>" + text + "</count></appliance_summary></connected_client_summary></connected_client_list>"))
		if err != nil || len(counts) > 0 {
			t.Errorf("%q clients became %v, %v", text, counts, err)
		}
	}
	const most = math.MaxUint64
	counts, _, err := readClientSummary(strings.NewReader(fmt.Sprintf("<connected_client_list><connected_client_summary><count type='b'>%d</count></connected_client_summary></connected_client_list>", uint64(most))))
	if err != nil || !slices.Equal(counts, []ClientCount{{Type: "b", Count: most}}) {
		t.Errorf("the largest number became %v, %v", counts, err)
	}
}

// What an appliance repeats of a secret is taken out where it was cut in the middle, and where
// the secret was replaced since.
func TestPartsOfSecretsStayIn(t *testing.T) {
	m := &inMemory{account: newAccount()}
	c, secret := m.client(t)
	token, err := c.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c.InvalidateToken(token)
	*secret = "another-secret"
	if _, err := c.Token(t.Context()); !errors.Is(err, KindCredentials) {
		t.Fatalf("with another secret: %v", err)
	}
	for length := range maxErrorText + 10 {
		for _, sent := range []string{testSecret, token, "another-secret"} {
			padding := strings.Repeat("x", length)
			text := c.Redact(xmlanswer.Cut(padding+sent, maxErrorText))
			if left := strings.Trim(strings.ReplaceAll(text, redacted, ""), "x…"); len(left) >= shortestPart {
				t.Fatalf("after %d bytes %q is left of the secret", length, left)
			}
		}
	}
	_, err = c.CheckHealth(t.Context())
	checkFailure(t, err)
	if err := c.complete(request{}, &Error{Err: &url.Error{Op: "Get", URL: "/", Err: errors.New("malformed line " + token)}}); strings.Contains(fmt.Sprintf("%v %+v", err, err.Err), token) {
		t.Errorf("the token is in %v", err)
	}
}
