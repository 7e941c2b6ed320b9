package collector

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/reports"
)

// Reports is where it is looked up what the reports of one appliance have told.
// *reports.Reports is one.
type Reports interface {
	View() reports.View
}

// polled takes over from a background poll how long it took and what became of it.
func (p *page) polled(v reports.View, c reports.Collector) error {
	i := slices.IndexFunc(v.Collectors, func(s reports.Status) bool { return s.Collector == c })
	if i < 0 || !v.Collectors[i].Polled {
		return errUnpolled
	}
	p.last(v.Collectors[i].Took)
	if !v.Collectors[i].Success {
		return errTold
	}
	return nil
}

// addSeries adds counts of reports, whose labels are in the order in which the
// metric has them.
func (p *page) addSeries(m *metric, series []reports.Series) {
	for _, s := range series {
		p.add(m, float64(s.Value), s.Labels...)
	}
}

// addReportHistograms adds histograms of reports by team.
func (p *page) addReportHistograms(m *metric, histograms []reports.Histogram) error {
	for i := range histograms {
		made, err := reportHistogram(&histograms[i])
		if err != nil {
			return fmt.Errorf("making the histogram %s of the team %q: %w", m.name, histograms[i].Team, err)
		}
		p.addHistogram(m, made, histograms[i].Team)
	}
	return nil
}

// reportHistogram returns a histogram as it is exported, with native buckets and
// classic ones. What a file has kept cannot be observed again, and the library
// makes of such counts either the ones or the others.
func reportHistogram(h *reports.Histogram) (*dto.Histogram, error) {
	native, err := prometheus.NewConstNativeHistogram(nameless(), h.Count, h.Sum,
		h.Native, nil, h.Zero, reports.NativeSchema, nativeZeroThreshold, time.Time{})
	if err != nil {
		return nil, err
	}
	var m dto.Metric
	if err := native.Write(&m); err != nil {
		return nil, err
	}
	for _, bound := range slices.Sorted(maps.Keys(h.Buckets)) {
		count := h.Buckets[bound]
		m.Histogram.Bucket = append(m.Histogram.Bucket, &dto.Bucket{UpperBound: &bound, CumulativeCount: &count})
	}
	return m.Histogram, nil
}

// nameless is the description that a histogram of the library needs, and nobody
// sees.
func nameless() *prometheus.Desc { return prometheus.NewDesc("histogram", "", nil, nil) }
