package statesub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
)

// step is how far a connection has come. The steps are serial; what the
// protocol has at a later step is an error at an earlier one.
type step uint8

const (
	stepAuthenticate step = iota
	stepSubscribe
	stepSubscribed
)

// largeMessage is the size above which decoding takes long enough for somebody
// to look meanwhile.
const largeMessage = 64 << 10

// connection is one connection to an appliance, from the upgrade to its end.
// Everything in it belongs to the goroutine that reads, but for what the guard
// uses: ws, wire, over, stepped, cause, deadline and fed.
type connection struct {
	sub   *Subscription
	ws    *websocket.Conn
	wire  *wire
	token string
	began time.Time

	step      step
	assembler assembler
	decoder   *Decoder
	message   Message

	over     context.Context // done when reading has ended
	finish   context.CancelFunc
	stepped  chan struct{}          // has room for one
	cause    atomic.Pointer[ending] // why the guard ended the connection
	deadline atomic.Int64           // of the step since began, in nanoseconds; 0: none
	fed      atomic.Int64           // when more of a message came that has come in part, likewise; 0: there is none
}

func newConnection(s *Subscription, ws *websocket.Conn, w *wire, token string) *connection {
	c := &connection{
		sub:       s,
		ws:        ws,
		wire:      w,
		token:     token,
		began:     time.Now(),
		assembler: assembler{limit: int(s.cfg.MaxMessageBytes)},
		decoder:   NewDecoder(),
		stepped:   make(chan struct{}, 1),
	}
	c.over, c.finish = context.WithCancel(context.Background())
	c.goTo(stepAuthenticate)
	return c
}

// goTo moves the connection on to a step.
func (c *connection) goTo(next step) {
	c.step = next
	if next == stepSubscribed {
		c.deadline.Store(0)
	} else {
		c.deadline.Store(int64(time.Since(c.began) + stepTimeout))
	}
	select {
	case c.stepped <- struct{}{}:
	default:
	}
}

// run serves the connection until it ends and says how. It has been closed by
// then, and the model is empty.
func (c *connection) run(ctx context.Context) *ending {
	guarded := make(chan struct{})
	go func() {
		defer close(guarded)
		c.guard(ctx)
	}()
	end := c.serve()
	if cause := c.cause.Load(); cause != nil {
		end = cause
	}
	end.subscribed = c.step == stepSubscribed
	c.sub.change(func(m *Model, count *Stats) {
		if end.subscribed || end.reason == Malformed || end.reason == TooLarge {
			count.Disconnects[end.reason]++
		}
		count.SubscribedSince = time.Time{}
		m.Disconnected(c.sub.clock.instant(time.Now()))
		m.Arriving(Instant{}, Instant{})
		c.sub.wire = nil
	})
	c.finish()
	<-guarded
	if !end.subscribed && (end.result == ResultAuthFailed || end.result == ResultSubscribeFailed) {
		c.closeFrame(websocket.StatusNormalClosure)
	}
	// No frame for what broke the protocol: the answer would have to be looked
	// for in what comes, and no more of that is wanted.
	_ = c.ws.CloseNow()
	return end
}

// serve authenticates and reads until the connection ends.
func (c *connection) serve() *ending {
	type credentials struct {
		BearerToken string `json:"bearer_token"`
	}
	if end := c.send(struct {
		Type        string      `json:"type"`
		Credentials credentials `json:"credentials"`
	}{"authenticate", credentials{c.token}}); end != nil {
		return end
	}
	for {
		// A context that can end would cost each read more than the reading.
		_, frames, err := c.ws.Reader(context.Background())
		if err != nil {
			return c.cut(fmt.Errorf("reading from the appliance: %w", err))
		}
		if end := c.read(frames); end != nil {
			return end
		}
	}
}

// send sends a message, which ends with a newline.
func (c *connection) send(message any) *ending {
	text, err := json.Marshal(message)
	if err != nil {
		return &ending{result: ResultNetwork, reason: Network, err: fmt.Errorf("encoding a message to the appliance: %w", err)}
	}
	ctx, cancel := context.WithTimeout(context.Background(), stepTimeout)
	defer cancel()
	if err := c.ws.Write(ctx, websocket.MessageText, append(text, '\n')); err != nil {
		return c.cut(fmt.Errorf("writing to the appliance: %w", err))
	}
	return nil
}

// read takes in what is in the frames of one WebSocket message, which may hold
// several of the appliance's messages, or a part of one.
func (c *connection) read(frames io.Reader) *ending {
	now := time.Now()
	c.feed(now)
	c.receiving(now)
	for {
		n, err := frames.Read(c.assembler.room())
		now := time.Now()
		if n > 0 {
			c.feed(now)
		}
		c.assembler.added(n)
		c.sub.tally(func(count *Stats) { count.ReceivedBytes += uint64(n) })
		if end := c.messages(now); end != nil {
			return end
		}
		if c.assembler.pending() == 0 && (n > 0 || errors.Is(err, io.EOF)) {
			// All that came is whole, whatever frames the appliance cuts it into.
			// Silence counts from when it is listened to again.
			c.fed.Store(0)
			c.sub.change(func(m *Model, _ *Stats) { m.Heard(c.sub.clock.instant(time.Now())) })
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return c.cut(fmt.Errorf("reading from the appliance: %w", err))
		}
	}
}

// feed notes that more of a message came at now.
func (c *connection) feed(now time.Time) { c.fed.Store(max(1, int64(now.Sub(c.began)))) }

// hunger returns for how long nothing more has come of a message that has come
// in part; pending is false where there is none. Bytes that nobody can read yet
// may be some of it.
func (c *connection) hunger() (silence time.Duration, pending bool) {
	fed := time.Duration(c.fed.Load())
	if fed == 0 {
		return 0, false
	}
	silence = time.Since(c.began) - fed
	if _, last, ok := c.wire.unread(); ok {
		silence = min(silence, time.Since(last))
	}
	return silence, true
}

// cut returns the ending of the connection by an error of reading or writing.
// The wire knows better than the error whether the appliance hung up: the
// websocket package takes the end of the stream inside a message for the end of
// the message.
func (c *connection) cut(err error) *ending {
	e := &ending{result: ResultNetwork, reason: Network, err: err}
	if c.wire.ended.Load() || websocket.CloseStatus(err) >= 0 {
		e.reason = ClosedByAppliance
	}
	return e
}

// receiving tells the model that there is more to come, so that it does not
// take a pause for the end of a copy.
func (c *connection) receiving(now time.Time) {
	c.sub.change(func(m *Model, _ *Stats) { m.Receiving(c.sub.clock.instant(now)) })
}

// messages handles the messages that are whole, of which the last byte came at
// now.
func (c *connection) messages(now time.Time) *ending {
	handled := false
	for {
		text, ok, err := c.assembler.next()
		if err != nil {
			return c.tooLarge(fmt.Errorf("receiving from the appliance: %w", err))
		}
		if !ok {
			break
		}
		large := len(text) > largeMessage
		if large {
			c.receiving(now)
		}
		if err := c.decoder.Decode(text, &c.message); err != nil {
			err = fmt.Errorf("decoding a message of the appliance: %w", err)
			if errors.Is(err, errTooLarge) {
				return c.tooLarge(err)
			}
			return malformed(err)
		}
		if end := c.handle(now); end != nil {
			return end
		}
		handled = true
		if large {
			c.message.reset() // lets go of the rows, which may be many
		}
	}
	if handled {
		c.assembler.release()
		c.receiving(now)
	}
	return nil
}
