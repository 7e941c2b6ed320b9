//go:build helm && linux

package helm

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// kubeconform finds nothing wrong with what Helm renders, by the API server's own description of
// its kinds, the prometheus-operator's among them.
func (c *cluster) testSchemas(t *testing.T) {
	directory := t.TempDir()
	c.writeSchemas(t, directory)
	conform := func(t *testing.T, input string) result {
		t.Helper()
		return run(t, input, "kubeconform", "-strict", "-summary", "-schema-location", filepath.Join(directory, "{{ .ResourceKind }}{{ .KindSuffix }}.json"))
	}
	for _, helm := range helms {
		for _, file := range valuesFiles(t) {
			t.Run(helm+"/"+short(file), func(t *testing.T) {
				if r := conform(t, template(t, helm, "--values", file)); r.err != nil {
					t.Errorf("kubeconform: %v\n%s%s", r.err, r.stdout, r.stderr)
				}
			})
		}
	}
	t.Run("a field that does not exist", func(t *testing.T) {
		for _, object := range []string{
			`{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}, "spec": {"prots": []}}`,
			`{"apiVersion": "monitoring.coreos.com/v1", "kind": "ServiceMonitor", "metadata": {"name": "x"}, "spec": {"selector": {}, "endpoints": [{"prot": "http"}]}}`,
		} {
			if r := conform(t, object); r.err == nil || !strings.Contains(r.stdout, "additional") {
				t.Errorf("kubeconform finds nothing wrong with %s: %v\n%s%s", object, r.err, r.stdout, r.stderr)
			}
		}
	})
}

// writeSchemas writes a JSON schema for each kind that the API server describes, named as
// kubeconform looks for it: service-v1.json, servicemonitor-monitoring-v1.json.
func (c *cluster) writeSchemas(t *testing.T, directory string) {
	t.Helper()
	var described struct {
		Definitions definitions `json:"definitions"`
	}
	if err := json.Unmarshal([]byte(c.must(t, "", "kubectl", "get", "--raw=/openapi/v2")), &described); err != nil {
		t.Fatalf("reading what the API server describes: %v", err)
	}
	for name, definition := range described.Definitions {
		fields, _ := definition.(map[string]any)
		kinds, _ := fields["x-kubernetes-group-version-kind"].([]any)
		for _, kind := range kinds {
			group, _ := at(kind, "group").(string)
			suffix := "-" + at(kind, "version").(string)
			if group != "" {
				suffix = "-" + strings.Split(group, ".")[0] + suffix
			}
			file := filepath.Join(directory, strings.ToLower(at(kind, "kind").(string))+suffix+".json")
			write(t, file, encode(t, described.Definitions.strict(definition, name)))
		}
	}
	if len(described.Definitions) < 100 {
		t.Fatalf("the API server describes %d kinds, which is too few", len(described.Definitions))
	}
}

// definitions are the kinds that an API server describes, in the Swagger 2.0 format.
type definitions map[string]any

// strict returns a definition as a JSON schema: references are replaced by what they refer to,
// and fields that are not described are refused. within are the definitions that it stands in, of
// which one that describes itself would have no end.
func (d definitions) strict(node any, within ...string) any {
	switch node := node.(type) {
	case []any:
		list := make([]any, len(node))
		for i, element := range node {
			list[i] = d.strict(element, within...)
		}
		return list
	case map[string]any:
		if reference, ok := node["$ref"].(string); ok {
			name := reference[strings.LastIndex(reference, "/")+1:]
			if slices.Contains(within, name) {
				return map[string]any{}
			}
			if name == "io.k8s.apimachinery.pkg.api.resource.Quantity" {
				return map[string]any{"type": []any{"string", "number"}}
			}
			return d.strict(d[name], append(slices.Clone(within), name)...)
		}
		if node["format"] == "int-or-string" {
			return map[string]any{"type": []any{"string", "integer"}}
		}
		fields := make(map[string]any)
		for key, value := range node {
			if !strings.HasPrefix(key, "x-") {
				fields[key] = d.strict(value, within...)
			}
		}
		_, described := node["properties"].(map[string]any)
		_, open := node["additionalProperties"]
		if described && !open && node["x-kubernetes-preserve-unknown-fields"] != true {
			fields["additionalProperties"] = false
		}
		return fields
	default:
		return node
	}
}
