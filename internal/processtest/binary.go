package processtest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// ExporterVariable is the environment variable that names the exporter's binary to the tests,
// where it is built already.
const ExporterVariable = "BEYONDTRUST_EXPORTER_BINARY"

// Exporter returns the path of the exporter's binary: the one that ExporterVariable names, else one
// that is built now and is gone with the test.
func Exporter(t testing.TB) string {
	t.Helper()
	if named := os.Getenv(ExporterVariable); named != "" {
		return named
	}
	binary, err := Build(t.Context(), Checkout(t), t.TempDir(), "beyondtrust_exporter")
	if err != nil {
		t.Fatal(err)
	}
	return binary
}

// Build builds the command of a folder into a directory, as releases are built: one static file. It
// returns its path.
func Build(ctx context.Context, folder, directory, name string) (binary string, err error) {
	binary = filepath.Join(directory, name)
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	command := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-o", binary, ".")
	command.Dir = folder
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the command in %s: %w\n%s", folder, err, output)
	}
	return binary, nil
}

// Checkout returns the directory of go.mod, which is that of the package under test or one above
// it.
func Checkout(t testing.TB) string {
	t.Helper()
	directory, err := os.Getwd()
	if err != nil {
		t.Fatalf("looking for go.mod: %v", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(directory, "go.mod")); err == nil {
			return directory
		}
		above := filepath.Dir(directory)
		if above == directory {
			t.Fatal("looking for go.mod: it is in no directory above the test's")
		}
		directory = above
	}
}
