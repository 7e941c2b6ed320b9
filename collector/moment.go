package collector

import (
	"context"
	"sync"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/health"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/reports"
)

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
