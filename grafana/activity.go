package grafana

// activity is for whoever answers for what was done through the appliances: sessions, the vault, jump items, surveys. All of it
// comes from the reports, each of which is asked for only where its collector is on.
func activity() *Dashboard {
	d := newDashboard("beyondtrust-activity", "Activity and security",
		"What the reports tell: sessions that ended, what was done in them, the vault, jump items, surveys. Each needs its collector (sessions, surveys, teams, vault, jump_items), and is polled every five minutes.",
		"now-7d", "5m")

	d.band(4,
		stat(4, "Sessions", "Sessions that ended in the time range. The first of each team, place and outcome since the exporter began to count is in none of these numbers.",
			now(`sum(increase(beyondtrust_report_sessions_total{$target}[$__range]))`, "sessions")).unit("none").decimals(0).none("collector off"),
		stat(4, "Not served", "The share of them that nobody served.",
			now(`sum(increase(beyondtrust_report_sessions_total{$target, outcome="unserved"}[$__range])) / (sum(increase(beyondtrust_report_sessions_total{$target}[$__range])) > 0)`, "not served")).unit("percentunit").decimals(1).thresholds(gaveUp()).none("–"),
		stat(4, "Open access sessions", "Access sessions that are open now (Privileged Remote Access).",
			now(`sum(beyondtrust_access_sessions_open{$target})`, "open")).unit("none").none("–"),
		stat(4, "Failed rotations", "Passwords in the vault that could not be rotated in the time range: the old ones stay valid.",
			now(`sum(increase(`+failedRotation+`[$__range])) or 0 * sum(increase(beyondtrust_vault_account_events_total{$target}[$__range]))`, "failed rotations")).unit("none").decimals(0).thresholds(fault()).none("collector off"),
		stat(4, "Vault events", "What happened to accounts in the vault in the time range.",
			now(`sum(increase(beyondtrust_vault_account_events_total{$target}[$__range]))`, "vault events")).unit("none").decimals(0).none("collector off"),
		stat(4, "Oldest report", "How long ago the report that is furthest behind was last read. Reports are asked for every five minutes.",
			now(`max(`+reportAge+`)`, "age")).unit(clock).thresholds(from(green, step(orange, 900), step(red, 3600))).none("no collector on"),
	)

	d.row("Sessions")
	d.band(8,
		columnsOf(12, "Sessions by outcome", "Sessions that ended, served or not, as the report says.",
			query(`sum by (outcome) (increase(beyondtrust_report_sessions_total{$target}[$__interval]))`, "{{outcome}}")).
			paint("served", green).paint("unserved", orange),
		table(6, "By team", "Sessions that ended in the time range, by team.",
			[]column{{"team", "Team", nil}, {"Value", "Sessions", whole()}},
			cells(`sort_desc(sum by (team) (label_replace(increase(beyondtrust_report_sessions_total{$target}[$__range]), "team", "no team", "team", "")) > 0)`)),
		table(6, "By public site", "Sessions that ended in the time range, by public site.",
			[]column{{"public_site", "Public site", nil}, {"Value", "Sessions", whole()}},
			cells(`sort_desc(sum by (public_site) (increase(beyondtrust_report_sessions_total{$target}[$__range])) > 0)`)),
	)
	d.band(8,
		heat("How long they took", "How many sessions took how long.", "beyondtrust_report_session_duration_seconds", "$target"),
		table(6, "By jump group and Jumpoint", "Sessions that ended in the time range, by where they led. A personal jump group is one.",
			[]column{{"jump_group", "Jump group", nil}, {"jumpoint", "Jumpoint", nil}, {"Value", "Sessions", whole()}},
			cells(`sort_desc(sum by (jump_group, jumpoint) (label_replace(label_replace(increase(beyondtrust_report_sessions_total{$target}[$__range]), "jump_group", "none", "jump_group", ""), "jumpoint", "none", "jumpoint", "")) > 0)`)),
		table(6, "Files", "Files transferred, moved and deleted in sessions in the time range.",
			[]column{{"operation", "Operation", nil}, {"Value", "Files", whole()}},
			cells(`sum by (operation) (increase(beyondtrust_report_files_total{$target}[$__range]))`)),
	)

	d.row("Security")
	d.band(9,
		columnsOf(10, "Vault", "What happened to accounts in the vault: checked out, used, rotated, failed to rotate.",
			query(`sum by (event_type) (increase(beyondtrust_vault_account_events_total{$target}[$__interval])) > 0`, "{{event_type}}")).
			paint("Password Rotation Failed", red).paint("Password Changed", green).
			paint("Credentials Checked Out", blue).paint("Credentials Checked In", "#8ab8ff").paint("Credentials Force Checked In", orange).
			paint("Credentials Used", purple).paint("Account Created", yellow).paint("Account Deleted", grey),
		table(6, "Vault, all together", "Events of accounts in the vault in the time range.",
			[]column{{"event_type", "Event", width(220)}, {"Value", "Times", whole()}},
			cells(`sort_desc(sum by (event_type) (increase(beyondtrust_vault_account_events_total{$target}[$__range])) > 0)`)),
		table(8, "Jump items", "What was done to jump items in the time range, and sessions begun from them.",
			[]column{{"event_type", "Event", width(220)}, {"jump_item_type", "Kind", nil}, {"Value", "Times", whole()}},
			cells(`sort_desc(sum by (event_type, jump_item_type) (increase(beyondtrust_jump_item_events_total{$target}[$__range])) > 0)`)),
	)
	d.band(9,
		table(12, "In sessions", "What happened in sessions that ended in the time range: the fifteen most frequent.",
			[]column{{"event_type", "Event", nil}, {"Value", "Times", whole()}},
			cells(`topk(15, sum by (event_type) (increase(beyondtrust_report_session_events_total{$target}[$__range])) > 0)`)),
		table(12, "In teams", "What representatives did as members of a team in the time range: monitored, joined, left.",
			[]column{{"team", "Team", nil}, {"event_type", "Event", nil}, {"Value", "Times", whole()}},
			cells(`sort_desc(sum by (team, event_type) (increase(beyondtrust_team_events_total{$target}[$__range])) > 0)`)),
	)

	d.row("Surveys and reports")
	d.band(8,
		table(16, "Survey answers", "Answers to questions with a choice, in the time range. Free text is never counted.",
			[]column{{"survey", "Survey", nil}, {"question", "Question", nil}, {"answer", "Answer", nil}, {"Value", "Answers", whole()}},
			cells(`sort_desc(sum by (survey, question, answer) (increase(beyondtrust_survey_answers_total{$target}[$__range])) > 0)`)),
		bars(8, "Last read", "How long ago each report was last read. A full bar is an hour.",
			now(`max by (report) (`+reportAge+`)`, "{{report}}")).unit(clock).thresholds(from(green, step(orange, 900), step(red, 3600))).upTo(3600).none("no collector on"),
	)
	return d
}

// reportAge is how long ago each report was read. A backup is not asked for any.
const reportAge = `time() - beyondtrust_report_last_success_timestamp_seconds{$target} unless on (job, instance) beyondtrust_failover_role{$target, role="backup"} == 1`

// failedRotation selects what the alert does.
const failedRotation = `beyondtrust_vault_account_events_total{$target, event_type=~"(?i)password[ _]rotation[ _]failed"}`

// whole is how a column of counts looks: increase may give fractions.
func whole() []Property { return []Property{{ID: "decimals", Value: 0}} }
