package prometheustest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A Prometheus that watches itself answers at an instant, over a range and about its rules.
func TestServer(t *testing.T) {
	t.Parallel()
	rules := filepath.Join(t.TempDir(), "rules.yml")
	if err := os.WriteFile(rules, []byte("groups: [{name: g, rules: [{record: of:two, expr: vector(2), labels: {a: b}}]}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := Start(t, "global: {evaluation_interval: 1s}\nrule_files: ['"+rules+"']\n")

	recorded := s.WaitFor(t, "of:two", Some)
	if want := map[string]string{"__name__": "of:two", "a": "b"}; !cmp.Equal(recorded[0].Labels, want) || recorded[0].Points[0].Value != 2 {
		t.Errorf("Query: %v; want 2 with the labels %v", recorded, want)
	}
	s.WaitFor(t, "of:two == bool 2", True)

	start := time.Unix(1700000000, 0)
	series, err := s.QueryRange("vector(time())", start, start.Add(time.Minute), 30*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	want := []Series{{Labels: map[string]string{}, Points: []Point{{start, 1700000000}, {start.Add(30 * time.Second), 1700000030}, {start.Add(time.Minute), 1700000060}}}}
	if diff := cmp.Diff(want, series); diff != "" {
		t.Errorf("QueryRange (-want +got):\n%s", diff)
	}

	if scalar, err := s.Query("42"); err != nil || len(scalar) != 1 || scalar[0].Points[0].Value != 42 {
		t.Errorf("Query of a scalar: %v, %v; want 42", scalar, err)
	}
	if none, err := s.Query("of:three"); err != nil || Some(none) || True(none) {
		t.Errorf("Query of nothing: %v, %v; want no series", none, err)
	}
	if _, err := s.Query("sum("); err == nil || !strings.Contains(err.Error(), "sum(") {
		t.Errorf("Query of half an expression: error %v; want one that names the expression", err)
	}

	loaded, err := s.Rules()
	if err != nil || len(loaded) != 1 || loaded[0].Name != "of:two" || loaded[0].Type != "recording" || loaded[0].Query != "vector(2)" {
		t.Errorf("Rules: %v, %v; want of:two", loaded, err)
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	got, err := Start(t, "{}\n").Parse(`sum by (queue) (rate(a{x="1"}[5m])) / on (team) group_left (name) b`)
	if err != nil {
		t.Fatal(err)
	}
	want := Expression{
		Selectors: []Selector{{Metric: "a", Labels: []string{"x"}}, {Metric: "b"}},
		Labels:    []string{"team", "name", "queue"},
		Functions: []string{"rate"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Parse (-want +got):\n%s", diff)
	}
}
