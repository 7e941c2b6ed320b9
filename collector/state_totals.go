package collector

import "github.com/beyondtrust-exporter/beyondtrust_exporter/desk"

// totalMetrics are about what happened on the desk since counting started.
type totalMetrics struct {
	started, ended, transfers, handovers                     *metric
	pickup, abandon, handle                                  *metric
	logins, logouts                                          *metric
	seconds, concurrentSeconds                               *metric
	activeSeconds, workSeconds, customerReconnectWaitSeconds *metric
}

func newTotalMetrics(t *table) totalMetrics {
	return totalMetrics{
		started: t.counter("beyondtrust_support_sessions_started_total",
			"Support sessions started, by how.",
			"start_method"),
		ended: t.counter("beyondtrust_support_sessions_ended_total",
			"Support sessions ended, by team; served ones had a representative, abandoned ones never, unknown ones ended while the state was out of sync.",
			"queue", "outcome").fixed("outcome"),
		transfers: t.counter("beyondtrust_support_session_transfers_total",
			"Support sessions that went from one team to another.",
			"from_queue", "to_queue"),
		handovers: t.counter("beyondtrust_support_session_handovers_total",
			"Times that another representative took a support session over, by team.",
			"queue"),
		pickup: t.histogram("beyondtrust_support_session_pickup_seconds",
			"Seconds from the start of a support session to its first representative, by team, but for sessions that a representative started.",
			"queue").fixed("queue"),
		abandon: t.histogram("beyondtrust_support_session_abandon_seconds",
			"Seconds from the start of a support session to its end where no representative ever came, by team, but for sessions that a representative started.",
			"queue").fixed("queue"),
		handle: t.histogram("beyondtrust_support_session_handle_seconds",
			"Seconds from the first representative in a support session to its end, by team.",
			"queue").fixed("queue"),
		logins: t.counter("beyondtrust_representative_logins_total",
			"Logins of representatives, by type.",
			"type"),
		logouts: t.counter("beyondtrust_representative_logouts_total",
			"Logouts of representatives, by type.",
			"type"),
		seconds: t.counter("beyondtrust_representative_seconds_total",
			"Seconds that representatives spent in a status, summed over all of them; one may have several at once.",
			"status").fixed("status"),
		concurrentSeconds: t.counter("beyondtrust_representative_concurrent_seconds_total",
			"Seconds that connected representatives spent in so many support sessions at once, summed over all of them.",
			"sessions").fixed("sessions"),
		activeSeconds: t.counter("beyondtrust_representative_active_seconds_total",
			"Seconds that representatives were responsible for a session with a connected customer (the vendor's total active time), by team.",
			"queue"),
		workSeconds: t.counter("beyondtrust_representative_work_seconds_total",
			"Seconds that representatives worked in a session, their console in focus and its customer connected (the vendor's work time), by team; absent where the appliance does not tell.",
			"queue"),
		customerReconnectWaitSeconds: t.counter("beyondtrust_customer_reconnect_wait_seconds_total",
			"Seconds that representatives were in a session whose customer had lost the connection, by team; absent where the appliance does not tell.",
			"queue"),
	}
}

func (c *totalMetrics) add(p *page, s *snapshot) {
	totals := &s.view.Totals
	p.addTotals(c.started, startMethods(), totals.Started)
	for _, transfers := range totals.Transfers {
		p.add(c.transfers, float64(transfers.N), transfers.From, transfers.To)
	}
	p.addTotals(c.logins, representativeTypes(), totals.Logins)
	p.addTotals(c.logouts, representativeTypes(), totals.Logouts)

	for _, team := range totals.Teams {
		for _, outcome := range []desk.Outcome{desk.Served, desk.Abandoned, desk.Unknown} {
			p.add(c.ended, 0, team.Queue, outcome.String())
		}
		p.add(c.handovers, float64(team.Handovers), team.Queue)
		p.add(c.activeSeconds, team.ActiveSeconds, team.Queue)
		if totals.WorkSent {
			p.add(c.workSeconds, team.WorkSeconds, team.Queue)
		}
		if totals.ReconnectSent {
			p.add(c.customerReconnectWaitSeconds, team.ReconnectWaitSeconds, team.Queue)
		}
	}
	for _, ended := range totals.Ended {
		p.add(c.ended, float64(ended.N), ended.Queue, ended.Outcome.String())
	}
	for _, team := range s.durations {
		p.addHistogram(c.pickup, team.pickup, team.queue)
		p.addHistogram(c.abandon, team.abandon, team.queue)
		if team.handle != nil {
			p.addHistogram(c.handle, team.handle, team.queue)
		}
	}

	seconds := totals.RepresentativeSeconds
	p.add(c.seconds, seconds.LoggedIn, statusLoggedIn)
	if seconds.ConnectedSent {
		p.add(c.seconds, seconds.Connected, statusConnected)
	}
	p.add(c.seconds, seconds.Available, statusAvailable)
	p.add(c.seconds, seconds.Busy, statusBusy)
	p.add(c.seconds, seconds.Idle, statusIdle)
	p.add(c.seconds, seconds.AutoAssign, statusAutoAssign)
	for i, sessions := range concurrency() {
		p.add(c.concurrentSeconds, totals.ConcurrentSeconds[i], sessions)
	}
}
