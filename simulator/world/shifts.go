package world

import (
	"fmt"
	"slices"
	"strings"
)

const shiftLength = 8*3_600_000 + 1_800_000

// newAccount makes the account of one who works here, with a shift, teams and skills.
func (w *World) newAccount(i int) *representative {
	starts := [...]int64{8, 9, 7, 8, 6, 9, 8, 13, 7, 9, 22, 8, 7, 6, 8, 9, 7, 10, 6, 13}
	w.lastUser++
	r := &representative{
		user: w.lastUser, username: fmt.Sprintf("rep%05d", i+1), private: w.name(), host: w.host(),
		system:  pick(w, []string{"Windows 11 Enterprise (x64)", "macOS 14.6"}),
		license: licenseFull, begins: starts[i%len(starts)]*3_600_000 + w.between(0, 1500),
	}
	r.public = strings.Fields(r.private)[0]
	if i%8 == 7 {
		r.license = licenseChat
	}
	var skills []string
	for _, s := range w.catalogue.skills {
		if w.chance(0.35) {
			skills = append(skills, s)
		}
	}
	r.skills = strings.Join(skills, ",")
	for _, t := range []int{i % len(w.teams), w.rng.IntN(len(w.teams)), w.rng.IntN(3 * len(w.teams))} {
		if t < len(w.teams) && !r.in(w.teams[t]) {
			role := "member"
			switch draw := w.rng.IntN(12); {
			case draw == 0:
				role = "manager"
			case draw < 3:
				role = "lead"
			}
			r.teams, r.roles = append(r.teams, w.teams[t]), append(r.roles, role)
		}
	}
	return r
}

// in tells whether a representative is of a team.
func (r *representative) in(team *queue) bool {
	return slices.Contains(r.teams, team)
}

// intoShift is how much of the shift that runs now is over, and whether one runs.
func (w *World) intoShift(r *representative) (int64, bool) {
	past := (w.clockTime() - r.begins + dayLength) % dayLength
	return past, past < shiftLength
}

// login begins a representative's day, unless it is over already.
func (w *World) login(r *representative, turn uint32) {
	if r.loggedIn || r.turn != turn {
		return
	}
	past, on := w.intoShift(r)
	if !on {
		w.after(dayLength-past, event{kind: evLogin, rep: r, turn: r.turn})
		return
	}
	r.ends = w.now + shiftLength - past
	w.enter(r)
	w.bookLogin(r)
	w.after(shiftLength-past, event{kind: evLogout, rep: r, turn: r.turn})
}

// enter puts a representative into the model, with the personal queue and the teams.
func (w *World) enter(r *representative) {
	r.loggedIn, r.since = true, w.now
	r.connected, r.focused, r.enabled, r.idle, r.busy, r.available = true, true, !r.invited && w.chance(0.8), false, false, false
	r.selected, r.recorded = nil, w.now-selectionPace
	r.turn++
	w.connections++
	r.gs = w.connections
	r.index = len(w.reps)
	w.reps = append(w.reps, r)
	r.personal = &queue{kind: queuePersonal, name: r.private, rep: r}
	r.memberships = nil
	for i, t := range r.teams {
		r.memberships = append(r.memberships, &membership{rep: r, queue: t, role: r.roles[i]})
	}
	w.renumber(r)
	w.appear(r)
	w.after(selectionPace+w.around(18), event{kind: evConsole, rep: r, turn: r.turn})
}

// renumber gives a representative's rows new ids.
func (w *World) renumber(r *representative) {
	r.id, r.personal.id = w.newID(), w.newID()
	for _, m := range r.memberships {
		m.id = w.newID()
	}
}

// appear puts a representative's rows into the model. Those rows are not in it.
func (w *World) appear(r *representative) {
	w.touchRep(r)
	w.touch(&r.personal.entity)
	w.insert(r.personal)
	w.insert(r)
	for _, m := range r.memberships {
		w.activate(m.queue)
		m.queue.members = append(m.queue.members, r)
		w.insert(m)
	}
	w.refresh(r)
}

// logout ends a representative's day, or the visit of one who was invited. The sessions in hand go to a colleague, back to their team, or end.
func (w *World) logout(r *representative, turn uint32) {
	if !r.loggedIn || r.turn != turn {
		return
	}
	w.touchRep(r)
	for len(r.people) > 0 {
		w.part(r.people[0])
	}
	w.disappear(r)
	w.bookLogout(r)
	switch past, on := w.intoShift(r); {
	case r.invited:
	case on && r.ends-w.now > 1_800_000:
		// The connection was lost for too long: the representative logs in again.
		w.after(w.between(30, 300), event{kind: evLogin, rep: r, turn: r.turn})
	default:
		w.after(dayLength-past, event{kind: evLogin, rep: r, turn: r.turn})
	}
}

// part takes one who logs out out of a session.
func (w *World) part(p *participation) {
	s, r := p.session, p.rep
	w.touchSession(s)
	if len(s.people) > 1 {
		w.leave(p)
		if s.queue == r.personal {
			w.moveTo(s, s.people[0].rep)
		}
		return
	}
	to := w.colleague(s, r)
	switch draw := w.rng.Float64(); {
	case to != nil && draw < 0.5:
		w.moveTo(s, to)
		w.join(s, to)
		w.leave(p)
	case s.primary != nil && draw < 0.85:
		w.leave(p)
		w.enqueue(s, w.open(s.primary))
	default:
		w.end(s)
	}
}

// disappear takes a representative's rows out of the model. Who waits for that representative is sent to a team.
func (w *World) disappear(r *representative) {
	w.touchRep(r)
	if r.show != nil {
		w.closePresentation(r.show)
	}
	team := w.teams[0]
	for _, m := range r.memberships {
		w.remove(m)
		m.queue.members = drop(m.queue.members, r)
		if team = m.queue; !team.present || len(team.members) == 0 {
			team = w.teams[0]
		}
	}
	for len(r.personal.waiting) > 0 {
		s := r.personal.waiting[0]
		w.touchSession(s)
		w.enqueue(s, team)
	}
	for _, m := range r.memberships {
		w.deactivate(m.queue)
	}
	w.touch(&r.personal.entity)
	w.remove(r.personal)
	w.remove(r)
	r.loggedIn = false
	r.turn++
	last := w.reps[len(w.reps)-1]
	w.reps[r.index], last.index = last, r.index
	w.reps[len(w.reps)-1] = nil
	w.reps = w.reps[:len(w.reps)-1]
}
