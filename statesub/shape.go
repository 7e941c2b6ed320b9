package statesub

import "bytes"

// maxShape bounds the bytes of a shape. Those of the vendor's largest table are
// about five hundred.
const maxShape = 4 << 10

// A shape is what stood between the values of the last row of its kind, one
// after the other. An appliance spells the rows of a table alike, so the next
// one most likely has the very same bytes in the same places: to compare them is
// several times quicker than to read a name and to look it up, and where they
// differ nothing is lost.
type shape struct {
	text    []byte
	members []member
}

// member is what stands before a value of a row: the comma after the value
// before, the name and the colon, with what white space there is. The same bytes
// after the same token mean the same, so they need no second look.
type member struct {
	start, end int // in the shape's text
	field      int
}

// learn takes note that a row has text before the value of its member number i,
// and forgets what the shape had from there on.
func (s *shape) learn(i int, text []byte, field int) {
	if i > len(s.members) {
		return
	}
	start := 0
	if i > 0 {
		start = s.members[i-1].end
	}
	s.members = s.members[:i]
	if start+len(text) > maxShape {
		return
	}
	s.text = append(s.text[:start], text...)
	s.members = append(s.members, member{start, len(s.text), field})
}

// field moves to the value of the next member of a row, of which i came before,
// and returns the number of its field in names, or noField. Where the row ends
// instead, ok is false.
func (d *Decoder) field(i int, names []string) (field int, ok bool) {
	if s := d.shape; i < len(s.members) {
		m := &s.members[i]
		if bytes.HasPrefix(d.data[d.pos:], s.text[m.start:m.end]) {
			d.pos += m.end - m.start
			return m.field, true
		}
	}
	return d.newField(i, names)
}

// newField does what field does where the shape does not tell, and corrects the
// shape.
func (d *Decoder) newField(i int, names []string) (field int, ok bool) {
	start := d.pos
	if !d.more('}', i == 0) {
		return noField, false
	}
	name, ok := d.key()
	if !ok {
		return noField, false
	}
	field = noField
	for number, n := range names {
		if n == string(name) {
			field = number
			break
		}
	}
	d.shape.learn(i, d.data[start:d.pos], field)
	return field, true
}
