package statesub

import (
	"bytes"
	"strconv"
)

// tokenKind tells the JSON type of a value.
type tokenKind uint8

const (
	invalidToken tokenKind = iota
	nullToken
	falseToken
	trueToken
	numberToken
	textToken
	compositeToken // an object or an array, passed over
)

// token is a value of a message. Appliances spell the same thing in different
// ways from one version to the next, so it is read by what is wanted and not
// by what it looks like. text is that of a number or a string, valid until the
// next string is read.
type token struct {
	kind tokenKind
	text []byte
}

// token reads the value at pos, which is nested depth levels deep.
func (s *scanner) token(depth int) token {
	switch c := s.peek(); c {
	case '"':
		return token{kind: textToken, text: s.text()}
	case '{', '[':
		s.skipComposite(c, depth)
		return token{kind: compositeToken}
	case 't':
		s.literal("true")
		return token{kind: trueToken}
	case 'f':
		s.literal("false")
		return token{kind: falseToken}
	case 'n':
		s.literal("null")
		return token{kind: nullToken}
	default:
		return token{kind: numberToken, text: s.number()}
	}
}

// missing tells whether the value is a way to say that there is none.
func (t token) missing() bool {
	return t.kind == nullToken || t.kind == textToken && len(t.text) == 0
}

// reference reads the id of a row or of a user, a number or a string. 0 stands
// for none.
func (t token) reference() (id uint64, ok bool) {
	if t.missing() {
		return 0, true
	}
	if t.kind != numberToken && t.kind != textToken {
		return 0, false
	}
	return parseID(t.text)
}

// flag reads a boolean: true or false, 1 or 0, or one of these in a string.
func (t token) flag() (f Flag, ok bool) {
	switch {
	case t.missing():
		return Unsaid, true
	case t.kind == trueToken:
		return Yes, true
	case t.kind == falseToken:
		return No, true
	case t.kind != numberToken && t.kind != textToken:
		return Unsaid, false
	}
	switch {
	case string(t.text) == "1" || bytes.EqualFold(t.text, []byte("true")):
		return Yes, true
	case string(t.text) == "0" || bytes.EqualFold(t.text, []byte("false")):
		return No, true
	}
	return Unsaid, false
}

// timestamp reads Unix seconds, a number or a string. 0 stands for none.
func (t token) timestamp() (seconds float64, ok bool) {
	if t.missing() {
		return 0, true
	}
	if t.kind != numberToken && t.kind != textToken {
		return 0, false
	}
	seconds, ok = parseTimestamp(t.text)
	if seconds > latestTimestamp {
		return 0, false
	}
	return seconds, ok
}

// latestTimestamp is the latest time that is taken for one, in Unix seconds: in
// the year 5138. Milliseconds are later.
const latestTimestamp = 1e11

// integer reads a whole number of at most 32 bits, a number or a string.
func (t token) integer() (n int32, ok bool) {
	if t.missing() {
		return 0, true
	}
	if t.kind != numberToken && t.kind != textToken {
		return 0, false
	}
	i, err := strconv.ParseInt(string(t.text), 10, 32)
	return int32(i), err == nil
}

// bytes reads a text: a string, or the text of a number.
func (t token) bytes() (text []byte, ok bool) {
	switch t.kind {
	case nullToken:
		return nil, true
	case numberToken, textToken:
		return t.text, true
	default:
		return nil, false
	}
}
