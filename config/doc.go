// Package config is the validated configuration of the exporter. Whoever holds an Appliance
// knows that it was checked: only Options.Validate makes one.
//
// What lives here: which settings one watched appliance has, what each may be, and the errors
// that say which setting is wrong and what to do. What does not live here: where settings come
// from, which is the command line and the environment (package main).
package config
