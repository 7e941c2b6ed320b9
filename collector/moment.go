package collector

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/health"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/reports"
)

// Reports is where it is looked up what the reports of one appliance have told.
// *reports.Reports is one.
type Reports interface {
	View() reports.View
}

// moment is what all collectors of one scrape see alike.
type moment struct {
	// check and checkErr are the answer to check_health, once checked is closed.
	// The collectors share it even where nothing is cached, so that none shows an
	// appliance as well that another could not reach.
	check    health.Answer[appliance.HealthCheck]
	checkErr error
	checked  chan struct{}

	// reports returns what the reports have told, looked up when the first
	// collector needs it. They share it, so that a session that is counted in one
	// metric is counted in all of them; nobody may change it.
	reports func() reports.View
}

// now returns the moment of a scrape, which waits for an answer until ctx ends.
func (s *Set) now(ctx context.Context) *moment {
	now := &moment{checked: make(chan struct{})}
	s.running.Go(func() {
		defer close(now.checked)
		now.check, now.checkErr = s.health.CheckHealth(ctx)
	})
	now.reports = sync.OnceValue(func() reports.View {
		if s.reports == nil {
			return reports.View{}
		}
		return s.reports.View()
	})
	return now
}

// checkHealth returns what the appliance says of its health, and waits for it.
func (m *moment) checkHealth() (health.Answer[appliance.HealthCheck], error) {
	<-m.checked
	return m.check, m.checkErr
}

// up tells whether the appliance has answered check_health by now.
func (m *moment) up() bool {
	select {
	case <-m.checked:
		return m.checkErr == nil
	default:
		return false
	}
}

// errTold is the cause of an error that the log has been told of by whoever polls
// in the background, or keeps the subscription.
var errTold = errors.New("what it goes by failed in the background, as the log says")

// errUnpolled is the cause of an error before the first poll has ended, which is
// nothing to tell the log of.
var errUnpolled = fmt.Errorf("its first poll has not ended: %w", errTold)

// polled takes over from a background poll how long it took and what became of it.
func (p *page) polled(v reports.View, c reports.Collector) error {
	i := slices.IndexFunc(v.Collectors, func(s reports.Status) bool { return s.Collector == c })
	switch {
	case i < 0 || !v.Collectors[i].Polled:
		return errUnpolled
	case !v.Collectors[i].Success:
		p.last(v.Collectors[i].Took)
		return errTold
	}
	p.last(v.Collectors[i].Took)
	return nil
}

// addSeries adds counts of reports, whose labels are in the order in which the
// metric has them.
func (p *page) addSeries(m *metric, series []reports.Series) {
	for _, s := range series {
		p.add(m, float64(s.Value), s.Labels...)
	}
}
