// Package check tries a configured appliance, step by step, and tells for each step whether it
// works and, where it does not, why and what to do: the command beyondtrust_exporter check.
//
// What lives here: the steps from the name of the host to a full copy of the real-time state,
// which of them an operator's collectors need, and how the outcome is shown, as text and as
// JSON. What does not live here: how an appliance is asked (package appliance), how the state is
// subscribed to (package statesub), and where the configuration comes from. The words for what
// went wrong are those of the errors of these packages, so that the exporter's log and this
// command say the same.
//
// A check asks for one token, makes a request for each call that a scrape makes, asks for those
// reports over one second of which no permission tells whether they may be read, and subscribes once. It tries nothing a second time: refused credentials lock an account.
package check
