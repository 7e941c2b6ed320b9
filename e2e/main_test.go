package e2e

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// These name the binary to test, and the fault proxy, to the tests, where TestMain built them.
const (
	binaryVariable     = "BEYONDTRUST_EXPORTER_BINARY"
	faultProxyVariable = "BEYONDTRUST_FAULTPROXY_BINARY"
)

// patience is how long a condition may take to come true. It is long, since machines that run
// tests are slow; nothing waits for it where all is well.
const patience = time.Minute

// TestMain builds what the tests run, unless somebody names a binary that is built already.
func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(func() int {
		directory, err := os.MkdirTemp("", "beyondtrust_exporter-e2e-")
		if err != nil {
			fmt.Fprintln(os.Stderr, "making a directory for the binaries:", err)
			return 1
		}
		defer os.RemoveAll(directory)
		for variable, source := range map[string]string{binaryVariable: "..", faultProxyVariable: filepath.Join("..", "tools", "faultproxy")} {
			if err := build(directory, variable, source); err != nil {
				fmt.Fprintln(os.Stderr, err)
				return 1
			}
		}
		if err := waitTogether(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
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

// build builds a binary into a directory and names it in a variable, unless that names one.
func build(directory, variable, source string) error {
	if os.Getenv(variable) != "" {
		return nil
	}
	binary := filepath.Join(directory, strings.ToLower(variable))
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	command := exec.Command("go", "build", "-buildvcs=false", "-o", binary, ".")
	command.Dir = source
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("building %s: %w\n%s", source, err, output)
	}
	return os.Setenv(variable, binary)
}

// waitTogether lets more tests run at once than there are processors, since they mostly wait, unless
// -parallel says how many.
func waitTogether() error {
	said := false
	flag.Visit(func(f *flag.Flag) { said = said || f.Name == "test.parallel" })
	if said {
		return nil
	}
	return flag.Set("test.parallel", strconv.Itoa(max(12, runtime.GOMAXPROCS(0))))
}

// eventually waits until the condition holds. It says what was waited for, and what was seen
// last, where it never does.
func eventually(t *testing.T, what string, holds func() (bool, string)) {
	t.Helper()
	within(t, patience, what, holds)
}

// within is eventually with a limit that something promises.
func within(t *testing.T, limit time.Duration, what string, holds func() (bool, string)) {
	t.Helper()
	deadline := time.Now().Add(limit)
	for {
		ok, seen := holds()
		if ok {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %s; seen last:\n%s", what, limit, seen)
		}
		<-time.After(50 * time.Millisecond)
	}
}
