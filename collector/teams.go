package collector

import (
	"context"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/reports"
)

// teamsCollector shows what the report of teams has told.
type teamsCollector struct {
	table table

	events *metric
}

func newTeamsCollector() *teamsCollector {
	c := new(teamsCollector)
	c.events = c.table.counter("beyondtrust_team_events_total",
		"Events in a team, by type, from the report SupportTeam or Team.",
		"team", "event_type").fixed("team", "event_type")
	return c
}

func (c *teamsCollector) info() Info {
	return Info{
		Name:     string(reports.Teams),
		Help:     "What happened in the teams: chats, arrivals, transfers, monitoring (the reports SupportTeam and Team).",
		Interval: reports.DefaultInterval,
	}
}

func (c *teamsCollector) describe() *table { return &c.table }

func (c *teamsCollector) collect(_ context.Context, now *moment, out *page) error {
	v := now.reports()
	p := c.table.page()
	p.addSeries(c.events, v.TeamEvents)
	out.put(p)
	return out.polled(v, reports.Teams)
}
