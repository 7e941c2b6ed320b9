package e2e

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"regexp"
	"sync"
	"syscall"
	"testing"
	"time"
)

// exitTime is the time that the exporter has to be gone after SIGTERM.
const exitTime = 5 * time.Second

// process is a running binary.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	stdout output
	stderr output
	exited chan struct{} // closed when the process has ended
}

// output is what a process has written so far.
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

// start runs a binary with nothing of this machine's environment that could matter to it, and
// ends it with the test.
func start(t *testing.T, binary string, env []string, args ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command(binary, args...), exited: make(chan struct{})}
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TMPDIR=" + t.TempDir()}, env...)
	p.cmd.Dir = t.TempDir()
	p.cmd.Stdout, p.cmd.Stderr = &p.stdout, &p.stderr
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("starting %s: %v", binary, err)
	}
	go func() {
		defer close(p.exited)
		_ = p.cmd.Wait() // The status is in ProcessState.
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.exited
		if t.Failed() {
			t.Logf("%s wrote:\n%s\n%s", binary, p.stdout.String(), p.stderr.String())
		}
	})
	return p
}

// find waits until the pattern is in the output and returns its first group.
func (p *process) find(o *output, pattern string) string {
	p.t.Helper()
	expression := regexp.MustCompile(pattern)
	var found []string
	eventually(p.t, "the output has "+pattern, func() (bool, string) {
		select {
		case <-p.exited:
			p.t.Fatalf("%s ended before it wrote %s: %s\n%s", p.cmd.Path, pattern, p.stdout.String(), p.stderr.String())
		default:
		}
		found = expression.FindStringSubmatch(o.String())
		return found != nil, o.String()
	})
	return found[1]
}

// terminate sends SIGTERM and returns the exit status. A process that is not gone in time
// fails the test.
func (p *process) terminate() int {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), exitTime)
	defer cancel()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatalf("sending SIGTERM: %v", err)
	}
	select {
	case <-p.exited:
		return p.cmd.ProcessState.ExitCode()
	case <-ctx.Done():
		p.t.Fatalf("the process is still there %s after SIGTERM", exitTime)
		return -1
	}
}
