package desk

import "time"

const (
	// rememberEnded is for how long an ended session is remembered.
	rememberEnded = 24 * time.Hour
	// maxRemembered bounds the memory: the oldest go first.
	maxRemembered = 1 << 20
)

// memory remembers ended sessions. Its ring is in the order of time.
type memory struct {
	until map[identity]time.Duration
	ring  []remembered
	head  int
}

type remembered struct {
	who   identity
	until time.Duration
}

func newMemory() memory {
	return memory{until: map[identity]time.Duration{}}
}

// add remembers the session from now on.
func (m *memory) add(who identity, now time.Duration) {
	m.until[who] = now + rememberEnded
	m.ring = append(m.ring, remembered{who, now + rememberEnded})
	for m.head < len(m.ring) && (m.ring[m.head].until <= now || len(m.ring)-m.head > maxRemembered) {
		oldest := m.ring[m.head]
		if m.until[oldest.who] == oldest.until {
			delete(m.until, oldest.who)
		}
		m.head++
	}
	if m.head > len(m.ring)/2 {
		m.ring = append(m.ring[:0], m.ring[m.head:]...)
		m.head = 0
	}
}

// has tells whether the session is remembered now.
func (m *memory) has(who identity, now time.Duration) bool {
	until, ok := m.until[who]
	return ok && now < until
}
