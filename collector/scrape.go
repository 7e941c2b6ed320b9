package collector

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	dto "github.com/prometheus/client_model/go"
)

// maxMargin is the longest time before the end of a scrape at which its
// collectors are told to come to an end, so that they can still say what is
// missing.
const maxMargin = 100 * time.Millisecond

// work is what became of one collector in one scrape.
type work struct {
	name string
	page *page
	took time.Duration
	err  error
}

// gather makes one scrape.
func (s *Set) gather(ctx context.Context) ([]*dto.MetricFamily, error) {
	early, cancel := endEarly(ctx)
	defer cancel()
	now := s.now(early)
	works := s.collect(ctx, early, now)
	var families []*dto.MetricFamily
	own := works[0].page
	// Whoever scraped may have gone away, which tells nothing of the appliance.
	if !errors.Is(ctx.Err(), context.Canceled) {
		// What is at work in the background has told the log by itself.
		s.journal.tell(slices.DeleteFunc(slices.Clone(works), func(w work) bool { return errors.Is(w.err, errTold) }))
	}
	for _, w := range works[1:] {
		own.addFlag(s.target.collectorSuccess, w.err == nil, w.name)
		own.add(s.target.collectorDuration, cmp.Or(w.page.took, w.took).Seconds(), w.name)
		families = append(families, w.page.families()...)
	}
	skew, known := s.stateSkew()
	s.target.finish(own, now, skew, known)
	families = append(families, own.families()...)
	families = append(families, s.reportTimes.page(now.reports()).families()...)

	direct, err := s.direct.Gather()
	families = append(families, direct...)
	slices.SortFunc(families, func(a, b *dto.MetricFamily) int { return cmp.Compare(a.GetName(), b.GetName()) })
	return families, err
}

// collect has all collectors at work at the same time, until early ends, and
// returns what became of them when all have ended or ctx has. The first is the
// target's. The pages are closed.
func (s *Set) collect(ctx, early context.Context, now *moment) []work {
	started := time.Now()

	works := []work{{name: targetName, page: s.target.table.page()}}
	calls := []func(context.Context, *moment, *page) error{s.target.ask}
	for _, c := range s.collectors {
		if info := c.info(); s.runs(info) {
			works = append(works, work{name: info.Name, page: c.describe().page()})
			calls = append(calls, c.collect)
		}
	}
	type ending struct {
		i    int
		took time.Duration
		err  error
	}
	// What a late collector says falls into the buffer and is never read.
	endings := make(chan ending, len(works))
	for i, call := range calls {
		page := works[i].page
		s.running.Go(func() {
			err := call(early, now, page)
			endings <- ending{i, time.Since(started), err}
		})
	}
	late := make([]bool, len(works))
	for i := range late {
		late[i] = true
	}
	take := func(e ending) {
		works[e.i].took, works[e.i].err, late[e.i] = e.took, e.err, false
	}
	for range works {
		select {
		case e := <-endings:
			take(e)
		case <-ctx.Done():
			// What has ended by now is not late.
			select {
			case e := <-endings:
				take(e)
			default:
			}
		}
	}
	for i := range works {
		works[i].page.close()
		if late[i] {
			works[i].took, works[i].err = time.Since(started), errLate
		}
	}
	return works
}

// errLate is what a collector failed with that did not end before its scrape.
var errLate = errors.New("it did not end before the scrape had to")

// errTold is the cause of an error that the log has been told of by whoever polls
// in the background, or keeps the subscription.
var errTold = errors.New("what it goes by failed in the background, as the log says")

// errUnpolled is the cause of an error before the first poll has ended, which is
// nothing to tell the log of.
var errUnpolled = fmt.Errorf("its first poll has not ended: %w", errTold)

// endEarly returns a context that ends a little before ctx does.
func endEarly(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	margin := min(time.Until(deadline)/10, maxMargin)
	return context.WithDeadline(ctx, deadline.Add(-margin))
}
