package grafana

import (
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/processtest"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/prometheustest"
)

// quiet are the targets that the demo has nothing for, each with the reason. A prefix ends in "*".
func quiet() map[string]string {
	return map[string]string{
		"beyondtrust-licences: Forecast: *":             "a forecast needs a week",
		"beyondtrust-activity: Open access sessions: A": "only Privileged Remote Access has them",
		"beyondtrust-appliances: Shared addresses: A":   "the simulated pair shares no address",
		"beyondtrust-exporter: Versions: B":             "the demo has no configuration file",
		"beyondtrust-exporter: Errors: A":               "no request of the demo need fail",
	}
}

// What each panel asks for, a real Prometheus that watches the demo has: no panel is empty when it is imported.
func TestPanelsHaveData(t *testing.T) {
	t.Parallel()
	const window, span = "15s", "40s"
	s, control := watchDemo(t)
	missing := make(map[string]asked)
	for _, a := range all(window, span) {
		if a.target.Expr != "" && reason(a.where) == "" {
			missing[a.where] = a
		}
	}
	if len(missing) < 50 {
		t.Fatalf("only %d targets are to have data", len(missing))
	}
	processtest.Eventually(t, "every panel has data", func() (bool, string) {
		var still strings.Builder
		for where, a := range missing {
			if brings(t, s, a) {
				delete(missing, where)
				continue
			}
			fmt.Fprintf(&still, "%s has no data:\n%s\n", where, a.expression)
		}
		return len(missing) == 0, still.String()
	})

	// Each event of the vault has a colour of its own: the red one is a rotation that failed.
	series, err := s.Query(`count by (event_type) (beyondtrust_vault_account_events_total)`)
	if err != nil || len(series) < 5 {
		t.Fatalf("%d types of events in the vault, %v", len(series), err)
	}
	colors := make(map[any]string)
	for _, o := range panelOf(t, activity(), "Vault").FieldConfig.Overrides {
		if other := colors[o.Properties[0].Value]; other != "" {
			t.Errorf("%s and %s have one colour", o.Matcher.Options, other)
		}
		colors[o.Properties[0].Value] = o.Matcher.Options
	}
	painted := slices.Collect(maps.Values(colors))
	for _, one := range series {
		if event := one.Labels["event_type"]; !slices.Contains(painted, event) {
			t.Errorf("%s has whichever colour Grafana gives it", event)
		}
	}

	// Annotations mark what happens, and only then.
	for _, a := range all("15s", "40s") {
		if strings.HasSuffix(a.where, "Restarts of the appliance") && brings(t, s, a) {
			t.Errorf("%s: a restart is marked before there was one", a.where)
		}
	}
	marked := func(annotation Annotation) bool {
		return brings(t, s, asked{expression: fill(annotation.Expr, "2m", "2m")})
	}
	post(t, control+"/restart")
	processtest.Eventually(t, "the restart is marked", func() (bool, string) { return marked(restarts()), "" })
	post(t, control+"/failover?role=backup")
	processtest.Eventually(t, "the appliance is a backup", func() (bool, string) {
		return brings(t, s, asked{expression: `beyondtrust_failover_role{role="backup"} == 1`}), ""
	})
	post(t, control+"/failover?role=primary")
	processtest.Eventually(t, "the failover is marked", func() (bool, string) { return marked(failovers()), "" })

	// One appliance of a pair that takes over again knows its sessions under new numbers, as after a restart.
	post(t, control+"/restart")
	processtest.Eventually(t, "the numbers are new again", func() (bool, string) {
		return brings(t, s, asked{expression: `beyondtrust_state_model_resets_total >= 2`}), ""
	})
	if marked(restarts()) {
		t.Error("what comes with a failover is marked as a restart")
	}
}

// The list of what has no data names only what there is.
func TestQuietTargetsExist(t *testing.T) {
	t.Parallel()
	for pattern := range quiet() {
		found := false
		for _, a := range all("1m", "1h") {
			found = found || matches(pattern, a.where)
		}
		if !found {
			t.Errorf("there is no target %s", pattern)
		}
	}
}

func matches(pattern, where string) bool {
	prefix, wild := strings.CutSuffix(pattern, "*")
	return pattern == where || wild && strings.HasPrefix(where, prefix)
}

// reason returns why the demo has nothing for a target, "" where it is to have something.
func reason(where string) string {
	for pattern, why := range quiet() {
		if matches(pattern, where) {
			return why
		}
	}
	return ""
}

// brings says whether an expression brings a number, now or, for a curve, within the last minute.
func brings(t *testing.T, s *prometheustest.Server, a asked) bool {
	t.Helper()
	var series []prometheustest.Series
	var err error
	if at := time.Now(); a.target.Range {
		series, err = s.QueryRange(a.expression, at.Add(-time.Minute), at, 2*time.Second)
	} else {
		series, err = s.Query(a.expression)
	}
	if err != nil {
		t.Fatalf("%s: %v", a.where, err)
	}
	return slices.ContainsFunc(series, func(one prometheustest.Series) bool {
		return slices.ContainsFunc(one.Points, func(p prometheustest.Point) bool { return !math.IsNaN(p.Value) })
	})
}

// watchDemo starts the demo as one of a pair, and a Prometheus that watches it with the rules of deploy/prometheus.
// It returns the address too at which to make things happen.
func watchDemo(t *testing.T) (s *prometheustest.Server, control string) {
	t.Helper()
	arguments := []string{"demo", "--web.listen-address=127.0.0.1:0", "--simulate.speed=60", "--log.level=error", "--license.limit=full=200"}
	for _, polled := range []string{"licenses", "sessions", "surveys", "teams", "vault", "jump_items"} {
		arguments = append(arguments, "--collector."+polled, "--collector."+polled+".interval=2s")
	}
	demo := processtest.Start(t, exec.Command(processtest.Exporter(t), arguments...))
	address := strings.TrimPrefix(demo.Stdout.Find(`(http://\S+)/metrics`), "http://")
	control = strings.TrimSuffix(demo.Stdout.Find(`make things happen +(http://\S+)`), "/")
	post(t, control+"/failover?role=primary")
	processtest.Eventually(t, "the exporter knows the primary", func() (bool, string) {
		metrics := ask(t, http.MethodGet, "http://"+address+"/metrics")
		return strings.Contains(metrics, `beyondtrust_failover_role{role="primary"} 1`), ""
	})
	rules, err := filepath.Abs("../deploy/prometheus/rules/*.yml")
	if err != nil {
		t.Fatal(err)
	}
	return prometheustest.Start(t, fmt.Sprintf(`
global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
rule_files: [%q]
scrape_configs:
  - job_name: beyondtrust
    static_configs: [{targets: [%q]}]
`, rules, address)), control
}

// post makes something happen to the simulated appliance.
func post(t *testing.T, address string) {
	t.Helper()
	ask(t, http.MethodPost, address)
}

// ask returns the answer to a request.
func ask(t *testing.T, method, address string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: HTTP status %d, %v", address, response.StatusCode, err)
	}
	return string(text)
}
