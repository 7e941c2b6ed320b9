// Package world is a support desk that lives, without anything around it: no goroutine, no clock, no network.
//
// Customers come by a daily curve, wait in a team's queue (some in the prewait queue first), are picked up, transferred to
// another team, handed to another representative, and give up. Representatives log in and out in shifts, go idle and busy,
// lose their connection, look at one session and then at another. All of it is drawn from a seed: the same seed and
// the same calls give the same bytes.
//
// The time that a caller sees is the appliance's clock, always. Inside, a desk may live faster than that: with a speed of 60 a
// minute on the appliance's clock is an hour of the desk's day. Every duration and every timestamp that leaves this
// package, in a message, a book or a state, is by the appliance's clock.
//
// A World gives five things:
//
//   - Run, Flush, Copy and Restart give the messages of the real-time state API (Remote Support API Programmer's Guide, Real-Time State
//     API), in the dialect that was asked for;
//   - State tells what is in the model now;
//   - Book tells what truly happened since StartBook. It is kept as things happen and not read from the messages, so that whoever
//     reads the messages can be checked against it;
//   - Sessions, Activity, VaultEvents, JumpItemEvents and LicenseUsage tell what the appliance logged, for the reports, and Reports what of it one must
//     count: for a bounded time;
//   - Representatives, Customers, Attendees and Teams tell what the command API reports.
//
// With Config.Access it is a desk of Privileged Remote Access: nobody waits, users begin sessions with Jump Items.
//
// What does not live here: sockets, tokens, roles, faults. They are the appliance's, one folder up.
//
// A World is not safe for use by several goroutines at once.
package world
