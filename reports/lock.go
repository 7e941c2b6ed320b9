package reports

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
)

// lockName is the file in a storage directory that is locked. It stays there: whoever removed it
// could remove the one that another has just locked.
const lockName = ".lock"

// errLocked is the cause of the error about a file that another process has locked.
var errLocked = errors.New("it is locked")

// LockDirectory takes a storage directory until what it returns is closed or the process ends in
// whatever way: two exporters that write the same files would each undo what the other counted.
// An error says what to do.
func LockDirectory(directory string) (io.Closer, error) {
	if err := checkDirectory(directory); err != nil {
		return nil, err
	}
	lock, err := lockFile(filepath.Join(directory, lockName))
	switch {
	case errors.Is(err, errLocked):
		return nil, fmt.Errorf("another exporter uses %s: end it, or give each a directory of its own", directory)
	case err != nil:
		return nil, fmt.Errorf("locking the storage directory: %w: let this process write to that file, or remove it while no exporter runs", err)
	}
	return lock, nil
}
