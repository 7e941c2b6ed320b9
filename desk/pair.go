package desk

import (
	"sync"
	"time"
)

// Pair is what the desks of a failover pair know of each other's sessions. A
// session that lives through a failover has rows made anew on the other
// appliance, with new times; its lsid alone tells that it started, and was
// picked up, before. It may be used by several desks at once.
type Pair struct {
	mu       sync.Mutex
	desks    int
	sessions map[identity]acquaintance
	ring     []identity // in the order in which they were met first
}

// rememberMet is for how long a session is remembered after it was met first. A
// session that lives longer and then through a failover is taken for a new one.
const rememberMet = 7 * 24 * time.Hour

// acquaintance is a session that some desk of the pair has counted.
type acquaintance struct {
	by     int     // the desk that met it first
	until  float64 // by the appliance's clock
	picked bool
	// created is when the session started, by the clock of the appliance on which
	// it did; 0 where that is not known.
	created float64
}

// NewPair returns a pair of which nothing is known yet.
func NewPair() *Pair {
	return &Pair{sessions: map[identity]acquaintance{}}
}

// join returns the number of one desk more.
func (p *Pair) join() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.desks++
	return p.desks
}

// meet notes that a desk counts a session, which started at created, from now
// on. known tells that another desk of the pair did so before, and what that
// one knew comes with it.
func (p *Pair) meet(who identity, by int, created, now float64) (before acquaintance, known bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.ring) > 0 && (len(p.ring) >= maxRemembered || p.sessions[p.ring[0]].until <= now) {
		delete(p.sessions, p.ring[0])
		p.ring = p.ring[1:]
	}
	before, met := p.sessions[who]
	if met {
		return before, before.by != by
	}
	p.sessions[who] = acquaintance{by: by, until: now + rememberMet.Seconds(), created: created}
	p.ring = append(p.ring, who)
	return acquaintance{}, false
}

// pick notes that the pickup of a session was counted.
func (p *Pair) pick(who identity) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if a, met := p.sessions[who]; met {
		a.picked = true
		p.sessions[who] = a
	}
}

// SetPair makes the desk one of a pair, or of none where p is nil. What it knows
// already it tells the others.
func (d *Desk) SetPair(p *Pair) {
	if d.pair == p {
		return
	}
	d.pair = p
	if p == nil {
		return
	}
	d.pairNumber = p.join()
	for who, s := range d.owners {
		if s.known && !s.ghost && s.row.LSID != "" {
			p.meet(who, d.pairNumber, s.created, d.now.Appliance)
			if s.picked {
				p.pick(who)
			}
		}
	}
}

// metElsewhere tells whether another desk of the pair has counted the session,
// and then takes over what that one knew.
func (d *Desk) metElsewhere(s *session) bool {
	if d.pair == nil || s.row.LSID == "" {
		return false
	}
	before, known := d.pair.meet(identify(s.id, s.row), d.pairNumber, s.created, d.now.Appliance)
	if !known {
		return false
	}
	if before.picked {
		s.attended, s.picked = true, true
	}
	if before.created != 0 && (s.created == 0 || before.created < s.created) {
		s.created = before.created
	}
	return true
}
