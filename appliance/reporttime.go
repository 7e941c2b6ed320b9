package appliance

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance/xmlanswer"
)

// readTime reads a time of a report. odd tells of one that is there and cannot be read: the name of
// its element and its shape, since the text itself may be anything. A text without a digit but 0, a
// dash or a word, stands for no time.
func readTime(e xmlanswer.Element, text string) (t time.Time, odd string) {
	if t = e.Time(text); !t.IsZero() {
		return t, ""
	}
	for _, written := range []string{e.Attr("timestamp"), text} {
		if strings.ContainsAny(written, "123456789") {
			return time.Time{}, e.Name + " " + shape(written)
		}
	}
	return time.Time{}, ""
}

// readTime reads a time of the session, and takes note of one that cannot be read.
func (s *Session) readTime(e xmlanswer.Element, text string) time.Time {
	t, odd := readTime(e, text)
	if odd != "" {
		s.OddTime = odd
	}
	return t
}

// shape tells how a text is written without telling what it says.
func shape(text string) string {
	const longest = 40
	return xmlanswer.Cut(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsDigit(r):
			return '9'
		case unicode.IsLetter(r):
			return 'a'
		case unicode.IsPrint(r):
			return r
		default:
			return unicode.ReplacementChar
		}
	}, text), longest)
}

// sameTime writes a time of ISO 8601 in one way, in Unix seconds where it is whole ones: how an
// appliance writes an instant changes with its time zone and with daylight saving. Any other text
// is returned as it is.
func sameTime(text string) string {
	const shortest, longest, date = len("2006-01-02T15:04:05Z"), len("2006-01-02T15:04:05.999999999+00:00"), len("2006-01-02")
	if len(text) < shortest || len(text) > longest || text[date] != 'T' {
		return text
	}
	t := xmlanswer.Element{}.Time(text)
	switch {
	case t.IsZero():
		return text
	case t.Nanosecond() == 0:
		return strconv.FormatInt(t.Unix(), 10)
	default:
		return t.Format(time.RFC3339Nano)
	}
}
