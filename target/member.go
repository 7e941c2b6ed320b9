package target

import (
	"context"
	"sync"
)

// member is an appliance of a fleet, from its start to its end.
type member struct {
	target *Target
	gate   gate

	cancel context.CancelFunc
	ended  chan struct{} // closed when Run has ended
}

func newMember(t *Target) *member { return &member{target: t, ended: make(chan struct{})} }

// start runs the appliance from the beginning until the context or the member ends.
func (m *member) start(ctx context.Context, began <-chan struct{}) {
	ctx, m.cancel = context.WithCancel(ctx)
	go func() {
		defer close(m.ended)
		select {
		case <-began:
			m.target.Run(ctx)
		case <-ctx.Done():
		}
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
