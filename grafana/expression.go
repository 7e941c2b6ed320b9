package grafana

import (
	"fmt"
	"strings"
)

// expand writes out what expressions have in common: $target is the appliances that whoever looks has chosen, $team the
// queues of these as well, $job those of the exporter's own jobs.
func expand(expression string) string {
	return strings.NewReplacer(
		"$target", `job=~"$job", instance=~"$instance"`,
		"$team", `job=~"$job", instance=~"$instance", queue=~"$queue"`,
	).Replace(expression)
}

// byTeam is the grouping of what has a curve for each team.
const byTeam = "by (queue)"

// noTeam calls sessions without a team so: an empty name would be no name in a legend. Those are sessions that a customer
// began with a representative's own key, for example.
func noTeam(expression string) string {
	return `label_replace(
` + expression + `
, "queue", "no team", "queue", "")`
}

// Of the expressions of the desk, in the words of docs/support-desk.md. In each, by is the grouping, such as "by (queue)",
// or empty for the whole desk, and window how much time is looked back on.

// offered counts the customers who wanted somebody: those who were answered, and those who gave up after more than ten seconds.
func offered(by, window string) string {
	return fmt.Sprintf(`(
    sum %[1]s (increase(beyondtrust_support_session_pickup_seconds_count{$team}[%[2]s]))
  + sum %[1]s (increase(beyondtrust_support_session_abandon_seconds_count{$team}[%[2]s]))
  - sum %[1]s (increase(beyondtrust_support_session_abandon_seconds_bucket{$team, le=~"10(\\.0)?"}[%[2]s]))
  > 0
)`, by, window)
}

// serviceLevel is the share of them that was answered in time.
func serviceLevel(by, window string) string {
	return fmt.Sprintf(`sum %s (increase(beyondtrust_support_session_pickup_seconds_bucket{$team, le=~"${within}(\\.0)?"}[%s]))
/
%s`, by, window, offered(by, window))
}

// abandonment is the share of them that gave up.
func abandonment(by, window string) string {
	return fmt.Sprintf(`(
    sum %[1]s (increase(beyondtrust_support_session_abandon_seconds_count{$team}[%[2]s]))
  - sum %[1]s (increase(beyondtrust_support_session_abandon_seconds_bucket{$team, le=~"10(\\.0)?"}[%[2]s]))
)
/
%[3]s`, by, window, offered(by, window))
}

// ofEachTeam is a share for each team. A prewait queue is none: nobody is picked up there, so that all who are seen to leave it
// gave up. They still count for the whole desk.
func ofEachTeam(share func(by, window string) string, window string) string {
	return noTeam(fmt.Sprintf(`%s
unless on (queue) last_over_time(beyondtrust_queue_info{$team, queue_type="prewait"}[%s])`, share(byTeam, window), window))
}

// mean is the average of a histogram.
func mean(histogram, by, window string) string {
	return fmt.Sprintf(`sum %[2]s (rate(%[1]s_sum{$team}[%[3]s]))
/
(sum %[2]s (rate(%[1]s_count{$team}[%[3]s])) > 0)`, histogram, by, window)
}

// occupancy is the share of the time of connected representatives in which they were in a session.
func occupancy(window string) string {
	return fmt.Sprintf(`1 -
sum(rate(beyondtrust_representative_concurrent_seconds_total{$target, sessions="0"}[%[1]s]))
/
(sum(rate(beyondtrust_representative_concurrent_seconds_total{$target}[%[1]s])) > 0)`, window)
}

// increaseFromNothing is the increase of a counter whose series begins with the first event, such as one for each pair of teams:
// where there was no series a window ago, its first value counts too, which increase loses.
func increaseFromNothing(counter, window string) string {
	return fmt.Sprintf(`
  (increase(%[1]s[%[2]s]) or 0 * last_over_time(%[1]s[%[2]s]))
  +
  ((min_over_time(%[1]s[%[2]s]) unless %[1]s offset %[2]s) or 0 * last_over_time(%[1]s[%[2]s]))
`, counter, window)
}

// perObserved is how many representatives a counter of their seconds means, on average over the time that was seen. Two
// appliances of a pair, of which one was seen at a time, are one desk; two that were seen at once are two.
func perObserved(counter, by, window string) string {
	return fmt.Sprintf(`sum by (%[2]s) (rate(%[1]s[%[3]s]))
/
on () group_left ()
(clamp_max(sum(rate(beyondtrust_state_observed_seconds_total{$target}[%[3]s])), 1) > 0)`, counter, by, window)
}

// failedOver selects the appliances that became the primary, or the backup, within the window or the last half hour: as long as the
// alert about a restart holds its peace.
func failedOver(window string) string {
	return tookOver("30m") + ` + ` + tookOver(window) + ` > 0`
}

// tookOver counts how often an appliance became the primary or the backup within a window.
func tookOver(window string) string {
	return `changes(beyondtrust_failover_role{$target, role="primary"}[` + window + `])`
}

// restarted counts how often the processes of an appliance began anew in the time range. It steps through it, to leave out
// what a failover did; the differences of one step and the next add up to whole numbers.
func restarted() string {
	const resets = `beyondtrust_state_model_resets_total{$target}`
	return `sum(sum_over_time((
  clamp_min(` + resets + ` - ` + resets + ` offset 5m, 0) unless on (job, instance) ` + tookOver("30m") + ` > 0
)[$__range:5m])) or 0 * sum(` + resets + `)`
}
