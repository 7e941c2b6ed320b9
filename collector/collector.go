package collector

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// Info is what is known of a collector before there is an appliance: enough to
// make its flag.
type Info struct {
	// Name is the value of the label collector, and NAME in --collector.NAME.
	Name string
	// Help says in one sentence what the collector exports.
	Help string
	// Default tells whether it runs where the operator does not say.
	Default bool
	// Interval is how often it polls in the background where the operator does not
	// say. It is 0 for one that asks at a scrape, which has no interval.
	Interval time.Duration

	// asks is what it asks for in any case, so that what can become of it starts
	// at 0.
	asks []call
	// product is the only one that the collector exists for; ProductUnknown is
	// any.
	product appliance.Product
	// defaultProduct is the only one on which it runs by Default; ProductUnknown
	// is any.
	defaultProduct appliance.Product
}

// call is one thing that is asked of an appliance: an API, and what of it.
type call struct{ api, action string }

// On tells whether the collector runs on a product. said and on are what the
// operator says. While the product is not known it may.
func (i Info) On(product appliance.Product, said, on bool) bool {
	switch {
	case said && !on, !said && !i.Default:
		return false
	case product == appliance.ProductUnknown:
		return true
	case i.product != appliance.ProductUnknown && i.product != product:
		return false
	}
	return said || i.defaultProduct == appliance.ProductUnknown || i.defaultProduct == product
}

// All returns what is known of each collector, in the order in which a person
// reads of them. The slice is the caller's.
func All() []Info {
	var all []Info
	for _, c := range collectors(Options{}) {
		all = append(all, c.info())
	}
	return all
}

// collectors makes all collectors that there are, in that order. What they look
// things up in is needed by those alone that are to collect.
func collectors(o Options) []collector {
	var state StateSource
	if o.State != nil {
		state = *o.State
	}
	return []collector{
		newHealthCollector(o.Health), newClientsCollector(o.Health), newStateCollector(state), newLicensesCollector(o.Licenses, o.LicenseLimits),
		newSessionsCollector(), newSurveysCollector(), newTeamsCollector(), newVaultCollector(), newJumpItemsCollector(),
	}
}

// LabelNames returns the names of all labels that metrics of an appliance have,
// in their order. The slice is the caller's.
func LabelNames() []string {
	tables := []*table{&newTarget(nil, nil).table, &newReportTimes().table}
	for _, c := range collectors(Options{}) {
		tables = append(tables, c.describe())
	}
	names := append(requestLabels(), "le")
	for _, t := range tables {
		for _, m := range t.metrics {
			names = append(names, m.labels...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// collector turns one part of what is known of an appliance into metrics.
type collector interface {
	info() Info
	// describe returns the descriptions of all that collect ever adds.
	describe() *table
	// collect puts what it can into out, and returns once it has or ctx has
	// ended. An error says that something asked for is missing. It is called by
	// scrapes that overlap.
	collect(ctx context.Context, now *moment, out *page) error
}

// together makes calls at the same time and returns when all have ended, with
// all of their errors.
func together(ctx context.Context, calls ...func(context.Context) error) error {
	errs := make([]error, len(calls))
	var group sync.WaitGroup
	for i, call := range calls {
		group.Go(func() { errs[i] = call(ctx) })
	}
	group.Wait()
	return errors.Join(errs...)
}
