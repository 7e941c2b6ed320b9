package statesub

import "time"

// Instant is one moment on the two clocks that matter to the model.
//
// Wall time and elapsed time are kept apart because they answer different
// questions: how long a session has waited is told by the appliance's clock,
// which wrote the session's timestamps, while how long the connection has been
// silent must not jump when somebody corrects a clock.
type Instant struct {
	// Appliance is the appliance's clock in Unix seconds.
	Appliance float64
	// Elapsed is monotonic time since a fixed, arbitrary moment.
	Elapsed time.Duration
}

// Add returns the instant that comes d later on both clocks.
func (i Instant) Add(d time.Duration) Instant {
	return Instant{Appliance: i.Appliance + d.Seconds(), Elapsed: i.Elapsed + d}
}

// At returns the instant at which the monotonic clock stood at elapsed, told
// from this one.
func (i Instant) At(elapsed time.Duration) Instant {
	return i.Add(elapsed - i.Elapsed)
}
