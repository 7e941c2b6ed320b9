package world

import "math"

// plan decides what becomes of a session that somebody took: when it is done, and what happens before.
func (w *World) plan(s *session) {
	s.turn++
	handle := w.handleTime()
	w.after(handle, event{kind: evFinish, session: s, turn: s.turn})
	w.after(int64(float64(handle)*(0.15+0.7*w.rng.Float64())), event{kind: evMidway, session: s, turn: s.turn})
}

// handleTime draws how long a session is worked on: most some minutes, a few an hour; ten minutes in the mean.
func (w *World) handleTime() int64 {
	const sigma = 0.8
	mean := meanHandle - 45
	seconds := 45 + math.Exp(math.Log(mean)-sigma*sigma/2+sigma*w.rng.NormFloat64())
	return int64(1000 * min(seconds, 3*3600))
}

// midway is one thing that happens to a session in hand.
func (w *World) midway(s *session, turn uint32) {
	if s.gone || s.turn != turn || len(s.people) == 0 {
		return
	}
	w.touchSession(s)
	switch draw := w.rng.Float64(); {
	case draw < 0.10:
		w.transfer(s)
	case draw < 0.18:
		w.handOver(s)
	case draw < 0.22:
		w.invite(s)
	case draw < 0.38:
		w.disconnect(s)
	case draw < 0.55:
		for _, c := range s.clients {
			if !c.elevated && c.kind == "desktop" {
				c.elevated = true
				w.update(c, clientElevated)
			}
		}
	case draw < 0.60:
		s.priority = 1 + w.rng.IntN(3)
		w.update(s, sessionPriority)
	case draw < 0.65:
		s.issue = pick(w, pick(w, w.teams).issues)
		w.update(s, sessionIssueText)
	}
}

// transfer sends a session to the queue of another team; its representatives leave it.
func (w *World) transfer(s *session) {
	to := w.open(pick(w, w.teams))
	if to == s.primary || w.cfg.Access {
		return
	}
	for len(s.people) > 0 {
		w.leave(s.people[len(s.people)-1])
	}
	w.enqueue(s, to)
}

// colleague finds somebody else who can take a session: of the same team, if it has one.
func (w *World) colleague(s *session, than *representative) *representative {
	team := s.primary
	if team == nil {
		team = w.teams[0]
	}
	r := w.freest(team)
	if r == nil || r == than || s.inHandOf(r) != nil {
		return nil
	}
	return r
}

// handOver brings a colleague into a session, who takes it over; the one who had it leaves a little later.
func (w *World) handOver(s *session) {
	from := s.people[0].rep
	to := w.colleague(s, from)
	if to == nil {
		return
	}
	w.moveTo(s, to)
	w.join(s, to)
	w.after(w.between(3, 20), event{kind: evRelease, session: s, rep: from, turn: s.turn})
}

// release lets the one who handed a session over leave it.
func (w *World) release(s *session, r *representative, turn uint32) {
	if s.gone || s.turn != turn || len(s.people) < 2 {
		return
	}
	if p := s.inHandOf(r); p != nil {
		w.leave(p)
	}
}

// invite brings somebody from outside into a session, as an invited representative.
func (w *World) invite(s *session) {
	w.lastUser++
	r := &representative{
		invited: true, user: w.lastUser, username: "", private: w.name(), host: w.host(), system: "Windows 11 Enterprise (x64)",
		license: licenseFull, ends: math.MaxInt64,
	}
	r.public = r.private
	w.enter(r)
	w.bookLogin(r)
	w.join(s, r)
	w.after(w.between(90, 600), event{kind: evLogout, rep: r, turn: r.turn})
}

// disconnect takes the customer's connection away: a reboot, mostly.
func (w *World) disconnect(s *session) {
	for _, c := range s.clients {
		if c.connected {
			c.connected = false
			w.update(c, clientConnected)
		}
	}
	w.reportCustomer(s)
	w.after(w.between(20, 150), event{kind: evReconnect, session: s})
}

// reconnect brings the customer back, or closes the session of one who does not come back.
func (w *World) reconnect(s *session) {
	if s.gone {
		return
	}
	w.touchSession(s)
	if w.chance(0.06) && len(s.people) > 0 {
		w.abandonClient(s)
		return
	}
	for _, c := range s.clients {
		if !c.connected {
			c.connected = true
			w.update(c, clientConnected)
		}
	}
	w.reportCustomer(s)
}

// abandonClient leaves a session without a customer: it goes on until its representative closes it.
func (w *World) abandonClient(s *session) {
	w.removeClients(s)
	s.turn++
	w.after(w.between(5, 90), event{kind: evClose, session: s, turn: s.turn})
}

// finish ends a session whose work is done: its customer closes the client first, or the representative ends it.
func (w *World) finish(s *session, turn uint32) {
	if s.gone || s.turn != turn {
		return
	}
	w.touchSession(s)
	if w.chance(0.25) {
		w.abandonClient(s)
		return
	}
	w.end(s)
}

// close ends a session that its customer left.
func (w *World) close(s *session, turn uint32) {
	if s.gone || s.turn != turn {
		return
	}
	w.end(s)
}

// jump lets a representative start a session with a computer: nobody waited, and no team has it.
func (w *World) jump(r *representative) {
	w.touchRep(r)
	s := w.newSession()
	s.method = pick(w, []string{
		"local_jump", "remote_jump", "remote_jump", "remote_jump", "shell_jump", "local_rdp", "remote_rdp", "remote_rdp", "local_vnc", "remote_vnc", "vpro",
	})
	if w.cfg.Access {
		s.method = pick(w, accessTypes())
	}
	s.customer, s.description = w.host(), ""
	s.queue, s.entered = r.personal, w.now
	w.insertSession(s)
	w.addClients(s)
	w.bookStart(s)
	w.join(s, r)
	w.reportOwner(s, r)
	w.plan(s)
}
