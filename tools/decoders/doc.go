// Package decoders measures decoders of JSON beside statesub, each on the same
// messages of a simulated desk and in turn, so that all see the same machine.
// It is a module of its own: none of them is in the exporter.
//
//	go test -bench .
//
// A figure NAME-MB/s is megabytes of messages for each second of processor time
// of the whole process, garbage collection included; NAME-elapsed-MB/s is for
// each second by the clock, which other processes on the machine lengthen and a
// decoder that uses two cores shortens. They are medians.
package decoders
