package e2e

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/prometheustest"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator"
)

const scrapeTimeoutHeader = "X-Prometheus-Scrape-Timeout-Seconds"

// What a scrape must show of an appliance that is well, from the first on.
func TestFirstScrape(t *testing.T) {
	t.Parallel()
	e := startExporter(t, newAppliance(t, simulate()))
	first := e.scrape()
	first.wants(t, 1,
		[]string{"beyondtrust_up"},
		[]string{"beyondtrust_health_check_success"},
		[]string{"beyondtrust_health_probe_success"},
		[]string{"beyondtrust_scrape_collector_success", "collector", "health"},
		[]string{"beyondtrust_scrape_collector_success", "collector", "clients"},
		[]string{"beyondtrust_failover_role", "role", "none"},
		[]string{"beyondtrust_api_info", "product", "remote_support"},
		[]string{"beyondtrust_exporter_build_info"},
	)
	if clients, ok := first.sum("beyondtrust_connected_clients", "type", "representative"); !ok || clients == 0 {
		t.Errorf("no representative is connected: %v, %t", clients, ok)
	}
	if end, ok := first.sum("beyondtrust_tls_certificate_not_after_timestamp_seconds"); !ok || end < float64(time.Now().Unix()) {
		t.Errorf("the certificate's end is %v, %t; want a time to come", end, ok)
	}

	live := e.scrapeUntil("the real-time state is in sync", synced)
	bySession, _ := live.sum("beyondtrust_support_sessions")
	byTeam, _ := live.sum("beyondtrust_team_support_sessions")
	rows, _ := live.sum("beyondtrust_state_rows", "table", "support_session")
	if bySession == 0 || bySession != byTeam || bySession != rows {
		t.Errorf("%v sessions by queue, %v by team, %v rows; want as many of each, and some", bySession, byTeam, rows)
	}
	prometheustest.CheckMetrics(t, live.text)

	before, _ := live.sum("beyondtrust_support_sessions_started_total")
	e.scrapeUntil("sessions are started", func(b *body) bool {
		now, _ := b.sum("beyondtrust_support_sessions_started_total")
		return now > before
	})
}

// Nothing stale, nothing invented, and counters that stay.
func TestApplianceGoesAndComesBack(t *testing.T) {
	t.Parallel()
	a := newAppliance(t, simulate())
	e := startExporter(t, a)
	e.scrapeUntil("the real-time state is in sync", synced)
	before := e.scrapeUntil("sessions are started", func(b *body) bool {
		started, _ := b.sum("beyondtrust_support_sessions_started_total")
		return started > 0
	})

	a.kill()
	gone := e.scrapeUntil("the end of the connection is seen", func(b *body) bool { return !synced(b) })
	gone.wants(t, 0,
		[]string{"beyondtrust_up"},
		[]string{"beyondtrust_state_synced"},
		[]string{"beyondtrust_health_probe_success"},
		[]string{"beyondtrust_scrape_collector_success", "collector", "health"},
		[]string{"beyondtrust_scrape_collector_success", "collector", "clients"},
		[]string{"beyondtrust_scrape_collector_success", "collector", "state"},
	)
	gone.lacks(t, "beyondtrust_appliance_info", "beyondtrust_health_check_success", "beyondtrust_failover_role",
		"beyondtrust_connected_clients", "beyondtrust_support_sessions", "beyondtrust_team_support_sessions",
		"beyondtrust_representatives", "beyondtrust_queue_oldest_wait_seconds", "beyondtrust_state_rows")
	if refused, _ := gone.sum("beyondtrust_api_requests_total", "action", "check_health", "code", "network"); refused == 0 {
		t.Error("no request is counted as failed on the network")
	}

	a.up()
	back := e.scrapeUntil("the real-time state is in sync again", synced)
	back.wants(t, 1, []string{"beyondtrust_up"}, []string{"beyondtrust_scrape_collector_success", "collector", "state"})
	for _, name := range []string{
		"beyondtrust_support_sessions_started_total", "beyondtrust_support_sessions_ended_total", "beyondtrust_state_observed_seconds_total",
		"beyondtrust_state_received_bytes_total", "beyondtrust_support_session_pickup_seconds", "beyondtrust_representative_seconds_total",
	} {
		first, _ := before.sum(name)
		away, ok := gone.sum(name)
		last, _ := back.sum(name)
		if !ok || first > away || away > last {
			t.Errorf("%s went from %v over %v (there: %t) to %v; a counter never goes down", name, first, away, ok, last)
		}
	}
}

// A scrape obeys the time that Prometheus allows and gives what it has by then.
func TestSlowAppliance(t *testing.T) {
	t.Parallel()
	a := newAppliance(t, simulate())
	e := startExporter(t, a, "--appliance.timeout=1m", "--timeout-offset=2s")
	e.scrapeUntil("the real-time state is in sync", synced)
	a.fault(simulator.FaultSlow, time.Hour)
	// The answer must be here when Prometheus would give up, an hour before the appliance's.
	const allowed = 5 * time.Second
	code, text, err := e.get(allowed, "/metrics", scrapeTimeoutHeader, "5")
	if err != nil || code != http.StatusOK {
		t.Fatalf("status %d, %v; want a body within the time that the header allows", code, err)
	}
	slow := parse(t, text)
	slow.wants(t, 0,
		[]string{"beyondtrust_up"},
		[]string{"beyondtrust_scrape_collector_success", "collector", "health"},
		[]string{"beyondtrust_scrape_collector_success", "collector", "clients"},
	)
	slow.lacks(t, "beyondtrust_health_check_success", "beyondtrust_connected_clients")
	// What is pushed is there whatever the appliance does with requests.
	slow.wants(t, 1, []string{"beyondtrust_state_synced"}, []string{"beyondtrust_scrape_collector_success", "collector", "state"})
	if sessions, ok := slow.sum("beyondtrust_support_sessions"); !ok || sessions == 0 {
		t.Errorf("%v sessions, %t; want those of the live model", sessions, ok)
	}
}

// Repeated failures lock an API account.
func TestRefusedCredentials(t *testing.T) {
	t.Parallel()
	a := newAppliance(t, simulate())
	e := startExporterWith(t, a, "not-the-secret-4711")
	refused := e.scrapeUntil("the refusal is counted", func(b *body) bool {
		return b.is(1, "beyondtrust_state_connections_total", "result", "auth_failed")
	})
	for range 5 {
		refused = e.scrape()
	}
	refused.wants(t, 0, []string{"beyondtrust_up"}, []string{"beyondtrust_state_synced"})
	refused.wants(t, 1,
		[]string{"beyondtrust_api_requests_total", "api", "token", "code", "401"}, // one attempt, whoever wanted the token
		[]string{"beyondtrust_health_probe_success"},                              // which takes no token
	)
	refused.lacks(t, "beyondtrust_health_check_success", "beyondtrust_support_sessions")
	if log := e.Stderr.String(); !strings.Contains(log, "API Configuration") {
		t.Errorf("the log does not say where the credentials are: %s", log)
	}
	e.keepsSecret("not-the-secret-4711", a)
}

func TestTooManyRequests(t *testing.T) {
	t.Parallel()
	a := newAppliance(t, simulate())
	e := startExporter(t, a)
	e.scrape().wants(t, 1, []string{"beyondtrust_up"})
	a.fault(simulator.FaultRateLimit, 0)
	limited := e.scrape()
	limited.wants(t, 0, []string{"beyondtrust_up"}, []string{"beyondtrust_scrape_collector_success", "collector", "clients"})
	if n, _ := limited.sum("beyondtrust_api_requests_total", "code", "429"); n == 0 {
		t.Error("no 429 is counted")
	}
	// Held back requests are not sent: the count stands still while the pause lasts.
	held := e.scrape()
	held.wants(t, 0, []string{"beyondtrust_up"})
	first, _ := limited.sum("beyondtrust_api_requests_total", "api", "command")
	second, _ := held.sum("beyondtrust_api_requests_total", "api", "command")
	if first != second {
		t.Errorf("%v requests after a 429, then %v; want none within the pause", first, second)
	}
	a.ClearFaults()
	e.scrapeUntil("the appliance is asked again after the pause", func(b *body) bool { return b.is(1, "beyondtrust_up") })
}

func TestGarbage(t *testing.T) {
	t.Parallel()
	a := newAppliance(t, simulate())
	e := startExporter(t, a)
	e.scrapeUntil("the real-time state is in sync", synced)
	a.fault(simulator.FaultGarbage, 0)
	garbled := e.scrape()
	garbled.wants(t, 0, []string{"beyondtrust_up"}, []string{"beyondtrust_scrape_collector_success", "collector", "health"})
	garbled.wants(t, 1,
		[]string{"beyondtrust_api_requests_total", "api", "command", "action", "check_health", "code", "error"},
		[]string{"beyondtrust_scrape_collector_success", "collector", "state"},
	)
	garbled.lacks(t, "beyondtrust_health_check_success", "beyondtrust_appliance_info")
	a.ClearFaults()
	e.scrape().wants(t, 1, []string{"beyondtrust_up"}, []string{"beyondtrust_health_check_success"})

	a.fault(simulator.FaultMalformed, 0)
	broken := e.scrapeUntil("a broken message ends the connection", func(b *body) bool {
		n, _ := b.sum("beyondtrust_state_disconnects_total", "reason", "malformed")
		return n > 0
	})
	a.ClearFaults()
	started, _ := broken.sum("beyondtrust_support_sessions_started_total")
	again := e.scrapeUntil("a new full copy is in", synced)
	if now, _ := again.sum("beyondtrust_support_sessions_started_total"); now < started {
		t.Errorf("started sessions went from %v to %v", started, now)
	}
}

// A backup that answers is up, and has no state to show.
func TestFailover(t *testing.T) {
	t.Parallel()
	first, second, err := simulator.NewPair(simulate(), simulate())
	if err != nil {
		t.Fatal(err)
	}
	a := serve(t, first)
	serve(t, second)
	e := startExporter(t, a)
	e.scrapeUntil("the real-time state is in sync", synced).wants(t, 1, []string{"beyondtrust_failover_role", "role", "primary"})
	if err := first.Failover(); err != nil {
		t.Fatal(err)
	}
	backup := e.scrapeUntil("the connection ends", func(b *body) bool { return !synced(b) })
	backup.wants(t, 1,
		[]string{"beyondtrust_up"},
		[]string{"beyondtrust_failover_role", "role", "backup"},
		[]string{"beyondtrust_scrape_collector_success", "collector", "state"},
	)
	backup.wants(t, 0, []string{"beyondtrust_failover_role", "role", "primary"})
	backup.lacks(t, "beyondtrust_support_sessions", "beyondtrust_representatives")
	if err := first.Failover(); err != nil {
		t.Fatal(err)
	}
	e.scrapeUntil("the primary's state is in sync again", synced).wants(t, 1, []string{"beyondtrust_failover_role", "role", "primary"})
}

// The secret and the tokens are nowhere: not in the log at its loudest, not in a page.
func TestSecretsStaySecret(t *testing.T) {
	t.Parallel()
	a := newAppliance(t, simulate())
	e := startExporter(t, a, "--web.enable-pprof")
	e.scrapeUntil("the real-time state is in sync", synced)
	a.RevokeTokens()
	e.scrape()
	a.kill()
	e.scrape()
	e.keepsSecret(a.ClientSecret(), a)
	if status := e.terminate(); status != 0 {
		t.Errorf("exit status %d; want 0", status)
	}
	e.keepsSecret(a.ClientSecret(), nil)
}

// hexToken is what the simulated appliance's tokens look like, and the hash in its version.
var hexToken = regexp.MustCompile(`\b[0-9a-f]{40}\b`)

// keepsSecret fails the test if the secret or a token is in the output or, where there is an
// appliance to watch, on any page.
func (e *exporter) keepsSecret(secret string, a *appliance) {
	e.t.Helper()
	places := map[string]string{"stdout": e.Stdout.String(), "stderr": e.Stderr.String()}
	if a != nil {
		for _, path := range []string{"/", "/metrics", "/debug/pprof/cmdline", "/debug/pprof/goroutine?debug=2"} {
			_, text, err := e.get(patience, path, "", "")
			if err != nil {
				e.t.Fatalf("getting %s: %v", path, err)
			}
			places[path] = text
		}
	}
	for place, text := range places {
		if strings.Contains(text, secret) {
			e.t.Errorf("the secret is in %s:\n%s", place, text)
		}
		for _, token := range hexToken.FindAllString(text, -1) {
			if !strings.Contains(text, `-`+token+`"`) { // the build has a hash in it
				e.t.Errorf("%s, which looks like a token, is in %s", token, place)
			}
		}
	}
}
