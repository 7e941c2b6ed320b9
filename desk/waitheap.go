package desk

import "container/heap"

// waits is a heap of sessions by a time, so that the first is known however
// many wait. Each session knows its place, so that it leaves without a search.
type waits struct {
	sessions []*session
	// before says whether a comes before b.
	before func(a, b *session) bool
	// place returns where a session keeps its place plus one; it is 0 in a
	// session that is not in the heap.
	place func(*session) *int32
}

// byEntry orders sessions by the time they entered their queue, first first.
func byEntry() waits {
	return waits{
		before: func(a, b *session) bool { return a.entry < b.entry },
		place:  func(s *session) *int32 { return &s.entryPlace },
	}
}

// byEstimate orders sessions by their estimated pickup, last first.
func byEstimate() waits {
	return waits{
		before: func(a, b *session) bool { return a.row.EstimatedPickup > b.row.EstimatedPickup },
		place:  func(s *session) *int32 { return &s.estimatePlace },
	}
}

// first returns the session that comes first, nil where there is none.
func (w *waits) first() *session {
	if len(w.sessions) == 0 {
		return nil
	}
	return w.sessions[0]
}

func (w *waits) add(s *session) { heap.Push(w, s) }

// remove takes s out, if it is in.
func (w *waits) remove(s *session) {
	if place := *w.place(s); place > 0 {
		heap.Remove(w, int(place)-1)
	}
}

// Len, Less, Swap, Push and Pop are heap.Interface.
func (w *waits) Len() int           { return len(w.sessions) }
func (w *waits) Less(i, j int) bool { return w.before(w.sessions[i], w.sessions[j]) }

func (w *waits) Swap(i, j int) {
	w.sessions[i], w.sessions[j] = w.sessions[j], w.sessions[i]
	*w.place(w.sessions[i]) = int32(i) + 1
	*w.place(w.sessions[j]) = int32(j) + 1
}

func (w *waits) Push(x any) {
	s := x.(*session)
	w.sessions = append(w.sessions, s)
	*w.place(s) = int32(len(w.sessions))
}

func (w *waits) Pop() any {
	last := len(w.sessions) - 1
	s := w.sessions[last]
	w.sessions[last] = nil
	w.sessions = w.sessions[:last]
	*w.place(s) = 0
	return s
}
