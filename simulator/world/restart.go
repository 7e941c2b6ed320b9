package world

// What a restart of the appliance does to those who were there.
const (
	lostSession        = 0.04 // ends while nobody sees it
	lostRepresentative = 0.03 // does not come back
	lostCustomer       = 0.10 // comes back later than the others
)

// Restart restarts the appliance's processes. It returns what was not sent yet, then a truncate_model. The model begins anew: new row ids, new
// created_timestamps; an lsid and a user_id are what they were. Clients come back one by one within Config.ReturnWithin; some sessions
// have ended meanwhile, and some representatives do not come back.
//
// In the book a representative who comes back logged neither out nor in, and a session that comes back is the one that it was. Until
// then its representatives are not in the model, and so in no seconds.
func (w *World) Restart() []Message {
	sent := w.Flush()
	w.begin()
	w.lifetime++
	w.ids = 0
	spread := w.span(w.cfg.ReturnWithin)
	w.limbo = w.now + spread
	w.vanish()
	for _, q := range append([]*queue{w.prewait}, w.teams...) {
		q.id = w.newID()
		if q.persistent {
			w.touch(&q.entity)
			w.insert(q)
		}
	}
	for _, r := range append([]*representative(nil), w.reps...) {
		r.selected, r.connected, r.focused, r.idle = nil, true, true, false
		if w.chance(lostRepresentative) {
			w.logoutUnseen(r)
			continue
		}
		w.renumber(r)
		w.after(int64(w.rng.Float64()*float64(spread)), event{kind: evReturnRep, rep: r})
	}
	for _, s := range append([]*session(nil), w.sessions...) {
		if w.chance(lostSession) {
			w.end(s)
			continue
		}
		w.renumberSession(s)
		if len(s.people) == 0 && s.queue.kind == queuePersonal && s.queue.rep != nil && !s.queue.rep.loggedIn {
			w.enqueue(s, w.teams[0])
		}
		w.after(int64(w.rng.Float64()*float64(spread)), event{kind: evReturnSession, session: s})
	}
	w.commit()
	return append(sent, Message{At: w.wire(w.now), Truncate: true, kind: "truncate_model"})
}

// vanish takes every row out of the model, without a word.
func (w *World) vanish() {
	for _, r := range w.reps {
		w.touchRep(r)
		r.present, r.personal.present = false, false
		for _, m := range r.memberships {
			m.present = false
		}
		r.show = nil
	}
	for _, s := range w.sessions {
		w.touchSession(s)
		s.present = false
		for _, c := range s.clients {
			c.present = false
		}
		for _, k := range s.skills {
			k.present = false
		}
		for _, a := range s.attributes {
			a.present = false
		}
		for _, p := range s.people {
			p.present, p.tools = false, nil
		}
	}
	for _, p := range w.shows {
		p.gone = true
	}
	w.shows = nil
	w.prewait.present = false
	for _, q := range w.teams {
		q.present, q.members = false, nil
	}
}

// logoutUnseen ends the day of a representative who does not come back after a restart.
func (w *World) logoutUnseen(r *representative) {
	for len(r.people) > 0 {
		p := r.people[0]
		s := p.session
		w.leave(p)
		if len(s.people) > 0 {
			w.moveTo(s, s.people[0].rep)
		} else if w.cfg.Access {
			w.end(s)
		} else if s.primary != nil {
			w.enqueue(s, s.primary)
		} else {
			w.enqueue(s, w.teams[0])
		}
	}
	w.disappear(r)
	w.bookLogout(r)
	if !r.invited {
		past, _ := w.intoShift(r)
		w.after(dayLength-past, event{kind: evLogin, rep: r, turn: r.turn})
	}
}

// renumberSession gives a session's rows new ids.
func (w *World) renumberSession(s *session) {
	s.id = w.newID()
	for _, c := range s.clients {
		c.id = w.newID()
	}
	for _, k := range s.skills {
		k.id = w.newID()
	}
	for _, a := range s.attributes {
		a.id = w.newID()
	}
	for _, p := range s.people {
		p.id = w.newID()
	}
}

// returnRepresentative brings a representative's console back after a restart.
func (w *World) returnRepresentative(r *representative) {
	if r.present || !r.loggedIn {
		return
	}
	w.appear(r)
	for _, p := range r.people {
		if p.session.present {
			w.touchSession(p.session)
			w.insert(p)
		}
	}
}

// returnSession brings a session back after a restart, with its customer, and with those of its representatives who are there.
func (w *World) returnSession(s *session) {
	if s.present || s.gone {
		return
	}
	w.touchSession(s)
	s.entered = w.now
	if s.primary != nil && !s.primary.present {
		w.activate(s.primary)
		w.after(300_000, event{kind: evDeactivate, queue: s.primary})
	}
	w.insert(s)
	late := w.chance(lostCustomer)
	for _, c := range s.clients {
		c.connected = !late
		w.insert(c)
	}
	if late {
		w.after(w.between(20, 150), event{kind: evReconnect, session: s})
	}
	for _, k := range s.skills {
		w.insert(k)
	}
	for _, a := range s.attributes {
		w.insert(a)
	}
	for _, p := range s.people {
		if p.rep.present {
			w.touchRep(p.rep)
			w.insert(p)
		}
	}
}

// postponed puts off what was to happen to somebody who is not back yet. Nobody logs out while others come back.
func (w *World) postponed(e event) bool {
	switch {
	case e.kind == evReturnRep || e.kind == evReturnSession:
		return false
	case e.session != nil && !e.session.gone && !e.session.present:
	case e.rep != nil && e.rep.loggedIn && !e.rep.present:
	case w.now < w.limbo && (e.kind == evLogout || e.kind == evRegain):
	default:
		return false
	}
	e.at = max(w.limbo, w.now) + w.between(1, 5)
	w.agenda.push(e)
	return true
}
