package main

import (
	"fmt"
	"maps"
	"slices"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/collector"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/config"
)

// doubts says, a sentence each, what of a configuration can be had and is hardly meant.
func doubts(appliances []config.Appliance) []string {
	var all []string
	taken := collector.LabelNames()
	type site struct{ pair, url string }
	first := make(map[site]string)
	for _, a := range appliances {
		for _, label := range slices.Sorted(maps.Keys(a.Labels())) {
			if slices.Contains(taken, label) {
				all = append(all, fmt.Sprintf("%s: the label %q is that of metrics too: Prometheus calls theirs exported_%s then, "+
					"where dashboards and alerts do not find it: call yours something else", a.Name(), label, label))
			}
		}
		if a.Pair() == "" {
			continue
		}
		at := site{a.Pair(), a.URL().String()}
		if other, ok := first[at]; ok {
			all = append(all, fmt.Sprintf("%s: it has the address of %s, with which it is the pair %q: give each of the two its own", a.Name(), other, a.Pair()))
			continue
		}
		first[at] = a.Name()
	}
	return all
}
