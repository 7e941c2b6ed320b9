package main

import (
	"strings"
	"testing"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/reports"
)

// A second exporter with the storage directory of another does not start, and says why. One that
// cannot start for another reason gives the directory back.
func TestStorageOfAnother(t *testing.T) {
	forget(t)
	t.Setenv("BEYONDTRUST_CLIENT_SECRET", "hunter2")
	directory := t.TempDir()
	lock, err := reports.LockDirectory(directory)
	if err != nil {
		t.Fatal(err)
	}
	args := []string{
		"--appliance.url=https://127.0.0.1:1", "--appliance.client-id=a", "--web.listen-address=127.0.0.1:0",
		"--storage.directory=" + directory,
	}
	var stdout, stderr strings.Builder
	want := "--storage.directory: another exporter uses " + directory + ": end it, or give each a directory of its own"
	if status := run(t.Context(), args, &stdout, &stderr); status != 1 || !strings.Contains(stderr.String(), want) {
		t.Errorf("status %d, stderr %q; want 1 and %q", status, stderr.String(), want)
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}

	stderr.Reset()
	if status := run(t.Context(), append(args, "--web.telemetry-path=metrics"), &stdout, &stderr); status != 1 || !strings.Contains(stderr.String(), "--web.telemetry-path") {
		t.Errorf("status %d, stderr %q; want 1 and --web.telemetry-path", status, stderr.String())
	}
	lock, err = reports.LockDirectory(directory)
	if err != nil {
		t.Fatalf("after an exporter that could not start: %v", err)
	}
	if err := lock.Close(); err != nil {
		t.Error(err)
	}
}
