package desk

import (
	"strings"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/statesub"
)

// representative is one login of a user: its row, what its row points to and
// what points to it.
type representative struct {
	id  uint64
	row *statesub.Representative // nil where the row has not come or went away

	queue       *queue // the personal queue; nil for none
	selected    *session
	parts       *participation
	memberships []*membership

	sessions int32 // how many it is in
	known    bool  // it was observed: it is counted as logged in
	touched  bool  // it is in no count until it is settled
}

// login is who is logged in, in terms that outlive row ids: the user and the
// type, or the row where it names no user.
type login struct {
	user uint64
	kind statesub.Symbol
	row  uint64
	life int // the life of the model in which the row had that id
}

func (d *Desk) loginOf(r *representative) login {
	if r.row.UserID != 0 {
		return login{user: r.row.UserID, kind: r.row.Type}
	}
	return login{kind: r.row.Type, row: r.id, life: d.life}
}

// representativeOf returns the representative with the id, nil for the id 0,
// which is none.
func (d *Desk) representativeOf(id uint64) *representative {
	if id == 0 {
		return nil
	}
	r := d.representatives[id]
	if r == nil {
		r = &representative{id: id}
		d.representatives[id] = r
	}
	return r
}

// setRepresentative takes in a change of a representative's row.
func (d *Desk) setRepresentative(id uint64, row *statesub.Representative) {
	r := d.representatives[id]
	if r == nil {
		if row == nil {
			return
		}
		r = &representative{id: id}
		d.representatives[id] = r
	}
	d.touchRepresentative(r)
	// What a representative does with a session bears upon the session's times.
	for p := r.parts; p != nil; p = p.nextInRepresentative {
		d.touchSession(p.session)
	}
	d.deselect(r)
	if (r.row == nil) != (row == nil) {
		for p := r.parts; p != nil; p = p.nextInRepresentative {
			d.unjoin(p)
		}
		r.row = row
		for p := r.parts; p != nil; p = p.nextInRepresentative {
			d.joinParts(p)
		}
	}
	r.row = row

	var personal *queue
	if row != nil {
		personal = d.queueOf(row.QueueID)
	}
	if old := r.queue; old != personal {
		r.queue = personal
		d.name(personal, +1)
		d.name(old, -1)
	}
	if row != nil {
		d.selectSession(r)
		d.connectedSent = d.connectedSent || row.Connected != statesub.Unsaid
		d.focusSent = d.focusSent || row.ConsoleInFocus != statesub.Unsaid
		d.selectionSent = d.selectionSent || row.SelectionSent
	}
}

// selectSession notes which session the representative has selected, and
// whether that is work.
func (d *Desk) selectSession(r *representative) {
	s := d.sessionOf(r.row.SelectedSupportSessionID)
	if s == nil {
		return
	}
	d.touchSession(s)
	r.selected = s
	s.selecting++
	if works(r.row) {
		s.working++
	}
}

func (d *Desk) deselect(r *representative) {
	s := r.selected
	if s == nil {
		return
	}
	d.touchSession(s)
	r.selected = nil
	s.selecting--
	if works(r.row) {
		s.working--
	}
}

// works tells whether a representative works on what is selected in the
// console, as the vendor's "Average Work Time" has it.
func works(row *statesub.Representative) bool {
	return row.ConsoleInFocus == statesub.Yes && row.RoutingIdle != statesub.Yes
}

// touchRepresentative takes the representative out of every count until it is
// settled. It comes before any change to what it is counted by.
func (d *Desk) touchRepresentative(r *representative) {
	if r == nil || r.touched {
		return
	}
	r.touched = true
	d.touchedRepresentatives = append(d.touchedRepresentatives, r)
	if r.row != nil {
		d.countRepresentative(r, -1)
	}
}

// settleRepresentative puts the representative into the counts again, or
// forgets it where nothing is left of it.
func (d *Desk) settleRepresentative(r *representative) {
	r.touched = false
	if r.row == nil {
		if r.parts == nil && len(r.memberships) == 0 && d.representatives[r.id] == r {
			delete(d.representatives, r.id)
		}
		return
	}
	if !d.copying {
		d.observeLogin(r)
	}
	d.countRepresentative(r, +1)
}

// countRepresentative counts the representative, or with the sign -1 takes it
// out again. It depends on nothing but what touchRepresentative guards.
func (d *Desk) countRepresentative(r *representative, sign int) {
	row := r.row
	yes := func(is bool) int {
		if is {
			return sign
		}
		return 0
	}
	// A row that does not say so counts as connected.
	connected := row.Connected != statesub.No
	available := yes(row.RoutingAvailable == statesub.Yes)
	busy := yes(row.RoutingBusy == statesub.Yes)
	idle := yes(row.RoutingIdle == statesub.Yes)
	autoAssign := yes(row.RoutingEnabled == statesub.Yes)
	inSession := yes(r.sessions > 0)
	bySessions := min(int(r.sessions), len(d.bySessions)-1)

	d.byType.add(row.Type.String(), sign)
	d.status.Available += available
	d.status.Busy += busy
	d.status.Idle += idle
	d.status.AutoAssign += autoAssign
	d.status.Disconnected += yes(!connected)
	d.status.InSession += inSession
	d.bySessions[bySessions] += sign
	d.countRepresentativeSkills(row, sign)

	now := d.micros()
	d.loggedInTime.add(sign, now)
	d.connectedTime.add(yes(connected), now)
	d.availableTime.add(available, now)
	d.busyTime.add(busy, now)
	d.idleTime.add(idle, now)
	d.autoAssignTime.add(autoAssign, now)
	d.concurrentTime[bySessions].add(yes(connected), now)

	// Queues with equal labels are one team: nobody is in it twice.
	clear(d.counted)
	for _, m := range r.memberships {
		t := m.queue.team
		if t == nil {
			continue
		}
		role := m.row.Role.String()
		if !d.counted[memberOf{t, role, true}] {
			d.counted[memberOf{t, role, true}] = true
			t.roles.add(role, sign)
		}
		if d.counted[memberOf{team: t}] {
			continue
		}
		d.counted[memberOf{team: t}] = true
		t.available += available
		t.busy += busy
		t.idle += idle
		t.autoAssign += autoAssign
		t.inSession += inSession
	}
}

// memberOf is a membership that was counted: of a team, and of a team in a
// role.
type memberOf struct {
	team   *team
	role   string
	inRole bool
}

// countRepresentativeSkills counts each of the comma-separated skills once.
func (d *Desk) countRepresentativeSkills(row *statesub.Representative, sign int) {
	list := row.SkillCodeNames.String()
	if list == "" {
		return
	}
	clear(d.countedSkills)
	for name := range strings.SplitSeq(list, ",") {
		name = strings.TrimSpace(name)
		if name == "" || d.countedSkills[name] {
			continue
		}
		d.countedSkills[name] = true
		d.representativesBySkill.add(name, sign)
	}
}
