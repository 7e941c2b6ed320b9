package world

// bookmark is what the book knows of a session.
type bookmark struct {
	made    int64 // when it started
	picked  bool
	pickup  int64 // when it was picked up first
	holders []holder
	left    bool   // nobody was in it since the holders had it
	sat     string // the last team queue that it sat in
	primary bool   // which is only known from primary_team_queue_id
}

// holder is who has a session in hand: the same person under each row and each login.
type holder struct {
	user    uint64
	invited bool
}

// counts tells whether what has this timestamp is not before the book's start: in whole seconds, as they are sent.
func (w *World) counts(at int64) bool {
	return w.wire(at).Unix() >= w.book.From.Unix()
}

// seconds is the time between two moments of the desk, by the appliance's clock.
func (w *World) seconds(from, to int64) float64 {
	return float64(max(0, to-from)) / 1000 / w.cfg.Speed
}

// teamOf is the label of the team of a session.
func teamOf(s *session) string {
	switch {
	case s.queue.kind != queuePersonal:
		return s.queue.label()
	case s.primary != nil:
		return s.primary.label()
	}
	return ""
}

// openAccount notes what can be seen of a session when the book begins.
func (w *World) openAccount(s *session) {
	s.mark = bookmark{made: s.made}
	switch {
	case s.queue.kind == queueTeam:
		s.mark.sat = s.queue.label()
	case s.primary != nil:
		s.mark.sat, s.mark.primary = s.primary.label(), true
	}
	if w.counts(s.made) {
		w.book.Started[s.method]++
	} else {
		w.book.FirstCopy++
	}
	for _, p := range s.people {
		if !s.mark.picked || p.made < s.mark.pickup {
			s.mark.picked, s.mark.pickup = true, p.made
		}
		s.mark.holders = append(s.mark.holders, holderOf(p))
	}
	if s.mark.picked && w.counts(s.mark.pickup) {
		w.bookPickup(s)
	}
}

func holderOf(p *participation) holder {
	return holder{p.rep.user, p.rep.invited}
}

// bookStart notes that a session started. Its first queue and its first representative may be known already.
func (w *World) bookStart(s *session) {
	s.mark.made = w.now
	w.reportStart(s)
	if w.book != nil {
		w.book.Started[s.method]++
	}
}

// bookEnter notes that a session came to sit in a queue.
func (w *World) bookEnter(s *session) {
	w.reportEnter(s)
	if s.queue.kind != queueTeam {
		return
	}
	label := s.queue.label()
	if w.book != nil && s.mark.sat != "" && s.mark.sat != label {
		if s.mark.primary {
			w.book.TransfersByPrimary.add(s.mark.sat, label)
		} else {
			w.book.Transfers.add(s.mark.sat, label)
		}
	}
	s.mark.sat, s.mark.primary = label, false
}

// bookJoin notes that somebody came into a session.
func (w *World) bookJoin(s *session) {
	if !s.mark.picked {
		s.mark.picked, s.mark.pickup = true, w.now
		w.bookPickup(s)
	}
	w.bookHolders(s)
}

// bookLeave notes that somebody left a session.
func (w *World) bookLeave(s *session) {
	w.bookHolders(s)
}

// bookPickup notes the first pickup of a session.
func (w *World) bookPickup(s *session) {
	if w.book != nil && !s.byRepresentative() {
		observe(w.book.Pickup, teamOf(s), w.seconds(s.mark.made, s.mark.pickup))
	}
}

// bookHolders notes a handover, if those who are in the session are others than those who had it, and all of those left.
func (w *World) bookHolders(s *session) {
	if s.gone {
		return
	}
	if len(s.people) == 0 {
		s.mark.left = true
		return
	}
	for _, p := range s.people {
		for _, h := range s.mark.holders {
			if h == holderOf(p) {
				s.mark.left = false
				return
			}
		}
	}
	if w.book != nil && len(s.mark.holders) > 0 {
		w.book.Handovers[teamOf(s)]++
		if s.mark.left {
			w.book.HandoversAfterWaiting[teamOf(s)]++
		}
	}
	s.mark.left = false
	s.mark.holders = s.mark.holders[:0]
	for _, p := range s.people {
		s.mark.holders = append(s.mark.holders, holderOf(p))
	}
}

// bookEnd notes that a session ends, while everybody who is in it still is.
func (w *World) bookEnd(s *session) {
	if w.book == nil {
		return
	}
	team := teamOf(s)
	if s.mark.picked {
		w.book.Served[team]++
		observe(w.book.Handle, team, w.seconds(s.mark.pickup, w.now))
		return
	}
	w.book.Abandoned[team]++
	if !s.byRepresentative() {
		observe(w.book.Abandonment, team, w.seconds(s.mark.made, w.now))
	}
}

func (w *World) bookLogin(r *representative) {
	w.reportLogin(r)
	if w.book != nil {
		w.book.Logins[r.kind()]++
	}
}

func (w *World) bookLogout(r *representative) {
	w.reportLogout(r)
	if w.book != nil {
		w.book.Logouts[r.kind()]++
	}
}

// observe adds one measurement.
func observe(to map[string]Durations, team string, seconds float64) {
	d := to[team]
	to[team] = Durations{d.Count + 1, d.Sum + seconds}
}
