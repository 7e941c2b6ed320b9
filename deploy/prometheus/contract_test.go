package prometheus

import (
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/prometheustest"
)

const (
	runbooks   = "../../docs/runbooks"
	runbookURL = "https://github.com/beyondtrust-exporter/beyondtrust_exporter/blob/main/docs/runbooks/"
)

// targetLabels are those that the scrape configuration gives each series, or may.
func targetLabels() []string { return []string{"job", "instance", "appliance", "pair"} }

// further are the labels by name of metrics that no table of docs/metrics.md has: Prometheus's
// own and the exporter's own.
func further() map[string][]string {
	return map[string][]string{
		"up": nil,
		"beyondtrust_exporter_config_last_reload_successful": nil,
	}
}

// functions are those that rules and runbooks may use: Prometheus 2.42 has them.
func functions() []string {
	return []string{
		"abs", "absent", "avg_over_time", "changes", "day_of_week", "hour", "increase", "label_replace", "last_over_time", "max_over_time",
		"min_over_time", "rate", "scalar", "time", "vector", "histogram_quantile",
	}
}

// inspector knows what an expression may name.
type inspector struct {
	server   *prometheustest.Server
	rules    []prometheustest.Rule
	metrics  map[string][]string
	labels   []string // of any metric
	recorded []string
	sites    []string // what a site may record
}

// newInspector runs a Prometheus that has the rules loaded and scrapes nothing. It says what is
// in a rule and in an expression, so that nothing here has to read YAML or PromQL.
func newInspector(t *testing.T) *inspector {
	t.Helper()
	files, err := filepath.Abs("rules/*.yml")
	if err != nil {
		t.Fatal(err)
	}
	i := &inspector{
		server:  prometheustest.Start(t, fmt.Sprintf("rule_files: [%q]\n", files)),
		metrics: further(),
		labels:  targetLabels(),
		sites:   []string{"beyondtrust:site:data_sync_failed"},
	}
	maps.Copy(i.metrics, prometheustest.Documented(t))
	if i.rules, err = i.server.Rules(); err != nil || len(i.rules) == 0 {
		t.Fatalf("Prometheus has loaded no rules (%v)", err)
	}
	for _, labels := range i.metrics {
		i.labels = append(i.labels, labels...)
	}
	for _, r := range i.rules {
		if r.Type != "recording" {
			continue
		}
		i.recorded = append(i.recorded, r.Name)
		if threshold, ok := strings.CutPrefix(r.Name, "beyondtrust:threshold:"); ok {
			i.sites = append(i.sites, "beyondtrust:site:"+threshold)
		}
	}
	return i
}

// inspect fails the test where an expression names what there is not.
func (i *inspector) inspect(t *testing.T, where, expression string) prometheustest.Expression {
	t.Helper()
	q, err := i.server.Parse(expression)
	if err != nil {
		t.Errorf("%s: %v", where, err)
		return q
	}
	for _, s := range q.Selectors {
		allowed, exported := i.metrics[s.Metric]
		allowed = slices.Concat(allowed, targetLabels())
		if slices.Contains(i.recorded, s.Metric) || slices.Contains(i.sites, s.Metric) {
			exported, allowed = true, i.labels
		}
		if !exported {
			t.Errorf("%s: neither the exporter nor a rule makes %q", where, s.Metric)
			continue
		}
		for _, label := range s.Labels {
			if !slices.Contains(allowed, label) {
				t.Errorf("%s: %s has no label %q", where, s.Metric, label)
			}
		}
	}
	for _, label := range q.Labels {
		if !slices.Contains(i.labels, label) {
			t.Errorf("%s: no metric has a label %q", where, label)
		}
	}
	for _, function := range q.Functions {
		if !slices.Contains(functions(), function) {
			t.Errorf("%s: %s is not among the functions that Prometheus 2.42 is known to have", where, function)
		}
	}
	return q
}

// What a rule names is exported, and what is recorded for alerts is used.
func TestRulesNameWhatThereIs(t *testing.T) {
	t.Parallel()
	i := newInspector(t)
	used := make(map[string]bool)
	for _, r := range i.rules {
		for _, selected := range i.inspect(t, r.Name, r.Query).Selectors {
			used[selected.Metric] = true
		}
	}
	for _, name := range i.recorded {
		if strings.HasPrefix(name, "beyondtrust:threshold:") && !used[name] {
			t.Errorf("no rule compares with %s", name)
		}
	}
}

// Whoever is woken is told what, how bad, and where to read on.
func TestAlertsSayWhatIsNeeded(t *testing.T) {
	t.Parallel()
	// A role and a status are values too; what is absent has none.
	value := regexp.MustCompile(`\$value|\$labels\.(role|status)`)
	alerts := 0
	for _, r := range newInspector(t).rules {
		if r.Type != "alerting" {
			continue
		}
		alerts++
		if !strings.HasPrefix(r.Name, "BeyondTrust") {
			t.Errorf("%s: the name does not begin with BeyondTrust", r.Name)
		}
		if !slices.Contains([]string{"critical", "warning", "info"}, r.Labels["severity"]) {
			t.Errorf("%s: severity is %q; want critical, warning or info", r.Name, r.Labels["severity"])
		}
		if summary := r.Annotations["summary"]; !strings.HasSuffix(summary, ".") {
			t.Errorf("%s: the summary is no sentence: %q", r.Name, summary)
		}
		if !value.MatchString(r.Annotations["description"]) && !strings.HasPrefix(r.Query, "absent(") {
			t.Errorf("%s: the description tells no value: %q", r.Name, r.Annotations["description"])
		}
		if got, want := r.Annotations["runbook_url"], runbookURL+r.Name+".md"; got != want {
			t.Errorf("%s: runbook_url is %q; want %q", r.Name, got, want)
		}
	}
	if alerts == 0 {
		t.Error("there are no alerts")
	}
}

// Each alert has a runbook with all that whoever is woken asks, its queries can be asked, and
// no runbook is left of an alert that is gone.
func TestRunbooks(t *testing.T) {
	t.Parallel()
	i := newInspector(t)
	block := regexp.MustCompile("(?s)```promql\n(.*?)```")
	alerts := alertBlocks(t)
	for _, name := range slices.Sorted(maps.Keys(alerts)) {
		text := read(t, filepath.Join(runbooks, name+".md"))
		if !strings.HasPrefix(text, "# "+name+"\n") {
			t.Errorf("%s.md does not begin with its name", name)
		}
		from := 0
		for _, heading := range []string{"## What it means", "## What users notice", "## How to check", "## How to mend", "## How to tune or silence"} {
			at := strings.Index(text, "\n"+heading+"\n")
			if at < from {
				t.Errorf("%s.md: %q is missing, or not where it is in the others", name, heading)
				continue
			}
			from = at
		}
		queries := block.FindAllStringSubmatch(text, -1)
		if len(queries) == 0 {
			t.Errorf("%s.md: there is no query to check with", name)
		}
		for _, q := range queries {
			i.inspect(t, name+".md", q[1])
		}
	}
	for _, file := range glob(t, filepath.Join(runbooks, "*.md")) {
		name := strings.TrimSuffix(filepath.Base(file), ".md")
		if name != "README" && alerts[name] == "" {
			t.Errorf("%s: there is no such alert", file)
		}
	}
}
