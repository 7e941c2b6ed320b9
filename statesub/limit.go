package statesub

import "fmt"

// maxRows bounds the rows that one message tells of, and those that the model
// holds. The largest desk has a fifth of it. A row takes far more room than the
// few bytes that it may come in, so that a limit of bytes alone is none.
const maxRows = 2_000_000

// errTooManyRows is what more rows than that are refused with.
var errTooManyRows = fmt.Errorf("%w: it tells of more than %d rows, which no support desk has", errTooLarge, maxRows)

// row counts a row of the message, and tells whether there may be another.
func (d *Decoder) row() bool {
	if d.rowsRead++; d.rowsRead <= maxRows {
		return true
	}
	if d.err == nil {
		d.err = errTooManyRows
	}
	d.pos = len(d.data)
	return false
}

// held returns the number of rows that the model holds.
func (m *Model) held() int {
	held := 0
	for t := range Table(NumTables) {
		held += m.Rows(t)
	}
	return held
}
