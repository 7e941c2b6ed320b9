package world

// Table is a table of the model, by the vendor's name.
type Table string

// The tables of the system state model (Remote Support API Programmer's Guide, System State Model of the Real-Time API), and
// representative_support_session_tool, which the archive's model has and new builds send.
const (
	TableCustomerClient Table = "customer_client"
	TableQueue          Table = "queue"
	TableRepresentative Table = "representative"
	TableMembership     Table = "representative_queue"
	TableParticipation  Table = "representative_support_session"
	TableTool           Table = "representative_support_session_tool"
	TableSession        Table = "support_session"
	TableAttribute      Table = "support_session_attribute"
	TableSkill          Table = "support_session_skill"
	TablePresentation   Table = "presentation_session"
	TableAttendee       Table = "attendee"
	TablePresenter      Table = "presenter"
)

// Tables returns all tables, in a fixed order. The slice is the caller's.
func Tables() []Table {
	return []Table{
		TableCustomerClient, TableQueue, TableRepresentative, TableMembership, TableParticipation, TableTool,
		TableSession, TableAttribute, TableSkill, TablePresentation, TableAttendee, TablePresenter,
	}
}
