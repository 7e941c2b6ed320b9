//go:build !windows

package reports

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// lockFile makes a file where there is none, and locks it until it is closed. On a file system
// that has no locks it locks nothing: the counters are worth more than the care for them.
func lockFile(path string) (io.Closer, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errors.Join(errLocked, f.Close())
	}
	return f, nil
}
