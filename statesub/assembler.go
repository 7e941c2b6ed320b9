package statesub

import (
	"bytes"
	"errors"
	"fmt"
)

// errTooLarge is what a message longer than the limit is refused with.
var errTooLarge = errors.New("message too large")

const (
	// chunk is the largest number of bytes read at once. A read of a frame
	// waits until all of them are there, so it must not be long in coming: one
	// that takes the idle timeout is taken for a message that has stopped.
	chunk = 8 << 10
	// smallBuffer is the room that an assembler starts with, and goes back to
	// from more than a largeBuffer.
	smallBuffer, largeBuffer = 16 << 10, 64 << 10
)

// assembler puts messages together from the contents of frames. A message ends
// with a newline; it may be cut over several frames anywhere, and several may
// share a frame. Bytes are read into the assembler's one buffer (room, added)
// and messages are taken out of it in place (next).
type assembler struct {
	limit int // the most bytes that a message may have
	buf   []byte
	start int // where the message begins that is next
	seen  int // up to where it has no newline
}

// room returns room to read into, which the next call of any method voids. It
// never lets more come in than shows that a message is too large.
func (a *assembler) room() []byte {
	want := min(chunk, a.limit+1-a.pending())
	if len(a.buf)+want > cap(a.buf) && a.start > 0 {
		// Everything in front has been taken out.
		a.buf = a.buf[:copy(a.buf, a.buf[a.start:])]
		a.seen -= a.start
		a.start = 0
	}
	if len(a.buf) == cap(a.buf) {
		grown := make([]byte, len(a.buf), min(max(2*cap(a.buf), smallBuffer), a.limit+1))
		copy(grown, a.buf)
		a.buf = grown
	}
	return a.buf[len(a.buf):min(len(a.buf)+want, cap(a.buf))]
}

// added says that n bytes were read into the room.
func (a *assembler) added(n int) { a.buf = a.buf[:len(a.buf)+n] }

// pending returns the number of bytes held of messages not taken out yet.
func (a *assembler) pending() int { return len(a.buf) - a.start }

// next takes the next whole message out, without its newline and the white
// space around it. It is valid until the next call of room. Where none is
// whole, ok is false; where the one that has begun is too large already, the
// error wraps errTooLarge, and the assembler is of no further use.
func (a *assembler) next() (message []byte, ok bool, err error) {
	for {
		n := bytes.IndexByte(a.buf[a.seen:], '\n')
		end := a.seen + n
		if n < 0 {
			end = len(a.buf)
		}
		if end-a.start > a.limit {
			return nil, false, fmt.Errorf("%w: it has more than the %d bytes that are allowed", errTooLarge, a.limit)
		}
		if n < 0 {
			a.seen = end
			return nil, false, nil
		}
		message = bytes.Trim(a.buf[a.start:end], " \t\r")
		a.start, a.seen = end+1, end+1
		if len(message) > 0 {
			return message, true, nil
		}
	}
}

// release gives a buffer back that a large message made grow, once little is
// held in it. It is called when the messages that were there have been used.
func (a *assembler) release() {
	if cap(a.buf) <= largeBuffer || a.pending() > smallBuffer/2 {
		return
	}
	small := make([]byte, a.pending(), smallBuffer)
	copy(small, a.buf[a.start:])
	a.buf = small
	a.seen -= a.start
	a.start = 0
}
