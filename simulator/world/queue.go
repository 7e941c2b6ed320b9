package world

// The types of queue that the vendor documents.
const (
	queuePrewait  = "prewait"
	queueTeam     = "team"
	queuePersonal = "personal"
	queueUnknown  = "unknown" // of no row: what a State calls a queue that is not there
)

// queue is a row of the table of that name: a team's, a representative's own, or the one before all others.
type queue struct {
	entity
	row

	kind       string
	code       string // personal queues have none
	name       string
	team       int // support_team_id; not shown for personal queues
	rep        *representative
	persistent bool // there even if nobody of the team is logged in
	issues     []*issue

	members []*representative // who is logged in and in the team
	waiting []*session        // oldest first
}

func (q *queue) base() *row   { return &q.row }
func (q *queue) table() Table { return TableQueue }

func (q *queue) encode(e *encoder, which fields) {
	if which&fixed == 0 {
		return
	}
	e.text("type", q.kind)
	e.text("name", q.name)
	e.text("code_name", q.code)
	if q.kind != queuePersonal {
		if e.dialect.TextTeamIDs {
			e.id("support_team_id", uint64(q.team))
		} else {
			e.number("support_team_id", q.team)
		}
	}
	e.stamp("created_timestamp", q.made)
}

// label is what a queue is told apart by: the code name, else the display name; personal queues are not told apart.
func (q *queue) label() string {
	switch {
	case q.kind == queuePersonal:
		return ""
	case q.code != "":
		return q.code
	}
	return q.name
}

// activate puts a team's queue into the model, if it is not there. It comes back under the id that it had, since sessions may still refer to it.
func (w *World) activate(q *queue) {
	if q.present {
		return
	}
	w.touch(&q.entity)
	if q.staged != stagedNothing {
		// Folded messages must not both take a row out and put it in under another id.
		w.closeMessage()
	}
	w.insert(q)
}

// deactivate takes a team's queue out of the model when nobody of the team is logged in any more, if it is not a persistent one. Who still
// waits in it is sent to the first team; while a session in hand is the team's, the queue stays.
func (w *World) deactivate(q *queue) {
	if q.persistent || !q.present || len(q.members) > 0 {
		return
	}
	for len(q.waiting) > 0 {
		s := q.waiting[0]
		w.touchSession(s)
		w.enqueue(s, w.teams[0])
	}
	for _, s := range w.sessions {
		if s.primary == q {
			w.after(300_000, event{kind: evDeactivate, queue: q})
			return
		}
	}
	w.touch(&q.entity)
	w.remove(q)
}

// drop takes an element out of a list, keeping the order of the others.
func drop[T comparable](list []T, v T) []T {
	for i := range list {
		if list[i] == v {
			copy(list[i:], list[i+1:])
			var zero T
			list[len(list)-1] = zero
			return list[:len(list)-1]
		}
	}
	return list
}
