package world

// representative is an account, and a row of the table of that name while it is logged in.
type representative struct {
	entity
	row

	invited  bool
	user     uint64
	username string
	public   string
	private  string
	skills   string
	host     string
	system   string
	license  string
	gs       uint64 // gsnumber of the connection
	teams    []*queue
	roles    []string
	begins   int64 // of the shift, in the desk's milliseconds after midnight
	ends     int64 // when the shift that began ends

	loggedIn    bool
	connected   bool
	focused     bool // console_in_focus
	enabled     bool // routing_enabled: automatic session assignment
	idle        bool
	busy        bool // kept by refresh
	available   bool // kept by refresh
	selected    *session
	recorded    int64 // when the selected session was recorded last
	since       int64 // of the login; the row may be newer
	personal    *queue
	memberships []*membership
	people      []*participation
	show        *presentation

	turn    uint32
	index   int // in World.reps
	counted uint64
}

// What of a representative changes while the row lives.
const (
	repConnected fields = 1 << iota << 1
	repFocus
	repSelected
	repEnabled
	repIdle
	repBusy
	repAvailable
)

func (r *representative) base() *row   { return &r.row }
func (r *representative) table() Table { return TableRepresentative }

// kind is the vendor's type of a representative.
func (r *representative) kind() string {
	if r.invited {
		return "invited"
	}
	return "normal"
}

func (r *representative) encode(e *encoder, which fields) {
	if which&fixed != 0 {
		e.stamp("created_timestamp", r.made)
		e.text("private_display_name", r.private)
		e.text("public_display_name", r.public)
		e.id("queue_id", r.personal.id)
		e.text("skill_code_names", r.skills)
		e.text("type", r.kind())
		e.id("user_id", r.user)
		e.text("username", r.username)
		if !e.dialect.Old {
			e.text("hostname", r.host)
			e.text("operating_system", r.system)
			e.text("private_ip", "10.1.2.3")
			e.text("public_ip", "198.51.100.4:61606")
		}
	}
	if !e.dialect.Old {
		if which&repConnected != 0 {
			e.flag("connected", r.connected)
		}
		if which&repFocus != 0 {
			e.flag("console_in_focus", r.focused)
		}
		if which&repSelected != 0 {
			var id uint64
			if r.selected != nil {
				id = r.selected.id
			}
			e.reference("selected_support_session_id", id)
		}
	}
	if which&repEnabled != 0 {
		e.flag("routing_enabled", r.enabled)
	}
	if which&repIdle != 0 {
		e.flag("routing_idle", r.idle)
	}
	if which&repBusy != 0 {
		e.flag("routing_busy", r.busy)
	}
	if which&repAvailable != 0 {
		e.flag("routing_available", r.available)
	}
}

// inSessions is in how many sessions the model shows the representative.
func (r *representative) inSessions() int {
	n := 0
	for _, p := range r.people {
		if p.present {
			n++
		}
	}
	return n
}

// mayTake tells whether one more session can be given to the representative.
func (w *World) mayTake(r *representative) bool {
	return r.present && r.connected && !r.idle && !r.invited && len(r.people) < w.capacity
}

// refresh sets the flags that follow from others, after something of a representative changed.
func (w *World) refresh(r *representative) {
	busy := !r.invited && len(r.people) >= w.capacity
	available := r.connected && r.enabled && !busy && !r.idle && !r.invited
	if busy != r.busy {
		r.busy = busy
		w.update(r, repBusy)
	}
	if available != r.available {
		r.available = available
		w.update(r, repAvailable)
	}
}

// membership is a row of representative_queue.
type membership struct {
	row
	rep   *representative
	queue *queue
	role  string
}

func (m *membership) base() *row   { return &m.row }
func (m *membership) table() Table { return TableMembership }

func (m *membership) encode(e *encoder, which fields) {
	if which&fixed != 0 {
		e.stamp("created_timestamp", m.made)
		e.id("queue_id", m.queue.id)
		e.id("representative_id", m.rep.id)
		e.text("role", m.role)
	}
}
