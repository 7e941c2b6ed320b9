package desk

import "github.com/beyondtrust-exporter/beyondtrust_exporter/statesub"

// membership is a row that says that a representative is a member of a queue.
type membership struct {
	row            *statesub.RepresentativeQueue
	queue          *queue
	representative *representative

	placeInQueue          int
	placeInRepresentative int
}

// setMembership takes in a change of a representative_queue row.
func (d *Desk) setMembership(id uint64, row *statesub.RepresentativeQueue) {
	was := d.memberships[id]
	if was != nil {
		d.touchRepresentative(was.representative)
		was.queue.members = without(was.queue.members, was.placeInQueue, func(m *membership, i int) { m.placeInQueue = i })
		was.representative.memberships = without(was.representative.memberships, was.placeInRepresentative, func(m *membership, i int) { m.placeInRepresentative = i })
		delete(d.memberships, id)
		// Last, since it may be the same queue: one that is gone is known for as long
		// as something points to it.
		defer d.releaseQueue(was.queue)
	}
	if row == nil || row.QueueID == 0 || row.RepresentativeID == 0 {
		return
	}
	m := &membership{row: row, queue: d.queueOf(row.QueueID), representative: d.representativeOf(row.RepresentativeID)}
	d.memberships[id] = m
	d.touchRepresentative(m.representative)
	m.placeInQueue = len(m.queue.members)
	m.queue.members = append(m.queue.members, m)
	m.placeInRepresentative = len(m.representative.memberships)
	m.representative.memberships = append(m.representative.memberships, m)
}

// without returns the list without the element at place i, into which it moves
// the last one.
func without[T any](list []T, i int, moved func(T, int)) []T {
	last := len(list) - 1
	list[i] = list[last]
	moved(list[i], i)
	var none T
	list[last] = none
	return list[:last]
}
