package xmlanswer

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// maxText bounds one value: the longest that anything is done with are error texts.
const maxText = 4 << 10

// Text is the text of an element as it comes, in pieces. The zero Text is empty.
type Text struct{ b strings.Builder }

// Add adds a piece. What goes beyond 4 KiB is cut off.
func (t *Text) Add(piece []byte) {
	if t.b.Len() <= maxText {
		t.b.Write(piece[:min(len(piece), maxText+1)])
	}
}

// String returns the text without white space around it.
func (t *Text) String() string { return Cut(strings.TrimSpace(t.b.String()), maxText) }

// Reset makes it empty.
func (t *Text) Reset() { t.b.Reset() }

// Cut shortens what an appliance wrote to at most n bytes at the border of a character, and makes
// it valid UTF-8.
func Cut(text string, n int) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= n {
		return text
	}
	n -= len("…")
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + "…"
}

// Flag reads a 1 or a 0, or true or false. Anything else is nil: as good as left out.
func Flag(text string) *bool {
	var value bool
	switch strings.ToLower(text) {
	case "1", "true":
		value = true
	case "0", "false":
	default:
		return nil
	}
	return &value
}

// Time reads a time: the attribute beside it, named ts in the command API and timestamp in
// reports, in Unix seconds; else the text, in Unix seconds or as ISO 8601. The zero time stands
// for one that is missing or cannot be read, and for the appliance's 0, which is none.
func (e Element) Time(text string) time.Time {
	for _, candidate := range []string{e.Attr("ts"), e.Attr("timestamp"), text} {
		if t := unixTime(candidate); !t.IsZero() {
			return t
		}
	}
	// The zone comes with a colon in reports and without one in the command API. Without
	// any zone the time may be hours off, so it is not read.
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// unixTime reads Unix seconds, with a fraction or without.
func unixTime(text string) time.Time {
	const end = 253402300800 // The year 10000.
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || !(seconds > 0 && seconds < end) {
		return time.Time{}
	}
	whole := int64(seconds)
	return time.Unix(whole, int64((seconds-float64(whole))*1e9)).UTC()
}
