package world

// Copy returns the full copy that follows a subscribe_response: every row that the model has, in Config.CopyMessages messages, in any order:
// a row may come before the row that it points to. Call Flush before, or what was not sent yet is told again.
func (w *World) Copy() []Message {
	records := w.records()
	w.spelling.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
	n := w.cfg.CopyMessages
	if n == 0 {
		n = 1 + w.spelling.IntN(5)
	}
	n = min(n, len(records))
	var copies []Message
	for i := range n {
		part := records[i*len(records)/n : (i+1)*len(records)/n]
		for _, r := range part {
			r.base().staged = stagedInsert
		}
		m := w.writeMessage(w.now, part)
		for _, r := range part {
			r.base().staged = stagedNothing
		}
		copies = append(copies, m)
	}
	if w.cfg.Dialect.NullTables {
		copies[0].sections[0].tables = append(copies[0].sections[0].tables, w.nullTables()...)
	}
	return copies
}

// nullTables names the tables without rows.
func (w *World) nullTables() []tableBody {
	rows := w.State().Rows
	var bodies []tableBody
	for _, t := range Tables() {
		if rows[t] == 0 && !w.cfg.Dialect.hides(t) {
			bodies = append(bodies, tableBody{t, []byte("null")})
		}
	}
	return bodies
}

// records returns every row that the model has and the dialect shows.
func (w *World) records() []record {
	all := make([]record, 0, 4*len(w.sessions)+6*len(w.reps))
	add := func(r record) {
		if r.base().present && !w.cfg.Dialect.hides(r.table()) {
			all = append(all, r)
		}
	}
	add(w.prewait)
	for _, q := range w.teams {
		add(q)
	}
	for _, r := range w.reps {
		add(r)
		add(r.personal)
		for _, m := range r.memberships {
			add(m)
		}
	}
	for _, s := range w.sessions {
		add(s)
		for _, c := range s.clients {
			add(c)
		}
		for _, k := range s.skills {
			add(k)
		}
		for _, a := range s.attributes {
			add(a)
		}
		for _, p := range s.people {
			add(p)
			for _, t := range p.tools {
				add(t)
			}
		}
	}
	for _, p := range w.shows {
		add(p)
		if p.presenter != nil {
			add(p.presenter)
		}
		for _, a := range p.attendees {
			add(a)
		}
	}
	return all
}
