package desk

import "github.com/beyondtrust-exporter/beyondtrust_exporter/statesub"

// ending is the end of a session, as it is counted.
type ending struct {
	who              identity
	byRow            bool // it has no lsid to be remembered by
	team             *team
	outcome          Outcome
	at               float64
	created, pickup  float64
	byRepresentative bool
	ghost            bool // nothing of it is counted any more
	unseen           bool // when it ended is not known
}

// finish takes in that a session went away before our eyes, whose last row is
// given. It ends by the appliance's clock now.
func (d *Desk) finish(s *session, row *statesub.SupportSession) {
	d.finishPickup(s)
	d.decideHandover(s)
	outcome := Abandoned
	if s.attended {
		outcome = Served
	}
	d.countEnd(ending{
		who: identify(s.id, row), byRow: row.LSID == "", team: d.teamOf(s), outcome: outcome, at: d.now.Appliance,
		created: s.created, pickup: s.pickup,
		byRepresentative: startedByRepresentative(row.StartMethod.String()), ghost: s.ghost,
	})
}

// countEnd counts the end of a session, once: should its lsid come back within
// a day, it enters no counter.
func (d *Desk) countEnd(e ending) {
	if !e.byRow {
		d.ended.add(e.who, d.now.Elapsed)
	}
	if e.ghost {
		return
	}
	e.team.ended[e.outcome]++
	switch {
	case e.unseen:
	case e.outcome == Served && e.pickup != 0:
		d.durations.Handle(e.team.label, max(0, e.at-e.pickup))
	case e.outcome == Abandoned && e.created != 0 && !e.byRepresentative:
		d.durations.Abandon(e.team.label, max(0, e.at-e.created))
	}
}
