package statesub

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
)

// ErrMalformed is what a message that is no JSON object, or no valid JSON, or
// nested too deeply, is refused with. The error that wraps it tells the place,
// never the content: a message is full of people's names.
var ErrMalformed = errors.New("malformed message")

// maxDepth bounds the nesting of objects and arrays. The protocol needs four
// levels; what is deeper is no appliance's doing.
const maxDepth = 64

// scanner reads JSON text (RFC 8259) in one pass and in place. It checks the
// syntax of everything that it passes over, as strictly as encoding/json, and
// copies only strings with escapes or invalid UTF-8, and only when asked for
// their text. The first error sticks and ends every loop.
type scanner struct {
	data []byte
	pos  int
	// scratch has room for the text of the string read last.
	scratch []byte
	err     error
}

func (s *scanner) fail(want string) {
	if s.err == nil {
		s.err = fmt.Errorf("%w: no %s at byte %d", ErrMalformed, want, s.pos)
	}
	s.pos = len(s.data)
}

// white has the bit of each character that JSON allows between its tokens.
const white = 1<<' ' | 1<<'\t' | 1<<'\r' | 1<<'\n'

// peek passes over white space and returns the byte that follows, 0 at the end.
func (s *scanner) peek() byte {
	for s.pos < len(s.data) {
		if c := s.data[s.pos]; c > ' ' || white>>c&1 == 0 {
			return c
		}
		s.pos++
	}
	return 0
}

// more tells whether an object or array that ends with end has another member,
// and moves to it. first says that the opening bracket came last.
func (s *scanner) more(end byte, first bool) bool {
	c := s.peek()
	if s.err != nil {
		return false
	}
	if c == end {
		s.pos++
		return false
	}
	if first {
		return true
	}
	if c != ',' {
		s.fail("comma or closing bracket")
		return false
	}
	s.pos++
	return true
}

// key reads the name of a member and the colon after it. The name is valid
// until the next string is read.
func (s *scanner) key() (name []byte, ok bool) {
	if s.peek() != '"' {
		s.fail("name of a member")
		return nil, false
	}
	name = s.text()
	return name, s.colon()
}

// colon passes over the colon after the name of a member.
func (s *scanner) colon() bool {
	if s.peek() != ':' {
		s.fail("colon")
		return false
	}
	s.pos++
	return true
}

// text reads the string at pos, its escapes resolved and its UTF-8 made valid.
// The text is valid until the next string is read.
func (s *scanner) text() []byte {
	raw, plain := s.rawString()
	if plain {
		return raw
	}
	return s.unescape(raw)
}

const (
	lowBits  = 0x0101010101010101
	highBits = 0x8080808080808080
)

// stringEnds returns a word of which the lowest high bit set marks the first byte
// of w that a string cannot contain as it is: a quote, a backslash or a
// control character. Bits above the lowest may be wrong.
func stringEnds(w uint64) uint64 {
	quote := w ^ lowBits*'"'
	slash := w ^ lowBits*'\\'
	return ((quote-lowBits)&^quote | (slash-lowBits)&^slash | (w-lowBits*' ')&^w) & highBits
}

// rawString passes over the string at pos and returns what is between its
// quotes. plain says that this is ASCII without escapes. Eight bytes are looked
// at at once: nearly all of a message is strings that nobody asks for.
func (s *scanner) rawString() (raw []byte, plain bool) {
	data := s.data
	start := s.pos + 1
	i := start
	plain = true
	var wide uint64
	for {
		for i+8 <= len(data) {
			w := binary.LittleEndian.Uint64(data[i:])
			found := stringEnds(w)
			if found == 0 {
				wide |= w
				i += 8
				continue
			}
			n := bits.TrailingZeros64(found) &^ 7
			wide |= w & (1<<n - 1)
			i += n >> 3
			break
		}
		for i < len(data) && data[i] >= ' ' && data[i] != '"' && data[i] != '\\' {
			wide |= uint64(data[i])
			i++
		}
		if i >= len(data) {
			s.fail("end of a string")
			return nil, true
		}
		switch data[i] {
		case '"':
			s.pos = i + 1
			return data[start:i], plain && wide&highBits == 0
		case '\\':
			n := escapeLength(data[i:])
			if n == 0 {
				s.pos = i
				s.fail("valid escape")
				return nil, true
			}
			plain = false
			i += n
		default:
			s.pos = i
			s.fail("escape of a control character")
			return nil, true
		}
	}
}

// escapeLength returns the length of the escape that b begins with, 0 if it is
// none.
func escapeLength(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if _, ok := hex4(b); ok {
			return 6
		}
	}
	return 0
}

// literal passes over the word at pos, which has to be want.
func (s *scanner) literal(want string) {
	if rest := s.data[s.pos:]; len(rest) < len(want) || string(rest[:len(want)]) != want {
		s.fail("valid literal")
		return
	}
	s.pos += len(want)
}

// skip passes over the value at pos, which is nested depth levels deep.
func (s *scanner) skip(depth int) {
	switch c := s.peek(); c {
	case '"':
		s.rawString()
	case '{', '[':
		s.skipComposite(c, depth)
	case 't':
		s.literal("true")
	case 'f':
		s.literal("false")
	case 'n':
		s.literal("null")
	default:
		s.number()
	}
}

func (s *scanner) skipComposite(open byte, depth int) {
	if depth >= maxDepth {
		s.fail("end to the nesting")
		return
	}
	s.pos++
	if open == '[' {
		for first := true; s.more(']', first); first = false {
			s.skip(depth + 1)
		}
		return
	}
	for first := true; s.more('}', first); first = false {
		if s.peek() != '"' {
			s.fail("name of a member")
			return
		}
		s.rawString()
		if s.colon() {
			s.skip(depth + 1)
		}
	}
}
