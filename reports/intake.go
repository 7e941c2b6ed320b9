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
	ordinal map[identity]uint32
	open    map[string]uint64 // sessions open now, by Jump Group
	odd     string            // a time that was there and could not be read
}

func newIntake(b *book, src source, s *stream, w span) *intake {
	return &intake{
		book: b, counted: b.Counted[src.report],
		window: w, start: s.Start, cursor: s.Cursor,
		keep:    max(s.Cursor, w.until) - seconds(src.overlap),
		ordinal: make(map[identity]uint32),
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
	in.note(e.OddTime)
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
	return in.counted.ordinal(identity(e.ID), in.nth(identity(e.ID)), bound)
}

// session reports whether a session is to be counted. Those without an lsid that are alike are told
// apart as events are.
func (in *intake) session(s *appliance.Session, bound int64) bool {
	id := sessionIdentity(s)
	if s.LSID != "" {
		return in.counted.once(id, bound)
	}
	return in.counted.ordinal(id, in.nth(id), bound)
}

// isOpen reports whether a session that is open is to be shown: not one that was counted after a day,
// nor one that the answer has twice.
func (in *intake) isOpen(s *appliance.Session, seen ledger) bool {
	id := sessionIdentity(s)
	if s.LSID == "" {
		return in.nth(id) > in.counted[id].N
	}
	_, known := in.counted[id]
	return !known && seen.once(id, 0)
}

// nth numbers things that are alike.
func (in *intake) nth(id identity) uint32 {
	in.ordinal[id]++
	return in.ordinal[id]
}

// note takes note of a time that was there and could not be read, if it is one.
func (in *intake) note(odd string) {
	if odd != "" {
		in.odd = odd
	}
}

// unix returns a time in seconds, and whether there is one.
func unix(t time.Time) (int64, bool) { return t.Unix(), !t.IsZero() }
