package world

import "math"

// populate makes the desk as it is at its start: who is on shift is logged in, sessions wait and are in hand, each with a past.
func (w *World) populate() {
	const longAgo = -3 * dayLength
	w.prewait.made = longAgo
	for _, q := range w.teams {
		q.made = longAgo
	}
	for _, r := range w.accounts {
		w.begin()
		w.populateRepresentative(r)
		w.commit()
	}
	w.populateLicenses()
	for range int(math.Round(float64(w.cfg.Sessions) * w.demand())) {
		w.begin()
		w.populateSession()
		w.commit()
	}
	for range len(w.reps) / 30 {
		if r := pick(w, w.reps); r.show == nil {
			w.begin()
			w.openPresentation(r)
			w.commit()
		}
	}
}

func (w *World) populateRepresentative(r *representative) {
	past, on := w.intoShift(r)
	if !on {
		w.after(dayLength-past, event{kind: evLogin, rep: r, turn: r.turn})
		return
	}
	r.ends = w.now + shiftLength - past
	w.enter(r)
	w.after(shiftLength-past, event{kind: evLogout, rep: r, turn: r.turn})
	r.since, r.made, r.personal.made = w.now-past, w.now-past, w.now-past
	for _, m := range r.memberships {
		m.made = w.now - past
	}
	r.focused = w.chance(0.7)
	r.idle = w.chance(0.06)
	w.refresh(r)
}

// populateSession makes a session that began before the desk did: 15 in 16 are in hand, as far as there are hands.
func (w *World) populateSession() {
	if !w.cfg.Access && w.chance(1.0/16) {
		w.newCustomer(nil)
		return
	}
	for range 20 {
		if len(w.reps) == 0 {
			break
		}
		if r := pick(w, w.reps); w.mayTake(r) {
			w.populateInHand(r)
			return
		}
	}
	if !w.cfg.Access {
		w.newCustomer(nil)
	}
}

func (w *World) populateInHand(r *representative) {
	if len(r.teams) == 0 || w.cfg.Access || w.chance(0.1) {
		w.jump(r)
		return
	}
	w.newCustomer(pick(w, r.teams))
	s := w.sessions[len(w.sessions)-1]
	waited := w.around(25)
	// Who looks into a room meets the long visits more often than the short ones.
	handle := max(w.handleTime(), w.handleTime())
	done := int64(w.rng.Float64() * float64(handle))
	w.dequeue(s)
	if s.primary == nil {
		s.primary = r.teams[0]
	}
	s.queue, s.entered, s.estimated = r.personal, w.now-done, 0
	w.reportOwner(s, r)
	w.join(s, r)
	s.people[0].made = w.now - done
	s.made = w.now - done - waited
	for _, c := range s.clients {
		c.made = s.made
	}
	w.backdate(s)
	s.turn++
	w.after(handle-done, event{kind: evFinish, session: s, turn: s.turn})
	w.after(int64(float64(handle-done)*w.rng.Float64()), event{kind: evMidway, session: s, turn: s.turn})
}
