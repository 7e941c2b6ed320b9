package statesub

import "time"

// clock tells the time on the appliance. It is set once for a connection and
// runs on the local monotonic clock from there, so that it does not jump when
// somebody corrects the local time.
type clock struct {
	began time.Time // when Elapsed was 0
	epoch float64   // the appliance's clock at that moment, in Unix seconds
}

// newClock returns a clock that shows the local time.
func newClock(now time.Time) clock {
	return clock{began: now, epoch: unixSeconds(now)}
}

// set sets the clock: at the moment t it was appliance there.
func (c *clock) set(t time.Time, appliance float64) {
	c.epoch = appliance - t.Sub(c.began).Seconds()
}

// instant returns the moment t on both clocks.
func (c *clock) instant(t time.Time) Instant {
	elapsed := t.Sub(c.began)
	return Instant{Appliance: c.epoch + elapsed.Seconds(), Elapsed: elapsed}
}

func unixSeconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }
