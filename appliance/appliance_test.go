package appliance

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	testID     = "e52a9aa6fc05"
	testSecret = "s3cret+with/odd=characters%20"
)

// authority is a certificate authority of a test.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T, name string, end time.Time) *authority {
	t.Helper()
	a := &authority{}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: end,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a.cert, a.key = sign(t, template, nil)
	return a
}

func (a *authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return pool
}

// serverCert returns a certificate for a name or address; a nil authority signs none: it is self-signed.
func serverCert(t *testing.T, a *authority, name string, end time.Time) tls.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: end,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if ip := net.ParseIP(name); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{name}
	}
	cert, key := sign(t, template, a)
	return tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key}
}

func sign(t *testing.T, template *x509.Certificate, by *authority) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	parent, parentKey := template, key
	if by != nil {
		parent, parentKey = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, parentKey)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert, key
}

// serve starts a TLS server with a certificate for 127.0.0.1 and returns it with the
// authority that signed that.
func serve(t *testing.T, handler http.Handler) (*httptest.Server, *authority) {
	t.Helper()
	a := newAuthority(t, "Test CA", time.Now().Add(time.Hour).Truncate(time.Second))
	return serveWith(t, handler, serverCert(t, a, "127.0.0.1", time.Now().Add(time.Hour))), a
}

func serveWith(t *testing.T, handler http.Handler, cert tls.Certificate) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

// newClient makes a client of a server. change may change its configuration.
func newClient(t *testing.T, address string, change func(*Config)) *Client {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	config := Config{
		URL: u, ClientID: testID,
		Secret:  func() (string, error) { return testSecret, nil },
		Timeout: 30 * time.Second,
		Names:   Names{URL: "--appliance.url", CAFile: "--appliance.ca-file", ServerName: "tls_config.server_name"},
	}
	if change != nil {
		change(&config)
	}
	c, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// observed collects what an Observer is told.
type observed struct {
	mu    sync.Mutex
	lines []string
}

func (o *observed) ObserveRequest(api, action, code string, took time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if took < 0 {
		code += " in negative time"
	}
	o.lines = append(o.lines, api+" "+action+" "+code)
}

func (o *observed) take() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	lines := o.lines
	o.lines = nil
	return lines
}

// account is the part of an appliance that gives tokens and checks them.
type account struct {
	mu     sync.Mutex
	secret string
	given  int
	valid  []string
	life   int
}

func newAccount() *account { return &account{secret: testSecret, life: 3600} }

// serveToken answers as the documents say and recordings show.
func (a *account) serveToken(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	id, secret, ok := r.BasicAuth()
	body, _ := io.ReadAll(r.Body)
	switch {
	case r.Method != http.MethodPost || string(body) != "grant_type=client_credentials":
		http.Error(w, `{"error":"invalid_request"}`, http.StatusBadRequest)
	case !ok || id != testID || secret != a.secret:
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprintf(w, `{"error":"invalid_client","error_description":"not with %s"}`, secret)
	default:
		a.given++
		token := fmt.Sprintf("token-number-%d", a.given)
		a.valid = append(a.valid, token)
		w.Header().Set("Content-Type", "text/plain")
		fmt.Fprintf(w, `{"access_token":%q,"token_type":"bearer","expires_in":%d}`, token, a.life)
	}
}

// guard lets requests with a valid token through.
func (a *account) guard(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a.mu.Lock()
		token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		ok = ok && slices.Contains(a.valid, token)
		a.mu.Unlock()
		if !ok {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"error":"access_denied","message":"The resource owner or authorization server denied the request."}`)
			return
		}
		next(w, r)
	}
}

// revoke makes all tokens invalid.
func (a *account) revoke() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.valid = nil
}

func (a *account) tokens() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.given
}

// appliance returns a handler for an appliance whose command API is the given one.
func (a *account) appliance(command http.HandlerFunc) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/oauth2/token", a.serveToken)
	mux.HandleFunc("GET /api/command", a.guard(command))
	return mux
}

// says returns a handler that answers with a text.
func says(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml; charset=UTF-8")
		_, _ = io.WriteString(w, text)
	}
}
