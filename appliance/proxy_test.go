package appliance

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// A proxy that is in the way is what the error names, not the appliance.
func TestErrorsOfProxies(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	refuses := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	t.Cleanup(refuses.Close)
	untrusted := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(untrusted.Close)
	for _, test := range []struct {
		name, proxy string
		kind        Kind
		says        []string
	}{
		{"down", "http://" + closed.Addr().String(), KindNetwork, []string{"the proxy " + closed.Addr().String() + " does not answer: check proxies.url"}},
		{"unknown", "http://proxy..example.com:3128", KindNetwork, []string{"check the host name in proxies.url"}},
		{"refuses", refuses.URL, KindNetwork, []string{"CONNECT with HTTP status 407 Proxy Authentication Required", "allows CONNECT to support.example.com:443, wants a user name and password in proxies.url"}},
		{"not trusted", untrusted.URL, KindTLS, []string{"no trusted TLS connection to the proxy " + untrusted.Listener.Addr().String()}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newClient(t, "https://support.example.com", func(config *Config) {
				proxy, err := url.Parse(test.proxy)
				if err != nil {
					t.Fatal(err)
				}
				proxy.User = url.UserPassword("exporter", "password-of-the-proxy")
				config.ProxyURL, config.Names.ProxyURL = proxy, "proxies.url"
			})
			_, err := c.Probe(t.Context())
			if !errors.Is(err, test.kind) {
				t.Fatalf("got error %v, want one of kind %q", err, test.kind)
			}
			for _, says := range test.says {
				if !strings.Contains(err.Error(), says) {
					t.Errorf("%q does not say %q", err, says)
				}
			}
			if text := err.Error(); strings.Contains(text, "appliance.url") || strings.Contains(text, "password-of-the-proxy") {
				t.Errorf("%q blames the appliance's URL, or has a password in it", text)
			}
		})
	}
}
