package statesub

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"time"
)

const (
	// The waits between attempts, and those where the credentials were refused:
	// repeated failures lock the API account.
	retryFirst, retryLimit           = time.Second, time.Minute
	credentialsFirst, credentialsEnd = 30 * time.Second, 10 * time.Minute
	// steady is for how long a connection has to last for the next loss to be
	// the first one again. Flapping must not hammer an appliance.
	steady = 10 * time.Second
	// maxError bounds, in bytes, what is told of an ending.
	maxError = 1024
)

// Subscription keeps a Model up to date with an appliance, over as many
// connections as it takes.
//
// Run's goroutine reads, decodes and applies, and takes the lock only to apply.
// Everybody else sees the model by Look, between two messages, and never waits
// for the network or for decoding.
type Subscription struct {
	cfg    Config
	dialer *dialer
	logger *slog.Logger

	retry       backoff
	credentials backoff
	// renewed says that an authentication failed and was tried again at once
	// with a new token, and that none has succeeded since.
	renewed bool
	// state is what the log was told last.
	state string
	// sooner has room for one who wants the next attempt at once.
	sooner chan struct{}

	// mu guards the rest. Run's goroutine writes; Look only lets the time of the
	// model go on.
	mu    sync.Mutex
	clock clock
	model *Model
	wire  *wire // of the connection, nil where there is none
	// count is guarded by its own lock as well, so that Stats works both inside
	// and outside of Look.
	countMu sync.Mutex
	count   Stats
}

// New returns a Subscription that does nothing until Run.
func New(cfg Config) *Subscription {
	cfg = cfg.withDefaults()
	return &Subscription{
		cfg:         cfg,
		dialer:      newDialer(&cfg),
		logger:      cfg.Logger,
		retry:       backoff{first: retryFirst, limit: retryLimit, random: rand.Float64},
		credentials: backoff{first: credentialsFirst, limit: credentialsEnd, random: rand.Float64},
		clock:       newClock(time.Now()),
		model:       NewModel(cfg.Watcher),
		sooner:      make(chan struct{}, 1),
	}
}

// Run connects, subscribes and keeps the model up to date until the context
// ends, and connects again whenever that fails. It returns the context's error
// once a connection that was there has been closed with a close frame, which
// takes two seconds at most, and leaves no goroutine behind. It is called once.
func (s *Subscription) Run(ctx context.Context) error {
	defer s.dialer.close()
	for {
		s.unasked()
		began := time.Now()
		end := s.attempt(ctx)
		if err := ctx.Err(); err != nil {
			return err
		}
		if end.subscribed {
			s.unasked() // What was wished for came true.
		}
		s.failed(end)
		wait := s.wait(end, time.Since(began))
		s.logger.Debug("Waiting before the next attempt to subscribe to the real-time state API", "wait", wait)
		timer := time.NewTimer(wait)
		sooner := s.sooner
		if end.tokenRefused {
			sooner = nil // The account was refused, not the token: another try is another failure.
		}
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-sooner:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// Retry has the next attempt made at once, where one is waited for or under way
// in vain: whoever calls it has learned that the appliance takes subscriptions
// now, as a backup does that has taken the primary role, or that Token has a
// token again, as after a new client secret. Where the appliance took the token
// and refused the account all the same the wait stands: repeated failures lock
// the account. That Token asks for none too often is Token's own affair.
func (s *Subscription) Retry() {
	select {
	case s.sooner <- struct{}{}:
	default:
	}
}

// unasked forgets a Retry that an attempt answers or has answered.
func (s *Subscription) unasked() {
	select {
	case <-s.sooner:
	default:
	}
}

// attempt makes one connection and serves it until it ends.
func (s *Subscription) attempt(ctx context.Context) *ending {
	token, err := s.cfg.Token(ctx)
	if err != nil {
		end := &ending{result: ResultNetwork, err: fmt.Errorf("getting a token for the real-time state API: %w", err)}
		if s.cfg.Refused(err) {
			end.result = ResultAuthFailed
		}
		return end
	}
	ws, w, err := s.dialer.dial(ctx)
	if err != nil {
		end := &ending{result: ResultNetwork, err: err}
		if refused, ok := errors.AsType[*refusal](err); ok {
			end.result, end.advice = ResultRefused, refused.advice()
		}
		return end
	}
	end := newConnection(s, ws, w, token).run(ctx)
	if end.tokenRefused {
		s.cfg.TokenRefused(token)
	}
	return end
}

// wait returns how long to wait after an attempt that ended like this, lasted
// in all.
func (s *Subscription) wait(end *ending, lasted time.Duration) time.Duration {
	switch {
	case end.tokenRefused && !s.renewed:
		// It may just have expired, or others may have taken thirty since.
		s.renewed = true
		return 0
	case !end.subscribed && end.result == ResultAuthFailed:
		return s.credentials.next()
	case end.subscribed && lasted >= steady:
		s.retry.reset()
	}
	return s.retry.next()
}

// failed counts and tells that an attempt or a connection ended by itself.
func (s *Subscription) failed(end *ending) {
	// An appliance may have written part of it.
	advice := ""
	if end.advice != "" {
		advice = ": " + end.advice
	}
	text := string(clip([]byte(strings.ToValidUTF8(s.cfg.Redact(end.err.Error()), "�")), maxError-len(advice))) + advice
	s.tally(func(c *Stats) {
		if !end.subscribed {
			c.Connections[end.result]++
		}
		c.LastError, c.LastAdvice, c.LastErrorAt = text, end.advice, time.Now()
		c.LastUnreached = !end.subscribed && end.result == ResultNetwork
	})
	level, state := slog.LevelDebug, end.state()
	if state != s.state {
		level, s.state = slog.LevelWarn, state
	}
	message := "Cannot subscribe to the real-time state API"
	if end.subscribed {
		message = "Lost the real-time state API"
	}
	s.logger.Log(context.Background(), level, message, "reason", state, "err", text)
}

// Look runs f between two messages, at now, with the model as it is then. It
// waits for one message to be applied at most. f must not keep the model.
func (s *Subscription) Look(f func(now Instant, m *Model)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listen()
	now := s.clock.instant(time.Now())
	s.model.Advance(now)
	f(now, s.model)
}

// Stats returns what was counted. Called inside Look it tells of the same
// moment as the model: nothing is applied without being counted, nor counted
// without being applied, while Look runs.
func (s *Subscription) Stats() Stats {
	s.countMu.Lock()
	defer s.countMu.Unlock()
	return s.count
}

// tally changes the counts.
func (s *Subscription) tally(f func(*Stats)) {
	s.change(func(_ *Model, c *Stats) { f(c) })
}

// change changes the model and the counts in one step.
func (s *Subscription) change(f func(m *Model, c *Stats)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.countMu.Lock()
	defer s.countMu.Unlock()
	s.listen()
	f(s.model, &s.count)
}

// listen tells the model what is coming that nobody can read yet.
func (s *Subscription) listen() {
	if s.wire == nil {
		return
	}
	if since, last, ok := s.wire.unread(); ok {
		s.model.Arriving(s.clock.instant(since), s.clock.instant(last))
	} else {
		s.model.Arriving(Instant{}, Instant{})
	}
}
