package desk

import (
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/statesub"
)

// Config is what a desk needs to know.
type Config struct {
	// ResyncGrace is how long sessions and representatives that are missing from
	// a new copy are remembered before they count as gone.
	ResyncGrace time.Duration
	// Durations takes in the durations of sessions.
	Durations Durations
}

// Desk is the support desk of one appliance. It implements statesub.Watcher.
type Desk struct {
	grace     time.Duration
	durations Durations
	pair      *Pair // nil for a desk that is of none
	// pairNumber tells this desk from the others of the pair.
	pairNumber int

	// The model's rows, joined. They go when the model is emptied.
	sessions        map[uint64]*session
	representatives map[uint64]*representative
	queues          map[uint64]*queue
	participations  map[uint64]*participation
	memberships     map[uint64]*membership
	// life counts the lives of the model: row ids mean nothing in another one.
	life int

	// What the gauges show now.
	live

	// What waits to be counted again when all rows of a message are in.
	touchedSessions        []*session
	touchedRepresentatives []*representative
	untold                 []*queue          // whose teams may not be known yet
	late                   []latePickup      // in the order in which they are due
	counted                map[memberOf]bool // used again for each representative
	countedSkills          map[string]bool

	continuity
	counters
}

// live is what the gauges show now, and what follows from it for the totals.
type live struct {
	groups     map[groupKey]*group
	nowhere    *group // for sessions in no queue
	teamQueues map[*queue]struct{}

	byStartMethod   tally
	byPriority      tally
	byPublicSite    tally
	byIssue         tally
	bySkill         tally
	withoutCustomer int

	clients   map[clientKind]int
	attendees int
	tools     tally

	byType                 tally
	status                 RepresentativesNow
	bySessions             [6]int
	representativesBySkill tally
}

// counters is what goes on for as long as the desk lives.
type counters struct {
	teams map[string]*team
	// teamList has the teams by their index; the first, noTeam, is none.
	teamList []*team

	started         totals
	transfers       map[transfer]uint64
	logins, logouts totals
	resets          int

	loggedInTime, connectedTime, availableTime integral
	busyTime, idleTime, autoAssignTime         integral
	concurrentTime                             [6]integral

	// Which fields the appliance was ever seen to send.
	connectedSent, focusSent, selectionSent, clientConnectedSent bool
}

type transfer struct {
	from, to string
}

// New returns a desk of which nothing is known yet.
func New(cfg Config) *Desk {
	d := &Desk{
		grace:         cfg.ResyncGrace,
		durations:     cfg.Durations,
		counted:       map[memberOf]bool{},
		countedSkills: map[string]bool{},
		continuity:    newContinuity(),
		counters: counters{
			teams:     map[string]*team{},
			teamList:  []*team{noTeam: nil},
			started:   totals{},
			transfers: map[transfer]uint64{},
			logins:    totals{},
			logouts:   totals{},
		},
	}
	d.empty()
	d.forgetValues()
	return d
}

// micros returns the observed time in whole microseconds.
func (d *Desk) micros() int64 { return d.observed.Microseconds() }

// Changed takes in what one message did. What its inserts and updates brought
// is observed before its deletions: a session that came and went in one message
// was there.
func (d *Desk) Changed(at statesub.Instant, c *statesub.Changes) {
	d.Advance(at)
	up, down := &c.Upserts, &c.Deletes
	d.takeIn(up)
	d.settle(at)

	for i := range down.SupportSessions {
		d.endSession(down.SupportSessions[i].ID)
	}
	for i := range down.Representatives {
		d.endLogin(down.Representatives[i].ID)
	}
	d.takeIn(down)
	d.settle(at)
}

// takeIn moves the desk on to the new rows. What they change is in no count
// until settle is called.
func (d *Desk) takeIn(rows *statesub.Rows) {
	for i := range rows.Queues {
		d.setQueue(rows.Queues[i].ID, rows.Queues[i].New)
	}
	for i := range rows.Representatives {
		d.setRepresentative(rows.Representatives[i].ID, rows.Representatives[i].New)
	}
	for i := range rows.RepresentativeQueues {
		d.setMembership(rows.RepresentativeQueues[i].ID, rows.RepresentativeQueues[i].New)
	}
	for i := range rows.SupportSessions {
		d.setSession(rows.SupportSessions[i].ID, rows.SupportSessions[i].New)
	}
	for i := range rows.RepresentativeSupportSessions {
		d.setParticipation(rows.RepresentativeSupportSessions[i].ID, rows.RepresentativeSupportSessions[i].New)
	}
	for i := range rows.CustomerClients {
		d.setClient(rows.CustomerClients[i].Old, rows.CustomerClients[i].New)
	}
	for i := range rows.SupportSessionSkills {
		d.setSkill(rows.SupportSessionSkills[i].Old, rows.SupportSessionSkills[i].New)
	}
	for i := range rows.Attendees {
		d.setAttendee(rows.Attendees[i].Old, rows.Attendees[i].New)
	}
	for i := range rows.RepresentativeSupportSessionTools {
		d.setTool(rows.RepresentativeSupportSessionTools[i].Old, rows.RepresentativeSupportSessionTools[i].New)
	}
}

// settle puts everything that was touched into the counts again, and unless a
// copy is coming in observes what happened to it.
func (d *Desk) settle(at statesub.Instant) {
	if !d.copying {
		d.tellTeams()
	}
	// Who is there is settled first: who has a session in hand depends on it.
	for _, r := range d.touchedRepresentatives {
		d.settleRepresentative(r)
	}
	for _, s := range d.touchedSessions {
		d.settleSession(s, at)
	}
	if cap(d.touchedSessions)+cap(d.touchedRepresentatives) > maxTouchedKept {
		d.touchedSessions, d.touchedRepresentatives = nil, nil
		return
	}
	clear(d.touchedSessions)
	d.touchedSessions = d.touchedSessions[:0]
	clear(d.touchedRepresentatives)
	d.touchedRepresentatives = d.touchedRepresentatives[:0]
}

// maxTouchedKept is the number of touched nodes above which the room for them
// is given back.
const maxTouchedKept = 1024

// empty lets go of all rows: the desk shows nobody and nothing. Values that
// were seen stay in their tallies, at 0.
func (d *Desk) empty() {
	d.sessions = map[uint64]*session{}
	d.representatives = map[uint64]*representative{}
	d.queues = map[uint64]*queue{}
	d.participations = map[uint64]*participation{}
	d.memberships = map[uint64]*membership{}
	d.groups = map[groupKey]*group{}
	d.untold, d.late = nil, nil
	d.nowhere = d.join(groupKey{queueType: typeUnknown})
	d.teamQueues = map[*queue]struct{}{}
	d.withoutCustomer = 0
	d.clients = map[clientKind]int{}
	d.attendees = 0
	d.status = RepresentativesNow{}
	d.bySessions = [6]int{}
	for _, t := range d.tallies() {
		for value := range *t {
			(*t)[value] = 0
		}
	}
	now := d.micros()
	for _, t := range d.teams {
		t.clear(now)
	}
	for _, i := range d.times() {
		i.clear(now)
	}
}

// forgetValues lets go of the values that were seen: once the model is out of
// sync nobody knows which of them there still are.
func (d *Desk) forgetValues() {
	for _, t := range d.tallies() {
		*t = tally{}
	}
}

func (d *Desk) tallies() []*tally {
	return []*tally{
		&d.byStartMethod, &d.byPriority, &d.byPublicSite, &d.byIssue, &d.bySkill,
		&d.tools, &d.byType, &d.representativesBySkill,
	}
}

func (d *Desk) times() []*integral {
	times := []*integral{
		&d.loggedInTime, &d.connectedTime, &d.availableTime,
		&d.busyTime, &d.idleTime, &d.autoAssignTime,
	}
	for i := range d.concurrentTime {
		times = append(times, &d.concurrentTime[i])
	}
	return times
}
