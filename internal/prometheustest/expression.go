package prometheustest

import (
	"maps"
	"net/url"
	"slices"
)

// Expression is what a PromQL expression names.
type Expression struct {
	Selectors []Selector
	Labels    []string // those it groups and matches by
	Functions []string
}

// Selector is a metric and the labels that it is selected by.
type Selector struct {
	Metric string
	Labels []string
}

// Parse takes an expression apart as Prometheus reads it.
func (s *Server) Parse(expression string) (Expression, error) {
	var tree any
	var e Expression
	if err := s.Get("parse_query", url.Values{"query": {expression}}, &tree); err != nil {
		return e, err
	}
	e.add(tree)
	return e, nil
}

// add takes in a node of the tree that Prometheus makes of an expression, and what is below.
func (e *Expression) add(node any) {
	switch node := node.(type) {
	case []any:
		for _, below := range node {
			e.add(below)
		}
	case map[string]any:
		switch node["type"] {
		case "vectorSelector", "matrixSelector":
			selector := Selector{}
			selector.Metric, _ = node["name"].(string)
			matchers, _ := node["matchers"].([]any)
			for _, matcher := range matchers {
				if name := field(matcher, "name"); name != "__name__" {
					selector.Labels = append(selector.Labels, name)
				}
			}
			e.Selectors = append(e.Selectors, selector)
		case "call":
			e.Functions = append(e.Functions, field(node["func"], "name"))
		}
		e.addLabels(node["grouping"])
		if matching, ok := node["matching"].(map[string]any); ok {
			e.addLabels(matching["labels"])
			e.addLabels(matching["include"])
		}
		for _, name := range slices.Sorted(maps.Keys(node)) {
			e.add(node[name])
		}
	}
}

func (e *Expression) addLabels(list any) {
	labels, _ := list.([]any)
	for _, label := range labels {
		if name, ok := label.(string); ok {
			e.Labels = append(e.Labels, name)
		}
	}
}

// field returns a string of a JSON object, "" where it has none.
func field(object any, name string) string {
	fields, _ := object.(map[string]any)
	value, _ := fields[name].(string)
	return value
}

// Rule is a recording or alerting rule as Prometheus has loaded it.
type Rule struct {
	Type        string // "recording" or "alerting"
	Name, Query string
	Labels      map[string]string
	Annotations map[string]string
}

// Rules returns all rules that are loaded.
func (s *Server) Rules() ([]Rule, error) {
	var data struct {
		Groups []struct{ Rules []Rule }
	}
	if err := s.Get("rules", nil, &data); err != nil {
		return nil, err
	}
	var all []Rule
	for _, group := range data.Groups {
		all = append(all, group.Rules...)
	}
	return all, nil
}
