package reports

import "time"

// View is what the reports have told by one moment. It shares no memory with what goes on. Of a
// collector that is not enabled there is nothing.
type View struct {
	// Collectors has how each enabled collector fares, in the order of Collectors.
	Collectors []Status

	// LastSuccess has when each report was last read whole, by the exporter's clock, in the
	// order of their names; a report that never was is not in it.
	LastSuccess []Success

	// Sessions has the sessions by public_site, jump_group, team, jumpoint and outcome, which
	// is served or unserved.
	Sessions []Series
	// SessionEvents has the events of those sessions by event_type.
	SessionEvents []Series
	// Files has the files by operation: transferred, moved, deleted.
	Files []Series
	// SessionDurations are the lengths of the sessions that ended in order, and SessionPickups
	// the times from a start to the first representative, by team.
	SessionDurations, SessionPickups []Histogram

	// SurveyAnswers has the answers by survey (customer, representative), question and answer.
	SurveyAnswers []Series
	// TeamEvents has the events by team and event_type.
	TeamEvents []Series
	// VaultEvents has the events by event_type.
	VaultEvents []Series
	// JumpItemEvents has the events by event_type and jump_item_type.
	JumpItemEvents []Series

	// OpenSessions has the access sessions that were open at the last poll, by jump_group.
	// OpenKnown is false where that poll failed, and on Remote Support, whose real-time state
	// tells more.
	OpenSessions []Series
	OpenKnown    bool
}

// Status is how a collector fares.
type Status struct {
	Collector Collector
	// Polled is false before the first poll has ended, and on a product that does not have
	// the collector's reports.
	Polled bool
	// Success is true where the last poll read all it should have, or found that the
	// appliance is a backup.
	Success bool
	// Took is how long that poll took.
	Took time.Duration
}

// Success is when a report was last read whole.
type Success struct {
	Report string
	Time   time.Time
}

// Series is a number of things that share the values of all labels, which are in the order that
// the field of the View says.
type Series struct {
	Labels []string `json:"labels"`
	Value  uint64   `json:"value"`
}

// Histogram is the durations of one team. Buckets has, for each upper bound in seconds, how many
// were no longer, as prometheus.NewConstHistogram takes them.
type Histogram struct {
	Team    string
	Buckets map[float64]uint64
	// Native has how many are in each native bucket of NativeSchema, and Zero how many of no
	// length at all, as prometheus.NewConstNativeHistogram takes them.
	Native map[int]int64
	Zero   uint64
	Count  uint64
	Sum    float64 // seconds
}
