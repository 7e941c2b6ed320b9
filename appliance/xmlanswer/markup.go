package xmlanswer

import (
	"errors"
	"unicode/utf8"
)

const (
	// maxTag bounds what stands between < and >: encoding/xml holds all the attributes of an
	// element at once, at many times their size.
	maxTag = 1 << 20

	// maxRun is how many characters are handed on of one text, comment or the like, which
	// encoding/xml holds as a whole. Far less is read of any.
	maxRun = 64 << 10

	sectionStart = "<![CDATA["
	commentStart = "<!--"
	commentEnd   = "-->"
)

var errLongTag = errors.New("an element's tag goes on for more than 1 MiB")

// markup follows a document by its characters, just as far as it takes to know how long the piece
// is that they are in. A piece is a tag, a text, or what goes on to an end of its own whatever
// stands in it: a CDATA section, a comment, an instruction.
type markup struct {
	tag       int    // characters since the last <, 0 outside of a tag
	quote     byte   // the quote that a value in it ends with, 0 outside of one
	opening   string // the start of a tag that may become a section or a comment
	within    int    // how many declarations it stands in, as in a type of document
	end       string // what a section, a comment or an instruction ends with, "" outside of one
	ended     int    // how much of end has come
	run       int    // characters of the text, section, comment or instruction
	reference bool   // in a reference such as &amp;
	skipping  bool   // the rest of the run is passed over
}

// step takes in the next character, or the first byte of it. Where keep is false it is to be
// passed over; what stands in its place then is the end of what was passed over, if that is here.
func (m *markup) step(c byte) (keep bool, instead string) {
	switch {
	case m.end != "":
		return m.inside(c)
	case m.tag > 0:
		m.inTag(c)
		return true, ""
	case c == '<':
		*m = markup{tag: 1}
		return true, ""
	}
	if m.run++; m.run > maxRun && !m.reference {
		m.skipping = true
	}
	switch c {
	case '&':
		m.reference = true
	case ';':
		m.reference = false
	}
	return !m.skipping, ""
}

// plain takes in the characters that in begins with as far as they change nothing, are ASCII and
// are allowed, and returns how many these are: most of a document, at a fraction of the cost.
func (m *markup) plain(in []byte) int {
	most := maxRun - m.run
	switch {
	case m.end != "" || m.reference || m.skipping || m.opening != "" || m.tag == 1:
		return 0
	case m.tag > 0:
		most = maxTag
	}
	n := 0
	for n < min(len(in), most) && !special(in[n]) {
		n++
	}
	if m.tag > 0 {
		m.tag += n
	} else {
		m.run += n
	}
	return n
}

// special reports whether a byte takes more than to be counted, in a text or in a tag.
func special(c byte) bool {
	switch c {
	case '<', '>', '&', ';', '"', '\'':
		return true
	case '\t', '\n', '\r':
		return false
	}
	return c < ' ' || c >= utf8.RuneSelf
}

// inTag takes in a character of a tag. A > within quotes does not end one.
func (m *markup) inTag(c byte) {
	m.tag++
	switch {
	case m.quote != 0:
		if c == m.quote {
			m.quote = 0
		}
	case c == '<' && (m.opening != "" || m.within > 0):
		*m = markup{tag: 1, within: m.within + 1}
	case c == '<':
		*m = markup{tag: 1}
	case c == '>':
		m.leave()
	case m.tag == 2 && c == '?' && m.within == 0:
		*m = markup{end: "?>"}
	case m.tag == 2 && c == '!':
		m.opening = "<!"
	case m.opening != "":
		m.declare(c)
	case c == '"' || c == '\'':
		m.quote = c
	}
}

// declare takes in a character of what began with <!.
func (m *markup) declare(c byte) {
	if c == '"' || c == '\'' {
		m.quote = c
	}
	if m.tag > len(sectionStart) {
		return
	}
	switch m.opening += string(c); {
	case m.opening == commentStart:
		*m = markup{end: commentEnd, within: m.within}
	case m.opening == sectionStart && m.within == 0:
		*m = markup{end: "]]>"}
	}
}

// leave goes back to the declaration around what has ended, or to the text.
func (m *markup) leave() {
	if m.within == 0 {
		*m = markup{}
		return
	}
	*m = markup{tag: len(sectionStart), opening: sectionStart, within: m.within - 1}
}

// inside takes in a character of a section, a comment or an instruction.
func (m *markup) inside(c byte) (keep bool, instead string) {
	if m.run++; m.run > maxRun && (m.ended == 0 || m.end != commentEnd) {
		m.skipping = true // In a comment two dashes end it, and three are an error.
	}
	switch {
	case c == m.end[m.ended]:
		m.ended++
	case c != m.end[0]: // Else it is one more of those that an end begins with: "]]]>".
		m.ended = 0
	}
	keep = !m.skipping
	if m.ended == len(m.end) {
		if m.skipping {
			instead = m.end
		}
		m.leave()
	}
	return keep, instead
}
