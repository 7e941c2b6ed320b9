package reports

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	// maxValues is how many values one label of a metric may have before the rest is other.
	maxValues = 1000

	// maxSeries bounds the combinations of a metric's labels.
	maxSeries = 20_000

	// maxLabelBytes is where the value of a label is cut.
	maxLabelBytes = 128

	other     = "other"
	separator = "\x00"
)

// label makes what came over the wire the value of a label. The separator cannot be in what
// was XML, but it may be in a file.
func label(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), separator, "")
	if len(text) <= maxLabelBytes {
		return text
	}
	end := maxLabelBytes
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}

// counter counts by labels, always the same number of them. The number of values of each label
// is bounded.
type counter struct {
	labels int
	within int // how many values the last label may have beside the same others, 0 for maxValues in all
	series map[string]uint64
	values []map[string]struct{} // of each label
	beside map[string]int        // where within is set: how many values, but for other, the last label has beside these others
}

func newCounter(labels, within int) *counter {
	c := &counter{labels: labels, within: within, series: make(map[string]uint64), beside: make(map[string]int)}
	for range labels {
		c.values = append(c.values, make(map[string]struct{}))
	}
	return c
}

// add counts n more. Adding 0 makes the series known.
func (c *counter) add(n uint64, labels ...string) {
	bounded := make([]string, len(labels))
	last := len(labels) - 1
	for i, l := range labels {
		l = label(l)
		if _, known := c.values[i][l]; !known && len(c.values[i]) >= maxValues && (i != last || c.within == 0) {
			l = other
		}
		bounded[i] = l
	}
	k := key(bounded)
	if _, known := c.series[k]; !known && c.within > 0 && c.beside[key(bounded[:last])] >= c.within {
		bounded[last] = other
		k = key(bounded)
	}
	if _, known := c.series[k]; !known {
		if len(c.series) >= maxSeries {
			for i := range bounded {
				bounded[i] = other
			}
			k = key(bounded)
		}
		c.learn(bounded)
	}
	c.series[k] += n
}

// learn takes note of the values of a series that is new.
func (c *counter) learn(labels []string) {
	for i, l := range labels {
		c.values[i][l] = struct{}{}
	}
	if last := len(labels) - 1; c.within > 0 && labels[last] != other {
		c.beside[key(labels[:last])]++
	}
}

// key returns what a series is found by.
func key(labels []string) string { return strings.Join(labels, separator) }

// clone returns a counter that shares nothing with c.
func (c *counter) clone() *counter {
	d := &counter{labels: c.labels, within: c.within, series: maps.Clone(c.series), beside: maps.Clone(c.beside)}
	for _, v := range c.values {
		d.values = append(d.values, maps.Clone(v))
	}
	return d
}

// show returns all series, in the order of their labels.
func (c *counter) show() []Series {
	series := make([]Series, 0, len(c.series))
	for _, k := range slices.Sorted(maps.Keys(c.series)) {
		series = append(series, Series{Labels: strings.Split(k, separator), Value: c.series[k]})
	}
	return series
}

// MarshalJSON writes the series.
func (c *counter) MarshalJSON() ([]byte, error) { return json.Marshal(c.show()) }

// UnmarshalJSON reads them. How many labels there should be is checked by fit.
func (c *counter) UnmarshalJSON(data []byte) error {
	var series []Series
	if err := json.Unmarshal(data, &series); err != nil {
		return err
	}
	if len(series) == 0 {
		*c = counter{series: make(map[string]uint64)}
		return nil
	}
	*c = *newCounter(len(series[0].Labels), 0)
	for _, s := range series {
		if len(s.Labels) != c.labels {
			return errors.New("a counter's series have different numbers of labels")
		}
		for i, l := range s.Labels {
			s.Labels[i] = label(l)
		}
		k := key(s.Labels)
		if _, twice := c.series[k]; twice {
			return errors.New("a counter has a series twice")
		}
		c.series[k] = s.Value
	}
	return nil
}

// fit makes what was read from a file a counter of a metric.
func (c *counter) fit(m metric) (*counter, error) {
	if len(c.series) == 0 {
		return newCounter(m.labels, m.within), nil
	}
	if c.labels != m.labels {
		return nil, fmt.Errorf("the counter %s has %d labels, not %d", m.name, c.labels, m.labels)
	}
	made := newCounter(m.labels, m.within)
	made.series = c.series
	for k := range c.series {
		made.learn(strings.Split(k, separator))
	}
	return made, nil
}
