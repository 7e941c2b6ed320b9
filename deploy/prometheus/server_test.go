package prometheus

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// server is a Prometheus that has the rules loaded and scrapes nothing. It says what is in a
// rule and in an expression, so that nothing here has to read YAML or PromQL.
type server struct{ root string }

// startServer runs Prometheus until the test ends.
func startServer(t *testing.T) *server {
	t.Helper()
	directory := t.TempDir()
	rules, err := filepath.Abs("rules")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(directory, "prometheus.yml")
	if err := os.WriteFile(file, fmt.Appendf(nil, "rule_files: [%q]\n", filepath.Join(rules, "*.yml")), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(tool(t, "PROMETHEUS", "prometheus"), "--config.file="+file, "--storage.tsdb.path="+filepath.Join(directory, "data"), "--web.listen-address=127.0.0.1:0")
	log, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	drained := make(chan struct{})
	t.Cleanup(func() {
		_ = command.Process.Kill() // It may have ended by itself.
		<-drained
		_ = command.Wait() // It was killed, and nothing it did is kept.
	})
	listening, loaded := regexp.MustCompile(`msg="Listening on".* address=(127\.0\.0\.1:\d+)`), regexp.MustCompile(`msg="Server is ready`)
	s := &server{}
	ready := false
	lines := bufio.NewScanner(log)
	for (s.root == "" || !ready) && lines.Scan() {
		if found := listening.FindStringSubmatch(lines.Text()); found != nil {
			s.root = "http://" + found[1]
		}
		ready = ready || loaded.MatchString(lines.Text())
	}
	go func() {
		defer close(drained)
		_, _ = io.Copy(io.Discard, log) // Ends with the process.
	}()
	if s.root == "" || !ready {
		t.Fatalf("Prometheus ended before it was ready (%v)", lines.Err())
	}
	return s
}

// get asks the API and decodes the data of its answer. An answer that tells of an error is an
// error.
func (s *server) get(t *testing.T, path string, parameters url.Values, data any) error {
	t.Helper()
	response, err := http.Get(s.root + "/api/v1/" + path + "?" + parameters.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct {
		Error string
		Data  json.RawMessage
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		t.Fatalf("reading Prometheus's answer to %s: %v", path, err)
	}
	if answer.Error != "" {
		return fmt.Errorf("%s: %s", path, answer.Error)
	}
	return json.Unmarshal(answer.Data, data)
}

// loadedRule is a recording or alerting rule as Prometheus has loaded it.
type loadedRule struct {
	Type, Name, Query   string
	Labels, Annotations map[string]string
}

// rules returns all rules.
func (s *server) rules(t *testing.T) []loadedRule {
	t.Helper()
	var data struct {
		Groups []struct{ Rules []loadedRule }
	}
	if err := s.get(t, "rules", nil, &data); err != nil {
		t.Fatal(err)
	}
	var all []loadedRule
	for _, group := range data.Groups {
		all = append(all, group.Rules...)
	}
	if len(all) == 0 {
		t.Fatal("Prometheus has loaded no rules")
	}
	return all
}

// query is what an expression names.
type query struct {
	selectors []selector
	// labels are those it groups and matches by.
	labels    []string
	functions []string
}

// selector is a metric and the labels that it is selected by.
type selector struct {
	metric string
	labels []string
}

// parse takes an expression apart.
func (s *server) parse(t *testing.T, expression string) (query, error) {
	t.Helper()
	var tree any
	var q query
	if err := s.get(t, "parse_query", url.Values{"query": {expression}}, &tree); err != nil {
		return q, err
	}
	q.add(tree)
	return q, nil
}

// add takes in a node of the tree that Prometheus makes of an expression, and what is below.
func (q *query) add(node any) {
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

func (q *query) addLabels(list any) {
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
