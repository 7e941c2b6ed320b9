package e2e

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/processtest"
)

// exitTime is the time that the exporter has to be gone after SIGTERM.
const exitTime = 5 * time.Second

// process is a running binary.
type process struct {
	*processtest.Process
	t *testing.T
}

// start runs a binary with nothing of this machine's environment that could matter to it, and
// ends it with the test.
func start(t *testing.T, binary string, env []string, args ...string) *process {
	t.Helper()
	command := exec.Command(binary, args...)
	command.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TMPDIR=" + t.TempDir()}, env...)
	command.Dir = t.TempDir()
	return &process{Process: processtest.Start(t, command), t: t}
}

// terminate sends SIGTERM and returns the exit status. A process that is not gone in time
// fails the test.
func (p *process) terminate() int {
	p.t.Helper()
	return p.Terminate(exitTime)
}
