package desk

// The queue types that the vendor documents, and the one that stands for a
// queue whose row was never seen.
const (
	typeTeam     = "team"
	typePrewait  = "prewait"
	typePersonal = "personal"
	typeUnknown  = "unknown"
)

// group is all queues of one type and label, with the sessions that sit in
// them. A group is there while a queue is.
type group struct {
	key    groupKey
	queues int // queues of the group, gone ones that sessions still sit in included
	rows   int // those of them that are there

	waiting, active int
	entries         waits
	estimates       waits
}

type groupKey struct {
	queueType, label string
}

// join returns the group of the key with one more queue in it.
func (d *Desk) join(key groupKey) *group {
	g := d.groups[key]
	if g == nil && len(d.groups) >= maxValues {
		key.label = otherValue
		g = d.groups[key]
	}
	if g == nil {
		g = &group{key: key, entries: byEntry(), estimates: byEstimate()}
		d.groups[key] = g
	}
	g.queues++
	return g
}

// leave takes one queue out of the group.
func (d *Desk) leave(g *group) {
	g.queues--
	if g.queues == 0 {
		delete(d.groups, g.key)
	}
}

// team is all team and prewait queues of one label, for as long as the desk
// lives: what it counted goes on when its queues went away. The team "" is
// that of sessions without one.
type team struct {
	label string
	index teamIndex
	// told is true once a queue of the team was seen, so that its totals are
	// shown from then on; rows has the team and prewait queues that are there,
	// staffed those of type team.
	told    bool
	rows    int
	staffed int

	waiting, active int

	roles                             tally
	available, busy, idle, autoAssign int
	inSession                         int

	ended         [numOutcomes]uint64
	handovers     uint64
	activeTime    integral
	workTime      integral
	reconnectWait integral
}

// teamIndex is a team's place in Desk.teamList: each session names two teams,
// and an index takes a quarter of a pointer's room.
type teamIndex uint16

// noTeam is the index of no team.
const noTeam teamIndex = 0

// team returns the team of the label.
func (d *Desk) team(label string) *team {
	t := d.teams[label]
	if t == nil && len(d.teams) >= maxValues {
		label = otherValue
		t = d.teams[label]
	}
	if t == nil {
		t = &team{label: label, index: teamIndex(len(d.teamList)), roles: tally{}}
		d.teams[label] = t
		d.teamList = append(d.teamList, t)
	}
	return t
}

// tellTeams makes the teams known that got a queue: their totals and histograms
// are there from now on. It waits until a message or a copy is in, since a
// representative may yet name the queue as a personal one.
func (d *Desk) tellTeams() {
	for _, q := range d.untold {
		if q.row == nil || q.team == nil || q.team.told {
			continue
		}
		q.team.told = true
		d.durations.TeamKnown(q.team.label)
	}
	d.untold = nil
}

// clear forgets what the team has now and keeps what it counted.
func (t *team) clear(now int64) {
	t.rows, t.staffed = 0, 0
	t.waiting, t.active = 0, 0
	t.roles = tally{}
	t.available, t.busy, t.idle, t.autoAssign, t.inSession = 0, 0, 0, 0, 0
	for _, i := range []*integral{&t.activeTime, &t.workTime, &t.reconnectWait} {
		i.clear(now)
	}
}
