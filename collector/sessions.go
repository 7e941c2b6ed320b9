package collector

import (
	"context"
	"errors"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/reports"
)

// sessionsCollector shows what the report of sessions has told.
type sessionsCollector struct {
	table table

	sessions, sessionEvents, files *metric
	sessionDuration, sessionPickup *metric
	accessSessionsOpen             *metric
}

// newSessionsCollector declares the metrics. Package reports bounds their labels,
// by which they outlive the process.
func newSessionsCollector() *sessionsCollector {
	c := new(sessionsCollector)
	t := &c.table
	c.sessions = t.counter("beyondtrust_report_sessions_total",
		"Sessions that ended, from the report of sessions; served ones had a representative or user, unserved ones never.",
		"public_site", "jump_group", "team", "jumpoint", "outcome").fixed("public_site", "jump_group", "team", "jumpoint", "outcome")
	c.sessionDuration = t.histogram("beyondtrust_report_session_duration_seconds",
		"Seconds from the start of a session to its end, by its last team, from the report of sessions; without sessions that ended abnormally.",
		"team").fixed("team")
	c.sessionPickup = t.histogram("beyondtrust_report_session_pickup_seconds",
		"Seconds from the start of a session to its first representative or user, by its last team, from the report of sessions.",
		"team").fixed("team")
	c.sessionEvents = t.counter("beyondtrust_report_session_events_total",
		"Events in sessions that ended, by type, from the report of sessions.",
		"event_type").fixed("event_type")
	c.files = t.counter("beyondtrust_report_files_total",
		"Files that were transferred, moved or deleted in sessions that ended, from the report of sessions.",
		"operation").fixed("operation")
	c.accessSessionsOpen = t.gauge("beyondtrust_access_sessions_open",
		"Access sessions that were open at the last poll of the report AccessSession: without an end and started within 24 hours.",
		"jump_group").fixed("jump_group")
	return c
}

func (c *sessionsCollector) info() Info {
	return Info{
		Name:     string(reports.Sessions),
		Help:     "Sessions that ended, how long they took and what happened in them (the reports SupportSession and AccessSession).",
		Interval: reports.DefaultInterval,
	}
}

func (c *sessionsCollector) describe() *table { return &c.table }

func (c *sessionsCollector) collect(_ context.Context, now *moment, out *page) error {
	v := now.reports()
	p := c.table.page()
	p.addSeries(c.sessions, v.Sessions)
	if err := errors.Join(
		p.addReportHistograms(c.sessionDuration, v.SessionDurations),
		p.addReportHistograms(c.sessionPickup, v.SessionPickups),
	); err != nil {
		return err
	}
	p.addSeries(c.sessionEvents, v.SessionEvents)
	p.addSeries(c.files, v.Files)
	if v.OpenKnown {
		p.addSeries(c.accessSessionsOpen, v.OpenSessions)
	}
	out.put(p)
	return out.polled(v, reports.Sessions)
}
