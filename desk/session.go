package desk

import (
	"strconv"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/statesub"
)

// session is a support session: its row, what its row points to and what
// points to it, and what is known of it over time. There can be fifty thousand
// of them, so the fields are chosen with care for their size.
type session struct {
	id  uint64
	row *statesub.SupportSession // nil where the row has not come or went away

	queue   *queue         // where it sits; nil for none
	primary *queue         // its primary team queue; nil for none
	parts   *participation // who is said to be in it
	// skills has the number of rows for each skill that it is said to need.
	skills map[statesub.Symbol]int32

	// What is known over time. Timestamps are the appliance's, 0 where unknown.
	created float64 // the earliest that was ever known
	pickup  float64 // when the first representative came, the earliest known
	entry   float64 // when it entered the queue that it sits in
	past    *past   // nil until there is something in it

	last teamIndex // the last team or prewait queue that it sat in
	seen teamIndex // the team of the last team queue that it was seen in

	seenQueue uint64 // that queue, by its row's id in this life of the model

	sittingPlace  int32 // its place in queue.sitting and in primary.primary
	primaryPlace  int32
	entryPlace    int32 // its places in the group's heaps, plus one
	estimatePlace int32

	representatives int32 // how many are in it
	selecting       int32 // how many have it selected in their console
	working         int32 // those of them with the console in focus and not idle
	connected       int32 // its customer clients
	disconnected    int32

	known    bool // it was observed: it is counted as there
	ghost    bool // it enters no counter any more, its end was counted
	attended bool // a representative was in it once
	picked   bool // that was observed
	touched  bool // it is in no count until it is settled
	inherits bool // it came over a gap with the time in past.entry
}

// past is what only some sessions have: those that were picked up, and those
// that came over a gap.
type past struct {
	// holders are the representatives who have the session in hand: another one
	// takes it over when none of them is in it any more.
	holders []login
	// waits is true over a gap until one of the holders was seen in the session:
	// they may still come back to it.
	waits bool
	// entry is when the session entered place, as was known before the gap.
	entry float64
	place place
	// due is until when the pickup waits for the row of the session's queue, 0
	// where it does not.
	due time.Duration
}

// teamOf returns the team of the session: the team or prewait queue that it sits
// in, else its primary team queue, else the last such queue that it sat in.
func (d *Desk) teamOf(s *session) *team {
	switch {
	case s.queue != nil && s.queue.team != nil:
		return s.queue.team
	case s.primary != nil && s.primary.team != nil:
		return s.primary.team
	case s.last != noTeam:
		return d.teamList[s.last]
	default:
		return d.team("")
	}
}

// groupOf returns the group of queues that the session is counted in.
func (d *Desk) groupOf(s *session) *group {
	if s.queue == nil {
		return d.nowhere
	}
	return s.queue.group
}

// sessionOf returns the session with the id, nil for the id 0, which is none.
func (d *Desk) sessionOf(id uint64) *session {
	if id == 0 {
		return nil
	}
	s := d.sessions[id]
	if s == nil {
		s = &session{id: id}
		d.sessions[id] = s
	}
	return s
}

// setSession takes in a change of a session's row.
func (d *Desk) setSession(id uint64, row *statesub.SupportSession) {
	s := d.sessions[id]
	if s == nil {
		if row == nil {
			return
		}
		s = &session{id: id}
		d.sessions[id] = s
	}
	d.touchSession(s)
	old := s.row
	another := old == nil || row != nil && old.LSID != row.LSID
	if old != nil && another {
		d.partWith(s, row)
	}
	if (old == nil) != (row == nil) {
		for p := s.parts; p != nil; p = p.nextInSession {
			d.touchRepresentative(p.representative)
			d.unjoin(p)
		}
		s.row = row
		for p := s.parts; p != nil; p = p.nextInSession {
			d.joinParts(p)
		}
	}
	s.row = row
	var queueID, primaryID uint64
	if row != nil {
		queueID, primaryID = row.QueueID, row.PrimaryTeamQueueID
	}
	// Both first: the queue that it leaves may be its primary team queue from now
	// on, and one that is gone is known for as long as something points to it.
	sat := d.sit(s, d.queueOf(queueID))
	followed := d.follow(s, d.queueOf(primaryID))
	d.releaseQueue(sat)
	d.releaseQueue(followed)
	if row == nil {
		return
	}
	if old != nil && (old.QueueEntry != row.QueueEntry || old.QueueID != row.QueueID) {
		// The appliance says anew when the session entered its queue.
		s.inherits = false
	}
	if another {
		d.claim(s)
	}
}

// sit moves the session into the queue and returns the one that it leaves, to be
// released; nil where it leaves none.
func (d *Desk) sit(s *session, q *queue) (left *queue) {
	old := s.queue
	if old == q {
		return nil
	}
	if old != nil {
		old.sitting = without(old.sitting, int(s.sittingPlace), func(s *session, i int) { s.sittingPlace = int32(i) })
	}
	s.queue = q
	if q != nil {
		s.sittingPlace = int32(len(q.sitting))
		q.sitting = append(q.sitting, s)
	}
	return old
}

// follow makes q the primary team queue of the session and returns the one before,
// to be released; nil where there was none.
func (d *Desk) follow(s *session, q *queue) (left *queue) {
	old := s.primary
	if old == q {
		return nil
	}
	if old != nil {
		old.primary = without(old.primary, int(s.primaryPlace), func(s *session, i int) { s.primaryPlace = int32(i) })
	}
	s.primary = q
	if q != nil {
		s.primaryPlace = int32(len(q.primary))
		q.primary = append(q.primary, s)
	}
	return old
}

// touchSession takes the session out of every count until it is settled. It
// comes before any change to the session or to what it is counted by.
func (d *Desk) touchSession(s *session) {
	if s == nil || s.touched {
		return
	}
	s.touched = true
	d.touchedSessions = append(d.touchedSessions, s)
	if s.row != nil {
		d.countSession(s, -1)
	}
}

// settleSession puts the session into the counts again, or forgets it where
// nothing is left of it.
func (d *Desk) settleSession(s *session, at statesub.Instant) {
	s.touched = false
	if s.row == nil {
		if s.parts == nil && len(s.skills) == 0 && s.selecting+s.connected+s.disconnected == 0 && d.sessions[s.id] == s {
			delete(d.sessions, s.id)
		}
		return
	}
	if s.representatives > 0 {
		d.attend(s, at)
	}
	if !d.copying {
		if s.queue != nil && s.queue.team != nil {
			s.last = s.queue.team.index
		}
		d.observe(s, at)
	}
	s.entry = d.entryOf(s)
	d.countSession(s, +1)
}

// entryOf returns when the session entered the queue that it sits in, 0 where
// nobody knows. Over a gap, in which a restart may have made its row anew, the
// earlier time that was known before goes on.
func (d *Desk) entryOf(s *session) float64 {
	entry := s.row.QueueEntry
	if entry == 0 {
		entry = s.created
	}
	if entry == 0 {
		entry = s.row.Created
	}
	if s.inherits && s.past.entry != 0 && (entry == 0 || s.past.entry < entry) && s.past.place.same(d.placeOf(s)) {
		return s.past.entry
	}
	return entry
}

// countSession counts the session, or with the sign -1 takes it out again. It
// depends on nothing but what touchSession guards.
func (d *Desk) countSession(s *session, sign int) {
	g, t := d.groupOf(s), d.teamOf(s)
	if s.representatives > 0 {
		g.active += sign
		t.active += sign
	} else {
		g.waiting += sign
		t.waiting += sign
		if sign > 0 {
			if s.entry != 0 {
				g.entries.add(s)
			}
			if s.row.EstimatedPickup != 0 {
				g.estimates.add(s)
			}
		} else {
			g.entries.remove(s)
			g.estimates.remove(s)
		}
	}
	d.byStartMethod.add(s.row.StartMethod.String(), sign)
	d.byPublicSite.add(s.row.PublicSite.String(), sign)
	d.byIssue.add(s.row.Issue.String(), sign)
	priority := ""
	if s.row.Priority != 0 {
		priority = strconv.Itoa(int(s.row.Priority))
	}
	d.byPriority.add(priority, sign)
	d.countSkills(s, sign)

	now := d.micros()
	switch {
	case s.connected > 0:
		if d.inOwnQueue(s) {
			t.activeTime.add(sign, now)
		}
		t.workTime.add(sign*int(s.working), now)
	case s.disconnected > 0:
		t.reconnectWait.add(sign*int(s.representatives), now)
	}
	if s.connected == 0 {
		d.withoutCustomer += sign
	}
}

// inOwnQueue tells whether a representative who is in the session has it in
// the own personal queue.
func (d *Desk) inOwnQueue(s *session) bool {
	if s.queue == nil {
		return false
	}
	for p := s.parts; p != nil; p = p.nextInSession {
		if p.joined && p.representative.queue == s.queue {
			return true
		}
	}
	return false
}
