package statesub

// The bits of RowUpdate.Fields, for each kind of row in the order of its
// fields.
const (
	attendeeConnected uint16 = 1 << iota
)

const (
	clientSupportSessionID uint16 = 1 << iota
	clientType
	clientConnected
	clientElevated
)

const (
	queueType uint16 = 1 << iota
	queueCodeName
	queueName
	queueSupportTeamID
)

const (
	representativeCreated uint16 = 1 << iota
	representativeQueueID
	representativeUserID
	representativeSelectedSupportSessionID
	representativeType
	representativeSkillCodeNames
	representativeConnected
	representativeConsoleInFocus
	representativeRoutingAvailable
	representativeRoutingBusy
	representativeRoutingEnabled
	representativeRoutingIdle
)

const (
	membershipQueueID uint16 = 1 << iota
	membershipRepresentativeID
	membershipRole
)

const (
	participationCreated uint16 = 1 << iota
	participationRepresentativeID
	participationSupportSessionID
)

const (
	toolTool uint16 = 1 << iota
)

const (
	sessionLSID uint16 = 1 << iota
	sessionQueueID
	sessionPrimaryTeamQueueID
	sessionCreated
	sessionQueueEntry
	sessionEstimatedPickup
	sessionStartMethod
	sessionPublicSite
	sessionIssue
	sessionPriority
)

const (
	skillSupportSessionID uint16 = 1 << iota
	skillCodeName
)

// take sets the field to the value that an update brings, if it brings one.
func take[T any](field *T, value T, fields, bit uint16) {
	if fields&bit != 0 {
		*field = value
	}
}

func (r *Attendee) merge(u *Attendee, fields uint16) {
	take(&r.Connected, u.Connected, fields, attendeeConnected)
}

func (r *CustomerClient) merge(u *CustomerClient, fields uint16) {
	take(&r.SupportSessionID, u.SupportSessionID, fields, clientSupportSessionID)
	take(&r.ClientType, u.ClientType, fields, clientType)
	take(&r.Connected, u.Connected, fields, clientConnected)
	take(&r.Elevated, u.Elevated, fields, clientElevated)
}

func (r *Queue) merge(u *Queue, fields uint16) {
	take(&r.Type, u.Type, fields, queueType)
	take(&r.CodeName, u.CodeName, fields, queueCodeName)
	take(&r.Name, u.Name, fields, queueName)
	take(&r.SupportTeamID, u.SupportTeamID, fields, queueSupportTeamID)
}

func (r *Representative) merge(u *Representative, fields uint16) {
	take(&r.Created, u.Created, fields, representativeCreated)
	take(&r.QueueID, u.QueueID, fields, representativeQueueID)
	take(&r.UserID, u.UserID, fields, representativeUserID)
	take(&r.SelectedSupportSessionID, u.SelectedSupportSessionID, fields, representativeSelectedSupportSessionID)
	r.SelectionSent = r.SelectionSent || u.SelectionSent
	take(&r.Type, u.Type, fields, representativeType)
	take(&r.SkillCodeNames, u.SkillCodeNames, fields, representativeSkillCodeNames)
	take(&r.Connected, u.Connected, fields, representativeConnected)
	take(&r.ConsoleInFocus, u.ConsoleInFocus, fields, representativeConsoleInFocus)
	take(&r.RoutingAvailable, u.RoutingAvailable, fields, representativeRoutingAvailable)
	take(&r.RoutingBusy, u.RoutingBusy, fields, representativeRoutingBusy)
	take(&r.RoutingEnabled, u.RoutingEnabled, fields, representativeRoutingEnabled)
	take(&r.RoutingIdle, u.RoutingIdle, fields, representativeRoutingIdle)
}

func (r *RepresentativeQueue) merge(u *RepresentativeQueue, fields uint16) {
	take(&r.QueueID, u.QueueID, fields, membershipQueueID)
	take(&r.RepresentativeID, u.RepresentativeID, fields, membershipRepresentativeID)
	take(&r.Role, u.Role, fields, membershipRole)
}

func (r *RepresentativeSupportSession) merge(u *RepresentativeSupportSession, fields uint16) {
	take(&r.Created, u.Created, fields, participationCreated)
	take(&r.RepresentativeID, u.RepresentativeID, fields, participationRepresentativeID)
	take(&r.SupportSessionID, u.SupportSessionID, fields, participationSupportSessionID)
}

func (r *RepresentativeSupportSessionTool) merge(u *RepresentativeSupportSessionTool, fields uint16) {
	take(&r.Tool, u.Tool, fields, toolTool)
}

func (r *SupportSession) merge(u *SupportSession, fields uint16) {
	take(&r.LSID, u.LSID, fields, sessionLSID)
	take(&r.QueueID, u.QueueID, fields, sessionQueueID)
	take(&r.PrimaryTeamQueueID, u.PrimaryTeamQueueID, fields, sessionPrimaryTeamQueueID)
	take(&r.Created, u.Created, fields, sessionCreated)
	take(&r.QueueEntry, u.QueueEntry, fields, sessionQueueEntry)
	take(&r.EstimatedPickup, u.EstimatedPickup, fields, sessionEstimatedPickup)
	take(&r.StartMethod, u.StartMethod, fields, sessionStartMethod)
	take(&r.PublicSite, u.PublicSite, fields, sessionPublicSite)
	take(&r.Issue, u.Issue, fields, sessionIssue)
	take(&r.Priority, u.Priority, fields, sessionPriority)
}

func (r *SupportSessionSkill) merge(u *SupportSessionSkill, fields uint16) {
	take(&r.SupportSessionID, u.SupportSessionID, fields, skillSupportSessionID)
	take(&r.CodeName, u.CodeName, fields, skillCodeName)
}

func (*Counted) merge(*Counted, uint16) {}
