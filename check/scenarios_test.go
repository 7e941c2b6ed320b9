package check

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

var update = flag.Bool("update", false, "write the golden files anew")

func at(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

const days = 24 * time.Hour

// scenario is one thing broken. Its output is a golden file.
type scenario struct {
	name   string
	fails  bool
	fake   func(*fake)
	change func(*Appliance)
	// patience is the time for the full copy; 0 is enough even where the machine is busy.
	patience time.Duration
}

// scenarios is each thing broken in turn.
func scenarios(t *testing.T) []scenario {
	t.Helper()
	return []scenario{
		{name: "well"},
		{name: "wrong_name_in_dns", fails: true, change: func(a *Appliance) { a.Client.URL = at(t, "https://support..example.com") }},
		{name: "closed_port", fails: true, change: func(a *Appliance) { a.Client.URL = at(t, "https://"+closedPort(t)) }},
		{name: "unknown_authority", fails: true, fake: func(f *fake) { f.trusted = false }},
		{name: "certificate_expired", fails: true, fake: func(f *fake) { f.notAfter = time.Now().Add(-3*days - time.Hour) }},
		{name: "certificate_ends_soon", fake: func(f *fake) { f.notAfter = time.Now().Add(12*days + time.Hour) }},
		{name: "certificate_for_another_host", fails: true, fake: func(f *fake) { f.certName = "support.example.com" }},
		{name: "certificate_for_configured_name", fake: func(f *fake) { f.certName = "support.example.com" }, change: func(a *Appliance) { a.Client.TLS.ServerName = "support.example.com" }},
		{name: "not_verified", fake: func(f *fake) { f.trusted = false }, change: func(a *Appliance) { a.Client.TLS.InsecureSkipVerify = true }},
		{name: "no_tls", fails: true, change: func(a *Appliance) {
			server := httptest.NewServer(http.NotFoundHandler())
			t.Cleanup(server.Close)
			a.Client.URL = at(t, "https"+strings.TrimPrefix(server.URL, "http"))
		}},
		{name: "port_without_an_answer", fails: true, change: func(a *Appliance) {
			// Connections are made by the operating system, and nobody takes them.
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = listener.Close() })
			a.Client.URL, a.Client.Timeout = at(t, "https://"+listener.Addr().String()), time.Second
		}},
		{name: "through_proxy", change: func(a *Appliance) { a.Client.ProxyURL = proxy(t) }},
		{name: "proxy_down", fails: true, change: func(a *Appliance) { a.Client.ProxyURL = at(t, "http://"+closedPort(t)) }},
		{name: "proxy_refuses", fails: true, change: func(a *Appliance) { a.Client.ProxyURL = proxyThatRefuses(t) }},
		{name: "proxy_cannot_reach_it", fails: true, change: func(a *Appliance) { a.Client.ProxyURL, a.Client.URL = proxy(t), at(t, "https://"+closedPort(t)) }},
		{name: "wrong_secret", fails: true, change: func(a *Appliance) {
			a.Client.Secret = func() (string, error) { return "an-old-secret-" + fakeSecret, nil }
		}},
		{name: "unreadable_secret", fails: true, change: func(a *Appliance) {
			a.Client.Secret = func() (string, error) { return "", os.ErrPermission }
		}},
		{name: "token_503", fails: true, fake: func(f *fake) { f.tokenStatus = http.StatusServiceUnavailable }},
		{name: "token_cut_off", fails: true, fake: func(f *fake) {
			f.everything = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/oauth2/token" {
					_, _ = io.Copy(io.Discard, r.Body)
					panic(http.ErrAbortHandler)
				}
			})
		}},
		{name: "token_hangs", fails: true, fake: func(f *fake) { f.everything = hangsAt("/oauth2/token") }, change: func(a *Appliance) { a.Client.Timeout = 2 * time.Second }},
		{name: "another_web_server", fails: true, fake: func(f *fake) {
			f.everything = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html><body>It works!") })
		}},
		{name: "another_web_server_404", fails: true, fake: func(f *fake) { f.everything = http.NotFoundHandler() }},
		{name: "no_command_api", fails: true, fake: func(f *fake) { f.xml = "<error>Document Not Found</error>" }},
		{name: "command_api_denied", fails: true, fake: func(f *fake) { f.command = "deny" }},
		{name: "no_state_permission", fails: true, fake: func(f *fake) { f.permissions = `<permission name="perm_real_time_state">0</permission>` }},
		{name: "state_permission_not_told", fails: true, fake: func(f *fake) {
			f.permissions = ""
			f.state = f.copies("", `{"type":"authenticate_response","success":false,"reason":"Permission denied"}`+"\n")
		}},
		{name: "rate_limited", fails: true, fake: func(f *fake) { f.status = http.StatusTooManyRequests }},
		{name: "command_503", fails: true, fake: func(f *fake) { f.status = http.StatusServiceUnavailable; f.probeStatus = http.StatusServiceUnavailable }},
		{name: "error_answer", fails: true, fake: func(f *fake) { f.xml = "<error>An internal error occurred.</error>" }},
		{name: "garbage", fails: true, fake: func(f *fake) { f.xml = "<health_check><appliance id=\"\xff\">\x1b[2Jsupport</nothing" }},
		{name: "clock_ahead", fake: func(f *fake) { f.skew = time.Minute }},
		{name: "clock_behind", fake: func(f *fake) { f.skew = -time.Hour }},
		{name: "unwell", fake: func(f *fake) {
			f.success = "<success>0</success><error_message>The database did not\nanswer in time.</error_message>"
			f.probeStatus = http.StatusInternalServerError
		}},
		{name: "backup", fake: func(f *fake) {
			f.failover = `<failover_role>backup</failover_role><last_data_sync_time ts="1574638362">x</last_data_sync_time><last_data_sync_status>Data sync completed successfully.</last_data_sync_status>`
			f.state = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }
		}},
		{name: "backup_that_hangs_up", fake: func(f *fake) {
			f.failover = "<failover_role>backup</failover_role>"
			f.state = func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
		}},
		{name: "state_refused", fails: true, fake: func(f *fake) {
			f.failover = "<failover_role>primary</failover_role>"
			f.state = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }
		}},
		{name: "state_another_subprotocol", fails: true, fake: func(f *fake) {
			f.state = func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Sec-WebSocket-Protocol", "chat")
				if conn, err := websocket.Accept(w, r, nil); err == nil {
					_ = conn.CloseNow()
				}
			}
		}},
		{name: "state_no_more_subscribers", fails: true, fake: func(f *fake) {
			f.state = f.copies("", `{"type":"authenticate_response","success":true}`+"\n", `{"type":"subscribe_response","success":false,"reason":"Too many clients"}`+"\n")
		}},
		{name: "state_hangs_after_authentication", fails: true, patience: 3 * time.Second, fake: func(f *fake) {
			f.state = f.copies("", `{"type":"authenticate_response","success":true}`+"\n", "\n")
		}},
		{name: "state_hangs_within_the_copy", fails: true, patience: 3 * time.Second, fake: func(f *fake) { f.state = f.copies(`{"type":"model_update","insert":{"queue":{"1"`) }},
		{name: "state_empty", fake: func(f *fake) { f.state = f.copies("") }},
		{name: "state_unreadable_values", fake: func(f *fake) {
			f.state = f.copies(`{"type":"model_update","insert":{"support_session":{"7":{"lsid":"a","priority":"high","created_timestamp":[]}}}}` + "\n")
		}},
		{name: "state_malformed", fails: true, fake: func(f *fake) { f.state = f.copies("<html>\n") }},
		{name: "message_too_large", fails: true, change: func(a *Appliance) { a.MaxMessageBytes, a.MaxMessageName = 100, "--state.max-message-bytes" }},
		{name: "privileged_remote_access", fake: func(f *fake) {
			f.namespace = "http://www.beyondtrust.com/sra/namespaces/API/command"
			f.permissions = `<permission name="perm_reporting_support">1</permission>`
			f.state = http.NotFound
		}, change: func(a *Appliance) { a.Collectors["sessions"] = true }},
		{name: "reports_of_pra_refused", fails: true, fake: func(f *fake) {
			f.namespace, f.permissions, f.state = "http://www.beyondtrust.com/sra/namespaces/API/command", "", http.NotFound
			f.reports = map[string]string{"Team": "403", "VaultAccountActivity": "<error>Document Not Found</error>"}
		}, change: turnOn("licenses", "sessions", "surveys", "teams", "vault", "jump_items")},
		{name: "reports_of_pra_unclear", fake: func(f *fake) {
			f.namespace, f.permissions, f.state = "http://www.beyondtrust.com/sra/namespaces/API/command", "", http.NotFound
			f.reports = map[string]string{"AccessSession": "<error>Keine Sitzungen gefunden</error>"}
		}, change: turnOn("licenses", "sessions", "vault")},
		{name: "licences_of_pra_by_default", fake: func(f *fake) {
			f.namespace, f.state = "http://www.beyondtrust.com/sra/namespaces/API/command", http.NotFound
			f.permissions = `<permission name="perm_reporting_license">0</permission>`
		}, change: func(a *Appliance) { a.Collectors["licenses"] = true }},
		{name: "licences_refused", fake: func(f *fake) {
			f.permissions = `<permission name="perm_real_time_state">1</permission>`
			f.reports = map[string]string{"LicenseUsage": "403"}
		}, change: turnOn("licenses")},
		{name: "licences_fail", fails: true, fake: func(f *fake) {
			f.permissions = `<permission name="perm_real_time_state">1</permission>`
			f.reports = map[string]string{"LicenseUsage": "503"}
		}, change: turnOn("licenses")},
		{name: "no_surveys_on_pra", fake: func(f *fake) {
			f.namespace, f.state = "http://www.beyondtrust.com/sra/namespaces/API/command", http.NotFound
		}, change: turnOn("surveys")},
		{name: "jump_items_by_the_licence_permission", fake: func(f *fake) {
			f.permissions = `<permission name="perm_real_time_state">1</permission><permission name="perm_reporting_license">1</permission>`
		}, change: turnOn("jump_items")},
		{name: "reports_of_a_backup", fake: func(f *fake) {
			f.failover, f.permissions = "<failover_role>backup</failover_role>", `<permission name="perm_reporting_support">1</permission>`
			f.reports = map[string]string{"VaultAccountActivity": "403"}
			f.state = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }
		}, change: turnOn("vault")},
		{name: "wrong_product", change: func(a *Appliance) { a.Client.Product = appliance.PrivilegedRemoteAccess }},
		{name: "product_by_permissions", fake: func(f *fake) { f.namespace = "" }},
		{name: "all_collectors", fails: true, fake: func(f *fake) { f.permissions += `<permission name="perm_reporting_vault">0</permission>` }, change: turnOn("licenses", "sessions", "surveys", "teams", "vault", "jump_items")},
		{name: "sparse_answers", fake: func(f *fake) {
			f.namespace, f.permissions, f.success, f.failover = "", "", "", ""
			f.answers = map[string]string{"get_api_info": "<api_information/>", "get_appliances": "<appliances><appliance id='a1'/><appliance id='a2'/></appliances>", "check_health": "<health_check/>"}
		}},
		{name: "unknown_role", fake: func(f *fake) { f.failover = "<failover_role>witness&#x9b;31m</failover_role>" }},
		{name: "only_health", change: func(a *Appliance) { a.Collectors = map[string]bool{"health": true} }},
		{name: "bad_configuration", fails: true, change: func(a *Appliance) { a.Client.ClientID = "" }},
	}
}

// turnOn turns collectors on.
func turnOn(names ...string) func(*Appliance) {
	return func(a *Appliance) {
		for _, name := range names {
			a.Collectors[name] = true
			a.Named[name] = true
		}
	}
}

// hangsAt is a fake that never answers at one path.
func hangsAt(path string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == path {
			_, _ = io.Copy(io.Discard, r.Body) // else the server does not see that the client goes
			<-r.Context().Done()
			return
		}
		(&fake{}).ServeHTTP(w, r)
	})
}

// volatile is what differs from run to run, and what is written in its place.
var volatile = []struct {
	pattern *regexp.Regexp
	in      string
}{
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "127.0.0.1:443"},
	{regexp.MustCompile(`ends on \d{4}-\d\d-\d\d`), "ends on DATE"},
	{regexp.MustCompile(`valid from \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d`), "valid from DATE to DATE"},
	{regexp.MustCompile(`current time \S+ is after [^ ;]+`), "current time TIME is after TIME"},
	{regexp.MustCompile(`not asked again before \S+Z`), "not asked again before TIME"},
	{regexp.MustCompile(`full copy in \d+\.\d s`), "full copy in 0.0 s"},
	{regexp.MustCompile(`about (59|60|61) s`), "about 60 s"},
	{regexp.MustCompile(`about (3599|3600|3601) s`), "about 3600 s"},
}

func TestScenarios(t *testing.T) {
	for _, test := range scenarios(t) {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t, test.fake)
			var text bytes.Buffer
			writer := NewText(&text)
			report := Run(t.Context(), []Appliance{f.appliance(t, test.change)}, Options{StateTimeout: test.patience, Progress: writer.Step})
			if err := writer.End(report); err != nil {
				t.Fatal(err)
			}
			if fails := report.ExitStatus() == 1; fails != test.fails {
				t.Errorf("the exit status is %d", report.ExitStatus())
			}
			verify(t, report, text.String())

			got := text.String()
			for _, v := range volatile {
				got = v.pattern.ReplaceAllString(got, v.in)
			}
			golden(t, filepath.Join("testdata", test.name+".txt"), got)
		})
	}
}

// verify checks what holds for each report.
func verify(t *testing.T, report Report, text string) {
	t.Helper()
	var out bytes.Buffer
	if err := WriteJSON(&out, report); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{fakeSecret, fakeToken} {
		if strings.Contains(text, secret) || strings.Contains(out.String(), secret) {
			t.Errorf("a secret is shown:\n%s\n%s", text, out.String())
		}
	}
	if strings.ContainsRune(text, '\x1b') {
		t.Errorf("a control character is shown:\n%q", text)
	}
	for _, s := range report.Results[0].Steps {
		switch {
		case s.Name == "" || s.Found == "":
			t.Errorf("step %+v says nothing", s)
		case (s.Status == Failed || s.Status == Warning) != (s.Remedy != ""):
			t.Errorf("step %+v has a remedy where there is nothing to do, or none where there is", s)
		case (s.Status == Skipped) != (s.Tried == ""):
			t.Errorf("step %+v was skipped or tried", s)
		case strings.ContainsRune(s.Found+s.Remedy+s.Tried, '\n'):
			t.Errorf("step %+v has more than one line", s)
		}
	}
	var read jsonReport
	if err := json.Unmarshal(out.Bytes(), &read); err != nil {
		t.Fatal(err)
	}
	if len(read.Appliances) != 1 || len(read.Appliances[0].Steps) != len(report.Results[0].Steps) {
		t.Errorf("the JSON does not have each step:\n%s", out.String())
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}
