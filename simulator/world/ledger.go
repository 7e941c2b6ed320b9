package world

// ledger collects what changed until it is sent.
//
// A step is everything that one event brings: it is told in one message or not at all. The open message takes in steps until one touches
// an entity that the message already tells of; then it is closed, and the step goes into the next one.
type ledger struct {
	step    []record // what the current step changed
	open    []record // what the open message tells
	serial  uint64   // of the open message
	closed  []Message
	tally   []tallied // what the current step must count again
	touched []*entity // what the current step changes something of

	first     int64 // when the oldest change that was not sent was made
	waiting   bool
	lastFlush int64
	every     int64
}

// tallied is something whose share in the running counts was taken out and must be put back when the step is done.
type tallied struct {
	session *session
	rep     *representative
}

// due is when the next flush is, if there is anything to send.
func (l *ledger) due() (int64, bool) {
	return max(l.first, l.lastFlush+l.every), l.waiting
}

// discard forgets everything that was not sent.
func (l *ledger) discard() {
	for _, r := range l.open {
		r.base().staged, r.base().dirty = stagedNothing, 0
	}
	l.open, l.closed, l.waiting = l.open[:0], nil, false
	l.serial++
}

// begin begins a step.
func (w *World) begin() {
	w.step++
}

// touch says that the step is going to change something of an entity. It must be called before the change.
func (w *World) touch(e *entity) {
	if e.step == w.step {
		return
	}
	e.step = w.step
	w.changes.touched = append(w.changes.touched, e)
	if e.message == w.changes.serial && !w.cfg.Coalesce {
		w.closeMessage()
	}
}

// touchSession is touch for a session, and takes its share out of the running counts until the step is done.
func (w *World) touchSession(s *session) {
	w.touch(&s.entity)
	w.recountSession(s)
}

// touchRep is touch for a representative, and takes the shares of the representative and of the sessions that depend on
// the representative out of the running counts until the step is done.
func (w *World) touchRep(r *representative) {
	w.touch(&r.entity)
	if r.counted == w.step {
		return
	}
	r.counted = w.step
	w.countRepresentative(r, -1)
	w.changes.tally = append(w.changes.tally, tallied{rep: r})
	for _, p := range r.people {
		w.recountSession(p.session)
	}
}

func (w *World) recountSession(s *session) {
	if s.counted == w.step {
		return
	}
	s.counted = w.step
	w.countSession(s, -1)
	w.changes.tally = append(w.changes.tally, tallied{session: s})
}

// insert says that a row comes into the model now.
func (w *World) insert(r record) {
	b := r.base()
	b.present, b.made = true, w.now
	w.stage(r, stagedInsert, allFields)
}

// update says that fields of a row changed. Of a row that the model does not have nothing is told.
func (w *World) update(r record, which fields) {
	if r.base().present {
		w.stage(r, stagedUpdate, which)
	}
}

// remove says that a row leaves the model.
func (w *World) remove(r record) {
	if r.base().present {
		r.base().present = false
		w.stage(r, stagedDelete, 0)
	}
}

// stage notes what the next message must tell of a row, together with what it must tell already.
func (w *World) stage(r record, as staged, which fields) {
	if w.cfg.Dialect.hides(r.table()) {
		return
	}
	b := r.base()
	if b.staged == stagedNothing {
		w.changes.step = append(w.changes.step, r)
		b.staged = as
	} else if as == stagedDelete {
		if b.staged == stagedInsert {
			as = stagedNever
		}
		b.staged = as
	}
	b.dirty |= which
}

// commit ends a step: what it touched is counted again, and what it changed goes into the open message.
func (w *World) commit() {
	l := &w.changes
	for _, t := range l.tally {
		if t.rep != nil {
			w.countRepresentative(t.rep, 1)
		} else {
			w.countSession(t.session, 1)
		}
	}
	l.tally = l.tally[:0]
	for _, e := range l.touched {
		e.message = l.serial
	}
	l.touched = l.touched[:0]
	if len(l.step) == 0 {
		return
	}
	if !l.waiting {
		l.waiting, l.first = true, w.now
	}
	l.open = append(l.open, l.step...)
	l.step = l.step[:0]
}

// closeMessage spells the open message as things stand, before the step changes them.
func (w *World) closeMessage() {
	l := &w.changes
	told := false
	for _, r := range l.open {
		told = told || r.base().staged != stagedNever
	}
	if told {
		l.closed = append(l.closed, w.scatter(w.writeMessage(w.now, l.open))...)
	}
	for _, r := range l.open {
		r.base().staged, r.base().dirty = stagedNothing, 0
	}
	l.open = l.open[:0]
	l.serial++
}

// scatter takes a message apart, if the desk is one whose rows come late.
func (w *World) scatter(m Message) []Message {
	if !w.cfg.Scatter {
		return []Message{m}
	}
	var parts []Message
	for _, s := range m.sections {
		order := w.spelling.Perm(len(s.tables))
		for _, i := range order {
			part := m
			part.sections = []section{{s.verb, s.tables[i : i+1]}}
			part.typeAt = w.typeAt(1)
			parts = append(parts, part)
		}
	}
	return parts
}

// flush appends everything that was not sent, as sent now.
func (w *World) flush(sent []Message) []Message {
	w.closeMessage()
	l := &w.changes
	for _, m := range l.closed {
		m.At = w.wire(w.now)
		sent = append(sent, m)
	}
	l.closed, l.waiting, l.lastFlush = nil, false, w.now
	return sent
}
