package world

import "time"

// openFor is for how long a session without an end is taken for open, in seconds from its start by the appliance's clock.
const openFor = 24 * 3600

// archive is what the appliance keeps of its logs: for Config.Retention, and no more than Config.History sessions, ten times as many team events
// and as many of the others; the oldest go first.
type archive struct {
	retention int64 // seconds
	history   int

	sessions  []*SessionReport // in the order in which they ended
	gone      []int64          // when each of them truly ended
	teams     []TeamEvent
	vault     []VaultEvent
	jumpItems []JumpItemEvent
	licenses  []LicensePeak // one for an hour
}

func newArchive(cfg Config) archive {
	return archive{retention: int64(cfg.Retention / time.Second), history: cfg.History}
}

// keep files a session that ended at a time.
func (a *archive) keep(r *SessionReport, now int64) {
	a.sessions, a.gone = append(a.sessions, r), append(a.gone, now)
	drop := 0
	for drop < len(a.gone) && (a.gone[drop] < now-a.retention || len(a.gone)-drop > a.history) {
		a.sessions[drop] = nil
		drop++
	}
	a.sessions, a.gone = a.sessions[drop:], a.gone[drop:]
}

// filed appends an event to a log, and lets go of those that are too old or too many.
func filed[T any](log []T, e T, at func(T) int64, oldest int64, most int) []T {
	log = append(log, e)
	drop := max(0, len(log)-most)
	for drop < len(log) && at(log[drop]) < oldest {
		drop++
	}
	return log[drop:]
}

// between returns the part of a log, which is in order, from one time on and before another.
func between[T any](log []T, at func(T) int64, from, to int64) []T {
	first, last := 0, len(log)
	for first < len(log) && at(log[first]) < from {
		first++
	}
	for last > first && at(log[last-1]) >= to {
		last--
	}
	return log[first:last:last]
}

// Window is a span of the appliance's log: UNIX timestamps, From included and To not. Ended says that sessions are chosen by their end: none
// that has none is. Otherwise they are chosen by their start.
type Window struct {
	From, To int64
	Ended    bool
}

// has tells whether a session is in the window.
func (v Window) has(r *SessionReport) bool {
	at := r.Start
	if v.Ended {
		at = r.End
	}
	return at != 0 && at >= v.From && at < v.To
}

// Sessions returns what was logged of the sessions of a window, finished ones first. The slice is the caller's, the reports do not change any more
// and must not be changed.
func (w *World) Sessions(v Window) []*SessionReport {
	return w.sessionsIf(v.has)
}

// SessionsByID returns what was logged of the sessions with these lsids.
func (w *World) SessionsByID(lsids map[string]bool) []*SessionReport {
	return w.sessionsIf(func(r *SessionReport) bool { return lsids[r.LSID] })
}

func (w *World) sessionsIf(chosen func(*SessionReport) bool) []*SessionReport {
	var list []*SessionReport
	for _, r := range w.archive.sessions {
		if chosen(r) {
			list = append(list, r)
		}
	}
	for _, s := range w.sessions {
		if chosen(s.report) {
			list = append(list, s.report.snapshot(w.stamp()))
		}
	}
	return list
}
