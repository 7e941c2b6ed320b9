package desk

import (
	"maps"
	"slices"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/statesub"
)

// forgetAfter is the time without sync after which nothing that was known is
// taken to be still there.
const forgetAfter = 15 * time.Minute

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

	// Whether the appliance restarted in a gap shows in the row ids: whether
	// those of known sessions stayed, and those of known users.
	idsStayed, idsMoved bool
	users               map[uint64][]uint64
	// faded has the queues that were there when the connection ended.
	faded map[uint64]fadedQueue
}

func newContinuity() continuity {
	return continuity{
		first:      true,
		owners:     map[identity]*session{},
		away:       map[identity]*away{},
		awayLogins: map[login]int{},
		ended:      newMemory(),
	}
}

// away is a session that is remembered while it is not there.
type away struct {
	id   uint64 // of its row, in that life of the model
	life int

	created, pickup, entry float64
	place                  place
	team                   *team
	last, seen             teamIndex
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

// CopyBegan implements statesub.Watcher.
func (d *Desk) CopyBegan(at statesub.Instant, truncated bool) {
	d.advance(at)
	d.beginGap()
	if truncated {
		d.resets++
		d.life++
		d.voidRows()
		d.users = nil
		d.faded = nil
	} else if d.first {
		d.start = at.Appliance
	}
	d.empty()
	d.copying = true
	d.copyBegan = at
}

// Lost implements statesub.Watcher.
func (d *Desk) Lost(at statesub.Instant) {
	d.advance(at)
	d.fadeQueues()
	d.noteUsers()
	d.beginGap()
	d.lost = true
	if !d.first && d.forgetAt == 0 {
		d.forgetAt = at.Elapsed + forgetAfter
	}
	d.empty()
	d.forgetValues()
	d.synced, d.copying = false, false
}

// Advance implements statesub.Watcher.
func (d *Desk) Advance(at statesub.Instant) { d.advance(at) }

// advance lets the time pass that went by since the last call.
func (d *Desk) advance(at statesub.Instant) {
	if d.synced {
		d.observed += at.Elapsed - d.now.Elapsed
	}
	d.now = at
	switch {
	case d.forgetAt != 0 && at.Elapsed >= d.forgetAt:
		d.forget()
	case d.synced && !d.gap && at.Elapsed >= d.awayUntil && len(d.away)+len(d.awayLogins) > 0:
		d.expire()
	}
}

// beginGap remembers everybody who is there, since the rows are about to go.
// In a gap that is open already it remembers those who had come back.
func (d *Desk) beginGap() {
	if d.first {
		// Nothing was observed yet.
		d.owners = map[identity]*session{}
		return
	}
	if !d.gap {
		d.gap = true
		d.gapBegan = d.now.Elapsed
		d.lost = false
		d.idsStayed, d.idsMoved = false, false
	}
	for who, s := range d.owners {
		if s.known {
			d.away[who] = d.remember(s)
		}
	}
	d.owners = map[identity]*session{}
	for _, r := range d.representatives {
		if r.row != nil && r.known {
			d.awayLogins[d.loginOf(r)]++
		}
	}
}

func (d *Desk) remember(s *session) *away {
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
	s.ghost, s.picked = a.ghost, a.picked
	s.past = &past{holders: a.holders, entry: a.entry, place: a.place}
	s.inherits = true
	s.known = true
	if a.life != d.life {
		return
	}
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

// restarted takes in that the appliance's processes restarted without a word:
// row ids of before mean nothing.
func (d *Desk) restarted() {
	d.resets++
	d.life++
	d.faded = nil
	d.unfadeQueues()
}

// claim settles which session a row is when its lsid comes or changes. The
// session has been touched and its row is the new one.
func (d *Desk) claim(s *session, old *statesub.SupportSession) {
	if old != nil && old.LSID == s.row.LSID {
		return
	}
	who := identify(s.id, s.row)
	owner, a := d.owners[who], d.away[who]
	if old != nil {
		was := identify(s.id, old)
		wasOwner := d.owners[was] == s
		if wasOwner {
			delete(d.owners, was)
		}
		if s.known && (old.LSID != "" || owner != nil || a != nil) {
			// The row stands for another session now.
			switch {
			case !wasOwner:
			case d.copying:
				d.away[was] = d.remember(s)
			default:
				d.finish(s, old)
			}
			s.forget()
		}
	}
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
		d.resume(s, d.remember(other))
	}
	other.known, other.ghost = true, true
}

// forget lets go of what is known of the session over time.
func (s *session) forget() {
	s.created, s.pickup, s.last, s.seen, s.past = 0, 0, noTeam, noTeam, nil
	s.known, s.ghost, s.picked, s.inherits = false, false, false, false
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

// CopyIn implements statesub.Watcher. The copy is compared as a whole with
// what was known.
func (d *Desk) CopyIn(at statesub.Instant) {
	d.advance(at)
	d.copying = false
	if d.idsMoved || !d.idsStayed && d.usersMoved() {
		d.restarted()
	}
	d.users = nil
	d.comparing = true
	for _, id := range slices.Sorted(maps.Keys(d.sessions)) {
		d.touchSession(d.sessions[id])
	}
	for _, id := range slices.Sorted(maps.Keys(d.representatives)) {
		d.touchRepresentative(d.representatives[id])
	}
	d.settle(at)
	d.comparing = false

	unseen := d.lost && at.Elapsed-d.gapBegan > d.grace
	for _, a := range d.away {
		if !a.missing {
			a.missing = true
			a.endAt = at.Appliance
			a.unseen = unseen
		}
	}
	d.awayUntil = at.Elapsed + d.grace
	d.synced, d.first, d.gap, d.lost = true, false, false, false
	d.idsStayed, d.idsMoved = false, false
	d.forgetAt = 0
	d.advance(at)
}

// expire takes those who did not come back within the grace to have gone, at
// the time when they were first missing.
func (d *Desk) expire() {
	for _, who := range slices.Sorted(maps.Keys(d.away)) {
		a := d.away[who]
		outcome := Abandoned
		switch {
		case a.picked:
			outcome = Served
		case a.unseen:
			outcome = Unknown
		}
		d.countEnd(ending{
			who: who, byRow: a.byRow, team: a.team, outcome: outcome, at: a.endAt,
			created: a.created, pickup: a.pickup,
			byRepresentative: a.byRepresentative, ghost: a.ghost, unseen: a.unseen,
		})
	}
	d.away = map[identity]*away{}
	if len(d.awayLogins) == 0 {
		return
	}
	for who, n := range d.awayLogins {
		d.logouts.add(who.kind.String(), uint64(n))
	}
	d.awayLogins = map[login]int{}
	// What they had in hand is in the hands of those who are there.
	for _, s := range d.owners {
		if s.known && s.representatives > 0 {
			d.observeHandover(s)
		}
	}
}

// forget gives up on all who are remembered: what became of them is unknown,
// and the next copy is a first copy.
func (d *Desk) forget() {
	// Those of a copy that is coming in are remembered too: nothing of it was
	// observed yet.
	for who, s := range d.owners {
		if s.known {
			d.touchSession(s)
			d.away[who] = d.remember(s)
			s.forget()
		}
	}
	d.settle(d.now)
	for _, who := range slices.Sorted(maps.Keys(d.away)) {
		a := d.away[who]
		d.countEnd(ending{who: who, byRow: a.byRow, team: a.team, outcome: Unknown, ghost: a.ghost, unseen: true})
	}
	d.away = map[identity]*away{}
	d.awayLogins = map[login]int{}
	d.first = true
	d.start = d.copyBegan.Appliance
	d.gap = false
	d.forgetAt = 0
}

// noteUsers notes the rows of the users who are known, to see after a
// reconnect whether the appliance restarted. What was noted before a copy that
// never came in stands.
func (d *Desk) noteUsers() {
	if d.users != nil {
		return
	}
	d.users = map[uint64][]uint64{}
	for _, r := range d.representatives {
		if r.row != nil && r.row.UserID != 0 {
			d.users[r.row.UserID] = append(d.users[r.row.UserID], r.id)
		}
	}
}

// usersMoved tells whether users who were known are there, and all of them
// under new rows.
func (d *Desk) usersMoved() bool {
	moved := false
	for _, r := range d.representatives {
		if r.row == nil {
			continue
		}
		rows := d.users[r.row.UserID]
		if slices.Contains(rows, r.id) {
			return false
		}
		moved = moved || len(rows) > 0
	}
	return moved
}

// fadeQueues keeps what is known of the queues: one that went away keeps its
// label for the sessions in it, over a reconnect too.
func (d *Desk) fadeQueues() {
	if d.faded == nil || !d.copying {
		d.faded = make(map[uint64]fadedQueue, len(d.queues))
	}
	for id, q := range d.queues {
		if q.said != nil || q.named {
			d.faded[id] = fadedQueue{said: q.said, named: q.named}
		}
	}
}

// unfadeQueues lets go of what was known of queues under ids that mean
// something else now.
func (d *Desk) unfadeQueues() {
	for _, q := range d.queues {
		if q.row == nil && q.said != nil {
			d.changeQueue(q, func() { q.said, q.named = nil, false })
		}
	}
}
