package prometheustest

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/processtest"
)

// Documented returns the labels of each metric that docs/metrics.md has in a table, by its name
// as Prometheus stores it: a histogram is there as its three classic series. The labels that a
// scrape configuration gives are not among them. The caller may keep and change the map.
func Documented(t testing.TB) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(processtest.Checkout(t), "docs", "metrics.md"))
	if err != nil {
		t.Fatalf("reading which metrics there are: %v", err)
	}
	row := regexp.MustCompile("(?m)^\\| `(beyondtrust_\\w+)` \\| (\\w+) \\| (.*?) \\|")
	label := regexp.MustCompile("`(\\w+)`")
	known := make(map[string][]string)
	for _, r := range row.FindAllStringSubmatch(string(text), -1) {
		name, kind := r[1], r[2]
		labels := []string{}
		for _, l := range label.FindAllStringSubmatch(r[3], -1) {
			labels = append(labels, l[1])
		}
		if kind != "histogram" {
			known[name] = labels
			continue
		}
		known[name+"_sum"], known[name+"_count"] = labels, labels
		known[name+"_bucket"] = append(slices.Clone(labels), "le")
	}
	if len(known) == 0 {
		t.Fatal("docs/metrics.md has no table of metrics")
	}
	return known
}
