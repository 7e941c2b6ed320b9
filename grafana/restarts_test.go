package grafana

import (
	"fmt"
	"testing"
)

// The number of restarts is that of restarts alone: one on each of two appliances, one of which had two more of the kind that a
// failover and its way back look like. The whole number is told at a scrape a minute, too.
func TestRestartsAreCounted(t *testing.T) {
	t.Parallel()
	holds(t, fmt.Sprintf(`
tests:
  - interval: 1m
    input_series:
      - {series: 'beyondtrust_state_model_resets_total{job="b", instance="alone"}', values: 0x92 1x150}
      - {series: 'beyondtrust_failover_role{job="b", instance="alone", role="primary"}', values: 0x300}
      - {series: 'beyondtrust_state_model_resets_total{job="b", instance="paired"}', values: 0x42 1x100 2x25 3x200}
      - {series: 'beyondtrust_failover_role{job="b", instance="paired", role="primary"}', values: 1x120 0x20 1x23 0x1 1x200}
    promql_expr_test:
      - {eval_time: 200m, expr: %q, exp_samples: [{labels: '{}', value: 2}]}
      - {eval_time: 80m, expr: %q, exp_samples: [{labels: '{}', value: 1}]}
      - {eval_time: 30m, expr: %q, exp_samples: [{labels: '{}', value: 0}]}
`, fill(expand(restarted()), "1m", "190m"), fill(expand(restarted()), "1m", "60m"), fill(expand(restarted()), "1m", "20m")))
}
