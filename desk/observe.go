package desk

import (
	"strings"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/statesub"
)

// observe takes in what happened to a session that is there: that it started,
// was picked up, went to another team or to another representative. It is
// called when all rows of a message are in, or of a whole copy.
func (d *Desk) observe(s *session, at statesub.Instant) {
	row := s.row
	if row.Created != 0 && (s.created == 0 || row.Created < s.created) {
		s.created = row.Created
	}
	if !s.known {
		d.observeStart(s, at)
	}
	d.observeTransfer(s)
	d.observePickup(s, at)
	if s.representatives > 0 {
		d.observeHandover(s)
	}
}

// observeStart takes in a session that was not known.
func (d *Desk) observeStart(s *session, at statesub.Instant) {
	s.known = true
	if s.row.LSID != "" && d.ended.has(identify(s.id, s.row), at.Elapsed) {
		s.ghost = true
		return
	}
	if d.metElsewhere(s) {
		return
	}
	if s.row.Created != 0 {
		if s.row.Created < d.start {
			return
		}
	} else {
		if d.comparing && d.first {
			return
		}
		if !d.comparing {
			// It says nothing itself, but it was seen to come.
			s.created = at.Appliance
		}
	}
	d.started.add(s.row.StartMethod.String(), 1)
}

// observeTransfer takes in the team queue that the session sits in. Personal
// and prewait queues on the way are passed over, and so is a new name of the
// queue.
func (d *Desk) observeTransfer(s *session) {
	if s.queue == nil || s.queue.group.key.queueType != typeTeam {
		return
	}
	to := s.queue.team
	renamed := s.seenQueue == s.queue.id
	if s.seen != noTeam && s.seen != to.index && !renamed && !s.ghost {
		d.countTransfer(transfer{d.teamList[s.seen].label, to.label})
	}
	s.seen, s.seenQueue = to.index, s.queue.id
}

func (d *Desk) countTransfer(t transfer) {
	if _, ok := d.transfers[t]; !ok && len(d.transfers) >= maxValues {
		t = transfer{otherValue, otherValue}
	}
	d.transfers[t]++
}

// lateRows is how late an appliance sends rows at most: what another row points
// to and is not there after so long does not come.
const lateRows = 20 * time.Second

// attend notes that a representative is in the session, and when the first one
// came: when its row was made, not when the message came.
func (d *Desk) attend(s *session, at statesub.Instant) {
	joined := 0.0
	for p := s.parts; p != nil; p = p.nextInSession {
		if p.joined && p.row.Created != 0 && (joined == 0 || p.row.Created < joined) {
			joined = p.row.Created
		}
	}
	if joined == 0 && !d.copying && !d.comparing {
		// It says nothing itself, but it was seen to come.
		joined = at.Appliance
	}
	if joined != 0 && (!s.attended || s.pickup != 0 && joined < s.pickup) {
		s.pickup = joined
	}
	s.attended = true
}

// observePickup takes in the first representative, who may have left again
// while a copy came in. The pickup counts for the session's team, so it waits
// for the row of its queue.
func (d *Desk) observePickup(s *session, at statesub.Instant) {
	switch {
	case s.attended && !s.picked:
		s.picked = true
		if d.placed(s) {
			d.countPickup(s)
			return
		}
		if s.past == nil {
			s.past = &past{}
		}
		s.past.due = at.Elapsed + lateRows
		d.late = append(d.late, latePickup{s, s.past.due})
	case s.past != nil && s.past.due != 0 && d.placed(s):
		d.finishPickup(s)
	}
}

// placed tells whether the rows are there that tell the session's team.
func (d *Desk) placed(s *session) bool {
	if s.queue != nil && !s.queue.seen() {
		return false
	}
	return s.queue != nil && s.queue.team != nil || s.primary == nil || s.primary.seen()
}

// finishPickup counts a pickup that waits for a queue, which did not come.
func (d *Desk) finishPickup(s *session) {
	if s.attended && !s.picked {
		s.picked = true
		d.countPickup(s)
		return
	}
	if s.past != nil && s.past.due != 0 {
		s.past.due = 0
		d.countPickup(s)
	}
}

// latePickup is a pickup that waits for a queue until it is due.
type latePickup struct {
	session *session
	due     time.Duration
}

// countLate counts the pickups that have waited long enough.
func (d *Desk) countLate() {
	for len(d.late) > 0 && d.late[0].due <= d.now.Elapsed {
		late := d.late[0]
		d.late = d.late[1:]
		// It may have been counted meanwhile, or the session be gone.
		if late.session.past != nil && late.session.past.due == late.due {
			d.finishPickup(late.session)
		}
	}
}

func (d *Desk) countPickup(s *session) {
	if d.pair != nil {
		d.pair.pick(identify(s.id, s.row))
	}
	if s.pickup == 0 || s.pickup < d.start || s.created == 0 || s.ghost || startedByRepresentative(s.row.StartMethod.String()) {
		return
	}
	d.durations.Pickup(d.teamOf(s).label, max(0, s.pickup-s.created))
}

// startedByRepresentative tells whether nobody waits at the start of such a
// session: a representative starts it.
func startedByRepresentative(startMethod string) bool {
	m := strings.ToLower(startMethod)
	for _, part := range []string{"jump", "rdp", "vnc", "vpro"} {
		if strings.Contains(m, part) {
			return true
		}
	}
	return false
}

// observeLogin takes in a representative who is there. Over a gap logins are
// matched by user and type, as many as there are; each row more is a login.
func (d *Desk) observeLogin(r *representative) {
	if r.known {
		return
	}
	r.known = true
	who := d.loginOf(r)
	if n := d.awayLogins[who]; n > 0 {
		d.awayLogins[who] = n - 1
		if n == 1 {
			delete(d.awayLogins, who)
		}
		if !d.comparing { // A copy tells of all at once.
			d.back[who] = struct{}{}
		}
		return
	}
	if r.row.Created != 0 && r.row.Created < d.start || r.row.Created == 0 && d.comparing && d.first {
		return
	}
	d.logins.add(r.row.Type.String(), 1)
}
