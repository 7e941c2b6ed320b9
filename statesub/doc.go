// Package statesub subscribes to the real-time state API of a BeyondTrust
// Remote Support appliance and keeps the model that the appliance pushes.
//
// What lives here: the subscription (dial, authenticate, subscribe, frames to
// messages, reconnect), the decoder that turns a message into typed rows, and
// the Model, which holds the tables and tells a Watcher what changed and when.
// The protocol and the tables are those of the Remote Support API Programmer's
// Guide, chapters "Protocol of the Real-Time State API" and "System State Model
// of the Real-Time API", and of "JSON Tables and Fields" of the reporting API's
// Archive report, which names the newer fields.
//
// What does not live here: what the rows mean to a support desk (package desk)
// and how any of it is exported (package collector).
//
// The Model is a plain state machine: no goroutine, no clock and no network, so
// that the same messages at the same instants always give the same result. One
// goroutine, the Subscription's, owns it; everybody else looks at it through
// Subscription.Look, between two messages.
package statesub
