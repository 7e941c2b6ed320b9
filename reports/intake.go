package reports

import (
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// intake takes in one report, into a book that nobody else sees yet.
type intake struct {
	book    *book
	counted ledger // of the report
	window  span
	start   int64 // of counting
	cursor  int64 // before this report
	keep    int64 // from when on the next window may have a thing again
	ordinal map[appliance.EventID]uint32
	open    map[string]uint64 // sessions open now, by Jump Group
}

func newIntake(b *book, src source, s *stream, w span) *intake {
	return &intake{
		book: b, counted: b.Counted[src.report],
		window: w, start: s.Start, cursor: s.Cursor,
		keep:    max(s.Cursor, w.until) - seconds(src.overlap),
		ordinal: make(map[appliance.EventID]uint32),
		open:    make(map[string]uint64),
	}
}

// in reports whether something that happened at a time is this window's to count. An appliance
// may give more than it was asked for; that is the business of another window.
func (in *intake) in(t int64) bool {
	return t >= in.window.from && t < in.window.until
}

// event reports whether an event is to be counted. Of those between the overlaps, which no
// other window can have, nothing needs to be remembered, so that a report may be of any length.
func (in *intake) event(e appliance.Event) bool {
	bound := in.window.until // for one without a time: it is somewhere in the window
	if !e.Time.IsZero() {
		bound = e.Time.Unix()
		if !in.in(bound) {
			return false
		}
		if bound >= in.cursor && bound < in.keep {
			return true
		}
	}
	in.ordinal[e.ID]++
	return in.counted.ordinal(identity(e.ID), in.ordinal[e.ID], bound)
}

// unix returns a time in seconds, and whether there is one.
func unix(t time.Time) (int64, bool) { return t.Unix(), !t.IsZero() }
