package grafana

// supportDeskLive is for the wall: who waits, how long, and who is there to answer. What is read from across the room is on
// the first screen; below it is what a team lead asks next.
func supportDeskLive() *Dashboard {
	const (
		// Personal queues are left out, as the alert does: no team can answer who waits in one.
		inTeams = `queue_type=~"team|prewait"}`
		waiting = `beyondtrust_queue_oldest_wait_seconds{$team, ` + inTeams
		// A queue that nothing is estimated for keeps its place in a list, by a series of zero that comes first.
		estimated = `beyondtrust_queue_estimated_pickup_seconds{$team, ` + inTeams
	)
	d := newDashboard("beyondtrust-desk-live", "Support desk, live",
		"The wallboard: who waits, how long, who is there to answer, and what share was answered in time since the time range began (today). For a pair choose the appliances, not their shared name as well, or all counts twice.",
		"now/d", "10s", queueVariable(), withinVariable())

	d.band(6,
		stat(4, "Waiting", "Customers in whose session no representative is yet, in the chosen queues. Yellow once anybody waits. Those without a team are counted where all queues are chosen.",
			now(`sum(beyondtrust_team_support_sessions{$team, state="waiting"})`, "waiting")).
			unit("none").thresholds(from(green, step(yellow, 1))),
		stat(4, "Longest wait", "How long the longest waiting customer has been in the queue of a team, or waits to be put into one. Red from five minutes, when the alert fires too; neither sees who waits for one representative in person.",
			now(`round(max(`+waiting+`))`, "longest wait")).
			unit("s").decimals(1).thresholds(waits()),
		stat(4, "Estimated wait", "How long the last in line still has to wait, as the appliance estimates it. The same queues.",
			now(`round(max(`+estimated+`))`, "estimated wait")).
			unit("s").decimals(1).thresholds(waits()).none("–"),
		stat(4, "Available", "Representatives of the whole desk who can be given a new session now, whatever queues are chosen.",
			now(`sum(beyondtrust_representatives_with_status{$target, status="available"})`, "available")).
			unit("none").thresholds(someone()),
		stat(4, "In session", "Representatives of the whole desk who are in a session now, whatever queues are chosen.",
			now(`sum(beyondtrust_representatives_with_status{$target, status="in_session"})`, "in session")).
			unit("none"),
		stat(4, "Answered in time", "Service level: of those who wanted somebody since the time range began, the share that a representative joined within the chosen seconds. Who gave up within ten seconds is left out. The target is 80 %.",
			now(serviceLevel("", "$__range"), "answered in time")).
			unit("percentunit").decimals(0).thresholds(answeredInTime()).none("–"),
	)

	d.band(10,
		tiles(8, "Waiting", "Customers who wait, by team. Without a team are those that a customer began with a representative's own key, for example.",
			now(noTeam(`sum by (queue) (beyondtrust_team_support_sessions{$team, state="waiting"})`), "{{queue}}")).
			unit("none").thresholds(from(green, step(yellow, 1), step(orange, 5))),
		tiles(8, "Longest wait", "How long the longest waiting customer has been in this queue. Red from five minutes.",
			now(`round(max by (queue) (`+waiting+`))`, "{{queue}}")).
			unit("s").decimals(1).thresholds(waits()),
		tiles(8, "Estimated wait", "How long the last in line still has to wait, as the appliance estimates it. A queue that it estimates nothing for shows 0.",
			now(`round(max by (queue) (label_replace(0 * `+waiting+`, "estimated", "no", "", "") or `+estimated+`))`, "{{queue}}")).
			unit("s").decimals(1).thresholds(waits()),
	)
	d.band(10,
		tiles(8, "Answered in time", "Service level by team since the time range began. A team that nobody wanted is not shown, nor a prewait queue: nobody is answered there.",
			now(ofEachTeam(serviceLevel, "$__range"), "{{queue}}")).
			unit("percentunit").decimals(0).thresholds(answeredInTime()).none("nobody asked yet"),
		tiles(8, "Available", "Logged-in members of a team who can be given a new session. One who is in two teams is in both.",
			now(`sum by (queue) (beyondtrust_queue_representatives_available{$team})`, "{{queue}}")).
			unit("none").thresholds(someone()),
		tiles(8, "In session", "Logged-in members of a team who are in a session. One who is in two teams is in both.",
			now(status("in_session"), "{{queue}}")).unit("none"),
	)

	d.row("Since the time range began")
	d.band(9,
		stacked(12, "Waiting", "Customers who wait, by queue.",
			query(noTeam(`sum by (queue) (beyondtrust_team_support_sessions{$team, state="waiting"})`), "{{queue}}")).unit("none").decimals(0).ofTeams(),
		stacked(12, "Sessions in hand", "Sessions in which a representative is, by the team that they belong to. Without a team are those that a customer began with a representative's own key, and what representatives began themselves.",
			query(noTeam(`sum by (queue) (beyondtrust_team_support_sessions{$team, state="active"})`), "{{queue}}")).unit("none").decimals(0).ofTeams(),
	)
	d.row("What they need, and what is there")
	d.band(8,
		tiles(12, "Busy", "Logged-in members of a team who are at their limit of assigned sessions, or said that they are busy.",
			now(status("busy"), "{{queue}}")).unit("none"),
		tiles(12, "Idle", "Logged-in members of a team who have not touched their console for a while.",
			now(status("idle"), "{{queue}}")).unit("none"),
	)
	d.band(8,
		bars(7, "How sessions began", "Sessions now by how they were started: the ten most frequent.",
			now(`topk(10, sum by (start_method) (beyondtrust_support_sessions_by_start_method{$target}) > 0)`, "{{start_method}}")).unit("none").none("no session"),
		bars(7, "Issues", "Sessions now by the issue that the customer chose: the ten most frequent.",
			now(`topk(10, sum by (issue) (label_replace(beyondtrust_support_sessions_by_issue{$target}, "issue", "none chosen", "issue", "")) > 0)`, "{{issue}}")).unit("none").none("no session"),
		bars(5, "Public sites", "Sessions now by the public site where they began.",
			now(`sort_desc(sum by (public_site) (beyondtrust_support_sessions_by_public_site{$target}))`, "{{public_site}}")).unit("none"),
		table(5, "Skills", "Sessions that need a skill beside the representatives who have it and are logged in.",
			[]column{{"skill", "Skill", nil}, {"Value #A", "Needed", nil}, {"Value #B", "There", number("none", someone())}},
			cells(`sum by (skill) (beyondtrust_support_sessions_by_skill{$target})`),
			cells(`sum by (skill) (beyondtrust_representatives_by_skill{$target})`)),
	)
	d.band(8,
		bars(6, "Priority", "Sessions now by priority.",
			now(`sum by (priority) (beyondtrust_support_sessions_by_priority{$target})`, "{{priority}}")).
			unit("none").override("1", named("high")).override("2", named("medium")).override("3", named("low")),
		bars(6, "Customers by client", "Customer clients in sessions now, by what they run.",
			now(`sort_desc(sum by (client_type) (beyondtrust_customer_clients{$target}))`, "{{client_type}}")).unit("none"),
		bars(6, "Tools in use", "Support tools in use now. Older appliances do not tell.",
			now(`sort_desc(sum by (tool) (beyondtrust_tools_in_use{$target}))`, "{{tool}}")).unit("none").none("the appliance does not tell"),
		table(6, "Beside the queues", "What else goes on at the desk now.",
			[]column{{"what", "What", width(220)}, {"Value", "Now", nil}},
			cells(`sum by (what) (
  label_replace(beyondtrust_support_sessions_without_customer{$target}, "what", "sessions without customer", "", "")
  or label_replace(beyondtrust_presentation_sessions{$target}, "what", "presentations", "", "")
  or label_replace(beyondtrust_presentation_attendees{$target}, "what", "attendees", "", "")
  or label_replace(beyondtrust_presenters{$target}, "what", "presenters", "", "")
  or label_replace(beyondtrust_representatives{$target, type="invited"}, "what", "invited representatives", "", "")
)`)),
	)
	return d
}

// status counts the members of each team who have one of the vendor's flags.
func status(flag string) string {
	return `sum by (queue) (beyondtrust_queue_representatives_with_status{$team, status="` + flag + `"})`
}

// named gives a field another name.
func named(name string) Property { return Property{ID: "displayName", Value: name} }
