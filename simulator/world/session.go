package world

import "strings"

// session is a row of support_session, with the rows that belong to it.
type session struct {
	entity
	row

	lsid        string
	method      string
	queue       *queue
	entered     int64
	primary     *queue // the last team queue that owned it
	estimated   int64  // when it is expected to be picked up; 0 for none
	issue       *issue
	site        site
	priority    int
	customer    string
	firm        firm
	description string

	clients    []*client
	people     []*participation
	skills     []*sessionSkill
	attributes []*attribute

	turn    uint32 // goes up whenever what was planned for the session is not to happen any more
	gone    bool
	index   int // in World.sessions
	counted uint64
	mark    bookmark

	report   *SessionReport
	borrowed *borrowed // nil: no credentials
}

// What of a session changes while it lives.
const (
	sessionQueue     fields = 1 << iota << 1 // queue_id, queue_entry_timestamp, primary_team_queue_id
	sessionEstimate                          // estimated_pickup_timestamp
	sessionPriority                          // priority
	sessionIssueText                         // issue_code_name, issue_description
)

func (s *session) base() *row   { return &s.row }
func (s *session) table() Table { return TableSession }

func (s *session) encode(e *encoder, which fields) {
	if which&fixed != 0 {
		e.stamp("created_timestamp", s.made)
		e.text("customer_company", s.firm.name)
		e.text("customer_company_code", s.firm.code)
		e.text("customer_description", s.description)
		e.text("customer_name", s.customer)
		e.text("lsid", s.lsid)
		e.number("public_site_id", s.site.id)
		e.text("public_site_name", s.site.name)
		e.text("start_method", s.method)
	}
	if which&sessionQueue != 0 {
		e.reference("primary_team_queue_id", idOf(s.primary))
		e.reference("queue_id", idOf(s.queue))
		e.stamp("queue_entry_timestamp", s.entered)
	}
	if which&sessionEstimate != 0 {
		if s.estimated == 0 {
			e.noStamp("estimated_pickup_timestamp")
		} else {
			e.stamp("estimated_pickup_timestamp", s.estimated)
		}
	}
	if which&sessionPriority != 0 {
		e.number("priority", s.priority)
	}
	if which&sessionIssueText != 0 {
		code, text := "", ""
		if s.issue != nil {
			code, text = s.issue.code, s.issue.description
		}
		e.text("issue_code_name", code)
		e.text("issue_description", text)
	}
}

// idOf is the id that a reference to a queue has; a queue that left the model is still referred to by its id.
func idOf(q *queue) uint64 {
	if q == nil {
		return 0
	}
	return q.id
}

// waits tells whether no representative is in the session, as the model shows it.
func (s *session) waits() bool {
	for _, p := range s.people {
		if p.present {
			return false
		}
	}
	return true
}

// customerState tells whether the model has a client of the customer, and whether one of them is connected.
func (s *session) customerState() (there, connected bool) {
	for _, c := range s.clients {
		if c.present {
			there = true
			connected = connected || c.connected
		}
	}
	return there, connected
}

// inHandOf returns the representative's part in the session, or nil.
func (s *session) inHandOf(r *representative) *participation {
	for _, p := range s.people {
		if p.rep == r {
			return p
		}
	}
	return nil
}

// byRepresentative tells whether a representative started it: such a customer never waited.
func (s *session) byRepresentative() bool {
	for _, word := range []string{"jump", "rdp", "vnc", "vpro", "tunnel"} {
		if strings.Contains(s.method, word) {
			return true
		}
	}
	return false
}

// sessionSkill is a row of support_session_skill.
type sessionSkill struct {
	row
	session *session
	code    string
}

func (k *sessionSkill) base() *row   { return &k.row }
func (k *sessionSkill) table() Table { return TableSkill }

func (k *sessionSkill) encode(e *encoder, which fields) {
	if which&fixed != 0 {
		e.text("code_name", k.code)
		e.stamp("created_timestamp", k.made)
		e.id("support_session_id", k.session.id)
	}
}

// attribute is a row of support_session_attribute.
type attribute struct {
	row
	session *session
	code    string
	value   string
}

func (a *attribute) base() *row   { return &a.row }
func (a *attribute) table() Table { return TableAttribute }

func (a *attribute) encode(e *encoder, which fields) {
	if which&fixed != 0 {
		e.text("code_name", a.code)
		e.stamp("created_timestamp", a.made)
		e.id("support_session_id", a.session.id)
		e.text("value", a.value)
	}
}
