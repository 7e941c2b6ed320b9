package appliance

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"
	"time"
)

// Each request comes over its own connection, with the documented query and no more.
func TestRequests(t *testing.T) {
	connections := make(map[string]bool)
	var asked []string
	a := newAccount()
	mux := http.NewServeMux()
	note := func(next http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if !r.Close {
				t.Errorf("%s does not ask for the connection to be closed", r.URL)
			}
			if connections[r.RemoteAddr] {
				t.Errorf("%s comes over a connection that was used before", r.URL)
			}
			connections[r.RemoteAddr] = true
			asked = append(asked, r.Method+" "+r.URL.String())
			w.Header().Set("X-RateLimit-Remaining", fmt.Sprint(1000-len(asked)))
			next(w, r)
		}
	}
	mux.HandleFunc("/oauth2/token", note(a.serveToken))
	mux.HandleFunc("/api/command", note(a.guard(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Query().Get("action") {
		case "check_health":
			says(recordedHealthCheck)(w, r)
		case "get_api_info":
			says(fmt.Sprintf(`<api_information xmlns="http://www.beyondtrust.com/sra/namespaces/API/command"><timestamp>%d</timestamp></api_information>`,
				time.Now().Add(-time.Hour).Unix()))(w, r)
		case "get_appliances":
			says(`<appliances/>`)(w, r)
		default:
			says(`<connected_client_list/>`)(w, r)
		}
	})))
	mux.HandleFunc("/check_health", note(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			t.Error("the probe sends a token")
		}
		w.WriteHeader(http.StatusInternalServerError)
	}))
	server, ca := serve(t, mux)
	c := newClient(t, server.URL+"/", func(config *Config) { config.TLS.RootCAs = ca.pool() })

	if _, ok := c.RateLimitRemaining(); ok {
		t.Error("a remaining limit is known before the first answer")
	}
	if _, err := c.CheckHealth(t.Context()); err != nil {
		t.Error(err)
	}
	if c.Product() != RemoteSupport {
		t.Errorf("got product %q", c.Product())
	}
	info, err := c.APIInfo(t.Context())
	if err != nil {
		t.Error(err)
	} else if s := *info.ClockSkew; s < -time.Hour-30*time.Second || s > -time.Hour+30*time.Second {
		t.Errorf("the appliance's clock is %s off", s)
	}
	if c.Product() != PrivilegedRemoteAccess {
		t.Errorf("got product %q", c.Product())
	}
	if _, err := c.Appliances(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := c.ClientSummary(t.Context()); err != nil {
		t.Error(err)
	}
	if status, err := c.Probe(t.Context()); status != 500 || err != nil {
		t.Errorf("the probe brought %d, %v", status, err)
	}
	want := []string{
		"POST /oauth2/token", "GET /api/command?action=check_health", "GET /api/command?action=get_api_info",
		"GET /api/command?action=get_appliances", "GET /api/command?action=get_connected_client_list&summary_only=1", "GET /check_health",
	}
	if !slices.Equal(asked, want) {
		t.Errorf("asked for %q", asked)
	}
	if n, ok := c.RateLimitRemaining(); !ok || n != 995 {
		t.Errorf("%d requests remain, %t", n, ok)
	}
}

// A request through a proxy verifies the appliance's certificate all the same.
func TestProxy(t *testing.T) {
	tunnels := make(chan string, 10)
	tunnel := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tunnels <- r.Method + " " + r.Host
		to, err := net.Dial("tcp", r.Host)
		if err != nil {
			panic(err)
		}
		defer to.Close()
		from, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		defer from.Close()
		_, _ = io.WriteString(from, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { _, _ = io.Copy(to, from); _ = to.Close() }()
		_, _ = io.Copy(from, to)
	})
	now := time.Now()
	ca := newAuthority(t, "Test CA", now.Add(24*time.Hour))
	server := serveWith(t, newAccount().appliance(says(recordedHealthCheck)), serverCert(t, ca, "127.0.0.1", now.Add(2*time.Hour)))
	plain := httptest.NewServer(tunnel)
	t.Cleanup(plain.Close)
	secure := serveWith(t, tunnel, serverCert(t, ca, "127.0.0.1", now.Add(time.Hour)))
	for _, proxy := range []string{plain.URL, secure.URL} {
		through, err := url.Parse(proxy)
		if err != nil {
			t.Fatal(err)
		}
		c := newClient(t, server.URL, func(config *Config) {
			config.TLS.RootCAs = ca.pool()
			config.ProxyURL = through
		})
		if _, err := c.CheckHealth(t.Context()); err != nil {
			t.Fatalf("through %s: %v", proxy, err)
		}
		for range 2 { // The token, and the command.
			if got := <-tunnels; got != "CONNECT "+c.host {
				t.Errorf("%s was asked for %q", proxy, got)
			}
		}
		if end, ok := c.Certificate(); !ok || !end.Equal(now.Add(2*time.Hour).Truncate(time.Second)) {
			t.Errorf("through %s the certificate ends %s, %t", proxy, end, ok)
		}
	}
}

// The HTTP client serves for the dial of a websocket: a connection that is upgraded is not
// closed, although those of other requests are.
func TestHTTPClientUpgrades(t *testing.T) {
	server, ca := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Connection"); got != "Upgrade" {
			t.Errorf("the connection is to be %q", got)
		}
		connection, both, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		defer connection.Close()
		_, _ = io.WriteString(connection, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
		line, _ := both.ReadString('\n')
		_, _ = io.WriteString(connection, line)
	}))
	c := newClient(t, server.URL, func(config *Config) { config.TLS.RootCAs = ca.pool() })
	ask, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/nw", nil)
	if err != nil {
		t.Fatal(err)
	}
	ask.Header.Set("Connection", "Upgrade")
	ask.Header.Set("Upgrade", "websocket")
	response, err := c.HTTPClient().Do(ask)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	stream, ok := response.Body.(io.ReadWriteCloser)
	if response.StatusCode != http.StatusSwitchingProtocols || !ok {
		t.Fatalf("got %s", response.Status)
	}
	_, _ = io.WriteString(stream, "echo\n")
	if line, err := io.ReadAll(stream); string(line) != "echo\n" {
		t.Errorf("got %q, %v", line, err)
	}
}

func TestProduct(t *testing.T) {
	const plain = `<api_information><permissions><permission name="perm_real_time_state">0</permission></permissions></api_information>`
	tests := []struct {
		name, answer string
		hint, want   Product
	}{
		{"by the namespace", recordedAPIInfo, ProductUnknown, RemoteSupport},
		{"by what the account could be allowed", plain, ProductUnknown, RemoteSupport},
		{"nothing tells", `<api_information/>`, ProductUnknown, ProductUnknown},
		{"the operator knows better", recordedAPIInfo, PrivilegedRemoteAccess, PrivilegedRemoteAccess},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := &inMemory{account: newAccount(), command: says(test.answer)}
			c, _ := m.client(t)
			c.config.Product = test.hint
			if _, err := c.APIInfo(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := c.Product(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// The namespaces of Remote Support are the older ones, and answers of Privileged Remote Access have them too.
func TestProductStays(t *testing.T) {
	const access = `<api_information xmlns="https://www.beyondtrust.com/sra/namespaces/API/command"/>`
	m := &inMemory{account: newAccount(), command: says(recordedAPIInfo)}
	c, _ := m.client(t)
	for i, step := range []struct {
		answer string
		want   Product
	}{{recordedAPIInfo, RemoteSupport}, {access, PrivilegedRemoteAccess}, {recordedAPIInfo, PrivilegedRemoteAccess}} {
		m.command = says(step.answer)
		_, _ = c.APIInfo(t.Context()) // What it makes of another answer is of no matter.
		if got := c.Product(); got != step.want {
			t.Errorf("answer %d: got %q, want %q", i, got, step.want)
		}
	}
}

func TestURL(t *testing.T) {
	c := newClient(t, "https://[2001:db8::1]:8443", nil)
	if got := c.url("/api/command", url.Values{"action": {"a b"}}); got != "https://[2001:db8::1]:8443/api/command?action=a+b" {
		t.Error(got)
	}
}
