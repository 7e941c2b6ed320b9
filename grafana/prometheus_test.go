package grafana

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
)

// server is a running Prometheus. It says what is in an expression too, so that nothing here has to read PromQL.
type server struct{ root string }

// startPrometheus runs Prometheus with a configuration until the test ends.
func startPrometheus(t *testing.T, configuration string) *server {
	t.Helper()
	directory := t.TempDir()
	file := filepath.Join(directory, "prometheus.yml")
	if err := os.WriteFile(file, []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, tool(t, "PROMETHEUS", "prometheus"),
		"--config.file="+file, "--storage.tsdb.path="+filepath.Join(directory, "data"), "--web.listen-address=127.0.0.1:0")
	s := &server{root: "http://" + p.find(`msg="Listening on".* address=(127\.0\.0\.1:\d+)`)}
	p.find(`msg="Server is ready`)
	return s
}

// get asks the API and decodes the data of its answer. An answer that tells of an error is an error.
func (s *server) get(path string, parameters url.Values, data any) error {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get(s.root + "/api/v1/" + path + "?" + parameters.Encode())
	if err != nil {
		return fmt.Errorf("asking Prometheus: %w", err)
	}
	defer response.Body.Close()
	var answer struct {
		Error string
		Data  json.RawMessage
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return fmt.Errorf("reading Prometheus's answer to %s: %w", path, err)
	}
	if answer.Error != "" {
		return fmt.Errorf("%s: %s", path, answer.Error)
	}
	if err := json.Unmarshal(answer.Data, data); err != nil {
		return fmt.Errorf("reading Prometheus's answer to %s: %w", path, err)
	}
	return nil
}

// parsed is what an expression names.
type parsed struct {
	selectors []selector
	labels    []string // those it groups and matches by
	functions []string
}

// selector is a metric and the labels that it is selected by.
type selector struct {
	metric string
	labels []string
}

// parse takes an expression apart.
func (s *server) parse(expression string) (parsed, error) {
	var tree any
	var q parsed
	if err := s.get("parse_query", url.Values{"query": {expression}}, &tree); err != nil {
		return q, err
	}
	q.add(tree)
	return q, nil
}

// add takes in a node of the tree that Prometheus makes of an expression, and what is below.
func (q *parsed) add(node any) {
	switch node := node.(type) {
	case []any:
		for _, below := range node {
			q.add(below)
		}
	case map[string]any:
		switch node["type"] {
		case "vectorSelector", "matrixSelector":
			s := selector{}
			s.metric, _ = node["name"].(string)
			matchers, _ := node["matchers"].([]any)
			for _, matcher := range matchers {
				if name := field(matcher, "name"); name != "__name__" {
					s.labels = append(s.labels, name)
				}
			}
			q.selectors = append(q.selectors, s)
		case "call":
			q.functions = append(q.functions, field(node["func"], "name"))
		}
		q.addLabels(node["grouping"])
		if matching, ok := node["matching"].(map[string]any); ok {
			q.addLabels(matching["labels"])
			q.addLabels(matching["include"])
		}
		for _, below := range node {
			q.add(below)
		}
	}
}

func (q *parsed) addLabels(list any) {
	labels, _ := list.([]any)
	for _, label := range labels {
		if name, ok := label.(string); ok {
			q.labels = append(q.labels, name)
		}
	}
}

// field returns a string of a JSON object, "" where it has none.
func field(object any, name string) string {
	fields, _ := object.(map[string]any)
	value, _ := fields[name].(string)
	return value
}
