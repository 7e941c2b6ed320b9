package collector

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	dto "github.com/prometheus/client_model/go"
)

// page holds the rows that one collector has made in one scrape, by metric.
//
// A collector fills pages of its own, one for what belongs together, and hands
// each over with put. So what was answered in time stays where another call was
// late, and no row is ever handed over without the others that it agrees with.
type page struct {
	table *table
	rows  []rows // by metric.index

	mu     sync.Mutex // for put, last and close
	closed bool
	took   time.Duration // of the last poll, 0 where nothing polls in the background
}

// rows are the rows of one metric.
type rows struct {
	n          int
	labels     []string // n times as many as the metric has
	values     []float64
	histograms []*dto.Histogram
}

func (t *table) page() *page {
	return &page{table: t, rows: make([]rows, len(t.metrics))}
}

// add adds a row. The labels are in the order in which they were declared.
func (p *page) add(m *metric, value float64, labels ...string) {
	r := &p.rows[m.index]
	r.n++
	r.labels = append(r.labels, labels...)
	r.values = append(r.values, value)
}

// addHistogram adds a row of a histogram, which it takes over.
func (p *page) addHistogram(m *metric, value *dto.Histogram, labels ...string) {
	r := &p.rows[m.index]
	r.n++
	r.labels = append(r.labels, labels...)
	r.histograms = append(r.histograms, value)
}

// addFlag adds a row that is 1 or 0.
func (p *page) addFlag(m *metric, value bool, labels ...string) {
	if value {
		p.add(m, 1, labels...)
	} else {
		p.add(m, 0, labels...)
	}
}

// addStates adds a state set: a row for each value that the vendor documents and
// for the current one, which alone is 1. The state is the last label. Nothing is
// added where the appliance left the current value out.
func (p *page) addStates(m *metric, documented []string, current string, labels ...string) {
	if current == "" {
		return
	}
	values := slices.Concat(labels, []string{""})
	state := &values[len(values)-1]
	for _, *state = range documented {
		p.addFlag(m, *state == current, values...)
	}
	if !slices.Contains(documented, current) {
		*state = current
		p.add(m, 1, values...)
	}
}

// put hands over the rows of q, which belong to p from then on. After close it
// drops them.
func (p *page) put(q *page) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	for i := range q.rows {
		from, to := &q.rows[i], &p.rows[i]
		to.n += from.n
		to.labels = append(to.labels, from.labels...)
		to.values = append(to.values, from.values...)
		to.histograms = append(to.histograms, from.histograms...)
	}
}

// last takes note of how long the last poll in the background took.
func (p *page) last(took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.took = took
	}
}

// close ends the taking over of rows.
func (p *page) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
}

// families returns the metric families of a page that was closed, or that
// nobody else has.
func (p *page) families() []*dto.MetricFamily {
	var families []*dto.MetricFamily
	for i, m := range p.table.metrics {
		if r := &p.rows[i]; r.n > 0 {
			families = append(families, m.family(r))
		}
	}
	return families
}

// family makes the labels of the rows fit to be exported and puts together those
// rows that have the same.
func (m *metric) family(r *rows) *dto.MetricFamily {
	width := len(m.labels)
	order := make([]int, r.n)
	for i := range order {
		order[i] = i
		values := r.labels[i*width : (i+1)*width]
		for j := range values {
			values[j] = clean(values[j])
		}
		m.bound.apply(values)
	}
	compare := func(a, b int) int {
		for _, place := range m.byName {
			if c := strings.Compare(r.labels[a*width+place], r.labels[b*width+place]); c != 0 {
				return c
			}
		}
		return 0
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(compare(a, b), cmp.Compare(a, b)) })
	distinct := order[:0]
	for _, row := range order {
		if last := len(distinct) - 1; last >= 0 && compare(distinct[last], row) == 0 {
			m.combine(r, distinct[last], row)
			continue
		}
		distinct = append(distinct, row)
	}
	order = distinct

	// One block of memory for all that is alike, rather than several for each
	// series: this is most of what a scrape costs.
	metrics := make([]dto.Metric, len(order))
	pairs := make([]dto.LabelPair, len(order)*width)
	pointers := make([]*dto.LabelPair, len(order)*width)
	series := make([]*dto.Metric, len(order))
	for i, row := range order {
		for j, place := range m.byName {
			at := i*width + j
			pairs[at].Name = &m.labels[place]
			pairs[at].Value = &r.labels[row*width+place]
			pointers[at] = &pairs[at]
		}
		metrics[i].Label = pointers[i*width : (i+1)*width : (i+1)*width]
		series[i] = &metrics[i]
	}
	switch m.kind {
	case dto.MetricType_HISTOGRAM:
		for i, row := range order {
			metrics[i].Histogram = r.histograms[row]
		}
	case dto.MetricType_COUNTER:
		counters := make([]dto.Counter, len(order))
		for i, row := range order {
			counters[i].Value = &r.values[row]
			metrics[i].Counter = &counters[i]
		}
	default:
		gauges := make([]dto.Gauge, len(order))
		for i, row := range order {
			gauges[i].Value = &r.values[row]
			metrics[i].Gauge = &gauges[i]
		}
	}
	return &dto.MetricFamily{Name: &m.name, Help: &m.help, Type: m.kind.Enum(), Metric: series}
}

// combine adds the row next to the row first. A histogram's labels are clean and
// bounded before anything is observed, so that no two have the same.
func (m *metric) combine(r *rows, first, next int) {
	switch {
	case m.kind == dto.MetricType_HISTOGRAM:
	case m.largest:
		r.values[first] = max(r.values[first], r.values[next])
	default:
		r.values[first] += r.values[next]
	}
}
