package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// results are the figures of all runs, by the command's name, the benchmark's
// and the unit.
type results map[string]map[string]map[string][]float64

// processors is what the testing package appends to a benchmark's name.
var processors = regexp.MustCompile(`-\d+$`)

// add takes the figures out of what a command printed. A benchmark goes by its
// name without "Benchmark" and the number of processors.
func (r results) add(command, output string) error {
	benchmarks := make(map[string]map[string][]float64)
	for line := range strings.Lines(output) {
		fields := strings.Fields(line)
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		name := processors.ReplaceAllString(strings.TrimPrefix(fields[0], "Benchmark"), "")
		if benchmarks[name] == nil {
			benchmarks[name] = make(map[string][]float64)
		}
		// After the name and the number of iterations come pairs of a figure and
		// its unit.
		for pair := range slices.Chunk(fields[2:], 2) {
			value, err := strconv.ParseFloat(pair[0], 64)
			if err != nil || len(pair) != 2 {
				return fmt.Errorf("the line %q has no figure where one should be", strings.TrimSpace(line))
			}
			benchmarks[name][pair[1]] = append(benchmarks[name][pair[1]], value)
		}
	}
	if len(benchmarks) == 0 {
		return fmt.Errorf("there is no benchmark in %q", output)
	}
	r[command] = benchmarks
	return nil
}

// median returns the median of a figure over the runs of its command.
func (r results) median(command, benchmark, unit string) (float64, error) {
	values := slices.Clone(r[command][benchmark][unit])
	if len(values) == 0 {
		return 0, fmt.Errorf("%s: the benchmark %s reports no %s", command, benchmark, unit)
	}
	slices.Sort(values)
	return values[len(values)/2], nil
}

// under returns what the benchmarks of a command are called that lie under a
// name, in alphabetical order and without it.
func (r results) under(command, name string) ([]string, error) {
	var names []string
	for benchmark := range r[command] {
		if rest, ok := strings.CutPrefix(benchmark, name); ok {
			names = append(names, rest)
		}
	}
	if names == nil {
		return nil, fmt.Errorf("%s: no benchmark is called %s", command, name)
	}
	slices.Sort(names)
	return names, nil
}
