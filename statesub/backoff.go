package statesub

import "time"

// backoff says how long to wait before the next attempt: at first a little,
// twice as long after each further failure, and never longer than limit. The
// wait is drawn at random from the last third of its range, so that exporters
// which lost an appliance together do not come back together.
type backoff struct {
	first, limit time.Duration
	random       func() float64 // in [0, 1)
	failures     int
}

// next returns how long to wait after another failure.
func (b *backoff) next() time.Duration {
	const spread = 1.5
	ceiling := time.Duration(float64(b.limit) / spread)
	wait := min(b.first, ceiling)
	for range b.failures {
		if wait >= ceiling {
			break
		}
		wait = min(2*wait, ceiling)
	}
	b.failures++
	return wait + time.Duration(b.random()*(spread-1)*float64(wait))
}

// reset says that all went well.
func (b *backoff) reset() { b.failures = 0 }
