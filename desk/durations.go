package desk

// Durations takes in each duration as it is observed. queue is the label of
// the session's team at that moment, "" where it has none. The calls come from
// within the calls to the desk.
type Durations interface {
	// TeamKnown says that a team queue is known: its histograms are there from
	// then on.
	TeamKnown(queue string)
	// Pickup is the time in seconds from the start of a session to its first
	// representative.
	Pickup(queue string, seconds float64)
	// Abandon is the time in seconds from the start of a session to its end,
	// where no representative ever came.
	Abandon(queue string, seconds float64)
	// Handle is the time in seconds from the first representative to the end.
	Handle(queue string, seconds float64)
}
