package desk

// View is what a desk shows at one moment. It shares no memory with the desk.
type View struct {
	// Live is the desk now; nil where the model is not in sync, and therefore
	// nothing is known of it.
	Live *Live
	// Totals goes on over everything.
	Totals Totals
}

// Count is a number of things that share a label value.
type Count struct {
	Label string
	N     int
}

// Live is the desk now. Counts by label contain each value once.
type Live struct {
	Queues     []QueueNow
	Teams      []TeamNow
	QueueInfos []QueueInfo

	SessionsByStartMethod   []Count
	SessionsByPriority      []Count
	SessionsByPublicSite    []Count
	SessionsByIssue         []Count
	SessionsBySkill         []Count
	SessionsWithoutCustomer int

	CustomerClients    []CustomerClients
	ConnectedAttendees int
	Tools              []Count

	RepresentativesByType []Count
	Representatives       RepresentativesNow
	// RepresentativesBySessions has the number of representatives that are in
	// 0, 1, 2, 3, 4 and in 5 or more sessions.
	RepresentativesBySessions [6]int
	RepresentativesBySkill    []Count
}

// QueueNow is what sits in the queues of one type and label.
type QueueNow struct {
	Type, Queue     string
	Waiting, Active int
	// OldestWait is how long the longest waiting session has been in the queue,
	// in seconds, 0 where none waits. Timed is false where some wait and none
	// says since when.
	OldestWait float64
	Timed      bool
	// EstimatedPickup is how far in the future the last of the estimated pickups
	// of those waiting lies, in seconds; Estimated is false where none has one.
	EstimatedPickup float64
	Estimated       bool
}

// TeamNow is what a team has in hand, wherever it sits, and who is there to do
// it. Queues with equal labels are one team.
type TeamNow struct {
	Queue           string
	Waiting, Active int
	// Known is true while the team has a queue; without one it only has the
	// sessions that it still has in hand.
	Known                             bool
	Roles                             []Count
	Available, Busy, Idle, AutoAssign int
	InSession                         int
}

// QueueInfo joins the names that one team has in the vendor's interfaces.
type QueueInfo struct {
	Type, Queue, Name, SupportTeamID string
}

// CustomerClients is a number of customer clients that are alike. Elevated and
// Connected are "true", "false" or "unknown".
type CustomerClients struct {
	ClientType, Elevated, Connected string
	N                               int
}

// RepresentativesNow has the number of representatives by each of the vendor's
// flags. They are not exclusive.
type RepresentativesNow struct {
	Available, Busy, Idle, AutoAssign, Disconnected, InSession int
	// ConnectedSent is false where the appliance does not say who is connected,
	// and Disconnected means nothing.
	ConnectedSent bool
}

// Totals is what happened since counting started. Seconds are those for which
// the model was in sync.
type Totals struct {
	ModelResets int

	Started   []Total
	Ended     []Ended
	Transfers []Transfers
	Logins    []Total
	Logouts   []Total

	// Teams has the totals of each team that was ever known, and of the team ""
	// for sessions without one, once there were any.
	Teams []TeamTotals

	ObservedSeconds       float64
	RepresentativeSeconds RepresentativeSeconds
	// ConcurrentSeconds is the time of connected representatives by the number
	// of sessions that they were in: 0, 1, 2, 3, 4, 5 or more.
	ConcurrentSeconds [6]float64

	// WorkSent and ReconnectSent are false where the appliance does not send the
	// fields that TeamTotals.WorkSeconds and ReconnectWaitSeconds need.
	WorkSent      bool
	ReconnectSent bool
}

// Total is a total by one label value.
type Total struct {
	Label string
	N     uint64
}

// Ended is the number of sessions of a team that ended in one way.
type Ended struct {
	Queue   string
	Outcome Outcome
	N       uint64
}

// Transfers is the number of sessions that went from one team to another.
type Transfers struct {
	From, To string
	N        uint64
}

// TeamTotals has the totals of one team.
type TeamTotals struct {
	Queue                string
	Handovers            uint64
	ActiveSeconds        float64
	WorkSeconds          float64
	ReconnectWaitSeconds float64
}

// RepresentativeSeconds is the time of all representatives by the vendor's
// flags.
type RepresentativeSeconds struct {
	LoggedIn, Connected, Available, Busy, Idle, AutoAssign float64
	// ConnectedSent is false where the appliance does not say who is connected.
	ConnectedSent bool
}

// Outcome is how a session ended.
type Outcome uint8

// The outcomes. Unknown is for what ended unseen.
const (
	Served Outcome = iota
	Abandoned
	Unknown

	numOutcomes = int(Unknown) + 1
)

// String returns the label value of the outcome.
func (o Outcome) String() string {
	return [numOutcomes]string{"served", "abandoned", "unknown"}[o]
}
