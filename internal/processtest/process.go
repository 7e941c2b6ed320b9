package processtest

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// Process is a running program. Its methods may be called from several goroutines, those that can
// fail the test from the test's alone.
type Process struct {
	// Stdout and Stderr are what it has written so far.
	Stdout, Stderr *Output

	t       testing.TB
	command *exec.Cmd
	exited  chan struct{} // closed when it has ended and all that it wrote is in
}

// Start starts a command, whose output must not be directed elsewhere, and kills it when the test
// ends. Where the test fails, what the program wrote is in the test's log.
func Start(t testing.TB, command *exec.Cmd) *Process {
	t.Helper()
	p := &Process{t: t, command: command, exited: make(chan struct{})}
	p.Stdout, p.Stderr = newOutput(p), newOutput(p)
	command.Stdout, command.Stderr = p.Stdout, p.Stderr
	// Nothing that it has started itself and left behind is waited for any longer.
	command.WaitDelay = cmp.Or(command.WaitDelay, 10*time.Second)
	if err := command.Start(); err != nil {
		t.Fatalf("starting %s: %v", command.Path, err)
	}
	go func() {
		defer close(p.exited)
		_ = command.Wait() // The status is in ProcessState.
	}()
	t.Cleanup(func() {
		_ = command.Process.Kill() // It may have ended.
		<-p.exited
		if t.Failed() {
			t.Logf("%s wrote:\n%s%s", p.name(), p.Stdout.end(), p.Stderr.end())
		}
	})
	return p
}

// Alive fails a test, which may be one within the test that started the program, if it has ended.
func (p *Process) Alive(t testing.TB) {
	t.Helper()
	select {
	case <-p.exited:
		t.Fatalf("%s has ended: %s", p.name(), p.command.ProcessState)
	default:
	}
}

// Signal sends the program a signal.
func (p *Process) Signal(signal os.Signal) {
	p.t.Helper()
	if err := p.command.Process.Signal(signal); err != nil {
		p.t.Fatalf("sending %s the signal %s: %v", p.name(), signal, err)
	}
}

// Wait waits until the program ends by itself, and returns its exit status. One that does not end
// within the limit fails the test.
func (p *Process) Wait(limit time.Duration) int {
	p.t.Helper()
	late := time.NewTimer(limit)
	defer late.Stop()
	select {
	case <-p.exited:
	case <-late.C:
		p.t.Fatalf("%s has not ended after %s", p.name(), limit)
	}
	return p.command.ProcessState.ExitCode()
}

// Terminate sends SIGTERM and returns the exit status. A program that is not gone within the limit
// fails the test.
func (p *Process) Terminate(limit time.Duration) int {
	p.t.Helper()
	p.Signal(syscall.SIGTERM)
	return p.Wait(limit)
}

func (p *Process) name() string { return filepath.Base(p.command.Path) }
