package world

import "time"

// Message is one message that an appliance sends to those who subscribed.
type Message struct {
	// At is when it is sent, by the appliance's clock.
	At time.Time
	// Truncate says that it is a truncate_model: every row of every table is gone.
	Truncate bool

	kind     string
	typeAt   int // before which section the type stands: the order of keys means nothing
	sections []section
}

// section is the "insert", "update" or "delete" of a message.
type section struct {
	verb   string
	tables []tableBody
}

// tableBody is one table's share of a section, already spelt.
type tableBody struct {
	table Table
	body  []byte
}

// Line returns the message as it goes over the wire, with the newline that ends it. With tables, only those are in it; it is nil
// where nothing of them is. A truncate concerns every table.
func (m Message) Line(tables map[Table]bool) []byte {
	size := 64
	sections := make([]section, 0, len(m.sections))
	for _, s := range m.sections {
		kept := section{verb: s.verb}
		for _, t := range s.tables {
			if tables != nil && !tables[t.table] {
				continue
			}
			kept.tables = append(kept.tables, t)
			size += len(t.body) + len(t.table) + 8
		}
		if len(kept.tables) > 0 {
			sections = append(sections, kept)
		}
	}
	if len(sections) == 0 && !m.Truncate {
		return nil
	}
	b := make([]byte, 0, size)
	b = append(b, '{')
	for i, s := range sections {
		if i == m.typeAt {
			b = append(b, `"type":"`+m.kind+`",`...)
		}
		b = append(b, `"`+s.verb+`":{`...)
		for j, t := range s.tables {
			if j > 0 {
				b = append(b, ',')
			}
			b = append(b, `"`+string(t.table)+`":`...)
			b = append(b, t.body...)
		}
		b = append(b, '}', ',')
	}
	if m.typeAt >= len(sections) {
		b = append(b, `"type":"`+m.kind+`",`...)
	}
	b[len(b)-1] = '}'
	return append(b, '\n')
}

// writeMessage spells the records of one message, each as its row says that it is staged.
func (w *World) writeMessage(at int64, records []record) Message {
	m := Message{At: w.wire(at), kind: w.cfg.Dialect.updateType()}
	e := encoder{dialect: w.cfg.Dialect, world: w}
	order := w.tableOrder()
	for _, verb := range []struct {
		name   string
		staged staged
	}{{"insert", stagedInsert}, {"update", stagedUpdate}, {"delete", stagedDelete}} {
		s := section{verb: verb.name}
		by := make(map[Table][]record)
		for _, r := range records {
			if r.base().staged == verb.staged {
				by[r.table()] = append(by[r.table()], r)
			}
		}
		for _, t := range order {
			if len(by[t]) == 0 {
				continue
			}
			s.tables = append(s.tables, tableBody{t, e.rows(by[t], verb.staged)})
		}
		if w.cfg.Dialect.Extras && verb.staged == stagedInsert {
			s.tables = append(s.tables, tableBody{"x_placement", []byte(`{"1":{"a":[{"b":"}"}]}}`)})
		}
		if len(s.tables) > 0 {
			m.sections = append(m.sections, s)
		}
	}
	m.typeAt = w.typeAt(len(m.sections))
	return m
}

// rows spells one table's records: an object by id, or a list of ids where they are deleted.
func (e *encoder) rows(records []record, as staged) []byte {
	e.b = make([]byte, 0, 64*len(records))
	if as == stagedDelete {
		e.b = append(e.b, '[')
		for i, r := range records {
			if i > 0 {
				e.b = append(e.b, ',')
			}
			e.b = appendID(e.b, r.base().id, e.dialect.NumericIDs)
		}
		e.b = append(e.b, ']')
		return e.b
	}
	e.b = append(e.b, '{')
	for i, r := range records {
		if i > 0 {
			e.b = append(e.b, ',')
		}
		e.b = appendID(e.b, r.base().id, false)
		e.b = append(e.b, ':')
		which := r.base().dirty
		if as == stagedInsert {
			which = allFields
		}
		e.object(r, which)
	}
	e.b = append(e.b, '}')
	return e.b
}

// tableOrder is the order of tables in one message: any.
func (w *World) tableOrder() []Table {
	order := Tables()
	w.spelling.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	return order
}

// typeAt is where a message has its type: mostly first, sometimes elsewhere.
func (w *World) typeAt(sections int) int {
	if w.spelling.IntN(4) > 0 {
		return 0
	}
	return w.spelling.IntN(sections + 1)
}
