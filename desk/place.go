package desk

// place is where a session sits, in terms that outlive the queues' row ids.
type place struct {
	team     *team // nil for a queue that is no team's
	personal bool
	queue    uint64
	life     int // the life of the model in which the queue had that id
}

func (d *Desk) placeOf(s *session) place {
	if s.queue == nil {
		return place{}
	}
	if s.queue.team != nil {
		return place{team: s.queue.team}
	}
	return place{
		personal: s.queue.group.key.queueType == typePersonal,
		queue:    s.queue.id,
		life:     d.life,
	}
}

// same tells whether a session that sat in p and sits in now has not moved. A
// personal queue of an earlier life of the model cannot be recognised: one
// stands for another.
func (p place) same(now place) bool {
	if p.life != now.life && p.personal && now.personal {
		return true
	}
	return p == now && p != place{}
}
