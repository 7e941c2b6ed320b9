package simulator

import (
	"context"
	"sync"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
)

// desk is a world in time: it lives by the appliance's clock, and tells those who subscribed. The two appliances of a pair share one.
type desk struct {
	clock func() time.Time

	mu     sync.Mutex
	world  *world.World
	booked bool // the book has been begun
	still  bool // nothing happens any more
	subs   map[*subscriber]struct{}
}

func newDesk(cfg world.Config, clock func() time.Time) (*desk, error) {
	w, err := world.New(cfg)
	if err != nil {
		return nil, err
	}
	return &desk{clock: clock, world: w, subs: make(map[*subscriber]struct{})}, nil
}

// live lets the desk live until the context ends.
func (d *desk) live(ctx context.Context) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			d.look(func(*world.World) {})
		}
	}
}

// look calls f with the world as it is now. The world must not be used after f returned.
func (d *desk) look(f func(*world.World)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.catchUp()
	f(d.world)
}

// catchUp lets everything happen that is due.
func (d *desk) catchUp() {
	if !d.still {
		d.deliver(d.world.Run(d.clock()))
	}
}

// stop lets nothing happen any more, once everything that happened has been told.
func (d *desk) stop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.catchUp()
	d.deliver(d.world.Flush())
	d.still = true
}

// deliver gives messages to everybody who subscribed. Most subscribe to all tables: for them a message is spelt once.
func (d *desk) deliver(messages []world.Message) {
	if len(d.subs) == 0 {
		return
	}
	for _, m := range messages {
		var all []byte
		for s := range d.subs {
			if s.tables != nil {
				s.put(m.Line(s.tables))
				continue
			}
			if all == nil {
				all = m.Line(nil)
			}
			s.put(all)
		}
	}
}

// subscribe gives a subscriber the answer and the full copy, and from then on every change. It is false where there are too many.
func (d *desk) subscribe(s *subscriber, limit int, answer func(now time.Time) []byte) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.subs) >= limit {
		return false
	}
	d.catchUp()
	// What is in the copy must not be told again.
	d.deliver(d.world.Flush())
	if !d.booked {
		d.world.StartBook()
		d.booked = true
	}
	s.prepare(answer(d.world.Now()))
	for _, m := range d.world.Copy() {
		s.prepare(m.Line(s.tables))
	}
	d.subs[s] = struct{}{}
	return true
}

// startBook begins the book anew, and returns the moment.
func (d *desk) startBook() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.catchUp()
	d.world.StartBook()
	d.booked = true
	return d.world.Now()
}

// leave ends a subscription.
func (d *desk) leave(s *subscriber) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.subs, s)
}

// subscribers is how many there are.
func (d *desk) subscribers() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.subs)
}

// restart restarts the processes: subscribers are told, disconnected, or both.
func (d *desk) restart(mode RestartMode) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.catchUp()
	for _, m := range d.world.Restart() {
		if !m.Truncate || mode != RestartClose {
			d.deliver([]world.Message{m})
		}
	}
	if mode != RestartTruncate {
		d.kickAll()
	}
}

// disconnect ends all subscriptions.
func (d *desk) disconnect() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.kickAll()
}

func (d *desk) kickAll() {
	for s := range d.subs {
		s.kick()
		delete(d.subs, s)
	}
}
