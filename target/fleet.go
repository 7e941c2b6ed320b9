package target

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/config"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/desk"
)

// ErrNotWatched is the cause of the error about an appliance that is not watched here.
var ErrNotWatched = errors.New("not watched here")

// errStopped is the error of a configuration that comes after the end.
var errStopped = errors.New("the exporter is ending")

// Watched is a watched appliance, for whoever shows it.
type Watched interface {
	// Gatherer returns the metrics of one scrape, which ends when the context does.
	Gatherer(ctx context.Context) prometheus.Gatherer
	// Status tells how the appliance stands, and asks it where nobody did lately.
	Status(ctx context.Context) Status
}

// Listing is what discovery tells of a watched appliance.
type Listing struct {
	// Name is what the exporter calls the appliance.
	Name string
	// Labels are those that the operator gave it. Nobody may change them.
	Labels map[string]string
}

// Fleet is all appliances that this exporter watches. Apply says which they are, as often as
// that changes; Run watches them, and Close comes last. All other methods may be called at any
// time, by any number of goroutines.
type Fleet struct {
	shard   config.Shard
	storage string
	logger  *slog.Logger
	running context.Context // ends with Run
	stop    context.CancelFunc
	began   chan struct{} // closed when Run begins

	applying sync.Mutex            // held by the one Apply that there is at a time
	pairs    map[string]*desk.Pair // by their names, for Apply alone
	leaving  sync.WaitGroup

	mu      sync.Mutex
	stopped bool
	roster  roster
}

// roster is which appliances there are. It is never changed, only replaced.
type roster struct {
	listings  []Listing // of those watched here, in the order of the configuration
	members   map[string]*member
	elsewhere map[string]int // the shard of those that are watched by others
}

// NewFleet makes a fleet that watches nothing yet, and of what Apply names its shard. What
// reports have told is kept in the storage directory; "" is nowhere.
func NewFleet(shard config.Shard, storage string, logger *slog.Logger) *Fleet {
	f := &Fleet{shard: shard, storage: storage, logger: logger, pairs: make(map[string]*desk.Pair), began: make(chan struct{})}
	f.running, f.stop = context.WithCancel(context.Background())
	return f
}

// Apply watches these appliances from now on and no others. One that is watched already as it is
// to be goes on with all that was learnt and counted, whatever became of its labels; one whose
// settings changed starts anew, and one that is not named any more is closed, once the scrapes
// of it have ended. After an error everything is as it was.
func (f *Fleet) Apply(appliances []config.Appliance) error {
	f.applying.Lock()
	defer f.applying.Unlock()
	f.mu.Lock()
	before, stopped := f.roster, f.stopped
	f.mu.Unlock()
	if stopped {
		return errStopped
	}

	after := roster{members: make(map[string]*member), elsewhere: make(map[string]int)}
	pairs := make(map[*member]*desk.Pair)
	var fresh []*member
	for _, appliance := range appliances {
		name := appliance.Name()
		if shard := f.shard.Of(appliance); shard != f.shard.Index() {
			after.elsewhere[name] = shard
			continue
		}
		m := before.members[name]
		if m == nil || !m.target.config.Same(appliance) {
			target, err := New(appliance, f.storage, f.logger)
			if err != nil {
				for _, m := range fresh {
					m.target.Close()
				}
				return err
			}
			m = newMember(target, before.members[name])
			fresh = append(fresh, m)
		}
		after.members[name] = m
		pairs[m] = f.pairOf(appliance)
		after.listings = append(after.listings, Listing{Name: name, Labels: appliance.Labels()})
	}

	f.mu.Lock()
	stopped = f.stopped
	if !stopped {
		f.roster = after
		for _, m := range fresh {
			m.start(f.running, f.began)
		}
	}
	f.mu.Unlock()
	if stopped {
		for _, m := range fresh {
			m.target.Close()
		}
		return errStopped
	}
	for m, pair := range pairs {
		m.target.setPair(pair)
	}
	gone := 0
	for name, m := range before.members {
		if after.members[name] != m {
			gone++
			f.leaving.Go(m.close)
		}
	}
	if before.members != nil {
		f.logger.Info("Read the configuration again", "watched", len(after.members), "started", len(fresh), "closed", gone)
	}
	return nil
}

// pairOf returns the pair that an appliance is of, nil where it is of none.
func (f *Fleet) pairOf(appliance config.Appliance) *desk.Pair {
	name := appliance.Pair()
	if name == "" {
		return nil
	}
	if f.pairs[name] == nil {
		f.pairs[name] = desk.NewPair()
	}
	return f.pairs[name]
}

// Run watches until the context ends. It returns within seconds after that, when every
// subscription has been closed. It is called once; before it no appliance is subscribed to.
func (f *Fleet) Run(ctx context.Context) {
	close(f.began)
	<-ctx.Done()
	f.mu.Lock()
	f.stopped = true
	f.mu.Unlock()
	f.stop()
	for _, m := range f.now().members {
		<-m.ended
	}
}

// Close ends what is still under way and returns when nothing of any appliance is at work any
// more. It comes after the last scrape.
func (f *Fleet) Close() {
	f.mu.Lock()
	f.stopped = true
	f.mu.Unlock()
	f.stop()
	for _, m := range f.now().members {
		f.leaving.Go(m.close)
	}
	f.leaving.Wait()
}

func (f *Fleet) now() roster {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.roster
}

// Listings tells which appliances are watched here, in the order of the configuration. The
// slice is not to be changed.
func (f *Fleet) Listings() []Listing { return f.now().listings }

// Acquire returns a watched appliance by its name. It stays for as long as the caller has not
// called release, whatever the configuration says meanwhile. An error wraps ErrNotWatched and
// names no other appliance.
func (f *Fleet) Acquire(name string) (watched Watched, release func(), err error) {
	for {
		now := f.now()
		m, here := now.members[name]
		switch shard, elsewhere := now.elsewhere[name]; {
		case here && m.gate.enter():
			return m.target, m.gate.leave, nil
		case here && f.now().members[name] != m:
			continue // A new configuration came just now.
		case elsewhere:
			return nil, nil, fmt.Errorf("%q is in shard %d of %d and this exporter watches shard %d: %w",
				name, shard, f.shard.Total(), f.shard.Index(), ErrNotWatched)
		default:
			return nil, nil, fmt.Errorf("%q is not in the configuration: %w", name, ErrNotWatched)
		}
	}
}

// Statuses tells how each appliance stands, in the order of the configuration. All are asked at
// the same time.
func (f *Fleet) Statuses(ctx context.Context) []Status {
	now := f.now()
	statuses := make([]Status, len(now.listings))
	var group sync.WaitGroup
	for i, listing := range now.listings {
		m := now.members[listing.Name]
		if !m.gate.enter() {
			statuses[i] = Status{Name: listing.Name, URL: m.target.config.URL()}
			continue
		}
		group.Go(func() {
			defer m.gate.leave()
			statuses[i] = m.target.Status(ctx)
			statuses[i].Labels = maps.Clone(listing.Labels)
		})
	}
	group.Wait()
	return statuses
}
