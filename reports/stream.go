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

// turnBack begins anew where the appliance's clock was turned back so far that all it logs would
// be before the window. What is older than now was in the windows up to the cursor.
func (s *stream) turnBack(overlap time.Duration, now int64) {
	if now < s.Cursor-seconds(overlap) || now < s.Start-seconds(overlap) {
		s.Start, s.Cursor = now, now
	}
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }
