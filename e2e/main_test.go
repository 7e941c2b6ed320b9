package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// binaryVariable names the binary to test to the tests, where TestMain built it.
const binaryVariable = "BEYONDTRUST_EXPORTER_BINARY"

// patience is how long a condition may take to come true. It is long, since machines that run
// tests are slow; nothing waits for it where all is well.
const patience = time.Minute

// TestMain builds the exporter, unless somebody names a binary that is built already.
func TestMain(m *testing.M) {
	os.Exit(func() int {
		if os.Getenv(binaryVariable) == "" {
			directory, err := os.MkdirTemp("", "beyondtrust_exporter-e2e-")
			if err != nil {
				fmt.Fprintln(os.Stderr, "making a directory for the binary:", err)
				return 1
			}
			defer os.RemoveAll(directory)
			binary := filepath.Join(directory, "beyondtrust_exporter")
			if runtime.GOOS == "windows" {
				binary += ".exe"
			}
			build := exec.Command("go", "build", "-o", binary, "..")
			if output, err := build.CombinedOutput(); err != nil {
				fmt.Fprintf(os.Stderr, "building the exporter: %v\n%s", err, output)
				return 1
			}
			if err := os.Setenv(binaryVariable, binary); err != nil {
				fmt.Fprintln(os.Stderr, "naming the binary:", err)
				return 1
			}
		}
		if status := m.Run(); status != 0 {
			return status
		}
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return 0
	}())
}

// eventually waits until the condition holds. It says what was waited for, and what was seen
// last, where it never does.
func eventually(t *testing.T, what string, holds func() (bool, string)) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		ok, seen := holds()
		if ok {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %s; seen last:\n%s", what, patience, seen)
		}
		<-time.After(50 * time.Millisecond)
	}
}
