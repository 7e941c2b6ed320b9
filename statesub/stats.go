package statesub

import "time"

// Result is how an attempt to connect and subscribe ended.
type Result uint8

// The results of an attempt.
const (
	// ResultOK: subscribed.
	ResultOK Result = iota
	// ResultRefused: the upgrade was answered, but not with a usable WebSocket:
	// by another HTTP status, as a backup appliance does, or with a sub-protocol
	// of the server's own. An HTTP 401 or 403 is one of these: the token is not
	// in the upgrade, so it says nothing about the credentials.
	ResultRefused
	// ResultAuthFailed: there is no token because the credentials were refused,
	// or authenticate_response says no.
	ResultAuthFailed
	// ResultSubscribeFailed: subscribe_response says no.
	ResultSubscribeFailed
	// ResultNetwork: no token for another reason, no connection, a TLS failure,
	// or no usable answer before the connection ended or time was up.
	ResultNetwork

	// NumResults is the number of results.
	NumResults = int(ResultNetwork) + 1
)

// String returns the result in the words of a label.
func (r Result) String() string {
	return [NumResults]string{"ok", "refused", "auth_failed", "subscribe_failed", "network"}[r]
}

// DisconnectReason is why a connection ended.
type DisconnectReason uint8

// The reasons for the end of a connection.
const (
	// ClosedByAppliance: a close frame or the end of the stream.
	ClosedByAppliance DisconnectReason = iota
	// Idle: a ping after a long silence was not answered, or nothing more came of
	// a message for as long.
	Idle
	// Malformed: a message that is no JSON object, or that breaks the protocol.
	Malformed
	// TooLarge: a message above the limit.
	TooLarge
	// Network: any other error of the connection.
	Network
	// Shutdown: the subscription was ended on this side.
	Shutdown

	// NumDisconnectReasons is the number of reasons.
	NumDisconnectReasons = int(Shutdown) + 1
)

// String returns the reason in the words of a label.
func (r DisconnectReason) String() string {
	return [NumDisconnectReasons]string{
		"closed_by_appliance", "idle", "malformed", "too_large", "network", "shutdown",
	}[r]
}

// Stats is what a Subscription has counted since it was made, and how it
// stands. The arrays are indexed by the constants of their types.
type Stats struct {
	// Connections counts attempts by their result, as soon as that is known.
	Connections [NumResults]uint64
	// Disconnects counts the ends of subscribed connections, and of those that
	// a malformed or too large message ended before they were subscribed.
	Disconnects [NumDisconnectReasons]uint64
	// Messages counts whole messages that could be decoded.
	Messages [NumMessageKinds]uint64
	// ReceivedBytes counts what was in the frames.
	ReceivedBytes uint64
	// RowChanges counts rows as sent, in messages that were applied, but for
	// those that could not be read.
	RowChanges [NumTables][NumOps]uint64
	// Unreadable counts values and rows passed over.
	Unreadable [NumTables]uint64
	// Truncations counts truncate_model messages.
	Truncations uint64

	// LastMessage is when a message came last, by the local clock; zero where
	// none ever came.
	LastMessage time.Time
	// SubscribedSince is when the connection was subscribed, zero where there
	// is none.
	SubscribedSince time.Time
	// LastError says what ended the last attempt or connection that ended by
	// itself, for a person to read; "" where none ever did. It contains words of
	// the appliance. LastAdvice is what a person can do, which LastError ends
	// with after a colon, "" where it does not say.
	LastError   string
	LastAdvice  string
	LastErrorAt time.Time
	// LastUnreached says that it was an attempt that found no way to the appliance, or no token.
	LastUnreached bool
	// ClockOffset is the appliance's clock minus the local one in seconds, as
	// told by the last subscribe_response that told it, if ClockOffsetKnown.
	ClockOffset      float64
	ClockOffsetKnown bool
}

// applied counts what an update brought.
func (s *Stats) applied(u *Update) {
	for t, ops := range &u.Sent {
		for op, n := range ops {
			s.RowChanges[t][op] += uint64(n)
		}
	}
	for t, n := range &u.Unreadable {
		s.Unreadable[t] += uint64(n)
	}
}
