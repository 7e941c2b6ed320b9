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
	// maxBlock is the number of rows of a message that are allocated together. A
	// block lives as long as any of its rows, so it must not hold many.
	maxBlock = 32
)

// Decoder decodes messages of the real-time state API, each in a single pass
// and without a generic map, whatever the order of its keys. It takes every
// spelling of ids, flags, timestamps and missing values that appliances are
// known to use. A Decoder is for one goroutine at a time.
type Decoder struct {
	scanner
	symbols map[string]Symbol
	seed    maphash.Seed
	shapes  [OpUpdate + 1][NumTables]shape

	update *Update
	table  Table  // the table that is being read
	other  uint64 // the hash of its name, where that is not documented

	rowsRead int    // of the message
	shape    *shape // of the rows that are being read
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
// ErrMalformed where the line is no valid JSON object, and errTooLarge where it
// tells of too many rows. Then m is empty.
func (d *Decoder) Decode(line []byte, m *Message) error {
	m.reset()
	d.data, d.pos, d.err, d.rowsRead = line, 0, nil, 0
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
		d.table = tableNamed(name)
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
