package statesub

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// assemble feeds the pieces to an assembler, a piece being what one read gives
// at most, and returns the messages.
func assemble(limit int, pieces ...[]byte) (messages []string, err error) {
	a := assembler{limit: limit}
	for _, piece := range pieces {
		for len(piece) > 0 {
			room := a.room()
			if len(room) == 0 {
				return messages, errors.New("no room")
			}
			if len(a.buf)+len(room) > limit+1 {
				return messages, fmt.Errorf("%d bytes may come in where %d are allowed", len(a.buf)+len(room), limit)
			}
			n := copy(room, piece)
			piece = piece[n:]
			a.added(n)
			for {
				message, ok, err := a.next()
				if err != nil {
					return messages, err
				}
				if !ok {
					break
				}
				messages = append(messages, string(message))
			}
			a.release()
		}
	}
	return messages, nil
}

func TestAssembler(t *testing.T) {
	const limit = 10
	for _, tt := range []struct {
		name   string
		pieces string // cut at |
		want   []string
		err    error
	}{
		{"one", "{}\n", []string{"{}"}, nil},
		{"several in a frame", "{}\n[]\n1\n", []string{"{}", "[]", "1"}, nil},
		{"cut", "{|}|\n", []string{"{}"}, nil},
		{"cut inside a character", "\"\xc3|\xa9\"\n", []string{"\"é\""}, nil},
		{"empty lines", "\n\n \t\r\n{}\r\n\n", []string{"{}"}, nil},
		{"not ended", "{}\n{", []string{"{}"}, nil},
		{"as long as allowed", "0123456789\n0123|456789\n", []string{"0123456789", "0123456789"}, nil},
		{"too long", "0123456789a\n", nil, errTooLarge},
		{"too long before it ends", "01234|56789a", nil, errTooLarge},
		{"too long after others", "{}\n{}\n0123456789a", []string{"{}", "{}"}, errTooLarge},
	} {
		var pieces [][]byte
		for piece := range strings.SplitSeq(tt.pieces, "|") {
			pieces = append(pieces, []byte(piece))
		}
		got, err := assemble(limit, pieces...)
		if !slices.Equal(got, tt.want) || !errors.Is(err, tt.err) {
			t.Errorf("%s: got %q, %v", tt.name, got, err)
		}
	}
}

// The buffer of a full copy is given back, and what has come of the next
// message stays.
func TestAssemblerGivesBack(t *testing.T) {
	a := assembler{limit: 64 << 20}
	feed := func(b []byte) {
		for len(b) > 0 {
			n := copy(a.room(), b)
			a.added(n)
			b = b[n:]
		}
	}
	feed(bytes.Repeat([]byte{'x'}, 25<<20))
	feed([]byte("\n{\"a\":"))
	if message, ok, _ := a.next(); !ok || len(message) != 25<<20 {
		t.Fatalf("a message of %d bytes", len(message))
	}
	if _, ok, _ := a.next(); ok {
		t.Fatal("half a message is whole")
	}
	a.release()
	if cap(a.buf) > largeBuffer {
		t.Errorf("%d bytes are kept", cap(a.buf))
	}
	feed([]byte("1}\n"))
	if message, ok, _ := a.next(); !ok || string(message) != `{"a":1}` {
		t.Errorf("then came %q", message)
	}
}

// FuzzAssembler cuts the same bytes in all sorts of ways: the messages are
// those between the newlines, whatever the cuts.
func FuzzAssembler(f *testing.F) {
	f.Add([]byte("{}\n\n{\"a\":1}\r\n{"), []byte{1, 2, 3})
	f.Add([]byte("{\"a\":\"é\"}\n{}\n{}\n"), []byte{0, 7})
	f.Fuzz(func(t *testing.T, stream, cuts []byte) {
		const limit = 64
		var want []string
		tooLarge := false
		rest := stream
		for !tooLarge && len(rest) > 0 {
			line, after, whole := bytes.Cut(rest, []byte{'\n'})
			tooLarge = len(line) > limit
			if line = bytes.Trim(line, " \t\r"); whole && !tooLarge && len(line) > 0 {
				want = append(want, string(line))
			}
			rest = after
		}
		var pieces [][]byte
		rest = stream
		for _, cut := range cuts {
			n := min(int(cut), len(rest))
			pieces = append(pieces, rest[:n])
			rest = rest[n:]
		}
		got, err := assemble(limit, append(pieces, rest)...)
		if !slices.Equal(got, want) || errors.Is(err, errTooLarge) != tooLarge || !tooLarge && err != nil {
			t.Errorf("%q cut at %v: got %q, %v, want %q, too large: %v", stream, cuts, got, err, want, tooLarge)
		}
	})
}
