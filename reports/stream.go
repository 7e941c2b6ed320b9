package reports

import (
	"time"
)

const (
	// longestWindow is how far back a report is asked for after polls have failed.
	longestWindow = 7 * 24 * time.Hour

	// leastProgress is the least that a window moves the cursor on, however large the report.
	leastProgress = time.Minute
)

// stream is how far one report was read. Times are Unix seconds by the appliance's clock.
type stream struct {
	// Start is the start of counting: what was before is not counted.
	Start int64 `json:"start"`
	// Cursor is the time up to which all was counted that the appliance had.
	Cursor int64 `json:"cursor"`
	// Searched is the end of the last window that an <error> was an empty answer for. It may
	// have meant something else, so that the time before it is searched again.
	Searched int64 `json:"searched,omitempty"`
	// Answered is true once the report came with its proper root.
	Answered bool `json:"answered"`
}

// span is a window of time, [from, until).
type span struct{ from, until int64 }

// window returns what to ask for next. progress bounds how far the cursor is moved, in seconds;
// 0 is no bound.
func (s *stream) window(overlap time.Duration, now, progress int64) span {
	from := max(s.Cursor-seconds(overlap), now-seconds(longestWindow), s.Start)
	until := max(now, from+1)
	if progress > 0 {
		until = min(until, max(s.Cursor, from)+progress)
	}
	return span{from: from, until: until}
}

// turnedBack reports whether the clock was turned back so far that all that is logged from now on
// would be before the window.
func (s *stream) turnedBack(overlap time.Duration, now int64) bool {
	return now < max(s.Cursor, s.Start)-seconds(overlap)
}

// restart begins anew at a time. What is older was in the windows up to the cursor.
func (s *stream) restart(begin int64) {
	s.Start, s.Cursor, s.Searched = begin, begin, 0
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }
