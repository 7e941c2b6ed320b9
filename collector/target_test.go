package collector

import (
	"crypto/x509"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/health"
)

func TestTarget(t *testing.T) {
	skew := 90 * time.Second
	tests := []struct {
		name   string
		answer answers
		state  func(*liveState)
		want   string
	}{
		{
			name: "all is known, though no collector runs",
			answer: answers{
				check: is(appliance.HealthCheck{}),
				info: is(appliance.APIInfo{
					Version: "1.19.0", ClockSkew: &skew,
					Permissions: []appliance.Permission{{Name: "perm_command", Access: "full_access"}, {Name: "perm_backup", Access: "0"}},
				}),
				product: appliance.RemoteSupport, certificate: time.Unix(1_800_000_000, 0), remaining: 14_990,
			},
			want: `
			# TYPE beyondtrust_api_info gauge
			beyondtrust_api_info{api_version="1.19.0",product="remote_support"} 1
			# TYPE beyondtrust_api_permission_info gauge
			beyondtrust_api_permission_info{access="0",permission="perm_backup"} 1
			beyondtrust_api_permission_info{access="full_access",permission="perm_command"} 1
			# TYPE beyondtrust_api_rate_limit_remaining gauge
			beyondtrust_api_rate_limit_remaining 14990
			# TYPE beyondtrust_clock_skew_seconds gauge
			beyondtrust_clock_skew_seconds 90
			# TYPE beyondtrust_tls_certificate_not_after_timestamp_seconds gauge
			beyondtrust_tls_certificate_not_after_timestamp_seconds 1.8e+09
			# TYPE beyondtrust_up gauge
			beyondtrust_up 1
			`,
		},
		{
			name: "the live state knows the skew better while it is connected",
			answer: answers{
				check:     is(appliance.HealthCheck{}),
				info:      is(appliance.APIInfo{ClockSkew: &skew}),
				remaining: -1,
			},
			state: func(l *liveState) {
				l.subscribe()
				l.stats.ClockOffset, l.stats.ClockOffsetKnown = 89.25, true
			},
			want: `
			# TYPE beyondtrust_clock_skew_seconds gauge
			beyondtrust_clock_skew_seconds 89.25
			# TYPE beyondtrust_up gauge
			beyondtrust_up 1
			`,
		},
		{
			name:   "and no longer when it has lost the connection",
			answer: answers{info: is(appliance.APIInfo{ClockSkew: &skew}), remaining: -1},
			state: func(l *liveState) {
				l.subscribe()
				l.stats.ClockOffset, l.stats.ClockOffsetKnown = 89.25, true
				l.lose("gone")
			},
			want: `
			# TYPE beyondtrust_clock_skew_seconds gauge
			beyondtrust_clock_skew_seconds 90
			# TYPE beyondtrust_up gauge
			beyondtrust_up 0
			`,
		},
		{
			name:   "nothing is known",
			answer: answers{remaining: -1},
			want: `
			# TYPE beyondtrust_up gauge
			beyondtrust_up 0
			`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var state *liveState
				if test.state != nil {
					state = newLiveState(t)
					test.state(state)
				}
				f := newFixture(t, &test.answer, state, "state")
				compare(t, test.want, text(t, f.scrape(t.Context(), t),
					"beyondtrust_up", "beyondtrust_api_info", "beyondtrust_api_permission", "beyondtrust_api_rate", "beyondtrust_clock", "beyondtrust_tls"))
			})
		})
	}
}

// A real client against a real TLS server: what is asked for, and what is told
// of it, in the first scrape already.
func TestTargetOverTLS(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/oauth2/token":
			fmt.Fprint(w, `{"access_token":"t","token_type":"Bearer","expires_in":3600}`)
		case r.URL.Path == "/check_health":
			w.WriteHeader(http.StatusInternalServerError)
		case r.FormValue("action") == "check_health":
			w.Header().Set("X-RateLimit-Remaining", "99")
			fmt.Fprint(w, `<health_check xmlns="http://www.bomgar.com/namespaces/API/command"><success>1</success><failover_role>none</failover_role></health_check>`)
		case r.FormValue("action") == "get_api_info":
			fmt.Fprint(w, `<api_information xmlns="http://www.bomgar.com/namespaces/API/command"><api_version>1.19.0</api_version></api_information>`)
		default:
			fmt.Fprint(w, `<error xmlns="http://www.bomgar.com/namespaces/API/command">Unknown action.</error>`)
		}
	}))
	defer server.Close()
	address, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	scrape := func(t *testing.T, trust appliance.TLSOptions) string {
		t.Helper()
		requests := NewRequests()
		client, err := appliance.New(appliance.Config{
			URL: address, ClientID: "id", Secret: func() (string, error) { return "secret", nil },
			TLS: trust, Observer: requests,
		})
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		h := health.New(client, health.Config{TTL: time.Minute, InfoTTL: time.Minute})
		defer h.Close()
		set := New(Options{Client: client, Health: h, Requests: requests})
		defer set.Wait()
		families, err := set.Gatherer(t.Context()).Gather()
		if err != nil {
			t.Fatal(err)
		}
		return text(t, families, "")
	}
	requestsTotal := func(api, action, code string) string {
		return fmt.Sprintf(`beyondtrust_api_requests_total{action=%q,api=%q,code=%q}`, action, api, code)
	}
	end := fmt.Sprint(float64(server.Certificate().NotAfter.Unix()))
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())

	t.Run("trusted", func(t *testing.T) {
		exposition := scrape(t, appliance.TLSOptions{RootCAs: roots})
		for series, want := range map[string]string{
			"beyondtrust_up": "1",
			`beyondtrust_api_info{api_version="1.19.0",product="remote_support"}`:        "1",
			"beyondtrust_api_rate_limit_remaining":                                       "99",
			"beyondtrust_health_probe_success":                                           "0",
			"beyondtrust_tls_certificate_not_after_timestamp_seconds":                    end,
			requestsTotal("token", "token", "200"):                                       "1",
			requestsTotal("command", "check_health", "200"):                              "1",
			requestsTotal("command", "get_api_info", "200"):                              "1",
			requestsTotal("command", "get_appliances", "200"):                            "0",
			requestsTotal("command", "get_appliances", "error"):                          "1",
			requestsTotal("command", "get_connected_client_list", "error"):               "1",
			requestsTotal("command", "get_connected_client_list", "timeout"):             "0",
			requestsTotal("probe", "check_health", "500"):                                "1",
			requestsTotal("probe", "check_health", "network"):                            "0",
			`beyondtrust_api_request_duration_seconds_count{action="token",api="token"}`: "1",
			`beyondtrust_scrape_collector_success{collector="health"}`:                   "0",
		} {
			if got := sample(exposition, series); got != want {
				t.Errorf("%s is %q, want %q", series, got, want)
			}
		}
	})
	t.Run("not trusted", func(t *testing.T) {
		exposition := scrape(t, appliance.TLSOptions{})
		if got := sample(exposition, "beyondtrust_up"); got != "0" {
			t.Errorf("beyondtrust_up is %q for a certificate that nobody trusts", got)
		}
		if got := sample(exposition, "beyondtrust_tls_certificate_not_after_timestamp_seconds"); got != end {
			t.Errorf("the certificate's end is %q, want %s", got, end)
		}
		if strings.Contains(exposition, "beyondtrust_api_info") {
			t.Error("there is an answer from an appliance that is not trusted")
		}
	})
}
