package appliance

import (
	"context"
	"errors"
	"fmt"
)

// errTokenRefused stands for an answer that refuses the token, until the retry.
var errTokenRefused = errors.New("the token was refused")

// call asks an API for something. A token that is refused is replaced once, where replacements
// has it that a new one may do better.
func (c *Client) call(ctx context.Context, r request) error {
	token, err := c.tokens.get(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", r.name(), err)
	}
	failure := c.send(ctx, r, token)
	if failure.refusesToken() && c.tokens.replace(token, r.name()) {
		token, err = c.tokens.get(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", r.name(), err)
		}
		failure = c.send(ctx, r, token)
	}
	switch {
	case failure == nil:
		c.tokens.taken(r.name())
		return nil
	case failure.refusesToken():
		worked := c.tokens.denied(token, r.name())
		failure.Kind = KindPermission
		failure.Remedy = c.remedy(r, failure)
		if worked {
			failure.Remedy = tokensRemedy + failure.Remedy
		}
	case failure.Kind == KindAnswer:
		c.tokens.taken(r.name())
	}
	return failure
}

// refusesToken reports whether an API refused the token; e may be nil.
func (e *Error) refusesToken() bool { return e != nil && errors.Is(e.Err, errTokenRefused) }
