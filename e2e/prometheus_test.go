package e2e

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/prometheustest"
)

// e2eBinary is the exporter's binary.
func e2eBinary() string { return os.Getenv(binaryVariable) }

// A real Prometheus scrapes the demo and answers what a head of support asks.
func TestPrometheusScrapesTheDemo(t *testing.T) {
	t.Parallel()
	demo, e := startDemo(t)
	p := prometheustest.Start(t, fmt.Sprintf(`
global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
scrape_configs:
  - job_name: beyondtrust
    scrape_native_histograms: true
    always_scrape_classic_histograms: true
    static_configs: [{targets: [%q]}]
`, strings.TrimPrefix(e.root, "http://")))

	for _, query := range []struct{ name, expression string }{
		{"the appliance is up", `beyondtrust_up{job="beyondtrust"} == 1`},
		{"the state is in sync", `beyondtrust_state_synced == 1`},
		{"there are sessions", `sum(beyondtrust_support_sessions) > 0`},
		{"sessions are started", `sum(rate(beyondtrust_support_sessions_started_total[30s])) > 0`},
		{"the classic histogram of pickups has some", `sum(rate(beyondtrust_support_session_pickup_seconds_bucket{le="+Inf"}[30s])) > 0`},
		{"a quantile of the classic histogram", `histogram_quantile(0.9, sum by (le) (rate(beyondtrust_support_session_pickup_seconds_bucket[30s]))) > 0`},
		{"the native histogram of pickups has some", `histogram_count(sum(rate(beyondtrust_support_session_pickup_seconds[30s]))) > 0`},
		{"a quantile of the native histogram", `histogram_quantile(0.9, sum(rate(beyondtrust_support_session_pickup_seconds[30s]))) > 0`},
		{"representatives are at work", `sum(rate(beyondtrust_representative_concurrent_seconds_total{sessions!="0"}[30s])) > 0`},
		{"no sample was refused", `scrape_samples_post_metric_relabeling == scrape_samples_scraped > 100`},
	} {
		holds(t, p, query.name, query.expression)
	}
	prometheustest.CheckMetrics(t, e.scrape().text)
	if status := demo.terminate(); status != 0 {
		t.Errorf("the demo: exit status %d; want 0", status)
	}
}

// Where things can be made to happen to each of a pair, the demo says by its name.
func TestDemoNamesThePair(t *testing.T) {
	t.Parallel()
	demo := start(t, e2eBinary(), nil, "demo", "--pair", "--web.listen-address=127.0.0.1:0")
	a := demo.Stdout.Find(`make things happen to hq-a +(http://\S+)`)
	if b := demo.Stdout.Find(`make things happen to hq-b +(http://\S+)`); a == b {
		t.Errorf("both are at %s", a)
	}
}

// startDemo starts the demo and returns the process and the exporter in it.
func startDemo(t *testing.T, args ...string) (*process, *exporter) {
	t.Helper()
	demo := start(t, e2eBinary(), nil, append([]string{"demo", "--web.listen-address=127.0.0.1:0"}, args...)...)
	return demo, &exporter{process: demo, root: strings.TrimSuffix(demo.Stdout.Find(`(http://\S+)/metrics`), "/")}
}

// holds waits until an expression brings one series that is not 0.
func holds(t *testing.T, p *prometheustest.Server, what, expression string) {
	t.Helper()
	if !t.Run(what, func(t *testing.T) { p.WaitFor(t, expression, prometheustest.True) }) {
		t.FailNow()
	}
}
