package prometheustest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Tool returns the path of a development tool: the one that the environment variable of its
// name in capitals names (PROMETHEUS, PROMTOOL), else the one in .tools/ beside go.mod. It fails
// the test where there is none.
func Tool(t testing.TB, name string) string {
	t.Helper()
	variable := strings.ToUpper(name)
	if named := os.Getenv(variable); named != "" {
		return named
	}
	file := filepath.Join(checkout(t), ".tools", name)
	if _, err := os.Stat(file); err != nil {
		t.Fatalf("there is no %s: build it by `make tools` or `tools/install %s`, or name one in the environment variable %s (%v)", name, name, variable, err)
	}
	return file
}

// checkout returns the directory of go.mod, which is that of the package under test or one
// above it.
func checkout(t testing.TB) string {
	t.Helper()
	directory, err := os.Getwd()
	if err != nil {
		t.Fatalf("looking for go.mod: %v", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(directory, "go.mod")); err == nil {
			return directory
		}
		above := filepath.Dir(directory)
		if above == directory {
			t.Fatal("looking for go.mod: it is in no directory above the test's")
		}
		directory = above
	}
}

// Promtool runs promtool with the input on stdin and returns all that it writes. The error is
// that it did not end with 0.
func Promtool(t testing.TB, input string, arguments ...string) (output string, err error) {
	t.Helper()
	command := exec.CommandContext(t.Context(), Tool(t, "promtool"), arguments...)
	command.Stdin = strings.NewReader(input)
	written, err := command.CombinedOutput()
	return string(written), err
}

// CheckMetrics fails the test unless promtool has nothing to say of an exposition in the text
// format.
func CheckMetrics(t testing.TB, exposition string) {
	t.Helper()
	if output, err := Promtool(t, exposition, "check", "metrics"); err != nil || output != "" {
		t.Errorf("promtool check metrics: %v\n%s", err, output)
	}
}
