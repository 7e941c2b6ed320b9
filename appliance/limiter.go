package appliance

import (
	"context"
	"slices"
	"sync"
	"time"
)

// An API account gets 20 requests a second and 15 000 an hour over all APIs. The last 3 000
// of an hour are kept for scrapes, so that background work cannot use up what they need.
const (
	perSecond         = 20
	perHour           = 15_000
	perHourBackground = 12_000
)

// limiter gives each request its turn: never more than 20 in any second nor 15 000 in any
// hour, scrapes before background work, within each in the order in which they came. It runs
// nothing of its own but a timer while somebody waits.
type limiter struct {
	mu       sync.Mutex
	epoch    time.Time
	recent   [perSecond]time.Time // the newest turns, a ring
	oldest   int                  // where the ring begins
	hour     hourCount
	scrapes  []*turn
	backlog  []*turn
	dispatch *time.Timer
}

// turn is one request that waits.
type turn struct {
	given chan struct{}
}

func newLimiter() *limiter {
	return &limiter{epoch: time.Now()}
}

// wait returns nil when it is the caller's turn. It fails at once, with the time of the next
// turn, where the context ends before that; and when the context ends.
func (l *limiter) wait(ctx context.Context, background bool) (next time.Time, err error) {
	l.mu.Lock()
	now := time.Now()
	next = l.next(now, background)
	ahead := len(l.scrapes) > 0 || background && len(l.backlog) > 0
	if !ahead && !next.After(now) {
		l.take(now)
		l.mu.Unlock()
		return now, nil
	}
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(next) {
		l.mu.Unlock()
		return next, context.DeadlineExceeded
	}
	t := &turn{given: make(chan struct{})}
	if background {
		l.backlog = append(l.backlog, t)
	} else {
		l.scrapes = append(l.scrapes, t)
	}
	l.schedule(now)
	l.mu.Unlock()

	select {
	case <-t.given:
		return next, nil
	case <-ctx.Done():
		l.leave(t)
		return next, ctx.Err()
	}
}

// leave takes a turn out of the queues that nobody waits for any more.
func (l *limiter) leave(t *turn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	same := func(other *turn) bool { return other == t }
	l.scrapes = slices.DeleteFunc(l.scrapes, same)
	l.backlog = slices.DeleteFunc(l.backlog, same)
	l.schedule(time.Now())
}

// give hands out as many turns as there are now.
func (l *limiter) give() {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	for _, queue := range []*[]*turn{&l.scrapes, &l.backlog} {
		for len(*queue) > 0 && !l.next(now, queue == &l.backlog).After(now) {
			l.take(now)
			close((*queue)[0].given)
			*queue = (*queue)[1:]
		}
	}
	l.schedule(now)
}

// schedule sets the timer for the next turn that somebody waits for.
func (l *limiter) schedule(now time.Time) {
	if l.dispatch != nil {
		l.dispatch.Stop()
		l.dispatch = nil
	}
	if len(l.scrapes) == 0 && len(l.backlog) == 0 {
		return
	}
	next := l.next(now, len(l.scrapes) == 0)
	l.dispatch = time.AfterFunc(next.Sub(now), l.give)
}

// next returns when the next request may be sent; not after now means at once.
func (l *limiter) next(now time.Time, background bool) time.Time {
	next := now
	if first := l.recent[l.oldest]; !first.IsZero() {
		next = first.Add(time.Second)
	}
	limit := perHour
	if background {
		limit = perHourBackground
	}
	if free := l.epoch.Add(l.hour.free(now.Sub(l.epoch), limit)); free.After(next) {
		next = free
	}
	return next
}

// take takes note of a request.
func (l *limiter) take(now time.Time) {
	l.recent[l.oldest] = now
	l.oldest = (l.oldest + 1) % perSecond
	l.hour.add(now.Sub(l.epoch))
}

// hourCount counts what happened in the last hour, by the minute: 61 buckets cover any hour
// and up to a minute more, so that the count is never too low. Times are since its epoch.
type hourCount struct {
	buckets [61]int
	newest  int // the minute of the newest bucket
}

// turnTo makes the minute of at the newest, and forgets those that are older than an hour.
func (h *hourCount) turnTo(at time.Duration) {
	minute := int(at / time.Minute)
	if minute-h.newest > len(h.buckets) {
		*h = hourCount{newest: minute}
	}
	for h.newest < minute {
		h.newest++
		h.buckets[h.newest%len(h.buckets)] = 0
	}
}

func (h *hourCount) add(at time.Duration) {
	h.turnTo(at)
	h.buckets[h.newest%len(h.buckets)]++
}

// free returns when fewer than limit will be in the last hour, if nothing more happens.
func (h *hourCount) free(at time.Duration, limit int) time.Duration {
	h.turnTo(at)
	count := 0
	for _, n := range h.buckets {
		count += n
	}
	if count < limit {
		return at
	}
	for minute := h.newest - len(h.buckets) + 1; ; minute++ {
		if minute >= 0 {
			count -= h.buckets[minute%len(h.buckets)]
		}
		if count < limit {
			return time.Duration(minute+len(h.buckets)) * time.Minute
		}
	}
}
