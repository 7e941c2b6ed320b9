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

// CopyBegan implements statesub.Watcher.
func (d *Desk) CopyBegan(at statesub.Instant, truncated bool) {
	d.Advance(at)
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
	d.Advance(at)
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

// Advance implements statesub.Watcher: it lets the time pass that went by since
// the last call.
func (d *Desk) Advance(at statesub.Instant) {
	if d.synced {
		d.observed += at.Elapsed - d.now.Elapsed
	}
	d.now = at
	d.countLate()
	switch {
	case d.forgetAt != 0 && at.Elapsed >= d.forgetAt:
		d.forget()
	case d.synced && !d.gap && at.Elapsed >= d.awayUntil && len(d.away)+len(d.awayLogins)+len(d.back) > 0:
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
	// The next copy is observed as a whole.
	clear(d.undecided)
	clear(d.back)
	for _, r := range d.representatives {
		if r.row != nil && r.known {
			d.awayLogins[d.loginOf(r)]++
		}
	}
}

// CopyIn implements statesub.Watcher. The copy is compared as a whole with
// what was known.
func (d *Desk) CopyIn(at statesub.Instant) {
	d.Advance(at)
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
	d.Advance(at)
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
	for who, n := range d.awayLogins {
		d.logouts.add(who.kind.String(), uint64(n))
	}
	d.awayLogins = map[login]int{}
	// What they had in hand is in the hands of those who are there.
	d.decideHandovers()
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
	clear(d.undecided)
	clear(d.back)
	d.first = true
	d.start = d.copyBegan.Appliance
	d.gap = false
	d.forgetAt = 0
}
