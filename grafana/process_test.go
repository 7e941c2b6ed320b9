package grafana

import (
	"bytes"
	"os/exec"
	"regexp"
	"sync"
	"testing"
	"time"
)

// patience is how long a condition may take to come true. Nothing waits for it where all is well.
const patience = time.Minute

// process is a running binary.
type process struct {
	t      *testing.T
	mu     sync.Mutex
	text   bytes.Buffer // what it has written
	exited chan struct{}
}

// Write implements io.Writer.
func (p *process) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(text)
}

// start runs a binary until the test ends.
func start(t *testing.T, binary string, arguments ...string) *process {
	t.Helper()
	p := &process{t: t, exited: make(chan struct{})}
	command := exec.Command(binary, arguments...)
	command.Stdout, command.Stderr = p, p
	if err := command.Start(); err != nil {
		t.Fatalf("starting %s: %v", binary, err)
	}
	go func() {
		defer close(p.exited)
		_ = command.Wait() // It is killed, and nothing it did is kept.
	}()
	t.Cleanup(func() {
		_ = command.Process.Kill() // It may have ended by itself.
		<-p.exited
	})
	return p
}

// find waits until the pattern is in the output and returns its last group.
func (p *process) find(pattern string) string {
	p.t.Helper()
	expression := regexp.MustCompile(pattern)
	var found []string
	wait(p.t, func() (string, bool) {
		p.mu.Lock()
		defer p.mu.Unlock()
		select {
		case <-p.exited:
			p.t.Fatalf("it ended before it wrote %s:\n%s", pattern, p.text.String())
		default:
		}
		found = expression.FindStringSubmatch(p.text.String())
		return "the output has no " + pattern + ":\n" + p.text.String(), found != nil
	})
	return found[len(found)-1]
}

// wait waits until a condition holds. It says what is still missing where that never comes.
func wait(t *testing.T, holds func() (missing string, ok bool)) {
	t.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	often := time.NewTicker(200 * time.Millisecond)
	defer often.Stop()
	for {
		missing, ok := holds()
		if ok {
			return
		}
		select {
		case <-late.C:
			t.Fatalf("after %s: %s", patience, missing)
		case <-often.C:
		}
	}
}
