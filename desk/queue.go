package desk

import "github.com/beyondtrust-exporter/beyondtrust_exporter/statesub"

// queue is a queue that a row describes or that other rows point to.
type queue struct {
	id uint64
	// row is nil where the row has not come or went away; said is the last row
	// there was, since a queue that went away keeps its label for the sessions
	// in it.
	row, said *statesub.Queue
	// namedBy is the number of representatives whose personal queue it is. named
	// stays true when they have gone, so that no person's name becomes a label.
	namedBy int
	named   bool

	group *group
	team  *team // nil for a queue that is neither team nor prewait

	sitting []*session    // the sessions in it
	primary []*session    // the sessions whose primary team queue it is
	members []*membership // the memberships of it
}

// key returns the type and label that the queue's sessions are counted by.
// What some representative names is personal whatever its row says, and all
// personal queues are one: they bear the names of people.
func (q *queue) key() groupKey {
	queueType := ""
	if q.said != nil {
		queueType = q.said.Type.String()
	}
	switch {
	case q.named, queueType == typePersonal:
		return groupKey{queueType: typePersonal}
	case q.said == nil:
		return groupKey{queueType: typeUnknown}
	case queueType == "":
		// Personal queues have neither a code name nor a team's id.
		if q.said.CodeName == "" && (q.said.SupportTeamID == "" || q.said.SupportTeamID == "0") {
			return groupKey{queueType: typeUnknown}
		}
		queueType = typeTeam
	}
	label := q.said.CodeName
	if label == "" {
		label = q.said.Name
	}
	return groupKey{queueType: queueType, label: label}
}

// seen tells whether it is known what the queue is.
func (q *queue) seen() bool { return q.said != nil || q.named }

// queueOf returns the queue with the id, nil for the id 0, which is none.
func (d *Desk) queueOf(id uint64) *queue {
	if id == 0 {
		return nil
	}
	q := d.queues[id]
	if q == nil {
		q = d.newQueue(id)
	}
	return q
}

// newQueue makes the queue with the id, of which nothing points to nor says
// anything yet.
func (d *Desk) newQueue(id uint64) *queue {
	q := &queue{id: id}
	if f, ok := d.faded[id]; ok {
		q.said, q.named = f.said, f.named
	}
	d.queues[id] = q
	d.file(q)
	return q
}

// setQueue takes in a change of a queue's row.
func (d *Desk) setQueue(id uint64, row *statesub.Queue) {
	q := d.queues[id]
	if q == nil {
		if row == nil {
			return
		}
		q = d.newQueue(id)
	}
	d.changeQueue(q, func() {
		q.row = row
		if row != nil {
			q.said = row
		}
	})
}

// name says that delta more representatives name q as their personal queue.
func (d *Desk) name(q *queue, delta int) {
	if q == nil {
		return
	}
	d.changeQueue(q, func() {
		q.namedBy += delta
		q.named = true
	})
}

// changeQueue changes what a queue is, and files it anew where that matters.
func (d *Desk) changeQueue(q *queue, change func()) {
	before := q.key()
	d.countRow(q, -1)
	change()
	if q.key() != before {
		for _, s := range q.sitting {
			d.touchSession(s)
		}
		for _, s := range q.primary {
			d.touchSession(s)
		}
		for _, m := range q.members {
			d.touchRepresentative(m.representative)
		}
		d.leave(q.group)
		d.file(q)
	}
	d.countRow(q, +1)
	d.releaseQueue(q)
}

// file puts the queue into the group and the team of its key.
func (d *Desk) file(q *queue) {
	key := q.key()
	q.group = d.join(key)
	q.team = nil
	if key.queueType == typeTeam || key.queueType == typePrewait {
		q.team = d.team(key.label)
	}
}

// countRow counts the queue's row, where there is one.
func (d *Desk) countRow(q *queue, sign int) {
	if q.row == nil {
		return
	}
	q.group.rows += sign
	if q.team == nil {
		return
	}
	q.team.rows += sign
	if q.group.key.queueType == typeTeam {
		q.team.staffed += sign
	}
	if sign < 0 {
		delete(d.teamQueues, q)
		return
	}
	d.teamQueues[q] = struct{}{}
	if !q.team.told {
		d.untold = append(d.untold, q)
	}
}

// releaseQueue forgets a queue that is gone and that nothing points to.
func (d *Desk) releaseQueue(q *queue) {
	if q == nil || q.row != nil || q.namedBy > 0 || len(q.sitting)+len(q.primary)+len(q.members) > 0 || d.queues[q.id] != q {
		return
	}
	d.leave(q.group)
	delete(d.queues, q.id)
}
