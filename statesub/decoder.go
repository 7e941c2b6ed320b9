package statesub

import "hash/maphash"

// The depths at which the parts of a model_update are nested.
const (
	depthMessage = iota
	depthMember
	depthTable
	depthRow
	depthField
)

const (
	// maxSymbols is the number of texts above which the decoder forgets those
	// that it knows. What an administrator configures stays far below.
	maxSymbols = 4096
	// maxScratch is the room for an unescaped text that is kept.
	maxScratch = 64 << 10
)

// Decoder decodes messages of the real-time state API, each in a single pass
// and without a generic map, whatever the order of its keys. It takes every
// spelling of ids, flags, timestamps and missing values that appliances are
// known to use. A Decoder is for one goroutine at a time.
type Decoder struct {
	scanner
	symbols map[string]Symbol
	seed    maphash.Seed

	update *Update
	table  Table  // the table that is being read
	other  uint64 // the hash of its name, where that is not documented
}

// NewDecoder returns a Decoder.
func NewDecoder() *Decoder {
	return &Decoder{symbols: map[string]Symbol{}, seed: maphash.MakeSeed()}
}

// Decode decodes the message in line into m and replaces what was there. The
// rows are newly made and whoever takes them may keep them; the slices of
// m.Update are used again by the next Decode into m. Nothing refers to line
// afterwards.
//
// A value that cannot be read is taken as missing and a row whose id cannot be
// read is passed over; both are counted in m.Update.Unreadable. The error wraps
// ErrMalformed: the line is no valid JSON object. Then m is empty.
func (d *Decoder) Decode(line []byte, m *Message) error {
	m.reset()
	d.data, d.pos, d.err = line, 0, nil
	d.update = &m.Update
	d.message(m)
	if d.peek(); d.pos < len(d.data) {
		d.fail("end of the message")
	}
	err := d.err
	d.data, d.err, d.update = nil, nil, nil
	if cap(d.scratch) > maxScratch {
		d.scratch = nil
	}
	if err != nil {
		m.reset()
	}
	return err
}

func (d *Decoder) message(m *Message) {
	if d.peek() != '{' {
		d.fail("JSON object")
		return
	}
	d.pos++
	for first := true; d.more('}', first); first = false {
		key, ok := d.key()
		if !ok {
			return
		}
		switch string(key) {
		case "type":
			m.Kind = MessageOther
			if t := d.token(depthMember); t.kind == textToken {
				m.Kind = messageKindNamed(t.text)
			}
		case "success":
			m.Success, _ = d.token(depthMember).flag()
		case "timestamp":
			m.Timestamp, _ = d.token(depthMember).timestamp()
		case "reason":
			reason, _ := d.token(depthMember).bytes()
			m.Reason = string(clip(reason, maxReason))
		case "insert":
			d.tables(OpInsert)
		case "update":
			d.tables(OpUpdate)
		case "delete":
			d.tables(OpDelete)
		default:
			d.skip(depthMember)
		}
	}
}

// tables reads what a message does to the tables by one operation.
func (d *Decoder) tables(op Op) {
	d.table = TableOther
	if d.peek() != '{' {
		d.expectNull(depthMember)
		return
	}
	d.pos++
	for first := true; d.more('}', first); first = false {
		name, ok := d.key()
		if !ok {
			return
		}
		d.table = TableNamed(name)
		d.update.Named[d.table] = true
		if d.table == TableOther {
			d.other = maphash.Bytes(d.seed, name)
		}
		switch c := d.peek(); {
		case op == OpDelete && c == '[':
			d.deletes()
		case op != OpDelete && c == '{':
			d.rows(op)
		default:
			d.expectNull(depthTable)
		}
	}
}

// expectNull reads a value that can only be null and counts one that is not.
func (d *Decoder) expectNull(depth int) {
	if d.token(depth).kind != nullToken {
		d.unreadable()
	}
}

// unreadable counts a value or a row of the current table that is passed over.
func (d *Decoder) unreadable() { d.update.Unreadable[d.table]++ }

// rows reads the rows of the current table that are to be inserted or updated.
func (d *Decoder) rows(op Op) {
	u := d.update
	switch d.table {
	case TableAttendee:
		readRows(d, op, &u.Attendees, (*Decoder).attendee)
	case TableCustomerClient:
		readRows(d, op, &u.CustomerClients, (*Decoder).customerClient)
	case TablePresentationSession:
		readRows(d, op, &u.PresentationSessions, (*Decoder).counted)
	case TablePresenter:
		readRows(d, op, &u.Presenters, (*Decoder).counted)
	case TableQueue:
		readRows(d, op, &u.Queues, (*Decoder).queue)
	case TableRepresentative:
		readRows(d, op, &u.Representatives, (*Decoder).representative)
	case TableRepresentativeQueue:
		readRows(d, op, &u.RepresentativeQueues, (*Decoder).representativeQueue)
	case TableRepresentativeSupportSession:
		readRows(d, op, &u.RepresentativeSupportSessions, (*Decoder).representativeSupportSession)
	case TableRepresentativeSupportSessionTool:
		readRows(d, op, &u.RepresentativeSupportSessionTools, (*Decoder).representativeSupportSessionTool)
	case TableSupportSession:
		readRows(d, op, &u.SupportSessions, (*Decoder).supportSession)
	case TableSupportSessionAttribute:
		readRows(d, op, &u.SupportSessionAttributes, (*Decoder).counted)
	case TableSupportSessionSkill:
		readRows(d, op, &u.SupportSessionSkills, (*Decoder).supportSessionSkill)
	default:
		readRows(d, op, &u.Others, (*Decoder).counted)
	}
}

// readRows reads rows of one kind. field reads the value of the field key into
// the row and returns the field's bit, 0 for one that is not kept.
func readRows[R any](d *Decoder, op Op, u *TableUpdate[R], field func(d *Decoder, key []byte, row *R) uint16) {
	rows := &u.Inserts
	if op == OpUpdate {
		rows = &u.Updates
	}
	d.pos++
	for first := true; d.more('}', first); first = false {
		key, ok := d.key()
		if !ok {
			return
		}
		id, ok := d.id(key)
		if !ok || d.peek() != '{' {
			d.skip(depthRow)
			d.unreadable()
			continue
		}
		d.pos++
		row := RowUpdate[R]{ID: id, Row: new(R)}
		for first := true; d.more('}', first); first = false {
			key, ok := d.key()
			if !ok {
				return
			}
			row.Fields |= field(d, key, row.Row)
		}
		*rows = append(*rows, row)
		d.update.Sent[d.table][op]++
	}
}

// id reads the id of a row of the current table. The ids of undocumented
// tables are hashes of the table's name and the text of the id.
func (d *Decoder) id(text []byte) (id uint64, ok bool) {
	if d.table != TableOther {
		return parseID(text)
	}
	// The factor keeps row a of table b apart from row b of table a.
	const factor = 0x9e3779b97f4a7c15
	return d.other*factor + maphash.Bytes(d.seed, text), true
}

// deletes reads the ids of the rows of the current table that go.
func (d *Decoder) deletes() {
	ids := d.update.deletes(d.table)
	d.pos++
	for first := true; d.more(']', first); first = false {
		t := d.token(depthRow)
		if t.kind == numberToken || t.kind == textToken {
			if id, ok := d.id(t.text); ok {
				*ids = append(*ids, id)
				d.update.Sent[d.table][OpDelete]++
				continue
			}
		}
		d.unreadable()
	}
}

// deletes returns the place for the deletions of a table.
func (u *Update) deletes(t Table) *[]uint64 {
	return [NumTables]*[]uint64{
		TableAttendee:                         &u.Attendees.Deletes,
		TableCustomerClient:                   &u.CustomerClients.Deletes,
		TablePresentationSession:              &u.PresentationSessions.Deletes,
		TablePresenter:                        &u.Presenters.Deletes,
		TableQueue:                            &u.Queues.Deletes,
		TableRepresentative:                   &u.Representatives.Deletes,
		TableRepresentativeQueue:              &u.RepresentativeQueues.Deletes,
		TableRepresentativeSupportSession:     &u.RepresentativeSupportSessions.Deletes,
		TableRepresentativeSupportSessionTool: &u.RepresentativeSupportSessionTools.Deletes,
		TableSupportSession:                   &u.SupportSessions.Deletes,
		TableSupportSessionAttribute:          &u.SupportSessionAttributes.Deletes,
		TableSupportSessionSkill:              &u.SupportSessionSkills.Deletes,
		TableOther:                            &u.Others.Deletes,
	}[t]
}
