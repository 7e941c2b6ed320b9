// Package config is the validated configuration of the exporter. Whoever holds an Appliance
// knows that it was checked: only Options.Validate and Load make one.
//
// What lives here: which settings a watched appliance has, what each may be, the configuration
// file that has them for several, the errors that say which setting is wrong, where it stands and
// what to do, and how all of it is read again while the exporter runs. What does not live here:
// the command line and the environment (package main), and what becomes of an appliance whose
// settings changed (package target).
package config
