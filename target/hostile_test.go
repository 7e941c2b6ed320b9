package target

import (
	"encoding/pem"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/collector"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/config"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/simulatortest"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
)

// asked collects what is asked of an appliance: the method, the path, and of the query the
// values that say what is wanted.
type asked struct {
	mu   sync.Mutex
	seen map[string]bool
}

func (a *asked) note(r *http.Request) {
	query := r.URL.Query()
	for _, when := range []string{"start_time", "end_time", "duration"} {
		query.Del(when)
	}
	what := r.Method + " " + r.URL.Path
	if len(query) > 0 {
		what += "?" + query.Encode()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.seen[what] = true
}

func (a *asked) all() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Sorted(maps.Keys(a.seen))
}

// wiretap serves a simulated appliance, and notes what is asked of it on the way.
func wiretap(t *testing.T, simulated *simulator.Appliance) (address string, ca []byte, taken *asked) {
	t.Helper()
	taken = &asked{seen: make(map[string]bool)}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig.InsecureSkipVerify = true //nolint:gosec // The simulator is in this process.
	proxy := httputil.NewSingleHostReverseProxy(simulatortest.Serve(t, simulated))
	proxy.Transport, proxy.ErrorLog = transport, log.New(io.Discard, "", 0)
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		taken.note(r)
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		transport.CloseIdleConnections()
	})
	return server.URL, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), taken
}

// documentedRequests returns the requests that docs/security.md lists.
func documentedRequests(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "docs", "security.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(text), "```requests\n")
	list, _, found := strings.Cut(list, "```")
	if !found {
		t.Fatal("docs/security.md has no list of requests")
	}
	return slices.Sorted(strings.SplitSeq(strings.TrimSpace(list), "\n"))
}

// With every collector on the exporter asks an appliance, of either product, for what the
// documentation lists and for nothing else: nothing that changes anything among it.
func TestAllThatIsEverAsked(t *testing.T) {
	documented := documentedRequests(t)
	for _, what := range documented {
		method, path, _ := strings.Cut(what, " ")
		if path != "/oauth2/token" && method != http.MethodGet {
			t.Errorf("%s is no reading", what)
		}
	}
	asked := make(map[string]bool)
	for _, product := range []simulator.Product{simulator.RemoteSupport, simulator.PrivilegedRemoteAccess} {
		simulated, err := simulator.New(simulator.Config{
			Product: product, Role: simulator.RolePrimary,
			World: world.Config{Seed: 3, FlushEvery: 100 * time.Millisecond},
		})
		if err != nil {
			t.Fatal(err)
		}
		address, ca, taken := wiretap(t, simulated)
		on, intervals := make(map[string]bool), make(map[string]time.Duration)
		for _, info := range collector.All() {
			on[info.Name] = true
			intervals[info.Name] = time.Second
		}
		watched := newTarget(t, config.Options{
			URL: address, CA: ca, ClientID: simulated.ClientID(), ClientSecret: config.NewSecret(simulated.ClientSecret()),
			Product: string(product), Collectors: on, Intervals: intervals,
		})
		run(t, watched)
		want := slices.DeleteFunc(slices.Clone(documented), func(what string) bool { return otherProduct(product, what) })
		deadline := time.After(time.Minute)
		for missing := want; len(missing) > 0; {
			if _, err := watched.Gatherer(t.Context()).Gather(); err != nil {
				t.Fatal(err)
			}
			missing = slices.DeleteFunc(slices.Clone(want), func(what string) bool { return slices.Contains(taken.all(), what) })
			select {
			case <-deadline:
				t.Fatalf("%s was never asked for %q, but for %q", product, missing, taken.all())
			case <-time.After(20 * time.Millisecond):
			}
		}
		for _, what := range taken.all() {
			asked[what] = true
		}
	}
	for what := range asked {
		if !slices.Contains(documented, what) {
			t.Errorf("%s is asked for, and docs/security.md does not say so", what)
		}
	}
}

// otherProduct says that something is only asked of the other product.
func otherProduct(product simulator.Product, what string) bool {
	if product == simulator.RemoteSupport {
		return strings.Contains(what, "=AccessSession") || strings.HasSuffix(what, "=Team")
	}
	return strings.Contains(what, "=Support") || strings.HasSuffix(what, " /nw")
}

// An appliance that repeats the client secret and the token over the real-time state API, in a
// refusal and in the header of a refused upgrade, brings them into no status and no log.
func TestStateRepeatsNoSecret(t *testing.T) {
	const secret, token = "the-clients-own-secret", "the-token-of-an-hour"
	for name, refuse := range map[string]func(w http.ResponseWriter, r *http.Request){
		"a refused account": func(w http.ResponseWriter, r *http.Request) {
			ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"ingredi%20state%20api"}})
			if err != nil {
				return
			}
			defer ws.CloseNow() //nolint:errcheck // The client has gone.
			if _, _, err := ws.Read(r.Context()); err == nil {
				_ = ws.Write(r.Context(), websocket.MessageBinary,
					[]byte(`{"type":"authenticate_response","success":false,"reason":"you sent `+secret+` and `+token+`"}`+"\n"))
				_, _, _ = ws.Read(r.Context()) // until the client has gone
			}
		},
		"a refused upgrade": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Connection", "Upgrade")
			w.Header().Set("Upgrade", "websocket")
			w.Header().Set("Sec-WebSocket-Accept", token+secret)
			w.WriteHeader(http.StatusSwitchingProtocols)
		},
	} {
		t.Run(name, func(t *testing.T) {
			mux := http.NewServeMux()
			mux.HandleFunc("POST /oauth2/token", func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(w, `{"access_token":"`+token+`","token_type":"Bearer","expires_in":3600}`)
			})
			mux.HandleFunc("/nw", refuse)
			server := httptest.NewTLSServer(mux)
			t.Cleanup(server.Close)
			o := config.Options{
				URL: server.URL, CA: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}),
				ClientID: "exporter", ClientSecret: config.NewSecret(secret), Collectors: map[string]bool{"state": true},
			}
			watched := newTarget(t, o)
			run(t, watched)
			status := statusUntil(t, watched, "trouble is told", func(s Status) bool { return s.State.Trouble != "" })
			if told := status.State.Trouble; strings.Contains(told, secret) || strings.Contains(told, token) || !strings.Contains(told, "<secret>") {
				t.Errorf("the status tells %q", told)
			}
		})
	}
}
