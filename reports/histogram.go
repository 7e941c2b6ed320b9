package reports

import (
	"fmt"
	"maps"
	"math"
	"slices"
)

// pickupBuckets are the upper bounds of the buckets of waits, in seconds.
func pickupBuckets() []float64 {
	return []float64{5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 300, 600, 900, 1800}
}

// durationBuckets are the upper bounds of the buckets of lengths of sessions, in seconds.
func durationBuckets() []float64 {
	return []float64{60, 120, 180, 300, 600, 900, 1200, 1800, 2700, 3600, 5400, 7200, 10800, 14400}
}

// histogram is the durations of one team.
type histogram struct {
	// Counts are the observations in each bucket alone, the last in that without a bound.
	Counts []uint64 `json:"counts"`
	// Sum is that of all observations, in seconds.
	Sum float64 `json:"sum"`
}

// histograms are those of one metric by team.
type histograms map[string]*histogram

// observe takes in a duration in seconds; a negative one counts as 0.
func (h histograms) observe(bounds []float64, team string, seconds float64) {
	seconds = max(seconds, 0)
	team = label(team)
	if h[team] == nil && len(h) >= maxValues {
		team = other
	}
	one := h[team]
	if one == nil {
		one = &histogram{Counts: make([]uint64, len(bounds)+1)}
		h[team] = one
	}
	i, _ := slices.BinarySearch(bounds, seconds)
	one.Counts[i]++
	one.Sum += seconds
}

func (h histograms) clone() histograms {
	c := make(histograms, len(h))
	for team, one := range h {
		c[team] = &histogram{Counts: slices.Clone(one.Counts), Sum: one.Sum}
	}
	return c
}

// check tells what is wrong with histograms that were read from a file.
func (h histograms) check(bounds []float64) error {
	for team, one := range h {
		if one == nil || len(one.Counts) != len(bounds)+1 || !(one.Sum >= 0) || math.IsInf(one.Sum, 0) {
			return fmt.Errorf("the histogram of the team %q does not have the buckets it should", team)
		}
	}
	return nil
}

// show returns them in the order of the teams.
func (h histograms) show(bounds []float64) []Histogram {
	shown := make([]Histogram, 0, len(h))
	for _, team := range slices.Sorted(maps.Keys(h)) {
		one := h[team]
		made := Histogram{Team: team, Buckets: make(map[float64]uint64, len(bounds)), Sum: one.Sum}
		for i, n := range one.Counts {
			made.Count += n
			if i < len(bounds) {
				made.Buckets[bounds[i]] = made.Count
			}
		}
		shown = append(shown, made)
	}
	return shown
}
