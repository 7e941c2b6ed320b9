package grafana

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/prometheustest"
)

// holds has promtool check that expressions bring what the text, a file of tests of rules, says.
func holds(t *testing.T, text string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "expressions.yml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if output, err := prometheustest.Promtool(t, "", "test", "rules", file); err != nil {
		t.Errorf("%v\n%s", err, output)
	}
}

// panelOf returns the panel of a dashboard that has this title.
func panelOf(t *testing.T, d *Dashboard, title string) *Panel {
	t.Helper()
	for _, p := range d.Panels {
		if p.Title == title {
			return p
		}
	}
	t.Fatalf("%s has no panel %q", d.UID, title)
	return nil
}

// The silence is that of the appliance: it does not grow from one scrape to the next.
func TestSilence(t *testing.T) {
	t.Parallel()
	expression := fill(panelOf(t, exporter(), "Silence").Targets[0].Expr, "1m", "1h")
	holds(t, fmt.Sprintf(`
tests:
  - interval: 1m
    input_series:
      - {series: 'beyondtrust_state_last_message_timestamp_seconds{job="b", instance="a"}', values: -3+60x10}
      - {series: 'beyondtrust_state_synced{job="b", instance="a"}', values: 1x10}
    promql_expr_test:
      - {eval_time: 5m, expr: %[1]q, exp_samples: [{labels: '{instance="a"}', value: 3}]}
      - {eval_time: 5m50s, expr: %[1]q, exp_samples: [{labels: '{instance="a"}', value: 3}]}
`, expression))
}

// A primary that is watched by two names is one, and two that do not tell their ids are two.
func TestPrimariesAreToldApart(t *testing.T) {
	t.Parallel()
	one := fill(strings.ReplaceAll(expand(primaries), "{", `{job="one", `), "1m", "1h")
	two := fill(strings.ReplaceAll(expand(primaries), "{", `{job="two", `), "1m", "1h")
	holds(t, fmt.Sprintf(`
tests:
  - interval: 1m
    input_series:
      - {series: 'beyondtrust_appliance_info{job="one", instance="a", appliance_id="aa", hostname="a"}', values: 1x10}
      - {series: 'beyondtrust_appliance_info{job="one", instance="shared", appliance_id="aa", hostname="a"}', values: 1x10}
      - {series: 'beyondtrust_failover_role{job="one", instance="a", role="primary"}', values: 1x10}
      - {series: 'beyondtrust_failover_role{job="one", instance="shared", role="primary"}', values: 1x10}
      - {series: 'beyondtrust_appliance_info{job="two", instance="a", hostname="a"}', values: 1x10}
      - {series: 'beyondtrust_appliance_info{job="two", instance="b", hostname="b"}', values: 1x10}
      - {series: 'beyondtrust_failover_role{job="two", instance="a", role="primary"}', values: 1x10}
      - {series: 'beyondtrust_failover_role{job="two", instance="b", role="primary"}', values: 1x10}
    promql_expr_test:
      - {eval_time: 5m, expr: %q, exp_samples: [{labels: '{}', value: 1}]}
      - {eval_time: 5m, expr: %q, exp_samples: [{labels: '{}', value: 2}]}
`, one, two))
}

// What each team is told leaves a prewait queue out, where nobody is ever answered; the whole desk counts it.
func TestPrewaitQueueIsNoTeam(t *testing.T) {
	t.Parallel()
	wall, time := supportDeskLive(), supportDeskOverTime()
	target := func(d *Dashboard, title, of string) string {
		t.Helper()
		for _, p := range d.Panels {
			if p.Title == title && len(p.Targets) > 0 && strings.Contains(p.Targets[0].LegendFormat, "{{queue}}") == (of == "teams") {
				return fill(p.Targets[0].Expr, "1h", "1h")
			}
		}
		t.Fatalf("%s has no panel %q of %s", d.UID, title, of)
		return ""
	}
	holds(t, fmt.Sprintf(`
tests:
  - interval: 1m
    input_series:
      - {series: 'beyondtrust_support_session_pickup_seconds_count{job="b", instance="a", queue="help"}', values: 0+2x90}
      - {series: 'beyondtrust_support_session_pickup_seconds_bucket{job="b", instance="a", queue="help", le="20"}', values: 0+1x90}
      - {series: 'beyondtrust_support_session_abandon_seconds_count{job="b", instance="a", queue="help"}', values: 0x90}
      - {series: 'beyondtrust_support_session_abandon_seconds_bucket{job="b", instance="a", queue="help", le="10"}', values: 0x90}
      - {series: 'beyondtrust_support_session_pickup_seconds_count{job="b", instance="a", queue="lobby"}', values: 0x90}
      - {series: 'beyondtrust_support_session_pickup_seconds_bucket{job="b", instance="a", queue="lobby", le="20"}', values: 0x90}
      - {series: 'beyondtrust_support_session_abandon_seconds_count{job="b", instance="a", queue="lobby"}', values: 0+2x90}
      - {series: 'beyondtrust_support_session_abandon_seconds_bucket{job="b", instance="a", queue="lobby", le="10"}', values: 0x90}
      - {series: 'beyondtrust_queue_info{job="b", instance="a", queue="help", queue_type="team"}', values: 1x90}
      - {series: 'beyondtrust_queue_info{job="b", instance="a", queue="lobby", queue_type="prewait"}', values: 1x90}
    promql_expr_test:
      - {eval_time: 90m, expr: %q, exp_samples: [{labels: '{queue="help"}', value: 0.5}]}
      - {eval_time: 90m, expr: %q, exp_samples: [{labels: '{queue="help"}', value: 0.5}]}
      - {eval_time: 90m, expr: %q, exp_samples: [{labels: '{queue="help"}', value: 0}]}
      - {eval_time: 90m, expr: %q, exp_samples: [{labels: '{}', value: 0.25}]}
      - {eval_time: 90m, expr: %q, exp_samples: [{labels: '{}', value: 0.5}]}
`, target(wall, "Answered in time", "teams"), target(time, "Answered in time", "teams"), target(time, "Gave up", "teams"),
		target(wall, "Answered in time", "the desk"), target(time, "Gave up", "the desk")))
}

// An appliance is not well where check_health says so, and where the page for load balancers does, unless it is a backup; who does
// not answer at all is another matter.
func TestNotWell(t *testing.T) {
	t.Parallel()
	d := appliances()
	holds(t, fmt.Sprintf(`
tests:
  - interval: 1m
    input_series:
      - {series: 'beyondtrust_up{job="b", instance="well"}', values: 1x10}
      - {series: 'beyondtrust_health_check_success{job="b", instance="well"}', values: 1x10}
      - {series: 'beyondtrust_health_probe_success{job="b", instance="well"}', values: 1x10}
      - {series: 'beyondtrust_up{job="b", instance="ill"}', values: 1x10}
      - {series: 'beyondtrust_health_check_success{job="b", instance="ill"}', values: 0x10}
      - {series: 'beyondtrust_health_probe_success{job="b", instance="ill"}', values: 0x10}
      - {series: 'beyondtrust_up{job="b", instance="page"}', values: 1x10}
      - {series: 'beyondtrust_health_check_success{job="b", instance="page"}', values: 1x10}
      - {series: 'beyondtrust_health_probe_success{job="b", instance="page"}', values: 0x10}
      - {series: 'beyondtrust_up{job="b", instance="backup"}', values: 1x10}
      - {series: 'beyondtrust_health_check_success{job="b", instance="backup"}', values: 1x10}
      - {series: 'beyondtrust_health_probe_success{job="b", instance="backup"}', values: 0x10}
      - {series: 'beyondtrust_failover_role{job="b", instance="backup", role="backup"}', values: 1x10}
      - {series: 'beyondtrust_up{job="b", instance="away"}', values: 0x10}
      - {series: 'beyondtrust_health_probe_success{job="b", instance="away"}', values: 0x10}
    promql_expr_test:
      - {eval_time: 5m, expr: %q, exp_samples: [{labels: '{}', value: 2}]}
      - eval_time: 5m
        expr: %q
        exp_samples:
          - {labels: '{instance="well"}', value: 2}
          - {labels: '{instance="ill"}', value: 1}
          - {labels: '{instance="page"}', value: 1}
          - {labels: '{instance="backup"}', value: 2}
          - {labels: '{instance="away"}', value: 0}
`, fill(panelOf(t, d, "Not well").Targets[0].Expr, "1m", "1h"), fill(panelOf(t, d, "Was it there, and well?").Targets[0].Expr, "1m", "1h")))
}

// A pair without a primary has none of them, which is red; where there is no failover there is nothing to count.
func TestPrimaries(t *testing.T) {
	t.Parallel()
	p := panelOf(t, appliances(), "Primaries")
	expression := fill(p.Targets[0].Expr, "1m", "1h")
	holds(t, fmt.Sprintf(`
tests:
  - interval: 1m
    input_series:
      - {series: 'beyondtrust_appliance_info{job="b", instance="one", appliance_id="1"}', values: 1x10 1x10}
      - {series: 'beyondtrust_failover_role{job="b", instance="one", role="primary"}', values: 1x10 0x10}
      - {series: 'beyondtrust_failover_role{job="b", instance="one", role="backup"}', values: 0x10 1x10}
      - {series: 'beyondtrust_failover_role{job="b", instance="one", role="none"}', values: 0x20}
    promql_expr_test:
      - {eval_time: 5m, expr: %[1]q, exp_samples: [{labels: '{}', value: 1}]}
      - {eval_time: 15m, expr: %[1]q, exp_samples: [{labels: '{}', value: 0}]}
  - interval: 1m
    input_series:
      - {series: 'beyondtrust_up{job="b", instance="alone"}', values: 1x10}
      - {series: 'beyondtrust_failover_role{job="b", instance="alone", role="primary"}', values: 0x10}
      - {series: 'beyondtrust_failover_role{job="b", instance="alone", role="none"}', values: 1x10}
    promql_expr_test:
      - {eval_time: 5m, expr: %[1]q, exp_samples: []}
`, expression))
	// Grafana gives what has no value the first colour.
	want := from(blue, step(red, 0), step(green, 1))
	if diff := cmp.Diff(want, p.FieldConfig.Defaults.Thresholds); diff != "" {
		t.Errorf("the colours of no failover, no primary and one are others than wanted (-):\n%s", diff)
	}
}

// Transfers between two teams are counted from the first, which makes the series; those before the time range are
// not.
func TestTransfersFromTheFirst(t *testing.T) {
	t.Parallel()
	expression := fill(panelOf(t, supportDeskOverTime(), "Transfers").Targets[0].Expr, "1m", "1h")
	holds(t, fmt.Sprintf(`
tests:
  - interval: 1m
    input_series:
      - {series: 'beyondtrust_support_session_transfers_total{job="b", instance="a", from_queue="help", to_queue="once"}', values: _x70 1x50}
      - {series: 'beyondtrust_support_session_transfers_total{job="b", instance="a", from_queue="help", to_queue="again"}', values: _x70 1x20 2x30}
      - {series: 'beyondtrust_support_session_transfers_total{job="b", instance="a", from_queue="help", to_queue="before"}', values: 7x120}
    promql_expr_test:
      - {eval_time: 90m, expr: %[1]q, exp_samples: [{labels: '{from_queue="help", to_queue="once"}', value: 1}, {labels: '{from_queue="help", to_queue="again"}', value: 1}]}
      - eval_time: 121m
        expr: %[2]q
        exp_samples: [{labels: '{from_queue="help", to_queue="once"}', value: 1}, {labels: '{from_queue="help", to_queue="again"}', value: 2}]
`, expression, "round("+expression+", 0.5)"))
}
