//go:build helm

package helm

import (
	"bytes"
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

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

	// patience is how long a condition may take to come true. It is long, since machines that
	// run tests are slow; nothing waits for it where all is well.
	patience = 2 * time.Minute
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

// eventually waits until the condition holds. It says what was waited for, and what was seen
// last, where it never does.
func eventually(t *testing.T, what string, holds func(ctx context.Context) (ok bool, seen string)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, seen := holds(ctx)
		if ok {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%s: not after %s, but: %s", what, patience, seen)
		}
	}
}

// process is a running command.
type process struct {
	output *output
	exited chan struct{} // closed when it has ended
	cmd    *exec.Cmd
}

// alive ends the test if the process has ended.
func (p *process) alive(t *testing.T) {
	t.Helper()
	select {
	case <-p.exited:
		t.Fatalf("%s has ended, with %d", p.cmd.Path, p.status())
	default:
	}
}

// status is what the process ended with, once exited is closed.
func (p *process) status() int { return p.cmd.ProcessState.ExitCode() }

// start runs a command until the test ends. Where the test fails, what it wrote is in the test's
// log.
func start(t *testing.T, command *exec.Cmd) *process {
	t.Helper()
	p := &process{output: new(output), exited: make(chan struct{}), cmd: command}
	command.Stdout, command.Stderr = p.output, p.output
	command.WaitDelay = 10 * time.Second
	if err := command.Start(); err != nil {
		t.Fatalf("starting %s: %v", command.Path, err)
	}
	go func() {
		defer close(p.exited)
		_ = command.Wait() // It is killed with the test's context.
	}()
	t.Cleanup(func() {
		<-p.exited
		if t.Failed() {
			t.Logf("%s wrote:\n%s", filepath.Base(command.Path), p.output.end())
		}
	})
	return p
}

// output is what a process has written so far. It is safe for use by several goroutines.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

// String returns all of it.
func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// end returns as much of the end of it as anybody reads.
func (o *output) end() string {
	text := o.String()
	return text[max(0, len(text)-8<<10):]
}
