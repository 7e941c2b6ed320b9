package prometheustest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/processtest"
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
	file := filepath.Join(processtest.Checkout(t), ".tools", name)
	if _, err := os.Stat(file); err != nil {
		t.Fatalf("there is no %s: build it by `make tools` or `tools/install %s`, or name one in the environment variable %s (%v)", name, name, variable, err)
	}
	return file
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
