package world

// participation is a row of representative_support_session: a representative is in a session.
type participation struct {
	row
	rep     *representative
	session *session
	service string // the service tab that is selected
	tools   []*tool
}

const participationService fields = 1 << 1

func (p *participation) base() *row   { return &p.row }
func (p *participation) table() Table { return TableParticipation }

func (p *participation) encode(e *encoder, which fields) {
	if which&fixed != 0 {
		e.stamp("created_timestamp", p.made)
		e.id("representative_id", p.rep.id)
		e.id("support_session_id", p.session.id)
	}
	if which&participationService != 0 && !e.dialect.Old {
		e.text("selected_support_session_service_tool", p.service)
	}
}

// tool is a row of representative_support_session_tool: a tool in use.
type tool struct {
	row
	part *participation
	name string
}

func (t *tool) base() *row   { return &t.row }
func (t *tool) table() Table { return TableTool }

func (t *tool) encode(e *encoder, which fields) {
	if which&fixed != 0 {
		e.stamp("created_timestamp", t.made)
		e.id("representative_id", t.part.rep.id)
		e.id("support_session_id", t.part.session.id)
		e.text("tool", t.name)
	}
}

// toolNames returns the tools that the vendor documents.
func toolNames() []string {
	return []string{"screen_sharing", "cobrowse", "file_transfer", "system_information", "remote_shell", "registry"}
}

// join lets a representative into a session.
func (w *World) join(s *session, r *representative) {
	w.touchSession(s)
	w.touchRep(r)
	p := &participation{rep: r, session: s, service: "screen_sharing"}
	p.id = w.newID()
	s.people = append(s.people, p)
	r.people = append(r.people, p)
	w.insert(p)
	if r.selected == nil && w.now-r.recorded >= selectionPace {
		r.selected, r.recorded = s, w.now
		w.update(r, repSelected)
	}
	w.refresh(r)
	w.reportJoin(s, r)
	w.bookJoin(s)
}

// leave takes a representative out of a session.
func (w *World) leave(p *participation) {
	s, r := p.session, p.rep
	w.touchSession(s)
	w.touchRep(r)
	for _, t := range p.tools {
		w.remove(t)
	}
	w.remove(p)
	s.people = drop(s.people, p)
	r.people = drop(r.people, p)
	if r.selected == s {
		r.selected = nil
		w.update(r, repSelected)
	}
	w.refresh(r)
	w.reportLeave(s, r)
	w.bookLeave(s)
}
