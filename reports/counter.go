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
	series map[string]uint64
	values []map[string]struct{} // of each label
	free   int                   // which label, the last, has a bound of its own elsewhere; -1 for none
	under  map[string]int        // how many values that one has, but for other, by the labels before it
}

func newCounter(labels, free int) *counter {
	c := &counter{labels: labels, series: make(map[string]uint64), free: free, under: make(map[string]int)}
	for range labels {
		c.values = append(c.values, make(map[string]struct{}))
	}
	return c
}

// add counts n more. Adding 0 makes the series known.
func (c *counter) add(n uint64, labels ...string) {
	bounded := make([]string, len(labels))
	for i, l := range labels {
		l = label(l)
		if _, known := c.values[i][l]; !known && i != c.free && len(c.values[i]) >= maxValues {
			l = other
		}
		bounded[i] = l
	}
	key := strings.Join(bounded, separator)
	if _, known := c.series[key]; !known {
		if len(c.series) >= maxSeries {
			for i := range bounded {
				bounded[i] = other
			}
			key = strings.Join(bounded, separator)
		}
		c.learn(bounded)
	}
	c.series[key] += n
}

// learn takes note of the values of a series that is new.
func (c *counter) learn(labels []string) {
	for i, l := range labels {
		c.values[i][l] = struct{}{}
	}
	if c.free >= 0 && labels[c.free] != other {
		c.under[key(labels[:c.free])]++
	}
}

// has reports whether there is a series.
func (c *counter) has(labels ...string) bool {
	_, known := c.series[key(labels)]
	return known
}

func key(labels []string) string {
	made := make([]string, len(labels))
	for i, l := range labels {
		made[i] = label(l)
	}
	return strings.Join(made, separator)
}

// clone returns a counter that shares nothing with c.
func (c *counter) clone() *counter {
	d := &counter{labels: c.labels, series: maps.Clone(c.series), free: c.free, under: maps.Clone(c.under)}
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

// UnmarshalJSON reads them. How many labels there should be is checked by fits.
func (c *counter) UnmarshalJSON(data []byte) error {
	var series []Series
	if err := json.Unmarshal(data, &series); err != nil {
		return err
	}
	if len(series) == 0 {
		*c = counter{series: make(map[string]uint64)}
		return nil
	}
	*c = *newCounter(len(series[0].Labels), -1)
	for _, s := range series {
		if len(s.Labels) != c.labels {
			return errors.New("a counter's series have different numbers of labels")
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
		return newCounter(m.labels, m.free), nil
	}
	if c.labels != m.labels {
		return nil, fmt.Errorf("the counter %s has %d labels, not %d", m.name, c.labels, m.labels)
	}
	made := newCounter(m.labels, m.free)
	made.series = c.series
	for k := range c.series {
		made.learn(strings.Split(k, separator))
	}
	return made, nil
}
