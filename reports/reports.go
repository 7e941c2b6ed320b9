package reports

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// Reports polls the reports of one appliance. Run is called once; View may be called at any
// time, by any number of goroutines.
type Reports struct {
	pollers []*poller
}

// New makes Reports, and reads what an earlier process kept. It asks the appliance for nothing.
// An error means that the configuration asks for what cannot be, such as a storage directory
// that cannot be written to. No two may use the same directory for the same appliance at once:
// Run of the one must have returned before New of the other.
func New(config Config) (*Reports, error) {
	if config.Client == nil || config.Info == nil || config.Appliance == "" {
		return nil, errors.New("the reports need a client, get_api_info and the name of the appliance")
	}
	config = config.withDefaults()
	for c, interval := range config.Intervals {
		if !slices.Contains(Collectors(), c) {
			return nil, fmt.Errorf("%q is no collector of reports", c)
		}
		if interval < 0 {
			return nil, fmt.Errorf("the interval of the collector %s is negative: %s", c, interval)
		}
	}
	kept, err := openStore(config.Directory, config.Appliance, config.Logger)
	if err != nil {
		return nil, err
	}
	shared := &clock{info: config.Info, logger: config.Logger}
	r := &Reports{}
	for _, c := range Collectors() {
		if interval, enabled := config.Intervals[c]; enabled {
			r.pollers = append(r.pollers, newPoller(config, c, interval, shared, kept))
		}
	}
	return r, nil
}

// Run polls until the context ends, and returns nil when all has come to rest.
func (r *Reports) Run(ctx context.Context) error {
	began := time.Now()
	var group sync.WaitGroup
	for _, p := range r.pollers {
		group.Go(func() { p.run(ctx, began) })
	}
	group.Wait()
	<-ctx.Done()
	return nil
}

// View returns what the reports have told so far.
func (r *Reports) View() View {
	var v View
	for _, p := range r.pollers {
		p.show(&v)
	}
	slices.SortFunc(v.LastSuccess, func(a, b Success) int { return strings.Compare(a.Report, b.Report) })
	return v
}

// show adds what a poller has to a view. What is published is never changed, so it is read
// without the lock.
func (p *poller) show(v *View) {
	p.mu.Lock()
	b, status, open := p.book, p.status, p.open
	for report, at := range p.succeeded {
		v.LastSuccess = append(v.LastSuccess, Success{Report: report, Time: at})
	}
	p.mu.Unlock()

	v.Collectors = append(v.Collectors, status)
	switch p.collector {
	case Sessions:
		v.Sessions = b.Counters[sessionsTotal().name].show()
		v.SessionEvents = b.Counters[sessionEvents().name].show()
		v.Files = b.Counters[filesTotal().name].show()
		v.SessionDurations = b.Histograms[durationSeconds].show(DurationBuckets())
		v.SessionPickups = b.Histograms[pickupSeconds].show(PickupBuckets())
		v.OpenKnown = open != nil
		for _, group := range slices.Sorted(maps.Keys(open)) {
			v.OpenSessions = append(v.OpenSessions, Series{Labels: []string{group}, Value: open[group]})
		}
	case Surveys:
		v.SurveyAnswers = b.Counters[surveyAnswers().name].show()
	case Teams:
		v.TeamEvents = b.Counters[teamEvents().name].show()
	case Vault:
		v.VaultEvents = b.Counters[vaultEvents().name].show()
	case JumpItems:
		v.JumpItemEvents = b.Counters[jumpItemEvents().name].show()
	}
}
