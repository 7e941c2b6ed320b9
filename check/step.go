package check

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Status is how a step ended.
type Status string

// The outcomes of a step, which are the words in both forms of output.
const (
	// OK: it works.
	OK Status = "ok"
	// Warning: it works, but not as it should, or not for long.
	Warning Status = "warning"
	// Failed: what was asked for does not work.
	Failed Status = "failed"
	// Skipped: nobody asked for it, or it could not work for what failed before.
	Skipped Status = "skipped"
)

// Step is one thing that was tried of one appliance. Its texts are printable, in one line each,
// and have no secret in them.
type Step struct {
	// Name is the step, such as dns or token; it is the same in each version.
	Name string

	// Status is how it ended.
	Status Status

	// Tried is what was done; empty for a skipped step.
	Tried string

	// Found is what came of it, or why the step was skipped.
	Found string

	// Remedy is what to do about it: never empty for a failed step, and empty for one that
	// is ok or skipped.
	Remedy string

	// Took is how long it took; 0 where nothing was asked for the step by itself.
	Took time.Duration
}

// maxText is how many bytes of one text are shown.
const maxText = 1000

// printable makes a text fit to be shown on a terminal in one line. Parts of it may be what an
// appliance, or something that poses as one, wrote: no control sequence of a terminal and no
// line of its own may come from there.
func printable(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case !unicode.IsPrint(r):
			return utf8.RuneError
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	if len(text) <= maxText {
		return text
	}
	n := maxText - len("…")
	for !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + "…"
}

// shown returns the step with its texts made printable.
func (s Step) shown() Step {
	s.Tried, s.Found, s.Remedy = printable(s.Tried), printable(s.Found), printable(s.Remedy)
	return s
}
