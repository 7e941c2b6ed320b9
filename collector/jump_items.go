package collector

import (
	"context"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/reports"
)

// jumpItemsCollector shows what the report of Jump Items has told.
type jumpItemsCollector struct {
	table table

	events *metric
}

func newJumpItemsCollector() *jumpItemsCollector {
	c := new(jumpItemsCollector)
	c.events = c.table.counter("beyondtrust_jump_item_events_total",
		"Events of Jump Items, by type and by type of Jump Item, from the report JumpItem.",
		"event_type", "jump_item_type").fixed("event_type", "jump_item_type")
	return c
}

func (c *jumpItemsCollector) info() Info {
	return Info{
		Name:     string(reports.JumpItems),
		Help:     "What happened to Jump Items, by their type (the report JumpItem).",
		Interval: reports.DefaultInterval,
	}
}

func (c *jumpItemsCollector) describe() *table { return &c.table }

func (c *jumpItemsCollector) collect(_ context.Context, now *moment, out *page) error {
	v := now.reports()
	p := c.table.page()
	p.addSeries(c.events, v.JumpItemEvents)
	out.put(p)
	return out.polled(v, reports.JumpItems)
}
