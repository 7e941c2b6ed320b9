package grafana

// The histograms of the desk.
const (
	pickup  = "beyondtrust_support_session_pickup_seconds"
	abandon = "beyondtrust_support_session_abandon_seconds"
	handle  = "beyondtrust_support_session_handle_seconds"
)

// supportDeskOverTime is for the head of support: how well were customers served, how busy was the desk, where did the work come
// from. The definitions are those of docs/support-desk.md.
func supportDeskOverTime() *Dashboard {
	d := newDashboard("beyondtrust-desk-time", "Support desk, over time",
		"Service level, waits, abandonment, handle time, occupancy, staffing and transfers. Numbers are of the whole time range; each point of a curve looks back on the chosen time.",
		"now-24h", "1m", queueVariable(), withinVariable(), windowVariable())

	d.band(4,
		stat(4, "Answered in time", "Service level: of those who wanted somebody, the share that a representative joined within the chosen seconds. Who gave up within ten seconds is left out. The target is 80 %.",
			now(serviceLevel("", "$__range"), "answered in time")).unit("percentunit").decimals(1).thresholds(answeredInTime()).none("–"),
		stat(4, "Speed of answer", "How long a customer waited on average until a representative joined. Those who gave up are not in it.",
			now(mean(pickup, "", "$__range"), "speed of answer")).unit(clock).thresholds(waits()).none("–"),
		stat(4, "Nine of ten waited up to", "Nine out of ten customers who were answered waited no longer than this. It is good to the bounds of the buckets.",
			now(`histogram_quantile(0.9, sum by (le) (rate(`+pickup+`_bucket{$team}[$__range])))`, "nine of ten")).unit(clock).thresholds(waits()).none("–"),
		stat(4, "Gave up", "Of those who wanted somebody, the share that left before anybody joined. Who gave up within ten seconds is left out.",
			now(abandonment("", "$__range"), "gave up")).unit("percentunit").decimals(1).thresholds(gaveUp()).none("–"),
		stat(4, "Handle time", "How long a served session was on average from its first representative to its end.",
			now(mean(handle, "", "$__range"), "handle time")).unit(clock).none("–"),
		stat(4, "Occupancy", "The share of the time of connected representatives in which they were in a session, over the whole desk. Above 85 % there is nobody left for a rush.",
			now(occupancy("$__range"), "occupancy")).unit("percentunit").decimals(1).thresholds(from(green, step(orange, 0.85), step(red, 0.95))).none("–"),
	)

	d.row("Were customers served?")
	d.band(9,
		curves(12, "Answered in time", "Service level by team. The dashed line is the target: 80 %, unless your recording rules say otherwise. A team has no curve while nobody wants it, and a prewait queue has none: nobody is answered there.",
			query(ofEachTeam(serviceLevel, "$window"), "{{queue}}"),
			threshold(`beyondtrust:threshold:service_level_ratio{queue=""}`, "0.8", "target")).
			unit("percentunit").upToAll().ofTeams().dashed("target", green),
		curves(12, "Gave up", "Of those who wanted somebody, the share that left before anybody joined, by team and without prewait queues. The alert is at the dashed line.",
			query(ofEachTeam(abandonment, "$window"), "{{queue}}"),
			threshold(`beyondtrust:threshold:abandonment_ratio{queue=""}`, "0.2", "alert")).
			unit("percentunit").ofTeams().dashed("alert", red),
	)
	d.band(9,
		curves(12, "Speed of answer", "How long customers waited on average until a representative joined, by team.",
			query(noTeam(mean(pickup, byTeam, "$window")), "{{queue}}")).unit("s").ofTeams(),
		columnsOf(12, "How sessions ended", "Sessions that ended in each step: served, abandoned (nobody ever joined), or unknown where the exporter could not see the end.",
			query(`sum by (outcome) (increase(beyondtrust_support_sessions_ended_total{$team}[$__interval]))`, "{{outcome}}")).
			paint("served", green).paint("abandoned", orange).paint("unknown", grey),
	)
	d.band(9,
		heat("Waits until somebody joined", "How many customers waited how long. Dark is few, light is many.", pickup, "$team"),
		heat("Waits until somebody gave up", "How long those had waited who left before anybody joined.", abandon, "$team"),
	)

	d.row("How busy was the desk?")
	d.band(9,
		stacked(12, "Representatives by sessions", "How many connected representatives were in so many sessions at once, on average: these add up. The dashed lines are flags of the vendor, of which one representative may have several.",
			query(perObserved(`beyondtrust_representative_concurrent_seconds_total{$target}`, "sessions", "$window"), "in {{sessions}}"),
			query(perObserved(`beyondtrust_representative_seconds_total{$target, status=~"available|idle"}`, "status", "$window"), "{{status}}")).
			unit("none").decimals(1).
			paint("in 0", "#5a6472").paint("in 1", "#1f60c4").paint("in 2", "#3274d9").paint("in 3", "#5794f2").paint("in 4", "#8ab8ff").paint("in 5+", "#c0d8ff").
			dashed("available", green).dashed("idle", orange),
		curves(12, "Staffing by state", "How many representatives had each of the vendor's flags, on average. One may have several, so they do not add up.",
			query(perObserved(`beyondtrust_representative_seconds_total{$target}`, "status", "$window"), "{{status}}")).unit("none").decimals(1),
	)
	d.band(9,
		curves(12, "Occupancy", "The share of the time of connected representatives in which they were in a session.",
			query(occupancy("$window"), "occupancy")).unit("percentunit").upToAll().thresholds(from("transparent", step(orange, 0.85))).limit(),
		stacked(12, "Sessions at a time", "Of the time in sessions, the share with so many sessions at once.",
			query(`sum by (sessions) (rate(beyondtrust_representative_concurrent_seconds_total{$target, sessions!="0"}[$window]))
/
on () group_left ()
(sum(rate(beyondtrust_representative_concurrent_seconds_total{$target, sessions!="0"}[$window])) > 0)`, "{{sessions}}")).
			unit("percentunit").upToAll().
			paint("1", "#1f60c4").paint("2", "#3274d9").paint("3", "#5794f2").paint("4", "#8ab8ff").paint("5+", "#c0d8ff"),
	)
	d.band(9,
		heat("How long sessions took", "How many served sessions took how long, from the first representative to the end.", handle, "$team"),
		curves(12, "Handle time", "How long served sessions took on average, by team.",
			query(noTeam(mean(handle, byTeam, "$window")), "{{queue}}")).unit("s").ofTeams(),
	)

	d.row("Where does the work come from, and where does it go?")
	d.band(9,
		columnsOf(8, "Sessions started", "Sessions that began in each step, by how they were started.",
			query(`sum by (start_method) (increase(beyondtrust_support_sessions_started_total{$target}[$__interval])) > 0`, "{{start_method}}")),
		table(6, "Transfers", "Sessions that moved from one team to another in the time range, the first between two teams included. A Prometheus that was started in the time range, beside an exporter that already ran, counts what that one had counted before.",
			[]column{{"from_queue", "From", nil}, {"to_queue", "To", nil}, {"Value", "Sessions", append(number("none", nil), Property{ID: "decimals", Value: 0})}},
			cells(`sort_desc(sum by (from_queue, to_queue) (`+increaseFromNothing(`beyondtrust_support_session_transfers_total{$target, from_queue=~"$queue"}`, "$__range")+`) > 0)`)).none("no transfer"),
		table(10, "For each served session", "By team: how often another representative took over, and how long somebody worked on it (console in focus, session selected, customer connected, not idle), and the share of the time in which a representative waited for a customer to reconnect.",
			[]column{{"queue", "Team", nil}, {"Value #A", "Handovers", append(number("none", nil), Property{ID: "decimals", Value: 2})}, {"Value #B", "Work", number(clock, nil)}, {"Value #C", "Customer away", append(number("percentunit", nil), Property{ID: "decimals", Value: 1})}},
			cells(perServed(`beyondtrust_support_session_handovers_total`)),
			cells(perServed(`beyondtrust_representative_work_seconds_total`)),
			cells(`sum by (queue) (rate(beyondtrust_customer_reconnect_wait_seconds_total{$team, queue!=""}[$__range]))
/
(
    sum by (queue) (rate(beyondtrust_representative_active_seconds_total{$team, queue!=""}[$__range]))
  + sum by (queue) (rate(beyondtrust_customer_reconnect_wait_seconds_total{$team, queue!=""}[$__range]))
  > 0
)`)),
	)
	d.band(7,
		columnsOf(12, "Logins and logouts", "Representatives who logged in, and below the axis those who logged out, in each step.",
			query(`sum(increase(beyondtrust_representative_logins_total{$target}[$__interval]))`, "logins"),
			query(`-sum(increase(beyondtrust_representative_logouts_total{$target}[$__interval]))`, "logouts")).
			below().paint("logins", green).paint("logouts", orange),
		curves(12, "How much of the time was seen", "The share of the time in which the exporter was in sync with the appliance. What happened in the rest is in no duration.",
			query(`avg by (instance) (rate(beyondtrust_state_observed_seconds_total{$target}[$window]))`, "{{instance}}")).unit("percentunit").upToAll(),
	)
	return d
}

// perServed is a counter by team for each session that was served.
func perServed(counter string) string {
	return `sum by (queue) (increase(` + counter + `{$team, queue!=""}[$__range]))
/
(sum by (queue) (increase(beyondtrust_support_sessions_ended_total{$team, queue!="", outcome="served"}[$__range])) > 0)`
}
