package desk

import (
	"maps"
	"slices"
	"strconv"

	"github.com/cespare/xxhash/v2"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/statesub"
)

// rowIDs is what the row ids of before a gap tell: whether the appliance
// restarted in it, and what a queue was.
type rowIDs struct {
	// idsStayed and idsMoved tell of those of known sessions.
	idsStayed, idsMoved bool
	// users has the rows that known users had, nil where none were noted.
	users map[uint64][]uint64
	// faded has the queues that were there when the connection ended.
	faded map[uint64]fadedQueue
}

// fadedQueue is what was known of a queue before the connection ended.
type fadedQueue struct {
	said  *statesub.Queue
	named bool
}

// restarted takes in that the appliance's processes restarted without a word:
// row ids of before mean nothing.
func (d *Desk) restarted() {
	d.resets++
	d.life++
	d.faded = nil
	d.unfadeQueues()
	for _, s := range d.sessions {
		s.seenQueue = 0
	}
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
		if q.row == nil && q.seen() && q.namedBy == 0 {
			d.changeQueue(q, func() { q.said, q.named = nil, false })
		}
	}
}

// voidRows makes sure that nobody is recognised by a row id of before, which
// after a truncate means something else.
func (d *Desk) voidRows() {
	for _, who := range slices.Sorted(maps.Keys(d.away)) {
		if a := d.away[who]; a.byRow {
			d.voids++
			delete(d.away, who)
			d.away[identity(xxhash.Sum64String("\x00void "+strconv.Itoa(d.voids)))] = a
		}
	}
}
