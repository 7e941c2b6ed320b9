package world

// Dialect is how an appliance spells what the documents leave open, or spell otherwise than appliances do. The zero value is what
// today's appliances do: row ids and references as strings, flags as 1 and 0, support_team_id as a number, the message type
// model_update, and all the fields of the newest documents.
type Dialect struct {
	// NumericIDs spells ids as JSON numbers wherever they are values, as the documents have it. Ids that are keys of an object stay strings.
	NumericIDs bool
	// Booleans is how flags are spelt.
	Booleans Booleans
	// NoReference is how a reference to nothing is spelt.
	NoReference NoReference
	// NullTables names the tables that have no rows in a full copy, with null for a value.
	NullTables bool
	// UpdateModel calls the message of changes update_model, as an old build did.
	UpdateModel bool
	// Old leaves out what builds before 21.1 do not send: connected (of customers and representatives), console_in_focus,
	// selected_support_session_id and the table representative_support_session_tool.
	Old bool
	// Extras adds tables and fields that nobody documents.
	Extras bool
	// TextTeamIDs spells support_team_id as a string, as the documents have it.
	TextTeamIDs bool
	// FractionalTimestamps gives timestamps with milliseconds. Without it they are whole seconds, rounded down.
	FractionalTimestamps bool
}

// Booleans is a way to spell a flag.
type Booleans int

// The ways to spell a flag that were met or documented.
const (
	BooleanDigits       Booleans = iota // 1, 0
	BooleanWords                        // true, false
	BooleanDigitStrings                 // "1", "0"
	BooleanWordStrings                  // "true", "false"
)

// NoReference is a way to spell a reference that points to nothing.
type NoReference int

// The ways to spell a reference to nothing.
const (
	NoReferenceZero  NoReference = iota // 0, as a string or a number like every other reference
	NoReferenceEmpty                    // ""
	NoReferenceNull                     // null
)

// appendBool spells a flag.
func (d Dialect) appendBool(b []byte, v bool) []byte {
	spellings := [...][2]string{
		BooleanDigits:       {"0", "1"},
		BooleanWords:        {"false", "true"},
		BooleanDigitStrings: {`"0"`, `"1"`},
		BooleanWordStrings:  {`"false"`, `"true"`},
	}
	pair := spellings[d.Booleans]
	if v {
		return append(b, pair[1]...)
	}
	return append(b, pair[0]...)
}

// updateType is the type of a message of changes.
func (d Dialect) updateType() string {
	if d.UpdateModel {
		return "update_model"
	}
	return "model_update"
}

// hides tells whether this dialect has no such table.
func (d Dialect) hides(t Table) bool {
	return d.Old && t == TableTool
}
