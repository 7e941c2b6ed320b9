//go:build helm

package helm

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/prometheustest"
)

const (
	chart = "beyondtrust-exporter" // the folder of the chart
	root  = "../.."                // the checkout

	release   = "bt"   // what it is installed as
	namespace = "desk" // and where

	// kubernetes is the release that the chart is rendered for without a cluster. Helm's own default
	// depends on how it was built.
	kubernetes = "1.30.0"
)

// helms are the releases of Helm that the chart is for.
var helms = []string{"helm", "helm3"}

// result is what a command said.
type result struct {
	stdout, stderr string
	err            error
}

// run runs a development tool with the input on stdin.
func run(t *testing.T, input, tool string, arguments ...string) result {
	t.Helper()
	return finish(t, exec.CommandContext(t.Context(), prometheustest.Tool(t, tool), arguments...), input)
}

// finish runs a command to its end.
func finish(t *testing.T, command *exec.Cmd, input string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	command.Stdin, command.Stdout, command.Stderr = strings.NewReader(input), &stdout, &stderr
	err := command.Run()
	return result{stdout.String(), stderr.String(), err}
}

// must runs a development tool that has to end with 0, and returns what it writes to stdout.
func must(t *testing.T, input, tool string, arguments ...string) string {
	t.Helper()
	r := run(t, input, tool, arguments...)
	if r.err != nil {
		t.Fatalf("%s %s: %v\n%s%s", tool, strings.Join(arguments, " "), r.err, r.stdout, r.stderr)
	}
	return r.stdout
}

// valuesFiles returns the files of values that the chart is tried with.
func valuesFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(chart, "ci", "*-values.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("the chart has no files of values in ci/ (%v)", err)
	}
	return files
}

// short is a file's name without its folder and what every one of its kind ends with.
func short(file string) string {
	return strings.TrimSuffix(filepath.Base(file), "-values.yaml")
}

// template renders the chart.
func template(t *testing.T, helm string, arguments ...string) string {
	t.Helper()
	return must(t, "", helm, append([]string{"template", release, chart, "--namespace", namespace, "--kube-version", kubernetes}, arguments...)...)
}

// rendered renders the chart and reads what comes out.
func rendered(t *testing.T, helm string, arguments ...string) []object {
	t.Helper()
	return objects(t, template(t, helm, arguments...))
}
