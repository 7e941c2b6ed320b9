package reports

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// errDenied is the cause of a poll that failed because the account may not read a report.
var errDenied = errors.New("the API account may not read this report")

// errUntold is why a poll failed that read no further than the failover role was known, or nothing.
var errUntold = errors.New("learning the failover role: check_health does not tell it any more, and what the other of the pair may have taken over " +
	"is not read: see in /login > Management > Failover and whether the API account may use the Command API")

const (
	// roleFresh is for how long a role is good that was told.
	roleFresh = time.Minute

	// rolePatience is for how long a primary that does not tell its role any more is waited for. Then its
	// reports are read on: more is lost by leaving them for good than by counting a failover twice.
	rolePatience = 30 * time.Minute
)

// poller polls the reports of one collector.
type poller struct {
	collector Collector
	config    Config
	interval  time.Duration
	clock     *clock
	store     *store
	logger    *slog.Logger

	mu        sync.Mutex
	book      *book // is replaced, never changed
	status    Status
	succeeded map[string]time.Time // by report
	open      map[string]uint64    // is replaced; nil where nobody knows

	// Of the goroutine that polls alone.
	began    time.Time         // when counting started by the monotonic clock, zero where an earlier process did that
	progress map[string]int64  // by source: how far a window may move the cursor, in seconds
	groups   map[string]uint64 // Jump Groups that sessions were ever open in, at 0
	empty    map[string]string // by report: the text last taken for an empty answer
	odd      map[string]bool   // by report: the log was told of a time that cannot be read
	sought   time.Time         // when sessions that only an event ended were last looked for
	outcome  string            // what the log was told last
}

func newPoller(config Config, c Collector, interval time.Duration, shared *clock, kept *store) *poller {
	if interval == 0 {
		interval = DefaultInterval
	}
	p := &poller{
		collector: c, config: config, interval: interval, clock: shared, store: kept,
		logger:    config.Logger.With("collector", string(c)),
		book:      kept.book(c),
		status:    Status{Collector: c},
		succeeded: make(map[string]time.Time),
		progress:  make(map[string]int64),
		groups:    make(map[string]uint64),
		empty:     make(map[string]string),
		odd:       make(map[string]bool),
	}
	if p.book == nil {
		p.book = newBook(c)
	}
	p.book.expect(c)
	return p
}

// run polls until the context ends. The polls of several appliances and exporters are spread,
// so that they do not come together.
func (p *poller) run(ctx context.Context, began time.Time) {
	p.start(began)
	limit := min(max(p.interval, shortestLimit), longestLimit)
	wait := time.Duration(p.config.Random() * float64(min(p.interval/10, 10*time.Second)))
	for {
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return
		}
		start := time.Now()
		polling, cancel := context.WithTimeout(appliance.WithBackground(ctx), limit)
		err := p.poll(polling)
		cancel()
		if ctx.Err() != nil {
			return // The poll failed because of that, if it did.
		}
		took := time.Since(start)
		p.end(err, took)
		next := p.interval
		if errors.Is(err, errDenied) {
			next = deniedInterval
		}
		const spread = 0.1
		next += time.Duration((p.config.Random() - 0.5) * spread * float64(next))
		wait = max(next-took, time.Second)
	}
}

// start makes a time the start of counting, where an earlier process has not kept one.
func (p *poller) start(began time.Time) {
	if p.book.Began != 0 {
		return
	}
	b := p.book.clone()
	b.Began, p.began = began.UnixMilli(), began
	p.publish(b)
}

// beginning returns when counting started, by the appliance's clock.
func (p *poller) beginning() int64 {
	began := p.began
	if began.IsZero() {
		began = time.UnixMilli(p.book.Began)
	}
	return p.clock.at(began).Unix()
}

// poll reads all that the collector lives on, up to now or as far as it may.
func (p *poller) poll(ctx context.Context) error {
	role, since, roleKnown := p.config.Role(ctx)
	if roleKnown && role == appliance.RoleBackup {
		p.rest()
		return nil
	}
	if !roleKnown && p.book.Dormant {
		p.rest() // It was one when an earlier process last knew.
		return errUntold
	}
	info, now, err := p.clock.ask(ctx)
	if err != nil {
		return fmt.Errorf("learning the appliance's time: %w", err)
	}
	product := p.config.Client.Product()
	if !p.collector.exists(product) {
		return nil
	}
	p.wake(since)
	sources := p.collector.sources(product)
	p.turnBack(sources, now.Unix())
	until, all := p.reach(role, roleKnown, now.Unix())
	failures := make(map[string]error)
	for _, src := range sources {
		err := p.catchUp(ctx, src, sources, info, until)
		if err != nil {
			failures[src.report] = err
			all = errors.Join(all, fmt.Errorf("reading %s: %w", src.key, err))
		}
	}
	for _, src := range sources {
		if failures[src.report] == nil && src.ahead > 0 {
			p.seek(ctx, src, until)
		}
	}
	if errors.Is(all, errUntold) {
		p.setOpen(nil) // Of those that were open then, some have ended and others have begun.
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, src := range sources {
		if failures[src.report] == nil {
			p.succeeded[src.report] = time.Now()
		}
	}
	return all
}

// reach returns how far the reports may be read: of a pair the other may have taken over since the
// role was told. The error is errUntold where that was a while ago.
func (p *poller) reach(role string, known bool, now int64) (until int64, err error) {
	if !known || role == appliance.RoleNone || p.config.Active == nil {
		return now, nil
	}
	active := p.config.Active()
	age := time.Since(active)
	if age >= rolePatience {
		return now, nil // As where nobody ever told.
	}
	if age >= roleFresh {
		err = errUntold
	}
	return min(now, p.clock.at(active).Unix()), err
}

// rest takes note that the appliance is a backup: a pair shares its data, and the other is
// asked for it.
func (p *poller) rest() {
	p.setOpen(nil)
	if p.book.Dormant {
		return
	}
	b := p.book.clone()
	b.Dormant = true
	p.publish(b)
	p.logger.Info("Not asking for reports: the appliance is a backup, until it takes over")
}

// wake begins a new count where the appliance was a backup: what ended before it took over is
// the other's.
func (p *poller) wake(since time.Time) {
	if !p.book.Dormant {
		return
	}
	b := p.book.clone()
	b.Dormant = false
	// Reports know whole seconds, and in this one the other may still have counted.
	p.began = since.Add(time.Second)
	b.Began = p.began.UnixMilli()
	begin := p.beginning()
	for _, s := range b.Streams {
		s.restart(begin)
	}
	p.publish(b)
	p.logger.Info("Asking for reports again: the appliance is no backup any more, what ended since it took over is counted")
}

// turnBack begins anew where the clock was turned back by more than what the windows overlap.
func (p *poller) turnBack(sources []source, now int64) {
	var turned []string
	var back int64
	for _, src := range sources {
		if s := p.book.Streams[src.key]; s != nil && s.turnedBack(src.overlap, now) {
			turned = append(turned, src.key)
			back = max(back, max(s.Cursor, s.Start)-now)
		}
	}
	if turned == nil {
		return
	}
	b := p.book.clone()
	for _, key := range turned {
		b.Streams[key].restart(now)
	}
	p.publish(b)
	p.logger.Warn(fmt.Sprintf("Counting reports on from the time that the %s clock shows now: it was turned back, "+
		"and what was written down between that change and now is missing", p.clock.whose()), "by_at_least", time.Duration(back)*time.Second)
}

// publish makes a book the one that counts, once it is safe.
func (p *poller) publish(b *book) {
	p.store.put(p.collector, b)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.book = b
}

func (p *poller) setOpen(open map[string]uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open = open
}
