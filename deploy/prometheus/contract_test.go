package prometheus

import (
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
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
		"abs", "absent", "changes", "day_of_week", "hour", "increase", "label_replace", "last_over_time", "max_over_time",
		"min_over_time", "rate", "scalar", "time", "vector", "histogram_quantile",
	}
}

// catalogue returns the labels of each metric that there is, by its name as Prometheus stores
// it.
func catalogue(t *testing.T) map[string][]string {
	t.Helper()
	known := further()
	row := regexp.MustCompile("(?m)^\\| `(beyondtrust_\\w+)` \\| (\\w+) \\| (.*?) \\|")
	label := regexp.MustCompile("`(\\w+)`")
	rows := row.FindAllStringSubmatch(read(t, "../../docs/metrics.md"), -1)
	if len(rows) == 0 {
		t.Fatal("docs/metrics.md has no table of metrics")
	}
	for _, r := range rows {
		labels := []string{}
		for _, l := range label.FindAllStringSubmatch(r[3], -1) {
			labels = append(labels, l[1])
		}
		if r[2] != "histogram" {
			known[r[1]] = labels
			continue
		}
		known[r[1]+"_sum"], known[r[1]+"_count"] = labels, labels
		known[r[1]+"_bucket"] = append(slices.Clone(labels), "le")
	}
	return known
}

// inspector knows what an expression may name.
type inspector struct {
	server   *server
	metrics  map[string][]string
	labels   []string // of any metric
	recorded []string
	sites    []string // what a site may record
}

func newInspector(t *testing.T, s *server) *inspector {
	t.Helper()
	i := &inspector{server: s, metrics: catalogue(t), labels: targetLabels(), sites: []string{"beyondtrust:site:data_sync_failed"}}
	for _, labels := range i.metrics {
		i.labels = append(i.labels, labels...)
	}
	for _, r := range s.rules(t) {
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
func (i *inspector) inspect(t *testing.T, where, expression string) query {
	t.Helper()
	q, err := i.server.parse(t, expression)
	if err != nil {
		t.Errorf("%s: %v", where, err)
		return q
	}
	for _, s := range q.selectors {
		allowed, exported := i.metrics[s.metric]
		allowed = slices.Concat(allowed, targetLabels())
		if slices.Contains(i.recorded, s.metric) || slices.Contains(i.sites, s.metric) {
			exported, allowed = true, i.labels
		}
		if !exported {
			t.Errorf("%s: neither the exporter nor a rule makes %q", where, s.metric)
			continue
		}
		for _, label := range s.labels {
			if !slices.Contains(allowed, label) {
				t.Errorf("%s: %s has no label %q", where, s.metric, label)
			}
		}
	}
	for _, label := range q.labels {
		if !slices.Contains(i.labels, label) {
			t.Errorf("%s: no metric has a label %q", where, label)
		}
	}
	for _, function := range q.functions {
		if !slices.Contains(functions(), function) {
			t.Errorf("%s: %s is not among the functions that Prometheus 2.42 is known to have", where, function)
		}
	}
	return q
}

// What a rule names is exported, and what is recorded for alerts is used.
func TestRulesNameWhatThereIs(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	i := newInspector(t, s)
	used := make(map[string]bool)
	for _, r := range s.rules(t) {
		for _, selected := range i.inspect(t, r.Name, r.Query).selectors {
			used[selected.metric] = true
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
	for _, r := range startServer(t).rules(t) {
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
	i := newInspector(t, startServer(t))
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
