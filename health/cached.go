package health

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Answer is the outcome of a call, and how it came about.
type Answer[T any] struct {
	// Value is what the appliance answered; the zero value where the call failed. Several
	// callers share it, so what it points to must not be changed.
	Value T

	// At is when the answer, or the failure, came, by the exporter's clock.
	At time.Time

	// Took is how long the call took, waiting for its turn and for a token included.
	Took time.Duration
}

// cached shares one call between those who want its outcome at the same time, and keeps the
// outcome for a while. A failure is kept as an answer is. Nothing is ever given out that is
// older than that; there is no renewal in the background, so nothing old can linger.
//
// The call runs under its own time limit: it neither ends with whoever came first nor keeps
// anybody longer than they want to wait.
type cached[T any] struct {
	name string
	keep time.Duration
	fail time.Duration
	call func(context.Context) (T, error)
	run  func(func(context.Context)) // runs a call in a goroutine of its owner

	mu  sync.Mutex
	now *outcome[T]
}

// outcome is one call, under way or ended. All but done may be read once done is closed.
type outcome[T any] struct {
	done   chan struct{}
	answer Answer[T]
	err    error
}

// newCached makes a cached that keeps an answer for as long as keep says and a failure for as
// long as fail says; 0 keeps nothing, but still shares a call. run must call what it is given
// once, in a goroutine of its own, with the context of the call.
func newCached[T any](name string, keep, fail time.Duration, run func(func(context.Context)), call func(context.Context) (T, error)) *cached[T] {
	return &cached[T]{name: name, keep: keep, fail: fail, run: run, call: call}
}

// Get returns the outcome that is kept, else that of a call which it joins or makes. When ctx
// ends first, the error is that of ctx; the call goes on for others.
func (c *cached[T]) Get(ctx context.Context) (Answer[T], error) { return c.newer(ctx, c.keep) }

// newer is Get, where an outcome that is older than keep is not new enough.
func (c *cached[T]) newer(ctx context.Context, keep time.Duration) (Answer[T], error) {
	o := c.outcome(min(keep, c.keep))
	select {
	case <-o.done: // Even where ctx has ended too.
		return o.answer, o.err
	default:
	}
	select {
	case <-o.done:
		return o.answer, o.err
	case <-ctx.Done():
		return Answer[T]{}, fmt.Errorf("waiting for the answer to %s: %w", c.name, ctx.Err())
	}
}

// outcome returns the outcome to wait for, and begins a call where there is none.
// What is kept is given out for as long as keep says at most.
func (c *cached[T]) outcome(keep time.Duration) *outcome[T] {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now != nil && !c.now.stale(keep, min(keep, c.fail)) {
		return c.now
	}
	o := &outcome[T]{done: make(chan struct{})}
	c.now = o
	c.run(func(ctx context.Context) {
		defer close(o.done)
		start := time.Now()
		o.answer.Value, o.err = c.call(ctx)
		o.answer.At = time.Now()
		o.answer.Took = o.answer.At.Sub(start)
	})
	return o
}

// stale reports whether an outcome is too old to be given out. One that is under way is not.
func (o *outcome[T]) stale(keep, fail time.Duration) bool {
	select {
	case <-o.done:
	default:
		return false
	}
	if o.err != nil {
		keep = fail
	}
	return time.Since(o.answer.At) >= keep
}
