package statesub

// MessageKind is the type of a message from the appliance.
type MessageKind uint8

// The documented types of messages, and MessageOther for a message whose type
// is missing or not documented, which is passed over.
const (
	MessageOther MessageKind = iota
	MessageAuthenticateResponse
	MessageSubscribeResponse
	MessageModelUpdate
	MessageTruncateModel

	// NumMessageKinds is the number of kinds, MessageOther included.
	NumMessageKinds = int(MessageTruncateModel) + 1
)

// String returns the vendor's name of the type, or "other".
func (k MessageKind) String() string {
	return [NumMessageKinds]string{
		"other", "authenticate_response", "subscribe_response", "model_update", "truncate_model",
	}[k]
}

// messageKindNamed returns the kind of a message whose type is name. An old
// build calls a model_update the other way round.
func messageKindNamed(name []byte) MessageKind {
	switch string(name) {
	case "authenticate_response":
		return MessageAuthenticateResponse
	case "subscribe_response":
		return MessageSubscribeResponse
	case "model_update", "update_model":
		return MessageModelUpdate
	case "truncate_model":
		return MessageTruncateModel
	default:
		return MessageOther
	}
}

// Message is one message from the appliance, decoded.
type Message struct {
	Kind MessageKind
	// Success is that of a response, Unsaid where it is missing or unreadable.
	Success Flag
	// Reason is the appliance's explanation of a refusal, at most 256 bytes.
	Reason string
	// Timestamp is the appliance's clock in Unix seconds, 0 where the message
	// does not tell it.
	Timestamp float64
	// Update is what a model_update brings; it means nothing in a message of
	// another kind.
	Update Update
}

// maxRowsKept is the number of rows of a table above which a message that is
// used again gives their room back.
const maxRowsKept = 1024

// reset empties the message and keeps the room of small tables.
func (m *Message) reset() {
	u := &m.Update
	u.Attendees.reset()
	u.CustomerClients.reset()
	u.PresentationSessions.reset()
	u.Presenters.reset()
	u.Queues.reset()
	u.Representatives.reset()
	u.RepresentativeQueues.reset()
	u.RepresentativeSupportSessions.reset()
	u.RepresentativeSupportSessionTools.reset()
	u.SupportSessions.reset()
	u.SupportSessionAttributes.reset()
	u.SupportSessionSkills.reset()
	u.Others.reset()
	u.Sent = [NumTables][NumOps]int{}
	u.Named = [NumTables]bool{}
	u.Unreadable = [NumTables]int{}
	m.Kind, m.Success, m.Reason, m.Timestamp = MessageOther, Unsaid, "", 0
}

func (u *TableUpdate[R]) reset() {
	if len(u.Inserts)+len(u.Updates)+len(u.Deletes) == 0 {
		return // as it is with most tables of most messages
	}
	u.Inserts = emptied(u.Inserts)
	u.Updates = emptied(u.Updates)
	u.Deletes = emptied(u.Deletes)
}

// emptied returns rows without its elements, so that it keeps no row alive.
func emptied[E any](rows []E) []E {
	if cap(rows) > maxRowsKept {
		return nil
	}
	clear(rows)
	return rows[:0]
}
