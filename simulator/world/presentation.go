package world

import "fmt"

// presentation is a row of presentation_session, with its presenter and its attendees.
type presentation struct {
	entity
	row
	lsid      string
	name      string
	rep       *representative
	presenter *presenter
	attendees []*attendee
	ends      int64
	gone      bool
}

func (p *presentation) base() *row   { return &p.row }
func (p *presentation) table() Table { return TablePresentation }

func (p *presentation) encode(e *encoder, which fields) {
	if which&fixed != 0 {
		e.stamp("created_timestamp", p.made)
		e.text("lsid", p.lsid)
		e.text("presentation_name", p.name)
	}
}

// presenter is a row of that table: somebody who began to show the screen.
type presenter struct {
	row
	show *presentation
}

func (p *presenter) base() *row   { return &p.row }
func (p *presenter) table() Table { return TablePresenter }

func (p *presenter) encode(e *encoder, which fields) {
	if which&fixed != 0 {
		e.stamp("created_timestamp", p.made)
		e.id("presentation_session_id", p.show.id)
		e.id("representative_id", p.show.rep.id)
	}
}

// attendee is a row of that table.
type attendee struct {
	row
	show      *presentation
	name      string
	host      string
	connected bool
}

const attendeeConnected fields = 1 << 1

func (a *attendee) base() *row   { return &a.row }
func (a *attendee) table() Table { return TableAttendee }

func (a *attendee) encode(e *encoder, which fields) {
	if which&fixed != 0 {
		e.stamp("created_timestamp", a.made)
		e.text("hostname", a.host)
		e.text("name", a.name)
		e.text("operating_system", "Windows 11 Enterprise (x64)")
		e.id("presentation_session_id", a.show.id)
		e.text("private_ip", "10.9.8.7")
		e.text("public_ip", "192.0.2.33:50000")
	}
	if which&attendeeConnected != 0 {
		e.flag("connected", a.connected)
	}
}

// openPresentation lets a representative call people to a presentation.
func (w *World) openPresentation(r *representative) {
	p := &presentation{
		lsid: w.hex(32), name: "Einführung " + pick(w, w.catalogue.skills), rep: r,
		ends: w.now + w.between(10*60, 60*60),
	}
	p.id = w.newID()
	r.show = p
	w.shows = append(w.shows, p)
	w.touch(&p.entity)
	w.insert(p)
	w.after(w.between(5, 60), event{kind: evPresent, presentation: p})
}

// present is one thing that happens in a presentation: it begins, somebody comes, connects or leaves, it ends.
func (w *World) present(p *presentation) {
	if p.gone {
		return
	}
	if w.now >= p.ends {
		w.closePresentation(p)
		return
	}
	w.touch(&p.entity)
	switch {
	case p.presenter == nil && len(p.attendees) > 0:
		p.presenter = &presenter{show: p}
		p.presenter.id = w.newID()
		w.insert(p.presenter)
	case len(p.attendees) > 2 && w.chance(0.2):
		i := w.rng.IntN(len(p.attendees))
		w.remove(p.attendees[i])
		p.attendees = drop(p.attendees, p.attendees[i])
	case len(p.attendees) > 0 && w.chance(0.4):
		a := pick(w, p.attendees)
		a.connected = !a.connected
		w.update(a, attendeeConnected)
	default:
		a := &attendee{show: p, name: w.name(), host: fmt.Sprintf("NB-%04d", w.rng.IntN(10_000)), connected: w.chance(0.8)}
		a.id = w.newID()
		p.attendees = append(p.attendees, a)
		w.insert(a)
	}
	w.after(w.between(10, 120), event{kind: evPresent, presentation: p})
}

// closePresentation ends a presentation for everybody in it.
func (w *World) closePresentation(p *presentation) {
	w.touch(&p.entity)
	for _, a := range p.attendees {
		w.remove(a)
	}
	if p.presenter != nil {
		w.remove(p.presenter)
	}
	w.remove(p)
	p.gone = true
	p.rep.show = nil
	w.shows = drop(w.shows, p)
}
