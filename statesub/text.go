package statesub

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	// maxText bounds, in bytes, a text that becomes a label.
	maxText = 128
	// maxList bounds a comma-separated list of such texts.
	maxList = 64 * maxText
	// maxLSID bounds a logging session id, which is cut by nobody: two that
	// differ only at the end must not become one.
	maxLSID = 256
	// maxReason bounds the appliance's explanation of a refusal.
	maxReason = 256
)

// unescape returns the text of a string, given what is between its quotes,
// with the escapes resolved and all that is no UTF-8 replaced by U+FFFD, as
// encoding/json does it.
func (s *scanner) unescape(raw []byte) []byte {
	if bytes.IndexByte(raw, '\\') < 0 && utf8.Valid(raw) {
		return raw
	}
	b := s.scratch[:0]
	for i := 0; i < len(raw); {
		switch c := raw[i]; {
		case c == '\\':
			r, n := unescapeRune(raw[i:])
			b = utf8.AppendRune(b, r)
			i += n
		case c < utf8.RuneSelf:
			b = append(b, c)
			i++
		default:
			r, n := utf8.DecodeRune(raw[i:])
			b = utf8.AppendRune(b, r)
			i += n
		}
	}
	s.scratch = b
	return b
}

// unescapeRune returns the character that the valid escape at the start of b
// stands for, and the number of bytes that it takes. Half a surrogate pair
// stands for U+FFFD.
func unescapeRune(b []byte) (rune, int) {
	switch b[1] {
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
		r, _ := hex4(b)
		if !utf16.IsSurrogate(r) {
			return r, 6
		}
		if low, ok := hex4(b[6:]); ok {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				return pair, 12
			}
		}
		return utf8.RuneError, 6
	default:
		return rune(b[1]), 2
	}
}

// hex4 returns the code unit of the escape \uXXXX at the start of b.
func hex4(b []byte) (r rune, ok bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	for _, c := range b[2:6] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c|' ' && c|' ' <= 'f':
			c = c | ' ' - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// clip cuts valid UTF-8 to at most limit bytes, between two characters.
func clip(text []byte, limit int) []byte {
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}

// clipList cuts each text of a comma-separated list to maxText bytes and the
// list, between two of them, to maxList bytes. A list that was cut as one text
// would end in a name that nobody gave.
func clipList(list []byte) []byte {
	if len(list) <= maxText {
		return list
	}
	var clipped []byte
	for name := range bytes.SplitSeq(list, []byte{','}) {
		name = clip(name, maxText)
		if len(clipped)+len(name)+1 > maxList {
			break
		}
		if len(clipped) > 0 {
			clipped = append(clipped, ',')
		}
		clipped = append(clipped, name...)
	}
	return clipped
}
