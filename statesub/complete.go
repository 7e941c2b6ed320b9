package statesub

// The methods below complete the row of an update: they fill in the fields that
// the update does not bring, from the row as it was.

// fill sets the field to the value that it had, if it is not among the fields
// that an update brings.
func fill[T any](field *T, had T, fields uint16, number int) {
	if fields>>number&1 == 0 {
		*field = had
	}
}

func (r *Attendee) complete(old *Attendee, fields uint16) {
	fill(&r.Connected, old.Connected, fields, attendeeConnected)
}

func (r *CustomerClient) complete(old *CustomerClient, fields uint16) {
	fill(&r.SupportSessionID, old.SupportSessionID, fields, clientSupportSessionID)
	fill(&r.ClientType, old.ClientType, fields, clientType)
	fill(&r.Connected, old.Connected, fields, clientConnected)
	fill(&r.Elevated, old.Elevated, fields, clientElevated)
}

func (r *Queue) complete(old *Queue, fields uint16) {
	fill(&r.Type, old.Type, fields, queueType)
	fill(&r.CodeName, old.CodeName, fields, queueCodeName)
	fill(&r.Name, old.Name, fields, queueName)
	fill(&r.SupportTeamID, old.SupportTeamID, fields, queueSupportTeamID)
}

func (r *Representative) complete(old *Representative, fields uint16) {
	fill(&r.Created, old.Created, fields, representativeCreated)
	fill(&r.QueueID, old.QueueID, fields, representativeQueueID)
	fill(&r.UserID, old.UserID, fields, representativeUserID)
	fill(&r.SelectedSupportSessionID, old.SelectedSupportSessionID, fields, representativeSelectedSupportSessionID)
	r.SelectionSent = r.SelectionSent || old.SelectionSent
	fill(&r.Type, old.Type, fields, representativeType)
	fill(&r.SkillCodeNames, old.SkillCodeNames, fields, representativeSkillCodeNames)
	fill(&r.Connected, old.Connected, fields, representativeConnected)
	fill(&r.ConsoleInFocus, old.ConsoleInFocus, fields, representativeConsoleInFocus)
	fill(&r.RoutingAvailable, old.RoutingAvailable, fields, representativeRoutingAvailable)
	fill(&r.RoutingBusy, old.RoutingBusy, fields, representativeRoutingBusy)
	fill(&r.RoutingEnabled, old.RoutingEnabled, fields, representativeRoutingEnabled)
	fill(&r.RoutingIdle, old.RoutingIdle, fields, representativeRoutingIdle)
}

func (r *RepresentativeQueue) complete(old *RepresentativeQueue, fields uint16) {
	fill(&r.QueueID, old.QueueID, fields, membershipQueueID)
	fill(&r.RepresentativeID, old.RepresentativeID, fields, membershipRepresentativeID)
	fill(&r.Role, old.Role, fields, membershipRole)
}

func (r *RepresentativeSupportSession) complete(old *RepresentativeSupportSession, fields uint16) {
	fill(&r.Created, old.Created, fields, participationCreated)
	fill(&r.RepresentativeID, old.RepresentativeID, fields, participationRepresentativeID)
	fill(&r.SupportSessionID, old.SupportSessionID, fields, participationSupportSessionID)
}

func (r *RepresentativeSupportSessionTool) complete(old *RepresentativeSupportSessionTool, fields uint16) {
	fill(&r.Tool, old.Tool, fields, toolTool)
}

func (r *SupportSession) complete(old *SupportSession, fields uint16) {
	fill(&r.LSID, old.LSID, fields, sessionLSID)
	fill(&r.QueueID, old.QueueID, fields, sessionQueueID)
	fill(&r.PrimaryTeamQueueID, old.PrimaryTeamQueueID, fields, sessionPrimaryTeamQueueID)
	fill(&r.Created, old.Created, fields, sessionCreated)
	fill(&r.QueueEntry, old.QueueEntry, fields, sessionQueueEntry)
	fill(&r.EstimatedPickup, old.EstimatedPickup, fields, sessionEstimatedPickup)
	fill(&r.StartMethod, old.StartMethod, fields, sessionStartMethod)
	fill(&r.PublicSite, old.PublicSite, fields, sessionPublicSite)
	fill(&r.Issue, old.Issue, fields, sessionIssue)
	fill(&r.Priority, old.Priority, fields, sessionPriority)
}

func (r *SupportSessionSkill) complete(old *SupportSessionSkill, fields uint16) {
	fill(&r.SupportSessionID, old.SupportSessionID, fields, skillSupportSessionID)
	fill(&r.CodeName, old.CodeName, fields, skillCodeName)
}
