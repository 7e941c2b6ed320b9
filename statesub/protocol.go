package statesub

import (
	"fmt"
	"time"
)

// handle does what the message says, which came at now. What it changes and
// what it counts is one step to whoever looks.
func (c *connection) handle(now time.Time) *ending {
	m := &c.message
	early := c.step != stepSubscribed
	switch {
	case m.Kind == MessageModelUpdate && !early:
		held := 0
		c.take(now, func(model *Model, count *Stats) {
			model.Apply(c.sub.clock.instant(now), &m.Update)
			count.applied(&m.Update)
			held = model.held()
		})
		if held > maxRows {
			return c.tooLarge(errTooManyRows)
		}
		return nil
	case m.Kind == MessageTruncateModel && !early:
		c.take(now, func(model *Model, count *Stats) {
			model.Truncate(c.sub.clock.instant(now))
			count.Truncations++
		})
		return nil
	case m.Kind == MessageSubscribeResponse && c.step == stepSubscribe:
		return c.subscribed(now)
	}
	c.take(now, func(*Model, *Stats) {})
	switch {
	case m.Kind == MessageAuthenticateResponse && c.step == stepAuthenticate:
		return c.authenticated()
	case m.Kind == MessageModelUpdate, m.Kind == MessageTruncateModel,
		m.Kind == MessageSubscribeResponse && c.step == stepAuthenticate:
		return malformed(fmt.Errorf("%w: the appliance sent a %s before the subscription was made", ErrMalformed, m.Kind))
	}
	// Passed over: a response that comes a second time, and what is not known.
	return nil
}

// take counts the message and does what f does, in one step.
func (c *connection) take(now time.Time, f func(*Model, *Stats)) {
	c.sub.change(func(model *Model, count *Stats) {
		count.Messages[c.message.Kind]++
		count.LastMessage = now
		f(model, count)
	})
}

// authenticated takes in an authenticate_response and subscribes.
func (c *connection) authenticated() *ending {
	switch c.message.Success {
	case Unsaid:
		return malformed(fmt.Errorf("%w: the appliance's authenticate_response does not say whether it succeeded", ErrMalformed))
	case No:
		return &ending{
			result:       ResultAuthFailed,
			tokenRefused: true,
			err:          fmt.Errorf("the appliance refused the API account%s", c.says()),
			advice:       "in /login > Management > API Configuration, allow the account the real-time state API",
		}
	}
	c.sub.credentials.reset()
	c.sub.renewed = false
	c.goTo(stepSubscribe)
	return c.send(struct {
		Type   string `json:"type"`
		Tables string `json:"tables"`
	}{"subscribe", "all"})
}

// says returns why the appliance refused something, where it tells, to be put
// behind what it refused.
func (c *connection) says() string {
	if c.message.Reason == "" {
		return ""
	}
	return fmt.Sprintf(" (it says %q)", c.sub.cfg.Redact(c.message.Reason))
}

// subscribed takes in the subscribe_response: the appliance's clock is known
// from here on, and the full copy follows.
func (c *connection) subscribed(now time.Time) *ending {
	if c.message.Success != Yes {
		c.take(now, func(*Model, *Stats) {})
	}
	switch c.message.Success {
	case Unsaid:
		return malformed(fmt.Errorf("%w: the appliance's subscribe_response does not say whether it succeeded", ErrMalformed))
	case No:
		return &ending{
			result: ResultSubscribeFailed,
			err:    fmt.Errorf("the appliance refused the subscription%s", c.says()),
			advice: "it serves thirty clients at most, so see how many others are subscribed",
		}
	}
	timestamp := c.message.Timestamp
	told := timestamp > 0
	if !told {
		offset, _ := c.sub.cfg.ClockOffset()
		timestamp = unixSeconds(now) + offset
	}
	c.goTo(stepSubscribed)
	c.take(now, func(model *Model, count *Stats) {
		c.sub.clock.set(now, timestamp)
		c.sub.wire = c.wire
		model.Subscribed(c.sub.clock.instant(now))
		count.Connections[ResultOK]++
		count.SubscribedSince = now
		if told {
			count.ClockOffset, count.ClockOffsetKnown = timestamp-unixSeconds(now), true
		}
	})
	c.sub.state = ""
	c.sub.logger.Info("Subscribed to the real-time state API")
	return nil
}
