package collector

import (
	"errors"
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/reports"
)

const (
	// nativeFactor is by how much one bucket of a native histogram is wider than
	// the one before it, and nativeBuckets how many there are before the
	// resolution is halved. A native histogram is never reset: that would take the
	// classic buckets with it.
	nativeFactor  = 1.1
	nativeBuckets = 160

	// nativeZeroThreshold is the duration up to which one is none at all, the default
	// of the library.
	nativeZeroThreshold = prometheus.DefNativeHistogramZeroThreshold
)

// Durations takes in the durations of the sessions of one desk and keeps them
// as histograms by team, with the buckets of the reports' histograms, so that
// the same query serves both. It implements desk.Durations and, like a desk, is not
// safe for use by several goroutines at once: the subscription's lock guards it.
type Durations struct {
	teams map[string]*teamDurations
}

// teamDurations has the histograms of one team; handle is nil before its first
// use.
type teamDurations struct {
	pickup, abandon, handle *durationHistogram
}

// NewDurations returns Durations in which nothing has been observed.
func NewDurations() *Durations {
	return &Durations{teams: make(map[string]*teamDurations)}
}

// TeamKnown makes the histograms of the times that a team's customers wait, so
// that they start at 0.
func (d *Durations) TeamKnown(queue string) { d.team(queue) }

// Pickup takes in the seconds from a start to the first representative.
func (d *Durations) Pickup(queue string, seconds float64) { d.team(queue).pickup.observe(seconds) }

// Abandon takes in the seconds from a start to the end of a session to which no
// representative came.
func (d *Durations) Abandon(queue string, seconds float64) { d.team(queue).abandon.observe(seconds) }

// Handle takes in the seconds from the first representative to the end.
func (d *Durations) Handle(queue string, seconds float64) {
	team := d.team(queue)
	if team.handle == nil {
		team.handle = newDurationHistogram(reports.DurationBuckets())
	}
	team.handle.observe(seconds)
}

// team returns the histograms of a team. Its name becomes the label that it is
// exported by here, since histograms cannot be put together later.
func (d *Durations) team(queue string) *teamDurations {
	queue = clean(queue)
	team := d.teams[queue]
	if team == nil && len(d.teams) >= maxLabelValues {
		queue = otherValue
		team = d.teams[queue]
	}
	if team == nil {
		team = &teamDurations{pickup: newDurationHistogram(reports.PickupBuckets()), abandon: newDurationHistogram(reports.PickupBuckets())}
		d.teams[queue] = team
	}
	return team
}

// durationHistogram is a histogram and, until it changes, what it shows: few of
// them change from one scrape to the next, and messages wait while they are
// copied.
type durationHistogram struct {
	histogram prometheus.Histogram
	shown     *dto.Histogram // nil after a change; is never changed itself
}

func newDurationHistogram(buckets []float64) *durationHistogram {
	return &durationHistogram{histogram: prometheus.NewHistogram(prometheus.HistogramOpts{
		Buckets:                        buckets,
		NativeHistogramBucketFactor:    nativeFactor,
		NativeHistogramMaxBucketNumber: nativeBuckets,
	})}
}

func (h *durationHistogram) observe(seconds float64) {
	h.histogram.Observe(seconds)
	h.shown = nil
}

// show returns what the histogram shows, nil for one that is not there.
func (h *durationHistogram) show() (*dto.Histogram, error) {
	if h == nil {
		return nil, nil
	}
	if h.shown != nil {
		return h.shown, nil
	}
	var m dto.Metric
	if err := h.histogram.Write(&m); err != nil {
		return nil, err
	}
	h.shown = m.Histogram
	return h.shown, nil
}

// durationsSnapshot is what Durations showed at one moment, in no order.
type durationsSnapshot []teamSnapshot

type teamSnapshot struct {
	queue string
	// handle is nil where nothing was observed.
	pickup, abandon, handle *dto.Histogram
}

// snapshot returns what all histograms show. Nobody may change them.
func (d *Durations) snapshot() (durationsSnapshot, error) {
	snapshot := make(durationsSnapshot, 0, len(d.teams))
	for queue, team := range d.teams {
		pickup, pickupErr := team.pickup.show()
		abandon, abandonErr := team.abandon.show()
		handle, handleErr := team.handle.show()
		if err := errors.Join(pickupErr, abandonErr, handleErr); err != nil {
			return nil, fmt.Errorf("copying the histograms of the team %q: %w", queue, err)
		}
		snapshot = append(snapshot, teamSnapshot{queue: queue, pickup: pickup, abandon: abandon, handle: handle})
	}
	return snapshot, nil
}
