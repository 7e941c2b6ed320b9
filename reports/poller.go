package reports

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// errDenied is the cause of a poll that failed because the account may not read a report.
var errDenied = errors.New("the API account may not read this report")

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
	progress map[string]int64  // by source: how far a window may move the cursor, in seconds
	groups   map[string]uint64 // Jump Groups that sessions were ever open in, at 0
	empty    map[string]string // by report: the text last taken for an empty answer
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
	b.Began = began.UnixMilli()
	p.publish(b)
}

// poll reads all that the collector lives on, up to now.
func (p *poller) poll(ctx context.Context) error {
	role, since, roleKnown := p.config.Role(ctx)
	if roleKnown && role == appliance.RoleBackup {
		p.rest()
		return nil
	}
	info, now, err := p.clock.ask(ctx)
	if err != nil {
		return fmt.Errorf("learning the appliance's time: %w", err)
	}
	product := p.config.Client.Product()
	if !p.collector.exists(product) {
		return nil
	}
	p.wake(since, roleKnown)
	sources := p.collector.sources(product)
	failures := make(map[string]error)
	var all error
	for _, src := range sources {
		err := p.catchUp(ctx, src, sources, info, now.Unix())
		if err != nil {
			failures[src.report] = err
			all = errors.Join(all, fmt.Errorf("reading %s: %w", src.key, err))
		}
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
	p.logger.Info("the appliance is a backup: its reports are not asked for until it takes over")
}

// wake begins a new count where the appliance was a backup: what ended before it took over is
// the other's.
func (p *poller) wake(since time.Time, known bool) {
	if !p.book.Dormant {
		return
	}
	b := p.book.clone()
	b.Dormant = false
	b.Began = time.Now().UnixMilli()
	if known && !since.IsZero() {
		b.Began = since.UnixMilli()
	}
	begin := p.clock.at(time.UnixMilli(b.Began)).Unix()
	for _, s := range b.Streams {
		s.Start, s.Cursor = begin, begin
	}
	p.publish(b)
	p.logger.Info("the appliance is no backup any more: what ended since it took over is counted")
}

// catchUp reads one source up to now, in as many windows as it takes.
func (p *poller) catchUp(ctx context.Context, src source, all []source, info appliance.APIInfo, now int64) error {
	granted, denied := info.Grants(src.report)
	if denied {
		return fmt.Errorf("%w by get_api_info", errDenied)
	}
	for {
		b := p.book.clone()
		b.Counted[src.report] = b.Counted[src.report].clone()
		s := b.Streams[src.key]
		if s == nil {
			begin := p.clock.at(time.UnixMilli(b.Began)).Unix()
			s = &stream{Start: begin, Cursor: begin}
			b.Streams[src.key] = s
		}
		s.turnBack(src.overlap, now)
		w := s.window(src.overlap, now, p.progress[src.key])
		in := newIntake(b, src, s, w)
		err := src.read(ctx, p.config.Client, src.window(w), in)
		switch {
		case err == nil:
			if missed := w.from - s.Cursor; missed > 0 {
				p.logger.Warn("no more than the last seven days are read, what was before is not counted",
					"report", src.report, "missed", time.Duration(missed)*time.Second)
			}
			s.Cursor, s.Answered = max(s.Cursor, w.until), true
			b.forget(src.report, all, now)
			p.publish(b)
			p.shown(src, in.open)
			if w.until >= now {
				delete(p.progress, src.key)
				return nil
			}
		case errors.Is(err, appliance.KindAnswer) && (granted || s.Answered):
			// It may mean something else than that nothing was found, so the cursor stays.
			p.tellEmpty(src.report, err)
			delete(p.progress, src.key)
			p.shown(src, nil)
			return nil
		case errors.Is(err, appliance.KindPermission) && !ambiguous(err):
			return fmt.Errorf("%w: %w", errDenied, err)
		default:
			if p.shorten(src, w, s.Cursor, err) && errors.Is(err, appliance.KindTooLarge) {
				continue
			}
			return err
		}
	}
}

// shorten makes the next window shorter where the report was too large or took too long, and
// reports whether it could.
func (p *poller) shorten(src source, w span, cursor int64, err error) bool {
	if !errors.Is(err, appliance.KindTooLarge) && !errors.Is(err, appliance.KindTimeout) {
		return false
	}
	progress := max((w.until-max(cursor, w.from))/2, seconds(leastProgress))
	if before := p.progress[src.key]; before > 0 && progress >= before {
		return false
	}
	p.progress[src.key] = progress
	return true
}

// shown takes over the sessions that are open, where the source shows them.
func (p *poller) shown(src source, now map[string]uint64) {
	if src.earlier == 0 || src.ahead != 0 {
		return
	}
	open := maps.Clone(p.groups)
	for group, n := range now {
		if _, known := p.groups[group]; !known && len(p.groups) >= maxValues {
			group = other
		}
		p.groups[group] = 0
		open[group] += n
	}
	p.setOpen(open)
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
