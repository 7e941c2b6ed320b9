package statesub

import (
	"bytes"
	"math"
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

// parseID reads an unsigned 64-bit number. It never goes through a float64,
// which cannot hold the larger ones.
func parseID(b []byte) (id uint64, ok bool) {
	if len(b) == 0 || len(b) > len("18446744073709551615") {
		return 0, false
	}
	for _, c := range b {
		digit := uint64(c - '0')
		if digit > 9 || id > math.MaxUint64/10 || id == math.MaxUint64/10 && digit > math.MaxUint64%10 {
			return 0, false
		}
		id = id*10 + digit
	}
	return id, true
}

// exactDigits is a number of decimal digits that a float64 holds exactly.
const exactDigits = 15

// parseTimestamp reads a number that is finite and not negative.
func parseTimestamp(b []byte) (seconds float64, ok bool) {
	// Nearly all timestamps are a few digits: there the quotient of two exact
	// numbers is what strconv.ParseFloat finds with more effort.
	if len(b) <= exactDigits+1 {
		var mantissa, divisor uint64 = 0, 1
		whole := digits(b)
		fraction := b[whole:]
		if len(fraction) > 1 && fraction[0] == '.' {
			fraction = fraction[1:]
		}
		if whole > 0 && whole <= exactDigits && digits(fraction) == len(fraction) && (whole == 1 || b[0] != '0') && b[len(b)-1] != '.' {
			for _, c := range b[:whole] {
				mantissa = mantissa*10 + uint64(c-'0')
			}
			for _, c := range fraction {
				mantissa = mantissa*10 + uint64(c-'0')
				divisor *= 10
			}
			return float64(mantissa) / float64(divisor), true
		}
	}
	// strconv takes more than JSON does: NaN, infinities, hexadecimal.
	if n := numberLength(b); n == 0 || n != len(b) {
		return 0, false
	}
	seconds, err := strconv.ParseFloat(string(b), 64)
	if err != nil || seconds < 0 {
		return 0, false
	}
	return seconds + 0, true // no negative zero
}
