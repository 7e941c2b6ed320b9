package statesub

import (
	"hash/maphash"
	"math"
)

// rows reads the rows of the current table that are to be inserted or updated.
func (d *Decoder) rows(op Op) {
	u := d.update
	switch d.table {
	case TableAttendee:
		readRows(d, op, &u.Attendees)
	case TableCustomerClient:
		readRows(d, op, &u.CustomerClients)
	case TablePresentationSession:
		readRows(d, op, &u.PresentationSessions)
	case TablePresenter:
		readRows(d, op, &u.Presenters)
	case TableQueue:
		readRows(d, op, &u.Queues)
	case TableRepresentative:
		readRows(d, op, &u.Representatives)
	case TableRepresentativeQueue:
		readRows(d, op, &u.RepresentativeQueues)
	case TableRepresentativeSupportSession:
		readRows(d, op, &u.RepresentativeSupportSessions)
	case TableRepresentativeSupportSessionTool:
		readRows(d, op, &u.RepresentativeSupportSessionTools)
	case TableSupportSession:
		readRows(d, op, &u.SupportSessions)
	case TableSupportSessionAttribute:
		readRows(d, op, &u.SupportSessionAttributes)
	case TableSupportSessionSkill:
		readRows(d, op, &u.SupportSessionSkills)
	default:
		readRows(d, op, &u.Others)
	}
}

// readRows reads rows of one kind.
func readRows[R any, P readRow[R]](d *Decoder, op Op, u *TableUpdate[R]) {
	rows := &u.Inserts
	if op == OpUpdate {
		rows = &u.Updates
	}
	names := P(nil).names()
	var block []R
	d.shape = &d.shapes[op][d.table]
	d.pos++
	for first := true; d.more('}', first); first = false {
		id, ok := d.rowID()
		if !ok || d.peek() != '{' {
			d.skip(depthRow)
			d.unreadable()
			continue
		}
		d.pos++
		if len(block) == 0 {
			block = make([]R, min(1+len(*rows), maxBlock))
		}
		row := RowUpdate[R]{ID: id, Row: &block[0]}
		block = block[1:]
		for i := 0; ; i++ {
			field, ok := d.field(i, names)
			if !ok {
				break
			}
			if field == noField {
				d.skip(depthField)
				continue
			}
			P(row.Row).read(d, field)
			row.Fields |= 1 << field
		}
		if !d.row() {
			return
		}
		*rows = append(*rows, row)
		d.update.Sent[d.table][op]++
	}
}

// rowID reads the name of a row, which is its id, and the colon after it.
func (d *Decoder) rowID() (id uint64, ok bool) {
	if d.peek() == '"' && d.table != TableOther {
		if id, ok := d.whole(math.MaxUint64); ok {
			return id, d.colon()
		}
	}
	name, ok := d.key()
	if !ok {
		return 0, false
	}
	return d.id(name)
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
				if !d.row() {
					return
				}
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
