package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/processtest"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/prometheustest"
)

// configuration writes a configuration file, and is called again to change it.
type configuration struct {
	t    *testing.T
	file string
}

func newConfiguration(t *testing.T, text string) configuration {
	t.Helper()
	c := configuration{t, filepath.Join(t.TempDir(), "beyondtrust.yml")}
	c.write(text)
	return c
}

func (c configuration) write(text string) {
	c.t.Helper()
	if err := os.WriteFile(c.file, []byte(text), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

// entry is the entry of an appliance in a configuration file, with further lines.
func entry(name string, a *appliance, more ...string) string {
	return fmt.Sprintf("  %s:\n    url: %s\n    client_id: %s\n    client_secret: %s\n    cache_ttl: 0s\n    tls_config: {ca_file: %s}\n%s",
		name, a.url(), a.ClientID(), a.ClientSecret(), a.caFile, strings.Join(more, ""))
}

const pairLabel = "    labels: {pair: hq}\n"

// startFleet runs the exporter of a configuration file.
func startFleet(t *testing.T, c configuration, args ...string) *exporter {
	t.Helper()
	p := start(t, e2eBinary(), []string{"BEYONDTRUST_CONFIG_FILE=" + c.file, "BEYONDTRUST_URL=https://127.0.0.1:1"},
		append([]string{"--web.listen-address=127.0.0.1:0", "--web.enable-lifecycle", "--log.level=debug"}, args...)...)
	return &exporter{process: p, root: "http://" + p.Stderr.Find(`msg="Listening on" address=(\S+)`)}
}

// probe is one scrape of an appliance.
func (e *exporter) probe(name string) *body {
	e.t.Helper()
	code, text, err := e.get(patience, "/probe?target="+url.QueryEscape(name), "", "")
	if err != nil || code != http.StatusOK {
		e.t.Fatalf("probing %s: status %d, %v\n%s", name, code, err, text)
	}
	return parse(e.t, text)
}

// probeUntil probes until the condition holds of a body, and returns that one.
func (e *exporter) probeUntil(name, what string, holds func(*body) bool) *body {
	e.t.Helper()
	var last *body
	processtest.Eventually(e.t, what, func() (bool, string) {
		last = e.probe(name)
		return holds(last), last.text
	})
	return last
}

// reload asks for the configuration to be read again.
func (e *exporter) reload() (int, string) {
	e.t.Helper()
	response, err := http.Post(e.root+"/-/reload", "", nil)
	if err != nil {
		e.t.Fatal(err)
	}
	defer response.Body.Close()
	text := make([]byte, 1000)
	n, _ := response.Body.Read(text)
	http.DefaultClient.CloseIdleConnections()
	return response.StatusCode, string(text[:n])
}

// discover runs a real Prometheus that finds what to scrape by an exporter's /sd.
func discover(t *testing.T, e *exporter) *prometheustest.Server {
	t.Helper()
	return prometheustest.Start(t, fmt.Sprintf(`
global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
scrape_configs:
  - job_name: beyondtrust
    scrape_native_histograms: true
    always_scrape_classic_histograms: true
    http_sd_configs: [{url: %q, refresh_interval: 1s}]
`, e.root+"/sd"))
}

// A real Prometheus finds three appliances and scrapes them, and follows when that changes.
func TestPrometheusDiscoversAppliances(t *testing.T) {
	t.Parallel()
	a, b, c := newAppliance(t, simulate()), newAppliance(t, simulate()), newAppliance(t, simulate())
	file := newConfiguration(t, "appliances:\n"+entry("hq-a", a, pairLabel)+entry("hq-b", b, pairLabel)+entry("customer:8443", c))
	e := startFleet(t, file)
	p := discover(t, e)
	for what, expression := range map[string]string{
		"three are up":                       `count(beyondtrust_up{job="beyondtrust"} == 1) == 3`,
		"each by its name":                   `count(count by (instance, appliance) (beyondtrust_up)) == 3`,
		"two with their label":               `count(beyondtrust_up{pair="hq"}) == 2`,
		"one that is called like an address": `beyondtrust_up{instance="customer:8443", appliance="customer:8443"}`,
		"all have sessions":                  `count(sum by (instance) (beyondtrust_support_sessions) > 0) == 3`,
		"no sample was refused":              `min(scrape_samples_post_metric_relabeling == scrape_samples_scraped) > 100`,
	} {
		holds(t, p, what, expression)
	}
	prometheustest.CheckMetrics(t, e.probe("hq-a").text)
	prometheustest.CheckMetrics(t, e.scrape().text)

	file.write("appliances:\n" + entry("hq-a", a))
	if code, text := e.reload(); code != http.StatusOK {
		t.Fatalf("reload: %d %s; want 200", code, text)
	}
	holds(t, p, "one is left", `count(up{job="beyondtrust"}) == 1 and count(beyondtrust_up{pair=""}) == 1`)
	if status := e.terminate(); status != 0 {
		t.Errorf("exit status %d; want 0", status)
	}
}

// What did not change goes on, what changed starts anew, what is gone is closed, and a bad file
// changes nothing at all.
func TestReload(t *testing.T) {
	t.Parallel()
	a, b := newAppliance(t, simulate()), newAppliance(t, simulate())
	file := newConfiguration(t, "appliances:\n"+entry("a", a)+entry("b", b))
	e := startFleet(t, file)
	counts := func(body *body) bool {
		started, _ := body.sum("beyondtrust_support_sessions_started_total")
		return synced(body) && started > 0
	}
	before := e.probeUntil("a", "a counts", counts)
	e.probeUntil("b", "b counts", counts)
	const successful, timestamp = "beyondtrust_exporter_config_last_reload_successful", "beyondtrust_exporter_config_last_reload_success_timestamp_seconds"
	own := e.scrape()
	own.wants(t, 1, []string{successful})
	first, _ := own.sum(timestamp)

	file.write("appliances:\n" + entry("a", a, "    timout: 5s\n"))
	code, text := e.reload()
	if want := file.file + ":8: appliances.a.timout: "; code != http.StatusInternalServerError || !strings.Contains(text, want) {
		t.Errorf("of a bad file: %d %s; want 500 and %q", code, text, want)
	}
	own = e.scrape()
	own.wants(t, 0, []string{successful})
	own.wants(t, first, []string{timestamp})
	e.probe("b").wants(t, 1, []string{"beyondtrust_state_connections_total", "result", "ok"})
	if strings.Contains(e.Stderr.String(), a.ClientSecret()) || strings.Contains(text, a.ClientSecret()) {
		t.Error("a secret is in the log or in the answer")
	}

	file.write("appliances:\n" + entry("a", a, pairLabel))
	e.Signal(syscall.SIGHUP)
	processtest.Eventually(t, "SIGHUP has the file read", func() (bool, string) {
		own := e.scrape()
		return own.is(1, successful), own.text
	})
	if code, text, err := e.get(patience, "/probe?target=b", "", ""); err != nil || code != http.StatusNotFound {
		t.Errorf("an appliance that is gone: %d, %v, %s; want 404", code, err, text)
	}
	processtest.Eventually(t, "the subscription of b is closed", func() (bool, string) { return b.Subscribers() == 0, "" })
	if _, sd, _ := e.get(patience, "/sd", "", ""); !strings.Contains(sd, `"pair": "hq"`) || strings.Contains(sd, `"b"`) {
		t.Errorf("discovery is not as the file says: %s", sd)
	}
	after := e.probe("a")
	after.wants(t, 1, []string{"beyondtrust_state_connections_total", "result", "ok"}, []string{"beyondtrust_state_synced"}, []string{"beyondtrust_api_requests_total", "api", "token", "code", "200"})
	was, _ := before.sum("beyondtrust_support_sessions_started_total")
	if is, _ := after.sum("beyondtrust_support_sessions_started_total"); is < was {
		t.Errorf("the counter went from %v to %v", was, is)
	}

	file.write("appliances:\n" + entry("a", a, "    timeout: 9s\n"))
	if code, text := e.reload(); code != http.StatusOK {
		t.Fatalf("reload: %d %s; want 200", code, text)
	}
	e.probeUntil("a", "a, which changed, is in sync anew", func(body *body) bool {
		return synced(body) && body.is(1, "beyondtrust_api_requests_total", "api", "token", "code", "200")
	})
	processtest.Eventually(t, "a has one subscription", func() (bool, string) { return a.Subscribers() == 1, "" })
}

// The demo shows a pair that fails over while a real Prometheus watches.
func TestPrometheusWatchesAFailover(t *testing.T) {
	t.Parallel()
	demo := start(t, e2eBinary(), nil, "demo", "--pair", "--simulate.failover-every=0s", "--web.listen-address=127.0.0.1:0")
	e := &exporter{process: demo, root: strings.TrimSuffix(demo.Stdout.Find(`(http://\S+)/sd`), "/")}
	failover := demo.Stdout.Find(`curl -X POST (http://\S+/failover)`)
	p := discover(t, e)

	holds(t, p, "the first is the primary", `beyondtrust_failover_role{instance="hq-a",role="primary"} and on (pair) count by (pair) (beyondtrust_failover_role{role="primary"} == 1) == 1`)
	holds(t, p, "its state is in sync", `beyondtrust_state_synced{instance="hq-a"} == 1`)
	holds(t, p, "sessions are started", `sum by (pair) (rate(beyondtrust_support_sessions_started_total[30s])) > 0`)

	response, err := http.Post(failover, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	holds(t, p, "the second is the primary", `beyondtrust_failover_role{instance="hq-b",role="primary"} == 1`)
	holds(t, p, "the first is the backup", `beyondtrust_failover_role{instance="hq-a",role="backup"} == 1`)
	holds(t, p, "the subscription follows", `(beyondtrust_state_synced{instance="hq-b"} == 1) and on (pair) (beyondtrust_state_synced{instance="hq-a"} == bool 0)`)
	holds(t, p, "sessions are started on the other", `sum(rate(beyondtrust_support_sessions_started_total{instance="hq-b"}[30s])) > 0`)
	holds(t, p, "both were up all the time", `min(min_over_time(beyondtrust_up[5m]))`)
	document, err := os.ReadFile("../docs/failover.md")
	if err != nil {
		t.Fatal(err)
	}
	queries := regexp.MustCompile("(?ms)^```promql\n(.*?)^```").FindAllStringSubmatch(string(document), -1)
	if len(queries) < 7 {
		t.Errorf("docs/failover.md has %d queries: are they still found?", len(queries))
	}
	for _, query := range queries {
		if _, err := p.Query(query[1]); err != nil {
			t.Errorf("docs/failover.md: %v", err)
		}
	}
	holds(t, p, "the failover is seen afterwards", `count(changes(beyondtrust_failover_role{role="primary"}[5m]) > 0) == 2`)
	if status := demo.terminate(); status != 0 {
		t.Errorf("the demo: exit status %d; want 0", status)
	}
}
