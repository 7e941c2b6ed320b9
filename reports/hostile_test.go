package reports

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// What has the name of a storage file and is none is set aside, where opening it would wait for
// ever as well.
func TestStorageThatIsNoFile(t *testing.T) {
	kinds := map[string]func(path string) error{
		"a folder": func(path string) error { return os.Mkdir(path, 0o700) },
	}
	if runtime.GOOS != "windows" {
		kinds["a pipe"] = func(path string) error { return exec.Command("mkfifo", path).Run() }
		kinds["a link to a device"] = func(path string) error { return os.Symlink("/dev/zero", path) }
	}
	for kind, create := range kinds {
		directory := t.TempDir()
		path := filepath.Join(directory, fileName("hq-a"))
		if err := create(path); err != nil {
			t.Fatal(err)
		}
		var logged lines
		s, err := openStore(directory, "hq-a", logged.logger())
		if err != nil || logged.count("counting starts over") != 1 {
			t.Errorf("%s: %v, and the log says %s", kind, err, logged.all.String())
			continue
		}
		s.put(Vault, newBook(Vault))
		if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() || info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows" {
			t.Errorf("%s: in its place is %v, %v", kind, info, err)
		}
		if _, err := os.Lstat(path + setAside); err != nil {
			t.Errorf("%s is not set aside: %v", kind, err)
		}
	}
}
