package check

import (
	"context"
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
	"strconv"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	fakeSecret = "s3cret-that-nobody-may-see"
	fakeToken  = "0123456789abcdef0123456789abcdef01234567"
)

// fake is an appliance of which each part can be broken.
type fake struct {
	server *httptest.Server
	ca     *x509.CertPool

	id          string
	namespace   string
	tokenStatus int               // 0: 200
	tokenBody   string            // of a refusal
	status      int               // of each command's answer, 0: 200
	xml         string            // instead of each command's answer
	answers     map[string]string // instead of an action's
	skew        time.Duration     // of its clock
	command     string            // perm_command
	permissions string            // the others
	success     string
	failover    string
	probeStatus int // 0: 200
	state       http.HandlerFunc
	reports     map[string]string // the answers by report, or an HTTP status
	everything  http.Handler      // instead of all of it

	notAfter time.Time
	certName string
	trusted  bool // the client knows the authority
}

// newFake makes an appliance that works, as change makes it, and starts it.
func newFake(t *testing.T, change func(*fake)) *fake {
	t.Helper()
	f := &fake{
		id:        "a1",
		namespace: "https://www.beyondtrust.com/namespaces/API/command",
		command:   "full_access", permissions: `<permission name="perm_real_time_state">1</permission><permission name="perm_reporting_support">1</permission><permission name="perm_reporting_license">0</permission>`,
		success: "<success>1</success>", failover: "<failover_role>none</failover_role>",
		notAfter: time.Now().Add(90*24*time.Hour + time.Hour), certName: "127.0.0.1", trusted: true,
	}
	f.state = f.copies(`{"type":"model_update","insert":{"queue":{"1":{"type":"team","name":"Help"}},"support_session":{"7":{"lsid":"a"},"8":{"lsid":"b"}},"representative":{}}}` + "\n")
	if change != nil {
		change(f)
	}
	f.server = httptest.NewUnstartedServer(f)
	f.server.TLS = &tls.Config{Certificates: []tls.Certificate{f.certificate(t)}}
	f.server.Config.ErrorLog = log.New(io.Discard, "", 0)
	f.server.StartTLS()
	t.Cleanup(f.server.Close)
	return f
}

// certificate makes an authority and a certificate of it.
func (f *fake) certificate(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Example CA", Organization: []string{"Example"}},
		NotBefore: time.Now().Add(-100 * 24 * time.Hour), NotAfter: time.Now().Add(1000 * 24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "support.example.com"},
		NotBefore: time.Now().Add(-99 * 24 * time.Hour), NotAfter: f.notAfter,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if ip := net.ParseIP(f.certName); ip != nil {
		leaf.IPAddresses = []net.IP{ip}
	} else {
		leaf.DNSNames = []string{f.certName}
	}
	signed := func(template *x509.Certificate) *x509.Certificate {
		der, err := x509.CreateCertificate(rand.Reader, template, authority, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return cert
	}
	f.ca = x509.NewCertPool()
	if f.trusted {
		f.ca.AddCert(signed(authority))
	}
	return tls.Certificate{Certificate: [][]byte{signed(leaf).Raw}, PrivateKey: key}
}

// ServeHTTP answers as an appliance does.
func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if f.everything != nil {
		f.everything.ServeHTTP(w, r)
		return
	}
	switch r.URL.Path {
	case "/oauth2/token":
		_, secret, _ := r.BasicAuth()
		switch {
		case f.tokenStatus != 0:
			w.WriteHeader(f.tokenStatus)
			fmt.Fprint(w, f.tokenBody)
		case secret != fakeSecret:
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprintf(w, `{"error":"invalid_client","error_description":"%s is not the secret"}`, secret)
		default:
			fmt.Fprintf(w, `{"access_token":"%s","token_type":"Bearer","expires_in":3600}`, fakeToken)
		}
	case "/check_health":
		w.WriteHeader(max(f.probeStatus, 200))
	case "/api/command":
		f.serveCommand(w, r)
	case "/api/reporting":
		f.serveReport(w, r)
	case "/nw":
		f.state(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (f *fake) serveCommand(w http.ResponseWriter, r *http.Request) {
	if f.status != 0 {
		w.WriteHeader(f.status)
		return
	}
	if f.xml != "" {
		fmt.Fprint(w, f.xml)
		return
	}
	if answer, ok := f.answers[r.FormValue("action")]; ok {
		fmt.Fprint(w, answer)
		return
	}
	switch r.FormValue("action") {
	case "get_api_info":
		fmt.Fprintf(w, `<api_information xmlns="%s"><api_version>1.25.0</api_version><timestamp>%d</timestamp><permissions><permission name="perm_command">%s</permission>%s</permissions></api_information>`,
			f.namespace, time.Now().Add(f.skew).Unix(), f.command, f.permissions)
	case "check_health":
		fmt.Fprintf(w, `<health_check xmlns="%s"><appliance id=%q>support</appliance><version>24.3.2 (77071-1f0c)</version>%s%s</health_check>`, f.namespace, f.id, f.success, f.failover)
	case "get_appliances":
		fmt.Fprintf(w, `<appliances xmlns="%s"><appliance id="a1"><name>support</name><failover_role>none</failover_role></appliance></appliances>`, f.namespace)
	case "get_connected_client_list":
		fmt.Fprintf(w, `<connected_client_list xmlns="%s"><connected_client_summary><appliance_summary id="a1"><count type="representative">12</count><count type="push_agent">30</count></appliance_summary></connected_client_summary></connected_client_list>`, f.namespace)
	}
}

// serveReport answers with a report that has nothing in it, or as the test says.
func (f *fake) serveReport(w http.ResponseWriter, r *http.Request) {
	report := r.FormValue("generate_report")
	answer, ok := f.reports[report]
	if status, err := strconv.Atoi(answer); err == nil {
		w.WriteHeader(status)
		return
	}
	if !ok {
		answer = fmt.Sprintf("<%s/>", map[string]string{
			"AccessSession": "session_list", "Team": "team_activity_list", "VaultAccountActivity": "vault_account_activity_list", "JumpItem": "jump_item_event_list",
			"LicenseUsage": "license_usage",
		}[report])
	}
	fmt.Fprint(w, answer)
}

// copies speaks the real-time state API and sends the lines as the full copy. It answers the
// authentication and the subscription as long as an answer is not given for them.
func (f *fake) copies(lines string, answers ...string) http.HandlerFunc {
	said := []string{
		`{"type":"authenticate_response","success":true}` + "\n",
		`{"type":"subscribe_response","success":true,"timestamp":` + fmt.Sprint(time.Now().Unix()) + "}\n" + lines,
	}
	copy(said, answers)
	return func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true, Subprotocols: []string{"ingredi%20state%20api"}})
		if err != nil {
			return
		}
		defer func() { _ = conn.CloseNow() }()
		ctx := context.Background()
		for _, answer := range said {
			if _, _, err := conn.Read(ctx); err != nil {
				return
			}
			if err := conn.Write(ctx, websocket.MessageBinary, []byte(answer)); err != nil {
				return
			}
		}
		// Until the client goes.
		_, _, _ = conn.Read(ctx)
	}
}

// appliance is how it is checked.
func (f *fake) appliance(t *testing.T, change func(*Appliance)) Appliance {
	t.Helper()
	u, err := url.Parse(f.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	a := Appliance{
		Name: "support.example.com",
		Client: appliance.Config{
			URL: u, ClientID: "e52a9aa6fc05", Timeout: 5 * time.Second,
			Secret: func() (string, error) { return fakeSecret, nil },
			TLS:    appliance.TLSOptions{RootCAs: f.ca},
			Names: appliance.Names{
				URL: "--appliance.url", Secret: "--appliance.client-secret-file or BEYONDTRUST_CLIENT_SECRET", CAFile: "--appliance.ca-file",
				ServerName: "tls_config.server_name", InsecureSkipVerify: "--appliance.insecure-skip-verify",
				ProxyURL: "proxy_url", Timeout: "--appliance.timeout", Product: "--appliance.product",
			},
		},
		Collectors: map[string]bool{"health": true, "clients": true, "state": true},
		Named:      make(map[string]bool),
	}
	if change != nil {
		change(&a)
	}
	return a
}
