package statesub

// Watcher is told what happens to a Model, in the order in which it happens.
// The calls come from the goroutine that owns the model; instants never go
// back on the monotonic clock.
type Watcher interface {
	// CopyBegan says that the appliance starts to send a full copy, and that the
	// model is empty. truncated is true for a truncate_model, after which all row
	// ids are void, and false for a subscribe_response.
	CopyBegan(at Instant, truncated bool)
	// Changed says what one model_update did.
	Changed(at Instant, changes *Changes)
	// CopyIn says that the copy that began last is in.
	CopyIn(at Instant)
	// Lost says that the connection ended, and that the model is empty.
	Lost(at Instant)
	// Advance says that time went on until at and nothing else happened.
	Advance(at Instant)
}

// Changes is what one model_update did to the rows that are kept: its inserts
// and updates first, whatever the order of its keys, and then its deletions.
// It is valid until the call that hands it over returns; the rows in it stay.
type Changes struct {
	Upserts Rows
	Deletes Rows
}

// Rows holds the changed rows by table.
type Rows struct {
	Attendees                         []Change[Attendee]
	CustomerClients                   []Change[CustomerClient]
	Queues                            []Change[Queue]
	Representatives                   []Change[Representative]
	RepresentativeQueues              []Change[RepresentativeQueue]
	RepresentativeSupportSessions     []Change[RepresentativeSupportSession]
	RepresentativeSupportSessionTools []Change[RepresentativeSupportSessionTool]
	SupportSessions                   []Change[SupportSession]
	SupportSessionSkills              []Change[SupportSessionSkill]
}

// Change is what happened to one row. Old is nil for a row that was not there,
// New for one that was deleted.
type Change[R any] struct {
	ID       uint64
	Old, New *R
}
