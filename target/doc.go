// Package target is the watched appliances: for each the client, its health, the subscription to
// its real-time state, the support desk and the collectors, wired from a validated
// configuration.
//
// What lives here: who is made from which setting, who owns whom, in which order all of it ends,
// and what becomes of each appliance when the configuration changes. What does not live here:
// any of the parts, and how they are shown over HTTP (package web).
package target
