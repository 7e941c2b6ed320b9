package collector

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/reports"
)

// Reports is where it is looked up what the reports of one appliance have told.
// *reports.Reports is one.
type Reports interface {
	View() reports.View
}

// moment is what all collectors of one scrape see alike. It is looked up when the
// first of them needs it.
type moment struct {
	// reports returns what the reports have told. The collectors share it, so that
	// a session that is counted in one metric is counted in all of them; nobody
	// may change it.
	reports func() reports.View
}

// now returns the moment of a scrape.
func (s *Set) now() *moment {
	return &moment{reports: sync.OnceValue(func() reports.View {
		if s.reports == nil {
			return reports.View{}
		}
		return s.reports.View()
	})}
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
