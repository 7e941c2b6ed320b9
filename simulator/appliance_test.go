package simulator

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

// clock is a clock that a test sets.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock {
	return &clock{now: time.Now()}
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// eventually waits for a condition.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(10 * time.Second); !holds(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("in ten seconds it did not come to be that %s", what)
		}
	}
}

// journal is a log that may be read while it is written.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(b)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}

// served is an appliance that answers, and a client that trusts it.
type served struct {
	*Appliance
	t      testing.TB
	url    string
	client *http.Client
}

// serve makes an appliance and lets it answer until the test ends.
func serve(t testing.TB, cfg Config) *served {
	t.Helper()
	a, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return serveAppliance(t, a)
}

func serveAppliance(t testing.TB, a *Appliance) *served {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Serve(ctx, listener) }()
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(a.CACertificatePEM()) {
		t.Fatal("the CA certificate is no PEM")
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return &served{a, t, "https://" + listener.Addr().String(), &http.Client{Transport: transport, Timeout: 20 * time.Second}}
}

// answer is what came back, read to the end.
type answer struct {
	*http.Response
	body string
}

func (s *served) do(request *http.Request) answer {
	s.t.Helper()
	response, err := s.client.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	b, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{response, string(b)}
}

func (s *served) request(method, path, body string) *http.Request {
	s.t.Helper()
	r, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

// login asks for a token with these credentials.
func (s *served) login(id, secret string) answer {
	s.t.Helper()
	r := s.request(http.MethodPost, "/oauth2/token", url.Values{"grant_type": {"client_credentials"}}.Encode())
	r.SetBasicAuth(id, secret)
	return s.do(r)
}

// token gets a token, which must work.
func (s *served) token() string {
	s.t.Helper()
	a := s.login(s.ClientID(), s.ClientSecret())
	var t struct {
		AccessToken string `json:"access_token"`
		TokenType   string `json:"token_type"`
		ExpiresIn   int    `json:"expires_in"`
	}
	if err := json.Unmarshal([]byte(a.body), &t); a.StatusCode != http.StatusOK || err != nil || len(t.AccessToken) != 40 || t.TokenType != "Bearer" || t.ExpiresIn < 1 {
		s.t.Fatalf("token: %s: %s", a.Status, a.body)
	}
	return t.AccessToken
}

// command calls the command API.
func (s *served) command(token, query string) answer {
	s.t.Helper()
	r := s.request(http.MethodGet, "/api/command?"+query, "")
	r.Header.Set("Authorization", "Bearer "+token)
	return s.do(r)
}

func TestTheCertificateIsForLoopbackAndEndsWhenToldTo(t *testing.T) {
	s := serve(t, Config{CertificateLifetime: 48 * time.Hour})
	for _, host := range []string{"127.0.0.1", "localhost"} {
		_, port, _ := net.SplitHostPort(strings.TrimPrefix(s.url, "https://"))
		s.url = "https://" + net.JoinHostPort(host, port)
		a := s.do(s.request(http.MethodGet, "/check_health", ""))
		if a.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", host, a.Status)
		}
		if ends := a.TLS.PeerCertificates[0].NotAfter; time.Until(ends) > 48*time.Hour || time.Until(ends) < 47*time.Hour {
			t.Errorf("the certificate ends at %s", ends)
		}
	}
	ended := serve(t, Config{CertificateLifetime: -time.Hour})
	if _, err := ended.client.Do(ended.request(http.MethodGet, "/check_health", "")); err == nil || !strings.Contains(err.Error(), "expired") { //nolint:bodyclose // An error comes without a body.
		t.Errorf("a certificate that has ended was taken: %v", err)
	}
}

func TestConfigThatMakesNoSenseIsRefused(t *testing.T) {
	for name, cfg := range map[string]Config{
		"Product": {Product: "wallboard"}, "Role": {Role: "spare"}, "Echo": {Echo: 7}, "MaxTokens": {MaxTokens: -1},
	} {
		if _, err := New(cfg); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	cfg := Config{}
	cfg.World.Representatives = 10_001
	if _, err := New(cfg); err == nil || !strings.Contains(err.Error(), "Representatives") {
		t.Errorf("too many representatives: %v", err)
	}
}

func TestSecretsAreNotInTheLogOrInAnswers(t *testing.T) {
	var log journal
	s := serve(t, Config{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	token := s.token()
	s.login(s.ClientID(), "wrong-secret-of-somebody")
	c := s.dial(dialOptions{token: "not-" + token})
	c.expectRefusal("authenticate_response")
	eventually(t, "the refusals are in the log", func() bool {
		return strings.Contains(log.String(), "credentials refused") && strings.Contains(log.String(), "authenticate_response")
	})
	text := log.String()
	for _, secret := range []string{s.ClientSecret(), token, "wrong-secret-of-somebody"} {
		if strings.Contains(text, secret) {
			t.Errorf("the log has %q", secret)
		}
	}
}
