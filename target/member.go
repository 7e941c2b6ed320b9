package target

import (
	"context"
	"sync"
)

// member is an appliance of a fleet, from its start to its end.
type member struct {
	target *Target
	gate   gate

	// before is closed when Run of the one whose place this takes has ended.
	before <-chan struct{}
	cancel context.CancelFunc
	ended  chan struct{} // closed when Run has ended
}

// newMember makes the member of an appliance that takes the place of another, or of nil.
func newMember(t *Target, other *member) *member {
	m := &member{target: t, ended: make(chan struct{})}
	if other != nil {
		m.before = other.ended
	} else {
		nobody := make(chan struct{})
		close(nobody)
		m.before = nobody
	}
	return m
}

// start runs the appliance from the beginning until the context or the member ends.
func (m *member) start(ctx context.Context, began <-chan struct{}) {
	ctx, m.cancel = context.WithCancel(ctx)
	go func() {
		defer close(m.ended)
		for _, first := range []<-chan struct{}{began, m.before} {
			select {
			case <-first:
			case <-ctx.Done():
				return
			}
		}
		m.target.Run(ctx)
	}()
}

// close ends the appliance and returns when nothing of it is at work any more. Who has it
// acquired keeps it until then.
func (m *member) close() {
	m.cancel()
	<-m.ended
	m.gate.close()
	m.target.Close()
}

// gate counts those who use something, so that it can be closed when nobody does. The zero value
// is open.
type gate struct {
	mu     sync.Mutex
	closed bool
	inside sync.WaitGroup
}

// enter lets somebody in, who must leave. It is false once the gate is closed.
func (g *gate) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return false
	}
	g.inside.Add(1)
	return true
}

func (g *gate) leave() { g.inside.Done() }

// close lets nobody in any more and returns when nobody is inside.
func (g *gate) close() {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	g.inside.Wait()
}
