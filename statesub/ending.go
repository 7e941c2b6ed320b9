package statesub

import "errors"

// ending is how an attempt or a connection ended.
type ending struct {
	result Result // of the attempt, unless it was subscribed
	reason DisconnectReason
	err    error  // for a person; no token is in it
	advice string // what a person can do, "" where nobody knows

	// subscribed says that the attempt had succeeded.
	subscribed bool
	// tokenRefused says that the appliance did not take the token.
	tokenRefused bool
}

// malformed returns the ending of a connection by a message that is no message
// or should not have come.
func malformed(err error) *ending {
	return &ending{result: ResultNetwork, reason: Malformed, err: err}
}

// tooLarge returns the ending of the connection by more than is taken in.
func (c *connection) tooLarge(err error) *ending {
	e := &ending{result: ResultNetwork, reason: TooLarge, err: err}
	if !errors.Is(err, errTooManyRows) {
		e.advice = "raise " + c.sub.cfg.MaxMessageName + " if the support desk is that large"
	}
	return e
}

// state returns the ending in a word: the log tells when it changes.
func (e *ending) state() string {
	if e.subscribed {
		return "lost: " + e.reason.String()
	}
	return e.result.String()
}
