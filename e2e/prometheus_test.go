package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// e2eBinary is the exporter's binary.
func e2eBinary() string { return os.Getenv(binaryVariable) }

// tool returns a binary of Prometheus: the one that the environment variable names, else the
// one in .tools/ beside go.mod.
func tool(t *testing.T, variable, name string) string {
	t.Helper()
	if named := os.Getenv(variable); named != "" {
		return named
	}
	file, err := filepath.Abs(filepath.Join("..", ".tools", name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); err != nil {
		t.Fatalf("there is no %s: build it by `make tools` or `tools/install %s`, or name one in the environment variable %s (%v)", name, name, variable, err)
	}
	return file
}

// promtoolCheck fails the test unless promtool has nothing to say of the metrics.
func promtoolCheck(t *testing.T, text string) {
	t.Helper()
	check := exec.Command(tool(t, "PROMTOOL", "promtool"), "check", "metrics")
	check.Stdin = strings.NewReader(text)
	if output, err := check.CombinedOutput(); err != nil || len(output) > 0 {
		t.Errorf("promtool check metrics: %v\n%s", err, output)
	}
}

// A real Prometheus scrapes the demo and answers what a head of support asks.
func TestPrometheusScrapesTheDemo(t *testing.T) {
	t.Parallel()
	demo, e := startDemo(t)
	p := startPrometheus(t, fmt.Sprintf(`
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
		eventually(t, query.name+": "+query.expression, func() (bool, string) {
			values, text := p.query(query.expression)
			return len(values) == 1 && values[0] > 0, text
		})
	}
	promtoolCheck(t, e.scrape().text)
	for _, running := range []*process{p.process, demo} {
		if status := running.terminate(); status != 0 {
			t.Errorf("%s: exit status %d; want 0", running.cmd.Path, status)
		}
	}
}

// startDemo starts the demo and returns the process and the exporter in it.
func startDemo(t *testing.T, args ...string) (*process, *exporter) {
	t.Helper()
	demo := start(t, e2eBinary(), nil, append([]string{"demo", "--web.listen-address=127.0.0.1:0"}, args...)...)
	return demo, &exporter{process: demo, root: strings.TrimSuffix(demo.find(&demo.stdout, `(http://\S+)/metrics`), "/")}
}

// prometheus is a running Prometheus server.
type prometheus struct {
	*process
	root string
}

// startPrometheus starts a server with a configuration.
func startPrometheus(t *testing.T, configuration string) *prometheus {
	t.Helper()
	directory := t.TempDir()
	file := filepath.Join(directory, "prometheus.yml")
	if err := os.WriteFile(file, []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, tool(t, "PROMETHEUS", "prometheus"), nil,
		"--config.file="+file, "--storage.tsdb.path="+filepath.Join(directory, "data"), "--web.listen-address=127.0.0.1:0")
	return &prometheus{process: p, root: "http://" + p.find(&p.stderr, `msg="Listening on".* address=(127\.0\.0\.1:\d+)`)}
}

// query returns the values of the series that the expression brings now, and
// the answer as it is. An expression that the server does not take fails the
// test.
func (p *prometheus) query(expression string) (values []float64, text string) {
	p.t.Helper()
	resp, err := http.PostForm(p.root+"/api/v1/query", url.Values{"query": {expression}})
	if err != nil {
		return nil, err.Error()
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err.Error()
	}
	if resp.StatusCode == http.StatusServiceUnavailable {
		return nil, string(body) // it is not ready yet
	}
	var answer struct {
		Status string `json:"status"`
		Error  string `json:"error"`
		Data   struct {
			Result []struct {
				Value [2]any `json:"value"`
			} `json:"result"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		p.t.Fatalf("reading Prometheus's answer: %v\n%s", err, body)
	}
	if answer.Status != "success" {
		p.t.Fatalf("Prometheus does not take %s: %s", expression, answer.Error)
	}
	for _, series := range answer.Data.Result {
		number, _ := series.Value[1].(string)
		value, err := strconv.ParseFloat(number, 64)
		if err != nil {
			p.t.Fatalf("reading Prometheus's answer: %v\n%s", err, body)
		}
		values = append(values, value)
	}
	return values, string(body)
}
