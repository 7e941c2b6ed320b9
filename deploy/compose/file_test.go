package compose

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// setup is compose.yml, as much of it as the tests ask for.
type setup struct {
	Services map[string]service
	Secrets  map[string]struct{ File string }
	Volumes  map[string]any
}

// service is one container of it.
type service struct {
	Image       string
	User        string
	Command     []string
	Environment map[string]string
	Healthcheck struct{ Test []string }
	Networks    map[string]struct{ Aliases []string }
	Ports       []string
	Secrets     []string
	Volumes     []string
	ReadOnly    bool     `yaml:"read_only"`
	CapDrop     []string `yaml:"cap_drop"`
	SecurityOpt []string `yaml:"security_opt"`
}

// mount is a file or folder of this repository, or a volume, that a container has.
type mount struct {
	source, target string
	volume         bool // source is the name of a volume, not a path
	readOnly       bool
}

// mounts returns what the service has mounted, its secrets included.
func (s service) mounts(t *testing.T, all setup) []mount {
	t.Helper()
	var mounts []mount
	for _, line := range s.Volumes {
		parts := strings.Split(line, ":")
		if len(parts) < 2 || len(parts) > 3 {
			t.Fatalf("%q is no mount that is understood here", line)
		}
		mounts = append(mounts, mount{
			source: parts[0], target: parts[1], volume: !strings.HasPrefix(parts[0], "."), readOnly: len(parts) == 3 && parts[2] == "ro",
		})
	}
	for _, name := range s.Secrets {
		mounts = append(mounts, mount{source: all.Secrets[name].File, target: "/run/secrets/" + name, readOnly: true})
	}
	return mounts
}

// readSetup reads compose.yml.
func readSetup(t *testing.T) setup {
	t.Helper()
	var s setup
	readYAML(t, "compose.yml", &s)
	if len(s.Services) == 0 {
		t.Fatal("compose.yml has no services")
	}
	return s
}

// readYAML reads a file that must be there.
func readYAML(t *testing.T, file string, into any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(read(t, file)), into); err != nil {
		t.Fatalf("reading %s: %v", file, err)
	}
}

// read returns the text of a file that must be there.
func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// absolute returns the path of a file that is named relative to this folder.
func absolute(t *testing.T, file string) string {
	t.Helper()
	path, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	return path
}
