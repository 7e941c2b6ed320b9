package world

// enqueue puts a session that nobody has in hand into a queue, as its last, and plans what comes of it: somebody looks into the queue, and
// the customer's patience ends. The caller has touched the session.
func (w *World) enqueue(s *session, q *queue) {
	w.dequeue(s)
	s.queue, s.entered = q, w.now
	if q.kind == queueTeam {
		s.primary = q
	}
	q.waiting = append(q.waiting, s)
	s.estimated = w.now + int64(len(q.waiting))*w.between(10, 40)
	w.update(s, sessionQueue|sessionEstimate)
	w.bookEnter(s)

	s.turn++
	if q.kind == queuePrewait {
		w.after(w.between(5, 20), event{kind: evRoute, session: s, turn: s.turn})
	} else {
		w.after(2_000+w.around(12), event{kind: evOffer, session: s, turn: s.turn})
	}
	patience := w.between(120, 900)
	if w.chance(0.2) {
		patience = w.between(3, 60)
	}
	w.after(patience, event{kind: evGiveUp, session: s, turn: s.turn})
}

// dequeue takes a session out of the list of those that wait in its queue.
func (w *World) dequeue(s *session) {
	if s.queue != nil {
		s.queue.waiting = drop(s.queue.waiting, s)
	}
}

// route sends a session from the prewait queue to a team, without giving its customer new patience.
func (w *World) route(s *session, turn uint32) {
	if s.gone || s.turn != turn {
		return
	}
	team := w.teams[0]
	for _, q := range w.teams {
		for _, i := range q.issues {
			if i == s.issue {
				team = w.open(q)
			}
		}
	}
	w.touchSession(s)
	w.enqueue(s, team)
}

// offer lets somebody of the team look into the queue that a session waits in, and take the one whose turn it is. It comes again until
// the session is taken.
func (w *World) offer(s *session, turn uint32) {
	if s.gone || s.turn != turn {
		return
	}
	q := s.queue
	if q.kind == queuePersonal {
		w.offerPersonal(s)
		return
	}
	if !q.present && w.now > w.limbo {
		w.touchSession(s)
		w.enqueue(s, w.teams[0])
		return
	}
	next := q.waiting[0]
	for _, other := range q.waiting {
		if other.present && other.priority < next.priority {
			next = other
		}
	}
	if r := w.freest(q); r != nil && next.present {
		w.pickUp(next, r)
	} else if w.chance(0.2) && s.present {
		w.touchSession(s)
		s.estimated = w.now + int64(len(q.waiting))*w.between(10, 40)
		w.update(s, sessionEstimate)
	}
	w.after(w.between(4, 12), event{kind: evOffer, session: s, turn: turn})
}

// offerPersonal lets a representative who was chosen by a customer take the session; after two minutes it goes to a team.
func (w *World) offerPersonal(s *session) {
	r := s.queue.rep
	switch {
	case w.mayTake(r):
		w.pickUp(s, r)
	case !r.loggedIn || w.now-s.entered > 120_000:
		team := w.teams[0]
		if len(r.teams) > 0 {
			team = w.open(r.teams[0])
		}
		w.touchSession(s)
		w.enqueue(s, team)
	default:
		w.after(w.between(5, 20), event{kind: evOffer, session: s, turn: s.turn})
	}
}

// freest returns who of a team has the fewest sessions and can take one more, or nil. Large teams are sampled.
func (w *World) freest(q *queue) *representative {
	n := len(q.members)
	if n == 0 {
		return nil
	}
	var best *representative
	start := w.rng.IntN(n)
	for i := range min(n, 40) {
		r := q.members[(start+i)%n]
		if w.mayTake(r) && (best == nil || len(r.people) < len(best.people) || r.enabled && !best.enabled) {
			best = r
		}
	}
	return best
}

// pickUp lets a representative take a session that waits: it goes to the personal queue, its team is remembered.
func (w *World) pickUp(s *session, r *representative) {
	w.touchSession(s)
	w.moveTo(s, r)
	w.join(s, r)
	w.plan(s)
}

// moveTo puts a session into a representative's personal queue. The caller has touched the session.
func (w *World) moveTo(s *session, r *representative) {
	w.dequeue(s)
	s.queue, s.entered, s.estimated = r.personal, w.now, 0
	w.update(s, sessionQueue|sessionEstimate)
	w.reportOwner(s, r)
}

// giveUp ends a session whose customer does not wait any longer.
func (w *World) giveUp(s *session, turn uint32) {
	if s.gone || s.turn != turn {
		return
	}
	w.end(s)
}

// end ends a session: it is gone, with all that belongs to it. It is the one place where sessions end.
func (w *World) end(s *session) {
	w.touchSession(s)
	w.bookEnd(s)
	s.gone = true
	s.turn++
	w.dequeue(s)
	for len(s.people) > 0 {
		p := s.people[len(s.people)-1]
		w.leave(p)
		if p.rep.invited {
			w.after(w.between(2, 30), event{kind: evLogout, rep: p.rep, turn: p.rep.turn})
		}
	}
	w.removeClients(s)
	for _, k := range s.skills {
		w.remove(k)
	}
	for _, a := range s.attributes {
		w.remove(a)
	}
	w.remove(s)
	last := w.sessions[len(w.sessions)-1]
	w.sessions[s.index], last.index = last, s.index
	w.sessions[len(w.sessions)-1] = nil
	w.sessions = w.sessions[:len(w.sessions)-1]
	w.closeReport(s)
}
