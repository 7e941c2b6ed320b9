package xmlanswer

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	// lookahead is how far textReader looks for the end of a character reference.
	lookahead = 32

	// sniffed is how far it looks for the end of an XML declaration.
	sniffed = 512
)

// textReader makes any bytes into text that encoding/xml does not stumble over: valid UTF-8
// without the characters that XML does not allow. Bytes that are no UTF-8 become U+FFFD;
// control characters, and references to them, are passed over. A document that declares
// itself ISO-8859-1 or windows-1252 is converted; both are read as windows-1252, which differs
// in control characters alone. Any other declaration is taken for UTF-8. Of a text that goes on
// and on the rest is left out, since a decoder would hold all of it.
type textReader struct {
	src     *bufio.Reader
	err     error
	started bool
	bytes   bool // one byte is one character
	out     []byte
	next    int // of out
	markup  markup
}

func newTextReader(r io.Reader) *textReader {
	return &textReader{src: bufio.NewReaderSize(r, 16<<10)}
}

// Read gives the text on.
func (t *textReader) Read(p []byte) (int, error) {
	for t.next == len(t.out) {
		if t.err != nil {
			return 0, t.err
		}
		t.fill()
	}
	n := copy(p, t.out[t.next:])
	t.next += n
	return n, nil
}

// fill converts what the source has ready, at least one character unless it has ended.
func (t *textReader) fill() {
	if !t.started {
		t.started = true
		t.start()
	}
	t.out, t.next = t.out[:0], 0
	in, err := t.src.Peek(lookahead)
	if err == nil {
		in, _ = t.src.Peek(t.src.Buffered())
	}
	last := err != nil
	used := 0
	for used < len(in) && (last || len(in)-used >= lookahead) {
		n := t.markup.plain(in[used:])
		if n > 0 {
			t.out = append(t.out, in[used:used+n]...)
		} else {
			n = t.convert(in[used:])
		}
		used += n
		if t.markup.tag > maxTag {
			t.err = errLongTag
			return
		}
	}
	_, _ = t.src.Discard(used) // It is buffered.
	if last {
		t.err = err
	}
}

// start passes over a byte order mark and looks at the XML declaration.
func (t *textReader) start() {
	head, _ := t.src.Peek(sniffed) // An error comes again with the next.
	if rest, ok := bytes.CutPrefix(head, []byte("\xEF\xBB\xBF")); ok {
		_, _ = t.src.Discard(len(head) - len(rest))
		head = rest
	}
	switch declaredCharset(head) {
	case "iso-8859-1", "latin1", "windows-1252", "cp1252", "us-ascii", "ascii":
		t.bytes = true
	}
}

// declaredCharset returns the encoding that an XML declaration names, in small letters.
func declaredCharset(head []byte) string {
	text := strings.TrimSpace(string(head))
	declaration, _, ended := strings.Cut(text, "?>")
	if !ended || !strings.HasPrefix(declaration, "<?xml") {
		return ""
	}
	_, name, _ := strings.Cut(declaration, "encoding")
	name = strings.TrimLeft(name, " \t\r\n=")
	if name == "" {
		return ""
	}
	name, _, _ = strings.Cut(name[1:], name[:1])
	return strings.ToLower(name)
}

// convert takes in the first character of in and returns how many bytes that was.
func (t *textReader) convert(in []byte) int {
	c := in[0]
	if c == '&' {
		if n := forbiddenReference(in); n > 0 {
			return n
		}
	}
	r, n := rune(c), 1
	switch {
	case c < utf8.RuneSelf:
	case t.bytes:
		r = windows1252(c)
	default:
		r, n = utf8.DecodeRune(in)
	}
	if !allowed(r) {
		return n
	}
	keep, instead := t.markup.step(c)
	t.out = append(t.out, instead...)
	if keep {
		t.out = utf8.AppendRune(t.out, r)
	}
	return n
}

// allowed reports whether XML 1.0 allows a character (section 2.2).
func allowed(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' ||
		r >= ' ' && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= utf8.MaxRune
}

// forbiddenReference returns the length of a reference such as &#0; at the start of in, where
// it is to a character that XML does not allow, else 0.
func forbiddenReference(in []byte) int {
	end := bytes.IndexByte(in[:min(len(in), lookahead)], ';')
	if end < 3 || in[1] != '#' {
		return 0
	}
	digits, base := string(in[2:end]), 10
	if hex, ok := strings.CutPrefix(digits, "x"); ok {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 64)
	switch {
	case errors.Is(err, strconv.ErrSyntax):
		return 0
	case err == nil && n <= utf8.MaxRune && allowed(rune(n)):
		return 0
	}
	return end + 1
}

// windows1252 returns the character of a byte past ASCII. Those below 0xA0 that the code page
// leaves open are the control characters of ISO 8859-1.
func windows1252(c byte) rune {
	if c >= 0xA0 {
		return rune(c)
	}
	return [...]rune{
		'€', 0x81, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0x8D, 'Ž', 0x8F,
		0x90, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0x9D, 'ž', 'Ÿ',
	}[c-0x80]
}
