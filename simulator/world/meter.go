package world

import "strconv"

// meter counts how many of something there are, and adds up for how long.
type meter struct {
	n     int
	since int64
	total int64 // in the desk's milliseconds times how many
}

func (m *meter) add(n int, now int64) {
	m.total += int64(m.n) * (now - m.since)
	m.since = now
	m.n += n
}

// meters are all the counts that the book adds up over time.
type meters struct {
	loggedIn, connected, available, busy, idle, enabled meter
	concurrent                                          [6]meter
	active, work, reconnect                             map[string]*meter
}

// each calls f for every meter.
func (m *meters) each(f func(*meter)) {
	for _, x := range []*meter{&m.loggedIn, &m.connected, &m.available, &m.busy, &m.idle, &m.enabled} {
		f(x)
	}
	for i := range m.concurrent {
		f(&m.concurrent[i])
	}
	for _, by := range []map[string]*meter{m.active, m.work, m.reconnect} {
		for _, x := range by {
			f(x)
		}
	}
}

// reset begins to add up anew, from now on.
func (m *meters) reset(now int64) {
	m.each(func(x *meter) { x.since, x.total = now, 0 })
}

// read puts the sums up to now into a book.
func (m *meters) read(w *World, b *Book) {
	m.each(func(x *meter) { x.add(0, w.now) })
	seconds := func(x *meter) float64 { return float64(x.total) / 1000 / w.cfg.Speed }
	b.RepresentativeSeconds = map[string]float64{
		"logged_in": seconds(&m.loggedIn), "connected": seconds(&m.connected), "available": seconds(&m.available),
		"busy": seconds(&m.busy), "idle": seconds(&m.idle), "auto_assign": seconds(&m.enabled),
	}
	b.ConcurrentSeconds = make(map[string]float64)
	for i := range m.concurrent {
		b.ConcurrentSeconds[concurrency(i)] = seconds(&m.concurrent[i])
	}
	by := func(meters map[string]*meter) map[string]float64 {
		sums := make(map[string]float64)
		for label, x := range meters {
			sums[label] = seconds(x)
		}
		return sums
	}
	b.ActiveSeconds, b.WorkSeconds, b.ReconnectWaitSeconds = by(m.active), by(m.work), by(m.reconnect)
}

// concurrency is the label of a number of sessions at once.
func concurrency(n int) string {
	if n >= 5 {
		return "5+"
	}
	return strconv.Itoa(n)
}

// countRepresentative adds a representative to the counts, or takes it out: n is 1 or -1.
func (w *World) countRepresentative(r *representative, n int) {
	if !r.present {
		return
	}
	m := &w.meters
	m.loggedIn.add(n, w.now)
	for _, flag := range []struct {
		set bool
		to  *meter
	}{{r.connected, &m.connected}, {r.available, &m.available}, {r.busy, &m.busy}, {r.idle, &m.idle}, {r.enabled, &m.enabled}} {
		if flag.set {
			flag.to.add(n, w.now)
		}
	}
	if r.connected {
		m.concurrent[min(5, r.inSessions())].add(n, w.now)
	}
}

// countSession adds the work in a session to the counts, or takes it out: n is 1 or -1.
func (w *World) countSession(s *session, n int) {
	if !s.present {
		return
	}
	there, connected := s.customerState()
	for _, p := range s.people {
		if !p.present || !p.rep.present {
			continue
		}
		switch r := p.rep; {
		case connected:
			if s.queue == r.personal {
				w.countBy(&w.meters.active, teamOf(s), n)
			}
			if r.selected == s && r.focused && !r.idle {
				w.countBy(&w.meters.work, teamOf(s), n)
			}
		case there:
			w.countBy(&w.meters.reconnect, teamOf(s), n)
		}
	}
}

func (w *World) countBy(by *map[string]*meter, team string, n int) {
	if *by == nil {
		*by = make(map[string]*meter)
	}
	if (*by)[team] == nil {
		(*by)[team] = &meter{since: w.now}
	}
	(*by)[team].add(n, w.now)
}
