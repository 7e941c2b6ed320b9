package appliance

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	firstDenial   = 30 * time.Second
	longestDenial = 10 * time.Minute
)

// errTokenRefused stands for an answer that refuses the token, until the retry.
var errTokenRefused = errors.New("the token was refused")

// call asks an API for something. A token that is refused is replaced once.
//
// An account that may not do a thing can be told so in the same way, and then each retry would
// cost a token; an account has thirty, and those of other clients are among them. So an action
// that a new token was refused for gets no new token for a while.
func (c *Client) call(ctx context.Context, r request) error {
	token, err := c.tokens.get(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", r.name(), err)
	}
	failure := c.send(ctx, r, token)
	if failure.refusesToken() && c.mayRetry(r) {
		c.tokens.invalidate(token)
		token, err = c.tokens.get(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", r.name(), err)
		}
		failure = c.send(ctx, r, token)
		c.noteRetry(r, failure.refusesToken())
	}
	switch {
	case failure == nil:
		c.noteRetry(r, false)
		return nil
	case failure.refusesToken():
		failure.Kind = KindPermission
		failure.Remedy = c.remedy(r, failure)
	}
	return failure
}

// refusesToken reports whether an API refused the token; e may be nil.
func (e *Error) refusesToken() bool { return e != nil && errors.Is(e.Err, errTokenRefused) }

// denial is an action that a new token was refused for.
type denial struct {
	wait  time.Duration
	until time.Time
}

func (c *Client) mayRetry(r request) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !time.Now().Before(c.denials[r.name()].until)
}

func (c *Client) noteRetry(r request, denied bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !denied {
		delete(c.denials, r.name())
		return
	}
	wait := min(max(2*c.denials[r.name()].wait, firstDenial), longestDenial)
	c.denials[r.name()] = denial{wait: wait, until: time.Now().Add(wait)}
}
