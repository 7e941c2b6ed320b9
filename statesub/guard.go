package statesub

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/coder/websocket"
)

// guard ends the connection when the context ends, when a step takes too long
// and when the appliance has gone silent, or stopped in the middle of a message.
// It returns when done is closed. It is the only goroutine beside the one that
// reads, since a read is cheap only where it cannot be cancelled.
func (c *connection) guard(ctx context.Context) {
	pings, stop := context.WithCancel(ctx)
	defer stop()
	defer context.AfterFunc(c.over, stop)()

	timer := time.NewTimer(stepTimeout)
	defer timer.Stop()
	for {
		select {
		case <-c.over.Done():
			return
		case <-ctx.Done():
			c.end(&ending{reason: Shutdown, err: context.Cause(ctx)})
			c.closeFrame(websocket.StatusNormalClosure)
			return
		case <-c.stepped:
		case <-timer.C:
		}
		wait, end := c.check(pings)
		if end != nil {
			c.end(end)
			c.wire.Close()
			return
		}
		timer.Reset(wait)
	}
}

// check returns how long the connection may go on unchecked, or why it is to
// end.
func (c *connection) check(ctx context.Context) (time.Duration, *ending) {
	if deadline := time.Duration(c.deadline.Load()); deadline > 0 {
		if wait := deadline - time.Since(c.began); wait > 0 {
			return wait, nil
		}
		return 0, &ending{result: ResultNetwork, reason: Network, err: errors.New("the appliance did not answer in time while the subscription was made: it may be overloaded")}
	}
	idle := c.sub.cfg.IdleTimeout
	wait := idle
	// An appliance that answers pings and does not go on with a message is not
	// well: the copy is not in before the message is.
	if silence, pending := c.hunger(); pending {
		if silence >= idle {
			return 0, &ending{result: ResultNetwork, reason: Idle, err: fmt.Errorf("the appliance stopped in the middle of a message: nothing more of it came for %v", idle)}
		}
		wait = idle - silence
	}
	if silence := c.wire.silence(); silence < idle {
		return min(wait, idle-silence), nil
	}
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	// An error before time is up is the end of the connection, which the
	// goroutine that reads knows more about. Whatever else came meanwhile is a
	// sign of life too: a pong waits its turn behind a long message.
	if err := c.ws.Ping(ctx); err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) && c.wire.silence() >= pingTimeout {
		return 0, &ending{result: ResultNetwork, reason: Idle, err: errors.New("the appliance fell silent and did not answer a ping")}
	}
	return wait, nil
}

// end notes why the connection ends, unless there is a reason already.
func (c *connection) end(e *ending) { c.cause.CompareAndSwap(nil, e) }

// closeFrame closes the connection with a close frame and waits a little for
// the answer.
func (c *connection) closeFrame(code websocket.StatusCode) {
	timer := time.AfterFunc(closeTimeout, func() { c.wire.Close() })
	defer timer.Stop()
	// What goes wrong with a goodbye is nobody's concern.
	_ = c.ws.Close(code, "")
}
