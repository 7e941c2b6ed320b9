package desk

import "slices"

// observeHandover takes in who has the session in hand: when none of those who
// had it is in it any more, another representative took it over. One who may
// come back to it after a gap has not left it.
func (d *Desk) observeHandover(s *session) {
	if s.past == nil {
		s.past = &past{}
	}
	for p := s.parts; p != nil; p = p.nextInSession {
		if p.joined && slices.Contains(s.past.holders, d.loginOf(p.representative)) {
			s.past.waits = false
			return
		}
	}
	if s.past.waits && slices.ContainsFunc(s.past.holders, d.mayComeBack) {
		d.undecided[s] = struct{}{}
		return
	}
	if len(s.past.holders) > 0 && !s.ghost {
		d.teamOf(s).handovers++
	}
	holders := make([]login, 0, s.representatives)
	for p := s.parts; p != nil; p = p.nextInSession {
		if p.counts {
			holders = append(holders, d.loginOf(p.representative))
		}
	}
	s.past.holders, s.past.waits = holders, false
}

// mayComeBack tells whether a representative who had a session before the gap
// may still come back to it.
func (d *Desk) mayComeBack(holder login) bool {
	_, back := d.back[holder]
	return back || d.awayLogins[holder] > 0
}

// decideHandovers takes in the handovers that waited for those who had the
// sessions before the gap, when the grace is over.
func (d *Desk) decideHandovers() {
	clear(d.back)
	for s := range d.undecided {
		if s.row != nil && s.known && s.representatives > 0 {
			d.observeHandover(s)
		}
	}
	clear(d.undecided)
}

// decideHandover does so for one session, which ends before the grace does. One
// who came back and is not in it has left it.
func (d *Desk) decideHandover(s *session) {
	if _, ok := d.undecided[s]; !ok {
		return
	}
	delete(d.undecided, s)
	if s.representatives > 0 && !slices.ContainsFunc(s.past.holders, func(l login) bool { return d.awayLogins[l] > 0 }) {
		s.past.waits = false
		d.observeHandover(s)
	}
}
