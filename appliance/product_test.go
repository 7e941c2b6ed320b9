package appliance

import (
	"fmt"
	"net/http"
	"testing"
)

// What the operator says wins, and yet what the answers say, and how, can be told from it.
func TestToldProduct(t *testing.T) {
	const permissions = `<permissions><permission name="perm_real_time_state">0</permission></permissions>`
	for _, test := range []struct {
		name, namespace, permissions string
		product                      Product
		by                           ProductSource
	}{
		{"nothing", "", "", ProductUnknown, ""},
		{"permissions", "", permissions, RemoteSupport, ByPermissions},
		{"namespace", "http://www.bomgar.com/namespaces/API/command", permissions, RemoteSupport, ByNamespace},
		{"namespace against permissions", "http://www.beyondtrust.com/sra/namespaces/API/command", permissions, PrivilegedRemoteAccess, ByNamespace},
	} {
		t.Run(test.name, func(t *testing.T) {
			server, authority := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/oauth2/token" {
					fmt.Fprint(w, `{"access_token":"a","token_type":"Bearer","expires_in":3600}`)
					return
				}
				fmt.Fprintf(w, `<api_information xmlns="%s">%s</api_information>`, test.namespace, test.permissions)
			}))
			c := newClient(t, server.URL, func(config *Config) {
				config.TLS.RootCAs = authority.pool()
				config.Product = PrivilegedRemoteAccess
			})
			if _, err := c.APIInfo(t.Context()); err != nil {
				t.Fatal(err)
			}
			if product, by := c.ToldProduct(); product != test.product || by != test.by || c.Product() != PrivilegedRemoteAccess {
				t.Errorf("told %q by %q, and the product is %q; want %q by %q", product, by, c.Product(), test.product, test.by)
			}
		})
	}
}
