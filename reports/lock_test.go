package reports

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// lockVariable has the test binary lock the directory that it names, say so and wait: it is
// another exporter then.
const lockVariable = "BEYONDTRUST_EXPORTER_TEST_LOCK"

// A directory is one exporter's until that one ends, and free at once after it, even if it is
// killed.
func TestLockDirectory(t *testing.T) {
	if directory := os.Getenv(lockVariable); directory != "" {
		holdLock(t, directory)
		return
	}
	directory := t.TempDir()
	refused := func(by string) {
		t.Helper()
		if lock, err := LockDirectory(directory); err == nil {
			_ = lock.Close()
			t.Errorf("a directory that %s uses is given away", by)
		} else if !strings.Contains(err.Error(), "another exporter uses "+directory) {
			t.Errorf("the error about a directory that %s uses: %v", by, err)
		}
	}
	lock, err := LockDirectory(directory)
	if err != nil {
		t.Fatal(err)
	}
	refused("this process")
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}

	other := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestLockDirectory$")
	other.Env = append(os.Environ(), lockVariable+"="+directory)
	stdin, err := other.StdinPipe() // which stays open until the other is killed
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	stdout, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "locked\n" {
		t.Errorf("the other process says %q, %v", line, err)
	}
	refused("another process")
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = other.Wait() // It was killed.
	lock, err = LockDirectory(directory)
	if err != nil {
		t.Fatalf("after the other process was killed: %v", err)
	}
	if err := lock.Close(); err != nil {
		t.Error(err)
	}

	if _, err := LockDirectory(filepath.Join(directory, "missing")); err == nil {
		t.Error("a directory that does not exist is locked")
	}
}

// holdLock locks a directory until the process is killed, or the one that wants it ends.
func holdLock(t *testing.T, directory string) {
	lock, err := LockDirectory(directory)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if _, err := os.Stdout.WriteString("locked\n"); err != nil {
		t.Fatal(err)
	}
	_, _ = os.Stdin.Read(make([]byte, 1))
}
