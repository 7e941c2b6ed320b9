package simulator

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
)

// subscriber is a client of the real-time state API that receives updates: a queue that the desk fills and that one goroutine empties.
type subscriber struct {
	tables  map[world.Table]bool // nil for all
	backlog int

	mu     sync.Mutex
	queue  [][]byte
	bytes  int // of updates: the full copy does not count
	kicked bool
	slow   bool
	wake   chan struct{}
}

func newSubscriber(tables map[world.Table]bool, backlog int) *subscriber {
	return &subscriber{tables: tables, backlog: backlog, wake: make(chan struct{}, 1)}
}

// prepare queues a line that does not count as a backlog.
func (s *subscriber) prepare(line []byte) {
	if len(line) > 0 {
		s.queue = append(s.queue, line)
	}
}

// put queues an update. One that is too far behind is disconnected.
func (s *subscriber) put(line []byte) {
	if len(line) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bytes += len(line); s.bytes > s.backlog {
		s.slow, s.kicked, s.queue = true, true, nil
	} else if !s.kicked {
		s.queue = append(s.queue, line)
	}
	s.signal()
}

// kick lets the subscriber be disconnected as soon as it has read what is queued.
func (s *subscriber) kick() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kicked = true
	s.signal()
}

func (s *subscriber) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// take returns what is queued, or nothing and whether there will be no more.
func (s *subscriber) take() (lines [][]byte, over bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	lines, s.queue, s.bytes = s.queue, nil, 0
	return lines, s.kicked && len(lines) == 0
}

// wasSlow tells whether the subscriber fell behind.
func (s *subscriber) wasSlow() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.slow
}

// framer writes lines as binary frames: long ones are cut, at any byte; short ones may be cut as well, or share a frame.
type framer struct {
	conn    *websocket.Conn
	rng     *rand.Rand
	max     int
	patient time.Duration
}

// send writes whole lines.
func (f *framer) send(ctx context.Context, lines [][]byte) error {
	for len(lines) > 0 {
		line := lines[0]
		n := 1
		for n < len(lines) && len(line)+len(lines[n]) < min(f.max, 4096) && f.rng.IntN(3) > 0 {
			line = append(slices.Clip(line), lines[n]...)
			n++
		}
		if n == 1 && (len(line) > f.max || f.rng.IntN(8) == 0) {
			if err := f.cut(ctx, line); err != nil {
				return err
			}
		} else if err := f.frame(ctx, line); err != nil {
			return err
		}
		lines = lines[n:]
	}
	return nil
}

// cut writes one line in several frames.
func (f *framer) cut(ctx context.Context, line []byte) error {
	for len(line) > 0 {
		n := min(len(line), 1+f.rng.IntN(min(f.max, max(1, len(line)))))
		if err := f.frame(ctx, line[:n]); err != nil {
			return err
		}
		line = line[n:]
	}
	return nil
}

// frame writes one binary message of the web socket, sometimes as two fragments.
func (f *framer) frame(ctx context.Context, b []byte) error {
	ctx, cancel := context.WithTimeout(ctx, f.patient)
	defer cancel()
	if len(b) < 2 || f.rng.IntN(10) > 0 {
		if err := f.conn.Write(ctx, websocket.MessageBinary, b); err != nil {
			return fmt.Errorf("sending a frame of %d bytes: %w", len(b), err)
		}
		return nil
	}
	w, err := f.conn.Writer(ctx, websocket.MessageBinary)
	if err != nil {
		return fmt.Errorf("beginning a frame: %w", err)
	}
	at := 1 + f.rng.IntN(len(b)-1)
	for _, part := range [][]byte{b[:at], b[at:]} {
		if _, err := w.Write(part); err != nil {
			return fmt.Errorf("sending a fragment of %d bytes: %w", len(part), err)
		}
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("ending a frame: %w", err)
	}
	return nil
}
