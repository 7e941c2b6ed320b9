package statesub

import (
	"errors"
	"io"
	"sync/atomic"
	"time"
)

// wire is the stream below a WebSocket. It tells when something came last,
// pongs and half frames included, and whether the other side has ended it, and
// can be cut while others read and write.
type wire struct {
	io.ReadWriteCloser
	began time.Time
	last  atomic.Int64 // since began, in nanoseconds
	ended atomic.Bool
}

func newWire(stream io.ReadWriteCloser) *wire {
	return &wire{ReadWriteCloser: stream, began: time.Now()}
}

func (w *wire) Read(p []byte) (int, error) {
	n, err := w.ReadWriteCloser.Read(p)
	if n > 0 {
		w.last.Store(int64(time.Since(w.began)))
	}
	if errors.Is(err, io.EOF) {
		w.ended.Store(true)
	}
	return n, err
}

// silence returns the time since something came last.
func (w *wire) silence() time.Duration {
	return time.Since(w.began) - time.Duration(w.last.Load())
}
