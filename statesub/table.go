package statesub

// Table is one of the tables of the system state model.
type Table uint8

// The tables that the vendor documents, and TableOther, which stands for all
// those that it does not: their rows are counted together and nothing of them
// is kept.
const (
	TableAttendee Table = iota
	TableCustomerClient
	TablePresentationSession
	TablePresenter
	TableQueue
	TableRepresentative
	TableRepresentativeQueue
	TableRepresentativeSupportSession
	TableRepresentativeSupportSessionTool
	TableSupportSession
	TableSupportSessionAttribute
	TableSupportSessionSkill
	TableOther

	// NumTables is the number of tables, TableOther included.
	NumTables = int(TableOther) + 1
)

var tableNames = [NumTables]string{
	TableAttendee:                         "attendee",
	TableCustomerClient:                   "customer_client",
	TablePresentationSession:              "presentation_session",
	TablePresenter:                        "presenter",
	TableQueue:                            "queue",
	TableRepresentative:                   "representative",
	TableRepresentativeQueue:              "representative_queue",
	TableRepresentativeSupportSession:     "representative_support_session",
	TableRepresentativeSupportSessionTool: "representative_support_session_tool",
	TableSupportSession:                   "support_session",
	TableSupportSessionAttribute:          "support_session_attribute",
	TableSupportSessionSkill:              "support_session_skill",
	TableOther:                            "other",
}

// String returns the vendor's name of the table, or "other".
func (t Table) String() string { return tableNames[t] }

// tableNamed returns the table that the appliance calls name; TableOther for
// one that the vendor does not document.
func tableNamed(name []byte) Table {
	for t, n := range tableNames[:TableOther] {
		if n == string(name) {
			return Table(t)
		}
	}
	return TableOther
}

// Op is what a message does to a row.
type Op uint8

// The operations of a model_update.
const (
	OpInsert Op = iota
	OpUpdate
	OpDelete

	// NumOps is the number of operations.
	NumOps = int(OpDelete) + 1
)

// String returns the key under which a model_update lists the operation.
func (o Op) String() string { return [NumOps]string{"insert", "update", "delete"}[o] }
