package world

// row is what every row of every table has.
type row struct {
	id      uint64
	made    int64 // created_timestamp, in the desk's milliseconds
	present bool  // the model has it now

	// What the open message, or the step that is being taken, has to tell of this row.
	staged staged
	dirty  fields
}

// staged is what a message that is not yet written will say of a row.
type staged uint8

const (
	stagedNothing staged = iota
	stagedInsert
	stagedUpdate
	stagedDelete
	stagedNever // came and went between two flushes: no message tells of it
)

// fields is a set of fields of a table. The bits above fixed are each table's own.
type fields uint32

const (
	fixed     fields = 1 // what never changes while the row lives
	allFields fields = ^fields(0)
)

// record is a row with its fields.
type record interface {
	base() *row
	table() Table
	encode(e *encoder, which fields)
}

// entity is what a message tells at most one change of: a session, a representative, a queue, a presentation. Rows belong to entities.
type entity struct {
	step    uint64 // the last step that touched it
	message uint64 // the last message that tells of it
}
