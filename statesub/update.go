package statesub

// Update is one model_update, decoded: what the appliance wants done to each
// table. It owns its rows and shares no memory with the message.
type Update struct {
	Attendees                         TableUpdate[Attendee]
	CustomerClients                   TableUpdate[CustomerClient]
	PresentationSessions              TableUpdate[Counted]
	Presenters                        TableUpdate[Counted]
	Queues                            TableUpdate[Queue]
	Representatives                   TableUpdate[Representative]
	RepresentativeQueues              TableUpdate[RepresentativeQueue]
	RepresentativeSupportSessions     TableUpdate[RepresentativeSupportSession]
	RepresentativeSupportSessionTools TableUpdate[RepresentativeSupportSessionTool]
	SupportSessions                   TableUpdate[SupportSession]
	SupportSessionAttributes          TableUpdate[Counted]
	SupportSessionSkills              TableUpdate[SupportSessionSkill]

	// Others holds the changes to undocumented tables. Their ids are hashes of
	// the table's name and the row's id, so that two tables do not mix.
	Others TableUpdate[Counted]

	// Sent is the number of rows by table and operation, as sent.
	Sent [NumTables][NumOps]int
	// Named tells which tables the message names, a null table included.
	Named [NumTables]bool
	// Unreadable is the number of values and rows passed over, by table.
	Unreadable [NumTables]int
}

// sent returns the number of rows that the update brings, changes and deletes.
func (u *Update) sent() int {
	n := 0
	for t, named := range &u.Named {
		if !named {
			continue
		}
		for _, rows := range u.Sent[t] {
			n += rows
		}
	}
	return n
}

// TableUpdate is what an update does to one table.
type TableUpdate[R any] struct {
	Inserts []RowUpdate[R]
	Updates []RowUpdate[R]
	Deletes []uint64
}

// RowUpdate is one row of an insert or an update.
type RowUpdate[R any] struct {
	ID uint64
	// Fields has a bit for each field of R that the message names, in the order
	// of R's fields; a null or unreadable value counts as named, and its field
	// in Row is the zero value.
	Fields uint16
	// Row belongs to whoever takes the update: the Model keeps it, and completes
	// that of an update.
	Row *R
}
