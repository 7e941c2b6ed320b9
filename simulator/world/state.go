package world

import "time"

// State is what the model has at one moment, as one who applied every message would see it.
type State struct {
	At time.Time `json:"at"`
	// Queues is by type and label of the queue that the sessions sit in; personal queues are folded into one with an empty label.
	// While clients come back from a restart, a session may refer to a queue that is not there: the type is unknown then.
	Queues map[string]map[string]Sessions `json:"queues"`
	// Teams is by team of the session, wherever it sits.
	Teams map[string]Sessions `json:"teams"`
	// StartMethods counts sessions.
	StartMethods map[string]int `json:"start_methods"`
	// WithoutCustomer is the number of sessions that have no connected client.
	WithoutCustomer int `json:"without_customer"`
	// Representatives is by type.
	Representatives map[string]int `json:"representatives"`
	// Statuses counts representatives: available, busy, idle, auto_assign, disconnected, in_session.
	Statuses map[string]int `json:"statuses"`
	// Concurrency counts representatives by the sessions that they are in: 0, 1, 2, 3, 4, 5+.
	Concurrency map[string]int `json:"concurrency"`
	// Attendees is the number of connected attendees.
	Attendees int `json:"attendees"`
	// Rows is by table, as far as the dialect has it.
	Rows map[Table]int `json:"rows"`
}

// Sessions is how many wait and how many have a representative in them.
type Sessions struct {
	Waiting int `json:"waiting"`
	Active  int `json:"active"`
}

func (s Sessions) with(waits bool) Sessions {
	if waits {
		s.Waiting++
	} else {
		s.Active++
	}
	return s
}

// State returns what is there now, changes that were not sent yet included. The caller owns it.
func (w *World) State() State {
	st := State{
		At:     w.Now(),
		Queues: map[string]map[string]Sessions{queuePrewait: {}, queueTeam: {}, queuePersonal: {}, queueUnknown: {}},
		Teams:  make(map[string]Sessions), StartMethods: make(map[string]int),
		Representatives: make(map[string]int), Statuses: make(map[string]int), Concurrency: make(map[string]int),
		Rows: make(map[Table]int),
	}
	for _, r := range w.records() {
		st.Rows[r.table()]++
		switch r := r.(type) {
		case *queue:
			w.stateOfQueue(&st, r)
		case *session:
			w.stateOfSession(&st, r)
		case *representative:
			w.stateOfRepresentative(&st, r)
		case *attendee:
			if r.connected {
				st.Attendees++
			}
		}
	}
	return st
}

// stateOfQueue gives a queue that has no session its zeros.
func (w *World) stateOfQueue(st *State, q *queue) {
	if q.kind != queuePersonal {
		st.Queues[q.kind][q.label()] = st.Queues[q.kind][q.label()]
		st.Teams[q.label()] = st.Teams[q.label()]
	}
}

func (w *World) stateOfSession(st *State, s *session) {
	waits := s.waits()
	kind, label := s.queue.kind, s.queue.label()
	if !s.queue.present {
		kind, label = queueUnknown, ""
	}
	st.Queues[kind][label] = st.Queues[kind][label].with(waits)
	st.Teams[teamOf(s)] = st.Teams[teamOf(s)].with(waits)
	st.StartMethods[s.method]++
	if _, connected := s.customerState(); !connected {
		st.WithoutCustomer++
	}
}

func (w *World) stateOfRepresentative(st *State, r *representative) {
	st.Representatives[r.kind()]++
	n := r.inSessions()
	st.Concurrency[concurrency(n)]++
	for status, set := range map[string]bool{
		"available": r.available, "busy": r.busy, "idle": r.idle, "auto_assign": r.enabled, "disconnected": !r.connected, "in_session": n > 0,
	} {
		if set {
			st.Statuses[status]++
		}
	}
}
