//go:build helm

package helm

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"testing"

	"go.yaml.in/yaml/v3"
)

// object is an object of Kubernetes, as Helm renders it or the API server keeps it.
type object struct {
	APIVersion string   `yaml:"apiVersion" json:"apiVersion"`
	Kind       string   `yaml:"kind" json:"kind"`
	Metadata   metadata `yaml:"metadata" json:"metadata"`

	Data map[string]string `yaml:"data" json:"data"`
	Spec struct {
		Template             podTemplate `yaml:"template" json:"template"`
		VolumeClaimTemplates []struct {
			Metadata metadata `yaml:"metadata" json:"metadata"`
		} `yaml:"volumeClaimTemplates" json:"volumeClaimTemplates"`
		Groups []any `yaml:"groups" json:"groups"`
	} `yaml:"spec" json:"spec"`

	text []byte // the whole of it, as YAML or JSON
}

type metadata struct {
	Name        string            `yaml:"name" json:"name"`
	Namespace   string            `yaml:"namespace" json:"namespace"`
	Labels      map[string]string `yaml:"labels" json:"labels"`
	Annotations map[string]string `yaml:"annotations" json:"annotations"`
}

// podTemplate is what a Deployment or a StatefulSet makes its pods of, or a pod itself.
type podTemplate struct {
	Metadata metadata `yaml:"metadata" json:"metadata"`
	Spec     podSpec  `yaml:"spec" json:"spec"`
}

// podSpec is as much of a pod's spec as it takes to run its container by hand.
type podSpec struct {
	SecurityContext struct {
		RunAsUser  uint32 `yaml:"runAsUser"`
		RunAsGroup uint32 `yaml:"runAsGroup"`
		FSGroup    uint32 `yaml:"fsGroup"`
	} `yaml:"securityContext"`
	Containers []container `yaml:"containers"`
	Volumes    []volume    `yaml:"volumes"`
}

type container struct {
	Name           string   `yaml:"name"`
	Image          string   `yaml:"image"`
	Command        []string `yaml:"command"`
	Args           []string `yaml:"args"`
	Env            []envVar `yaml:"env"`
	LivenessProbe  probe    `yaml:"livenessProbe"`
	ReadinessProbe probe    `yaml:"readinessProbe"`
	Resources      struct {
		Limits map[string]string `yaml:"limits"`
	} `yaml:"resources"`
	VolumeMounts []struct {
		Name      string `yaml:"name"`
		MountPath string `yaml:"mountPath"`
		SubPath   string `yaml:"subPath"`
		ReadOnly  bool   `yaml:"readOnly"`
	} `yaml:"volumeMounts"`
}

type envVar struct {
	Name      string `yaml:"name"`
	Value     string `yaml:"value"`
	ValueFrom struct {
		FieldRef struct {
			FieldPath string `yaml:"fieldPath"`
		} `yaml:"fieldRef"`
		ResourceFieldRef struct {
			Resource string `yaml:"resource"`
		} `yaml:"resourceFieldRef"`
		SecretKeyRef struct {
			Name string `yaml:"name"`
			Key  string `yaml:"key"`
		} `yaml:"secretKeyRef"`
	} `yaml:"valueFrom"`
}

type probe struct {
	HTTPGet struct {
		Path   string `yaml:"path"`
		Port   string `yaml:"port"`
		Scheme string `yaml:"scheme"`
	} `yaml:"httpGet"`
}

// volume is where the files of a mount come from: one of its sources.
type volume struct {
	Name      string `yaml:"name"`
	ConfigMap source `yaml:"configMap"`
	Secret    source `yaml:"secret"`
	Projected struct {
		DefaultMode int `yaml:"defaultMode"`
		Sources     []struct {
			ConfigMap source `yaml:"configMap"`
			Secret    source `yaml:"secret"`
		} `yaml:"sources"`
	} `yaml:"projected"`
	EmptyDir *struct{} `yaml:"emptyDir"`
}

// source is a ConfigMap or Secret, and which of its keys become which files; all where none is
// named.
type source struct {
	Name        string `yaml:"name"`
	SecretName  string `yaml:"secretName"`
	DefaultMode int    `yaml:"defaultMode"`
	Items       []struct {
		Key  string `yaml:"key"`
		Path string `yaml:"path"`
	} `yaml:"items"`
}

// objects reads what Helm renders, one document after the other.
func objects(t *testing.T, rendered string) []object {
	t.Helper()
	decoder := yaml.NewDecoder(bytes.NewReader([]byte(rendered)))
	var all []object
	for {
		var node yaml.Node
		err := decoder.Decode(&node)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("reading what Helm rendered: %v\n%s", err, rendered)
		}
		var o object
		if err := node.Decode(&o); err != nil {
			t.Fatalf("reading an object that Helm rendered: %v", err)
		}
		if o.Kind == "" {
			continue // A template that makes nothing.
		}
		if o.text, err = yaml.Marshal(&node); err != nil {
			t.Fatalf("writing an object that Helm rendered: %v", err)
		}
		all = append(all, o)
	}
}

// of returns the objects of a kind.
func of(all []object, kind string) []object {
	var some []object
	for _, o := range all {
		if o.Kind == kind {
			some = append(some, o)
		}
	}
	return some
}

// one returns the only object of a kind.
func one(t *testing.T, all []object, kind string) object {
	t.Helper()
	some := of(all, kind)
	if len(some) != 1 {
		t.Fatalf("%d objects of the kind %s, want one", len(some), kind)
	}
	return some[0]
}

// fields returns an object as a tree, to be changed and written as JSON.
func (o object) fields(t *testing.T) map[string]any {
	t.Helper()
	var tree map[string]any
	if err := yaml.Unmarshal(o.text, &tree); err != nil {
		t.Fatalf("reading %s %s: %v", o.Kind, o.Metadata.Name, err)
	}
	return tree
}

// at returns what is at a path of a tree, nil where there is nothing.
func at(tree any, path ...string) any {
	for _, name := range path {
		fields, _ := tree.(map[string]any)
		tree = fields[name]
	}
	return tree
}

// encode writes a tree as JSON, which kubectl takes like YAML.
func encode(t *testing.T, tree any) string {
	t.Helper()
	text, err := json.Marshal(tree)
	if err != nil {
		t.Fatalf("writing %v: %v", tree, err)
	}
	return string(text)
}

// decodePod reads an object that is a pod.
func (o object) decodePod(to *podTemplate) error { return yaml.Unmarshal(o.text, to) }

func (o object) String() string { return fmt.Sprintf("%s %s", o.Kind, o.Metadata.Name) }
