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
	if m := d.memberships[id]; m != nil {
		d.touchRepresentative(m.representative)
		m.queue.members = without(m.queue.members, m.placeInQueue, func(m *membership, i int) { m.placeInQueue = i })
		m.representative.memberships = without(m.representative.memberships, m.placeInRepresentative, func(m *membership, i int) { m.placeInRepresentative = i })
		delete(d.memberships, id)
		d.releaseQueue(m.queue)
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
