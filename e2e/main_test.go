package e2e

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/processtest"
)

// These name the binary to test, and the fault proxy, to the tests, where TestMain built them.
const (
	binaryVariable     = processtest.ExporterVariable
	faultProxyVariable = "BEYONDTRUST_FAULTPROXY_BINARY"
)

// patience is how long what has no limit of its own may take: machines that run tests are slow, and nothing
// waits for it where all is well.
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
	binary, err := processtest.Build(context.Background(), source, directory, strings.ToLower(variable))
	if err != nil {
		return err
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
