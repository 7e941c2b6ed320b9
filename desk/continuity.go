package desk

import (
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/statesub"
)

// continuity is what carries sessions and logins over gaps.
type continuity struct {
	now statesub.Instant
	// observed is the time for which the model was in sync.
	observed time.Duration
	synced   bool
	// copying is true while a copy comes in; observations wait until it is in.
	// comparing is true while the whole of a copy is observed.
	copying   bool
	comparing bool
	copyBegan statesub.Instant

	// first is true until the first copy is in, from which counting starts:
	// start is the appliance's time of the subscribe_response before it.
	first bool
	start float64

	// A gap is open from the end of the connection or a truncate until the next
	// copy is in; lost is true if the connection ended in it.
	gap      bool
	gapBegan time.Duration
	lost     bool
	// forgetAt is when nothing is remembered any more, 0 while in sync.
	forgetAt time.Duration

	// owners has the sessions that are there; of two rows with one lsid
	// the newer is the session.
	owners map[identity]*session
	// away and awayLogins are those remembered that are not there. Those that
	// are missing from the last copy have ended at awayUntil.
	away       map[identity]*away
	awayLogins map[login]int
	awayUntil  time.Duration
	voids      int
	ended      memory
	// undecided are sessions in the hands of others than before the gap, within the
	// grace: those who had them may still come back. back are those who have since
	// the copy; that they are in a session may be told later than that they are there.
	undecided map[*session]struct{}
	back      map[login]struct{}

	rowIDs
}

func newContinuity() continuity {
	return continuity{
		first:      true,
		owners:     map[identity]*session{},
		away:       map[identity]*away{},
		awayLogins: map[login]int{},
		undecided:  map[*session]struct{}{},
		back:       map[login]struct{}{},
		ended:      newMemory(),
	}
}

// noLife is no life of the model.
const noLife = -1

// away is a session that is remembered while it is not there.
type away struct {
	id   uint64 // of its row, in that life of the model
	life int

	created, pickup, entry float64
	place                  place
	team                   *team
	last, seen             teamIndex
	seenQueue              uint64 // in that life
	holders                []login
	ghost, picked          bool
	byRow                  bool // it has no lsid
	byRepresentative       bool

	// missing is true once it was missing from a copy that was in at endAt;
	// unseen if the gap before hides how it ended.
	missing bool
	endAt   float64
	unseen  bool
}

func (d *Desk) remember(s *session) *away {
	d.finishPickup(s)
	team := d.teamOf(s)
	last := s.last
	if team.label != "" {
		// After a restart its team queue may not be there to tell.
		last = team.index
	}
	a := &away{
		id:               s.id,
		life:             d.life,
		created:          s.created,
		pickup:           s.pickup,
		entry:            s.entry,
		place:            d.placeOf(s),
		team:             team,
		last:             last,
		seen:             s.seen,
		seenQueue:        s.seenQueue,
		ghost:            s.ghost,
		picked:           s.picked,
		byRow:            s.row.LSID == "",
		byRepresentative: startedByRepresentative(s.row.StartMethod.String()),
	}
	if s.past != nil {
		a.holders = s.past.holders
	}
	return a
}

// resume makes the session the one that was away.
func (d *Desk) resume(s *session, a *away) {
	s.created, s.pickup = a.created, a.pickup
	s.last, s.seen = a.last, a.seen
	s.ghost, s.picked, s.attended = a.ghost, a.picked, a.picked
	s.past = &past{holders: a.holders, waits: true, entry: a.entry, place: a.place}
	s.inherits = true
	s.known = true
	if a.life != d.life {
		return
	}
	s.seenQueue = a.seenQueue
	if a.id == s.id {
		d.idsStayed = true
		return
	}
	d.idsMoved = true
	if !d.copying {
		// It came back after the copy, which gave no sign of the restart.
		d.restarted()
	}
}

// partWith takes in that the session's row is about to say another lsid. The
// session that it stood for ends where it sits, in the team that it has now.
func (d *Desk) partWith(s *session, row *statesub.SupportSession) {
	was, who := identify(s.id, s.row), identify(s.id, row)
	wasOwner := d.owners[was] == s
	if wasOwner {
		delete(d.owners, was)
	}
	if s.row.LSID == "" && d.owners[who] == nil && d.away[who] == nil {
		return // It only had not said its lsid yet.
	}
	switch {
	case !s.known || !wasOwner:
	case d.copying:
		d.away[was] = d.remember(s)
	default:
		d.finish(s, s.row)
	}
	delete(d.undecided, s)
	s.forget()
}

// claim settles which session a row is that is new or says another lsid. The
// session has been touched and has its new row.
func (d *Desk) claim(s *session) {
	who := identify(s.id, s.row)
	owner, a := d.owners[who], d.away[who]
	d.owners[who] = s
	switch {
	case owner != nil:
		// A restart without a word can show the new row before it deletes the
		// old one, which from now on is in the gauges alone.
		d.takeOver(s, owner)
	case a != nil:
		delete(d.away, who)
		d.resume(s, a)
	}
}

// takeOver makes the session the one that the other was.
func (d *Desk) takeOver(s, other *session) {
	if other.known {
		a := d.remember(other)
		a.life = noLife // its row is there as well: that is no restart
		d.resume(s, a)
		s.past.waits = other.past != nil && other.past.waits
	}
	other.known, other.ghost = true, true
}

// forget lets go of what is known of the session over time.
func (s *session) forget() {
	s.created, s.pickup, s.last, s.seen, s.seenQueue, s.past = 0, 0, noTeam, noTeam, 0, nil
	s.known, s.ghost, s.attended, s.picked, s.inherits = false, false, false, false, false
}

// endSession takes in that the row of the session is about to be deleted.
func (d *Desk) endSession(id uint64) {
	s := d.sessions[id]
	if s == nil || s.row == nil {
		return
	}
	d.touchSession(s)
	who := identify(id, s.row)
	if d.owners[who] == s {
		delete(d.owners, who)
		switch {
		case !s.known:
		case d.copying:
			d.away[who] = d.remember(s)
		default:
			d.finish(s, s.row)
		}
	}
	delete(d.undecided, s)
	s.forget()
}

// endLogin takes in that the row of the representative is about to be deleted.
func (d *Desk) endLogin(id uint64) {
	r := d.representatives[id]
	if r != nil && r.row != nil && r.known {
		r.known = false
		d.logouts.add(r.row.Type.String(), 1)
	}
}
