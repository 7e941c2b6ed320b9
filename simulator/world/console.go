package world

// console is one thing that a representative does at the console, or that happens to it.
func (w *World) console(r *representative, turn uint32) {
	if !r.loggedIn || r.turn != turn {
		return
	}
	w.after(selectionPace+w.around(18), event{kind: evConsole, rep: r, turn: turn})
	if !r.connected {
		return
	}
	if r.idle {
		if w.chance(0.12) {
			w.touchRep(r)
			r.idle, r.focused = false, true
			w.update(r, repIdle|repFocus)
			w.refresh(r)
			w.reportState(r)
		}
		return
	}
	switch draw := w.rng.Float64(); {
	case draw < 0.25:
		w.touchRep(r)
		r.focused = !r.focused
		w.update(r, repFocus)
	case draw < 0.55:
		w.selectSession(r)
	case draw < 0.57 && len(r.people) == 0 || draw < 0.555:
		w.touchRep(r)
		r.idle, r.focused = true, false
		w.update(r, repIdle|repFocus)
		w.refresh(r)
		w.reportState(r)
	case draw < 0.575 || !r.enabled && draw > 0.94:
		w.touchRep(r)
		r.enabled = !r.enabled
		w.update(r, repEnabled)
		w.refresh(r)
		w.reportState(r)
	case draw < 0.584:
		w.loseConnection(r)
	case draw < 0.60 && len(r.people) < w.capacity && !r.invited:
		w.jump(r)
	case draw < 0.601 && r.show == nil && !r.invited:
		w.openPresentation(r)
	case draw < 0.85 && len(r.people) > 0:
		w.changeTools(pick(w, r.people))
	}
}

// selectSession lets a representative turn to another session; the appliance records it at most every five seconds.
func (w *World) selectSession(r *representative) {
	if w.now-r.recorded < selectionPace {
		return
	}
	var to *session
	if len(r.people) > 0 && w.chance(0.9) {
		to = pick(w, r.people).session
	}
	if to == r.selected {
		return
	}
	w.touchRep(r)
	r.selected, r.recorded = to, w.now
	w.update(r, repSelected)
}

// changeTools lets a representative start a tool in a session, or stop one.
func (w *World) changeTools(p *participation) {
	if !p.present {
		return
	}
	w.touchSession(p.session)
	w.touchRep(p.rep)
	if len(p.tools) > 0 && w.chance(0.5) {
		w.remove(p.tools[0])
		p.tools = p.tools[1:]
		return
	}
	name := pick(w, toolNames())
	for _, t := range p.tools {
		if t.name == name {
			return
		}
	}
	t := &tool{part: p, name: name}
	t.id = w.newID()
	p.tools = append(p.tools, t)
	w.insert(t)
	p.service = name
	w.update(p, participationService)
	w.reportTool(p, name)
}

// loseConnection takes a console's connection away. The representative stays logged in until the reconnect timeout.
func (w *World) loseConnection(r *representative) {
	w.touchRep(r)
	r.connected, r.focused = false, false
	w.update(r, repConnected|repFocus)
	w.refresh(r)
	w.after(w.between(5, 120), event{kind: evRegain, rep: r, turn: r.turn})
}

// regain brings a console back, or logs out one that does not come back.
func (w *World) regain(r *representative, turn uint32) {
	if !r.loggedIn || r.turn != turn || r.connected {
		return
	}
	if w.chance(0.15) {
		w.logout(r, turn)
		return
	}
	w.touchRep(r)
	r.connected, r.focused = true, true
	w.update(r, repConnected|repFocus)
	w.refresh(r)
}
