package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/statesub"
)

// lookEvery is how often the subscription is looked at.
const lookEvery = 20 * time.Millisecond

// watcher learns when the full copy is in. It is called, and looked at, under the lock of the
// subscription.
type watcher struct {
	began, last time.Duration // on the monotonic clock
	in          bool
}

// CopyBegan takes in the beginning of a copy.
func (w *watcher) CopyBegan(at statesub.Instant, _ bool) { w.began, w.last = at.Elapsed, at.Elapsed }

// Changed takes in a part of the copy.
func (w *watcher) Changed(at statesub.Instant, _ *statesub.Changes) {
	if !w.in {
		w.last = at.Elapsed
	}
}

// CopyIn takes in the end of the copy.
func (w *watcher) CopyIn(statesub.Instant) { w.in = true }

// Lost and Advance bring nothing that counts here.
func (w *watcher) Lost(statesub.Instant)    {}
func (w *watcher) Advance(statesub.Instant) {}

// seen is how a subscription stands.
type seen struct {
	stats statesub.Stats
	in    bool
	took  time.Duration // of the copy
	rows  map[string]int
	list  []string // the rows by table, in words
	total int
}

// look returns how the subscription stands.
func look(subscription *statesub.Subscription, w *watcher) seen {
	var s seen
	subscription.Look(func(_ statesub.Instant, m *statesub.Model) {
		s.stats = subscription.Stats()
		s.in, s.took = w.in && m.Synced(), w.last-w.began
		if !s.in {
			return
		}
		s.rows = make(map[string]int)
		for n := range statesub.NumTables {
			table := statesub.Table(n)
			if rows := m.Rows(table); rows > 0 || m.Named(table) {
				s.rows[table.String()] = rows
				s.list = append(s.list, fmt.Sprintf("%s %d", table, rows))
				s.total += rows
			}
		}
	})
	return s
}

// state subscribes to the real-time state, waits for the full copy and ends the subscription.
func (i *inspection) state(ctx context.Context) Step {
	if i.noState != "" {
		return skipped(i.noState)
	}
	w := &watcher{}
	subscription := statesub.New(statesub.Config{
		URL:             i.appliance.Client.URL,
		Token:           i.client.Token,
		Refused:         func(err error) bool { return errors.Is(err, appliance.KindCredentials) },
		Redact:          i.client.Redact,
		HTTPClient:      i.client.HTTPClient(),
		MaxMessageBytes: i.appliance.MaxMessageBytes,
		MaxMessageName:  i.appliance.MaxMessageName,
		Watcher:         w,
	})
	// The time limit is not the subscription's: when it is over, how far that came must still
	// be there to be seen.
	running, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		// It ends with its context alone; what failed before that is in its statistics.
		_ = subscription.Run(running)
	}()
	defer func() {
		stop()
		<-ended
	}()
	limit := time.NewTimer(i.stateTimeout)
	defer limit.Stop()
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		s := look(subscription, w)
		switch {
		case ctx.Err() != nil:
			return Step{Status: Failed, Tried: triedState, Found: "the check was interrupted", Remedy: "run it again and let it end"}
		case s.in:
			return i.copied(s)
		case s.stats.LastError != "":
			return i.notSubscribed(s.stats)
		}
		select {
		case <-ctx.Done():
		case <-limit.C:
			return i.late(look(subscription, w).stats)
		case <-ticker.C:
		}
	}
}

const triedState = "subscribe at /nw"

// copied is the step of a full copy that is in.
func (i *inspection) copied(s seen) Step {
	i.facts.StateRows, i.facts.StateCopy = s.rows, s.took
	step := Step{
		Status: OK, Tried: triedState,
		Found: fmt.Sprintf("full copy in %.1f s: %s", s.took.Seconds(), strings.Join(s.list, ", ")),
	}
	var unreadable uint64
	for _, n := range s.stats.Unreadable {
		unreadable += n
	}
	switch {
	case s.total == 0:
		step.Status = Warning
		step.Found = "subscribed, but the full copy has no row in it"
		step.Remedy = "an appliance with support teams has rows of their queues: see whether it has just been started, and check again in some minutes"
	case unreadable > 0:
		step.Status = Warning
		step.Found += fmt.Sprintf("; %d values or rows could not be read", unreadable)
		step.Remedy = "they count in beyondtrust_state_unreadable_total and are passed over: tell the makers of the exporter which version the appliance runs"
	}
	return step
}

// notSubscribed is the step of an attempt that failed.
func (i *inspection) notSubscribed(stats statesub.Stats) Step {
	// A step has a remedy of its own.
	s := Step{Status: Failed, Tried: triedState, Found: strings.TrimSuffix(stats.LastError, ": "+stats.LastAdvice)}
	refused := stats.Connections[statesub.ResultRefused] > 0
	unreachable := stats.Connections[statesub.ResultNetwork] > 0
	switch {
	case i.facts.Role == appliance.RoleBackup && refused:
		s.Status = OK
		s.Found = "refused, as a backup does until it takes the primary role: the exporter subscribes then"
	case i.facts.Role == appliance.RoleBackup && unreachable:
		s.Status = OK
		s.Found = "no connection, as with a backup until it takes the primary role: the exporter subscribes then (" + s.Found + ")"
	case stats.Connections[statesub.ResultAuthFailed] > 0:
		s.Remedy = tick("Real-Time State API: Allow Access")
	case stats.Connections[statesub.ResultSubscribeFailed] > 0:
		s.Remedy = "end some of the other programs that are subscribed to the real-time state API: it serves thirty clients at most"
	case refused:
		s.Remedy = "see what answers at /nw: a proxy or load balancer in between must let WebSockets through; where nobody wants to see the support desk, turn the collector state off"
	case stats.Disconnects[statesub.TooLarge] > 0:
		s.Remedy = cmp.Or(stats.LastAdvice, "see what answers in the appliance's place")
	case stats.Disconnects[statesub.Malformed] > 0:
		s.Remedy = "see whether something in between answers in the appliance's place; else tell the makers of the exporter which version the appliance runs"
	default:
		s.Remedy = "see whether the appliance is overloaded, and that a proxy or load balancer in between lets WebSockets through"
	}
	return s
}

// late is the step of a copy that did not come in time.
func (i *inspection) late(stats statesub.Stats) Step {
	s := Step{
		Status: Failed, Tried: triedState,
		Remedy: "see whether the appliance is overloaded, and that a proxy or load balancer in between lets WebSockets through",
	}
	var got string
	switch {
	case !stats.SubscribedSince.IsZero():
		got = fmt.Sprintf("subscribed, but the full copy was not in (%d bytes had come)", stats.ReceivedBytes)
	case stats.Messages[statesub.MessageAuthenticateResponse] > 0:
		got = "authenticated, but no answer to the subscription"
	default:
		got = "no answer to the connection or to the authentication"
	}
	s.Found = fmt.Sprintf("%s after %s", got, i.stateTimeout)
	return s
}
