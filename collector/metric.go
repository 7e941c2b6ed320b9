package collector

import (
	"slices"
	"strings"

	dto "github.com/prometheus/client_model/go"
)

// metric is the description of one metric. It is made once for a Set and used
// by all its scrapes.
type metric struct {
	// index is the metric's place in its table, and in each page of that table.
	index      int
	name, help string
	kind       dto.MetricType

	// labels are in the order in which the values are handed to page.add; byName
	// has their places in the order of their names.
	labels []string
	byName []int

	// bound limits what an appliance can make of the labels that are not fixed.
	bound bound

	// largest is set where rows with equal labels are no quantities that add up:
	// the largest of their values is exported.
	largest bool
}

// fixed says that this exporter alone makes the values of these labels, so that
// their number needs no limit.
func (m *metric) fixed(labels ...string) *metric {
	m.bound.places = slices.DeleteFunc(m.bound.places, func(i int) bool { return slices.Contains(labels, m.labels[i]) })
	return m
}

// table holds the descriptions of one collector in the order in which they were
// declared.
type table struct {
	metrics []*metric
}

func (t *table) declare(kind dto.MetricType, name, help string, labels []string) *metric {
	m := &metric{index: len(t.metrics), name: name, help: help, kind: kind, labels: labels}
	for i := range labels {
		m.byName = append(m.byName, i)
	}
	m.bound.places = slices.Clone(m.byName)
	slices.SortFunc(m.byName, func(a, b int) int { return strings.Compare(labels[a], labels[b]) })
	t.metrics = append(t.metrics, m)
	return m
}

// gauge declares a gauge whose rows add up.
func (t *table) gauge(name, help string, labels ...string) *metric {
	return t.declare(dto.MetricType_GAUGE, name, help, labels)
}

// extreme declares a gauge of which the largest value counts where two rows have
// equal labels: an info metric, a state set, a flag, the longest of some times.
func (t *table) extreme(name, help string, labels ...string) *metric {
	m := t.gauge(name, help, labels...)
	m.largest = true
	return m
}

// counter declares a counter.
func (t *table) counter(name, help string, labels ...string) *metric {
	return t.declare(dto.MetricType_COUNTER, name, help, labels)
}

// histogram declares a histogram.
func (t *table) histogram(name, help string, labels ...string) *metric {
	return t.declare(dto.MetricType_HISTOGRAM, name, help, labels)
}
