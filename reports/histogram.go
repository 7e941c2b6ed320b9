package reports

import (
	"fmt"
	"maps"
	"math"
	"slices"
)

// PickupBuckets are the upper bounds of the buckets of waits, in seconds. The slice is the
// caller's.
func PickupBuckets() []float64 {
	return []float64{5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 300, 600, 900, 1800}
}

// DurationBuckets are the upper bounds of the buckets of lengths of sessions, in seconds. The
// slice is the caller's.
func DurationBuckets() []float64 {
	return []float64{60, 120, 180, 300, 600, 900, 1200, 1800, 2700, 3600, 5400, 7200, 10800, 14400}
}

// NativeSchema is the resolution of the native buckets: bucket i holds what is more than
// 2^((i-1)/8) seconds and no more than 2^(i/8), so one is 9 % wider than the one before it.
const NativeSchema = 3

// maxNativeBucket is the bucket of more than a thousand years. What says that it is longer is
// in it too.
const maxNativeBucket = 280

// histogram is the durations of one team.
type histogram struct {
	// Counts are the observations in each bucket alone, the last in that without a bound.
	Counts []uint64 `json:"counts"`
	// Native are those in each native bucket that has any, and Zero those of no length.
	Native map[int]int64 `json:"native"`
	Zero   uint64        `json:"zero"`
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
		one = &histogram{Counts: make([]uint64, len(bounds)+1), Native: make(map[int]int64)}
		h[team] = one
	}
	i, _ := slices.BinarySearch(bounds, seconds)
	one.Counts[i]++
	if seconds == 0 {
		one.Zero++
	} else {
		one.Native[nativeBucket(seconds)]++
	}
	one.Sum += seconds
}

// nativeBucket returns the native bucket of a duration in seconds, which is more than 0.
func nativeBucket(seconds float64) int {
	return int(min(math.Ceil(math.Log2(seconds)*(1<<NativeSchema)), maxNativeBucket))
}

func (h histograms) clone() histograms {
	c := make(histograms, len(h))
	for team, one := range h {
		c[team] = &histogram{Counts: slices.Clone(one.Counts), Native: maps.Clone(one.Native), Zero: one.Zero, Sum: one.Sum}
	}
	return c
}

// check tells what is wrong with histograms that were read from a file.
func (h histograms) check(bounds []float64) error {
	for team, one := range h {
		if one == nil || len(one.Counts) != len(bounds)+1 || !(one.Sum >= 0) || math.IsInf(one.Sum, 0) {
			return fmt.Errorf("the histogram of the team %q does not have the buckets it should", team)
		}
		native, classic := one.Zero, uint64(0)
		for i, n := range one.Native {
			if i > maxNativeBucket || n < 0 {
				return fmt.Errorf("the histogram of the team %q has %d durations in its native bucket %d", team, n, i)
			}
			native += uint64(n)
		}
		for _, n := range one.Counts {
			classic += n
		}
		if native != classic || one.Native == nil {
			return fmt.Errorf("the histogram of the team %q has %d durations in its native buckets and %d in the others", team, native, classic)
		}
	}
	return nil
}

// show returns them in the order of the teams.
func (h histograms) show(bounds []float64) []Histogram {
	shown := make([]Histogram, 0, len(h))
	for _, team := range slices.Sorted(maps.Keys(h)) {
		one := h[team]
		made := Histogram{Team: team, Buckets: make(map[float64]uint64, len(bounds)), Native: maps.Clone(one.Native), Zero: one.Zero, Sum: one.Sum}
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
