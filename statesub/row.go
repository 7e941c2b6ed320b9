package statesub

// The rows of the tables that are kept, each with the fields that a metric
// needs and no other. A missing or null number, timestamp or reference is 0, a
// missing text the zero Symbol or "", a missing boolean Unsaid. Timestamps are
// Unix seconds by the appliance's clock. A row that the Model has handed out
// never changes: an update makes a new one.

// readRow is a pointer to a row that knows its fields.
type readRow[R any] interface {
	*R
	// names returns the names of the fields in the order of their numbers.
	names() []string
	// read reads the value at the decoder's place into a field.
	read(d *Decoder, field int)
}

// keptRow is a pointer to a row of a table of which the contents are kept.
type keptRow[R any] interface {
	readRow[R]
	// complete takes those fields that are not set in fields from the row as it
	// was.
	complete(old *R, fields uint16)
}

// Attendee is a row of the table attendee: somebody who joined a presentation.
type Attendee struct {
	Connected Flag
}

// CustomerClient is a row of the table customer_client.
type CustomerClient struct {
	SupportSessionID uint64
	ClientType       Symbol
	Connected        Flag
	Elevated         Flag
}

// Queue is a row of the table queue.
type Queue struct {
	Type          Symbol
	CodeName      string
	Name          string
	SupportTeamID string
}

// Representative is a row of the table representative: one login of a user to
// a representative console.
type Representative struct {
	Created                  float64
	QueueID                  uint64
	UserID                   uint64
	SelectedSupportSessionID uint64
	Type                     Symbol
	SkillCodeNames           Symbol // comma-separated, as sent
	Connected                Flag
	ConsoleInFocus           Flag
	RoutingAvailable         Flag
	RoutingBusy              Flag
	RoutingEnabled           Flag
	RoutingIdle              Flag
	// SelectionSent is true once the appliance sent the selected session, none
	// included: old builds do not have the field.
	SelectionSent bool
}

// RepresentativeQueue is a row of the table representative_queue: a logged-in
// representative's membership of a queue.
type RepresentativeQueue struct {
	QueueID          uint64
	RepresentativeID uint64
	Role             Symbol
}

// RepresentativeSupportSession is a row of the table
// representative_support_session: a representative's part in a session.
type RepresentativeSupportSession struct {
	Created          float64
	RepresentativeID uint64
	SupportSessionID uint64
}

// RepresentativeSupportSessionTool is a row of the table
// representative_support_session_tool: a tool in use in a session.
type RepresentativeSupportSessionTool struct {
	Tool Symbol
}

// SupportSession is a row of the table support_session.
type SupportSession struct {
	LSID               string
	QueueID            uint64
	PrimaryTeamQueueID uint64
	Created            float64
	QueueEntry         float64
	EstimatedPickup    float64
	StartMethod        Symbol
	PublicSite         Symbol
	Issue              Symbol
	Priority           int32
}

// SupportSessionSkill is a row of the table support_session_skill: a skill
// that a session needs.
type SupportSessionSkill struct {
	SupportSessionID uint64
	CodeName         Symbol
}

// Counted is a row of a table of which nothing but the number of rows is kept.
type Counted struct{}
