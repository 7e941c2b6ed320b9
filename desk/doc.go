// Package desk is the support desk as the real-time state model shows it: its
// queues, sessions and representatives now, and what happened to them over
// time.
//
// What lives here: the joining of the model's rows, in whatever order they
// come; the gauges, kept up to date by each change, so that looking at them
// costs the same however large the desk is; and the counting of what started,
// ended, was picked up, abandoned, transferred and handed over, with the time
// that representatives spent, continuously over reconnects and restarts of the
// appliance. The definitions of the times are those of the section "Use Cases"
// of the vendor's reporting API (Archive).
//
// What does not live here: the protocol and the tables (package statesub), and
// how any of it is exported (package collector).
//
// A Desk is a plain state machine, driven by the changes of the model and
// their instants and never by the wall clock: days of an archive can be played
// through it at any speed, and the same input always gives the same result.
// It is not safe for use by several goroutines at once.
//
// # How the gauges are kept
//
// Each row becomes a node that points to the nodes its row names, whether
// these have come yet or not. What a session or a representative is counted as
// follows from its own row and its neighbours. So a change first touches the
// nodes that it bears upon, which takes them out of every count by their state
// before it; and when all rows of the message are in, settle puts them into
// the counts again by their state after it. Between two messages no node is
// touched, and every count is right.
//
// # How time is kept
//
// Counting starts with the first copy. A gap begins when the connection ends
// or the model is truncated; the sessions and representatives known then are
// away until rows come that match them, by lsid and by user. Once the next
// copy is in they have the grace to come back, and have ended when it is over.
package desk
