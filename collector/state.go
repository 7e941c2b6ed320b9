package collector

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/desk"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/statesub"
)

// stateName is the name of the collector of the live state.
const stateName = "state"

// Subscription is where the state is looked at. *statesub.Subscription is one.
type Subscription interface {
	// Look runs f between two changes of the model.
	Look(f func(now statesub.Instant, m *statesub.Model))
	// Stats returns what was counted; inside Look, of the same moment.
	Stats() statesub.Stats
}

// StateSource is the live state of one appliance. Desk is what watches the
// subscription's model, and Durations what the desk reports to.
type StateSource struct {
	Subscription Subscription
	Desk         *desk.Desk
	Durations    *Durations
}

// stateCollector shows the desk as it is at one moment between two messages.
type stateCollector struct {
	source StateSource
	table  table

	subscription    subscriptionMetrics
	sessions        sessionMetrics
	representatives representativeMetrics
	totals          totalMetrics
}

func newStateCollector(source StateSource) *stateCollector {
	c := &stateCollector{source: source}
	c.subscription = newSubscriptionMetrics(&c.table)
	c.sessions = newSessionMetrics(&c.table)
	c.representatives = newRepresentativeMetrics(&c.table)
	c.totals = newTotalMetrics(&c.table)
	return c
}

func (c *stateCollector) info() Info {
	return Info{
		Name:    stateName,
		Help:    "The support desk live and over time: queues, sessions and representatives (real-time state API, Remote Support only).",
		Default: true,
		product: appliance.RemoteSupport,
	}
}

func (c *stateCollector) describe() *table { return &c.table }

// snapshot is everything that one scrape shows of the state. It shares no
// memory with what it was taken from.
type snapshot struct {
	synced    bool
	view      *desk.View
	stats     statesub.Stats
	named     [statesub.NumTables]bool
	rows      [statesub.NumTables]int
	durations durationsSnapshot
}

// look takes a snapshot. All of it is taken under one lock, so that its parts
// agree; nothing is formatted there, since messages wait for it.
func (c *stateCollector) look() (*snapshot, error) {
	s := new(snapshot)
	var err error
	c.source.Subscription.Look(func(now statesub.Instant, m *statesub.Model) {
		s.synced = m.Synced()
		s.view = c.source.Desk.View(now)
		s.stats = c.source.Subscription.Stats()
		for t := range statesub.Table(statesub.NumTables) {
			s.named[t], s.rows[t] = m.Named(t), m.Rows(t)
		}
		s.durations, err = c.source.Durations.snapshot()
	})
	return s, err
}

func (c *stateCollector) collect(_ context.Context, now *moment, out *page) error {
	s, err := c.look()
	if err != nil {
		return err
	}
	p := c.table.page()
	c.subscription.add(p, s)
	if s.synced && s.view.Live != nil {
		c.sessions.add(p, s)
		c.representatives.add(p, s.view.Live)
	}
	c.totals.add(p, s)
	out.put(p)
	if s.synced {
		return nil
	}
	return c.outOfSync(now, s)
}

// copyPatience is how long a first full copy comes in before that is worth telling: a large one
// over a slow network.
const copyPatience = 30 * time.Second

// outOfSync says why there is no live state. That is as it should be for a
// backup, which takes no subscription before it is the primary.
func (c *stateCollector) outOfSync(now *moment, s *snapshot) error {
	answer, checkErr := now.checkHealth()
	if checkErr == nil && answer.Value.Failover.Role == appliance.RoleBackup {
		return nil
	}
	since := s.stats.SubscribedSince
	lost := s.stats.LastError != "" && since.IsZero()
	switch {
	case lost && checkErr != nil:
		return fmt.Errorf("the real-time state is not in sync: %s; nor does the appliance tell whether it is a backup: %w", s.stats.LastError, checkErr)
	case lost:
		return errTold
	case !since.IsZero() && time.Since(since) < copyPatience:
		return errTold // It was subscribed to, and a copy takes its time.
	case !since.IsZero():
		return fmt.Errorf("the real-time state is not in sync: its first full copy has been coming in since %s: see whether the network to the appliance is slow", since.UTC().Format(time.RFC3339))
	case checkErr != nil:
		return fmt.Errorf("the real-time state is not in sync, and the appliance does not tell whether it is a backup: %w", checkErr)
	default:
		return errTold // No attempt to subscribe has ended yet; the log tells of the first that does.
	}
}

// addCounts adds counts by the last of the metric's labels, and a 0 for each
// known value.
func (p *page) addCounts(m *metric, known []string, counts []desk.Count, labels ...string) {
	values := slices.Concat(labels, []string{""})
	last := len(values) - 1
	for _, values[last] = range known {
		p.add(m, 0, values...)
	}
	for _, count := range counts {
		values[last] = count.Label
		p.add(m, float64(count.N), values...)
	}
}

// addTotals adds totals by the metric's one label, and a 0 for each known value.
func (p *page) addTotals(m *metric, known []string, totals []desk.Total) {
	for _, value := range known {
		p.add(m, 0, value)
	}
	for _, total := range totals {
		p.add(m, float64(total.N), total.Label)
	}
}
