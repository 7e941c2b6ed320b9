package grafana

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/prometheustest"
)

// asked is an expression as Grafana sends it, and the labels that what is drawn of it names.
type asked struct {
	where, expression string
	labels            []string
	target            Target
}

// fill replaces variables as Grafana does where all is chosen. What the window and the range are is up to the caller.
func fill(expression, window, span string) string {
	return strings.NewReplacer(
		"$__rate_interval", window, "$__interval", window, "$window", window, "$__range", span,
		"${within}", "20", `"$job"`, `".*"`, `"$instance"`, `".*"`, `"$queue"`, `".*"`,
	).Replace(expression)
}

// all returns every expression of every dashboard.
func all(window, span string) []asked {
	label := regexp.MustCompile(`\{\{\s*(\w+)\s*\}\}`)
	values := regexp.MustCompile(`^label_values\((.*), (\w+)\)$`)
	var list []asked
	every(func(d *Dashboard, p *Panel) {
		for _, target := range p.Targets {
			a := asked{where: d.UID + ": " + p.Title + ": " + target.RefID, expression: fill(target.Expr, window, span), target: target}
			for _, found := range label.FindAllStringSubmatch(target.LegendFormat, -1) {
				a.labels = append(a.labels, found[1])
			}
			list = append(list, a)
		}
	})
	for _, d := range Dashboards() {
		for _, a := range d.Annotations.List {
			list = append(list, asked{where: d.UID + ": " + a.Name, expression: fill(a.Expr, window, span)})
		}
		for _, v := range d.Templating.List {
			if found := values.FindStringSubmatch(v.Query); found != nil {
				list = append(list, asked{where: d.UID + ": " + v.Name, expression: fill(found[1], window, span), labels: found[2:]})
			}
		}
	}
	return list
}

// targetLabels are those that a scrape configuration gives each series.
func targetLabels() []string { return []string{"job", "instance"} }

// further are the labels by name of metrics that no table of docs/metrics.md has: Prometheus's own, those of the exporter's process, and
// those that deploy/prometheus records.
func further() map[string][]string {
	return map[string][]string{
		"scrape_duration_seconds":                            nil,
		"process_resident_memory_bytes":                      nil,
		"process_cpu_seconds_total":                          nil,
		"process_open_fds":                                   nil,
		"go_memstats_heap_alloc_bytes":                       nil,
		"go_goroutines":                                      nil,
		"promhttp_metric_handler_requests_total":             {"code"},
		"beyondtrust:threshold:service_level_ratio":          {"queue"},
		"beyondtrust:threshold:abandonment_ratio":            {"queue"},
		"beyondtrust:threshold:data_sync_age_seconds":        nil,
		"beyondtrust:threshold:license_use_ratio":            nil,
		"beyondtrust_exporter_build_info":                    {"version", "goversion", "revision"},
		"beyondtrust_exporter_config_last_reload_successful": nil,
	}
}

// functions are those that the dashboards may use: Prometheus 2.42 has them.
func functions() []string {
	return []string{
		"changes", "clamp_max", "clamp_min", "deriv", "histogram_quantile", "increase", "label_replace", "last_over_time", "max_over_time", "min_over_time", "predict_linear",
		"rate", "round", "sort_desc", "sum_over_time", "time", "timestamp", "vector",
	}
}

// Each expression can be asked, and names only metrics that the exporter or a rule makes, each with labels that it has.
func TestExpressions(t *testing.T) {
	t.Parallel()
	s := prometheustest.Start(t, "{}\n")
	known := further()
	maps.Copy(known, prometheustest.Documented(t))
	made := regexp.MustCompile(`label_replace\((?s:.*?), "(\w+)", "[^"]*", "\w*", "`)
	for _, a := range all("1m", "1h") {
		if strings.Contains(a.expression, "$") {
			t.Errorf("%s: there is no such variable: %s", a.where, a.expression)
		}
		q, err := s.Parse(a.expression)
		if err != nil {
			t.Errorf("%s: %v", a.where, err)
			continue
		}
		allowed := targetLabels()
		for _, selected := range q.Selectors {
			labels, exported := known[selected.Metric]
			if !exported {
				t.Errorf("%s: neither the exporter nor a rule makes %q", a.where, selected.Metric)
			}
			for _, label := range selected.Labels {
				if !slices.Contains(slices.Concat(labels, targetLabels()), label) {
					t.Errorf("%s: %s has no label %q", a.where, selected.Metric, label)
				}
			}
			allowed = append(allowed, labels...)
		}
		for _, found := range made.FindAllStringSubmatch(a.expression, -1) {
			allowed = append(allowed, found[1])
		}
		for _, label := range slices.Concat(q.Labels, a.labels) {
			if !slices.Contains(allowed, label) {
				t.Errorf("%s: nothing in it has a label %q", a.where, label)
			}
		}
		for _, function := range q.Functions {
			if !slices.Contains(functions(), function) {
				t.Errorf("%s: %s is not among the functions that Prometheus 2.42 is known to have", a.where, function)
			}
		}
	}
}

// The columns of a table are what its queries bring: a label that they group by, or the value of one.
func TestColumns(t *testing.T) {
	t.Parallel()
	grouping := regexp.MustCompile(` by \(([\w, ]+)\)`)
	every(func(d *Dashboard, p *Panel) {
		if p.Type != "table" {
			return
		}
		there := []string{"Value"}
		for _, target := range p.Targets {
			there = append(there, "Value #"+target.RefID)
			for _, found := range grouping.FindAllStringSubmatch(target.Expr, -1) {
				there = append(there, strings.Split(found[1], ", ")...)
			}
		}
		for _, transformation := range p.Transformations {
			columns, _ := transformation.Options["indexByName"].(map[string]int)
			for column := range columns {
				if !slices.Contains(there, column) || (column == "Value") != (len(p.Targets) == 1) && strings.HasPrefix(column, "Value") {
					t.Errorf("%s: %s: nothing brings the column %q", d.UID, p.Title, column)
				}
			}
		}
	})
}
