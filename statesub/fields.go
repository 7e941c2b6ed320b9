package statesub

// The methods below read the fields of the rows, one method for each kind of
// row. They know the fields by the names in the vendor's tables.

func (d *Decoder) counted([]byte, *Counted) uint16 {
	d.skip(depthField)
	return 0
}

func (d *Decoder) attendee(key []byte, r *Attendee) uint16 {
	switch string(key) {
	case "connected":
		r.Connected = d.flag()
		return attendeeConnected
	}
	d.skip(depthField)
	return 0
}

func (d *Decoder) customerClient(key []byte, r *CustomerClient) uint16 {
	switch string(key) {
	case "support_session_id":
		r.SupportSessionID = d.reference()
		return clientSupportSessionID
	case "client_type":
		r.ClientType = d.symbol()
		return clientType
	case "connected":
		r.Connected = d.flag()
		return clientConnected
	case "elevated":
		r.Elevated = d.flag()
		return clientElevated
	}
	d.skip(depthField)
	return 0
}

func (d *Decoder) queue(key []byte, r *Queue) uint16 {
	switch string(key) {
	case "type":
		r.Type = d.symbol()
		return queueType
	case "code_name":
		r.CodeName = d.label()
		return queueCodeName
	case "name":
		r.Name = d.label()
		return queueName
	case "support_team_id":
		r.SupportTeamID = d.label()
		return queueSupportTeamID
	}
	d.skip(depthField)
	return 0
}

func (d *Decoder) representative(key []byte, r *Representative) uint16 {
	switch string(key) {
	case "created_timestamp":
		r.Created = d.timestamp()
		return representativeCreated
	case "queue_id":
		r.QueueID = d.reference()
		return representativeQueueID
	case "user_id":
		r.UserID = d.reference()
		return representativeUserID
	case "selected_support_session_id":
		r.SelectedSupportSessionID = d.reference()
		r.SelectionSent = true
		return representativeSelectedSupportSessionID
	case "type":
		r.Type = d.symbol()
		return representativeType
	case "skill_code_names":
		r.SkillCodeNames = d.symbolList()
		return representativeSkillCodeNames
	case "connected":
		r.Connected = d.flag()
		return representativeConnected
	case "console_in_focus":
		r.ConsoleInFocus = d.flag()
		return representativeConsoleInFocus
	case "routing_available":
		r.RoutingAvailable = d.flag()
		return representativeRoutingAvailable
	case "routing_busy":
		r.RoutingBusy = d.flag()
		return representativeRoutingBusy
	case "routing_enabled":
		r.RoutingEnabled = d.flag()
		return representativeRoutingEnabled
	case "routing_idle":
		r.RoutingIdle = d.flag()
		return representativeRoutingIdle
	}
	d.skip(depthField)
	return 0
}

func (d *Decoder) representativeQueue(key []byte, r *RepresentativeQueue) uint16 {
	switch string(key) {
	case "queue_id":
		r.QueueID = d.reference()
		return membershipQueueID
	case "representative_id":
		r.RepresentativeID = d.reference()
		return membershipRepresentativeID
	case "role":
		r.Role = d.symbol()
		return membershipRole
	}
	d.skip(depthField)
	return 0
}

func (d *Decoder) representativeSupportSession(key []byte, r *RepresentativeSupportSession) uint16 {
	switch string(key) {
	case "created_timestamp":
		r.Created = d.timestamp()
		return participationCreated
	case "representative_id":
		r.RepresentativeID = d.reference()
		return participationRepresentativeID
	case "support_session_id":
		r.SupportSessionID = d.reference()
		return participationSupportSessionID
	}
	d.skip(depthField)
	return 0
}

func (d *Decoder) representativeSupportSessionTool(key []byte, r *RepresentativeSupportSessionTool) uint16 {
	switch string(key) {
	case "tool":
		r.Tool = d.symbol()
		return toolTool
	}
	d.skip(depthField)
	return 0
}

func (d *Decoder) supportSession(key []byte, r *SupportSession) uint16 {
	switch string(key) {
	case "lsid":
		r.LSID = d.lsid()
		return sessionLSID
	case "queue_id":
		r.QueueID = d.reference()
		return sessionQueueID
	case "primary_team_queue_id":
		r.PrimaryTeamQueueID = d.reference()
		return sessionPrimaryTeamQueueID
	case "created_timestamp":
		r.Created = d.timestamp()
		return sessionCreated
	case "queue_entry_timestamp":
		r.QueueEntry = d.timestamp()
		return sessionQueueEntry
	case "estimated_pickup_timestamp":
		r.EstimatedPickup = d.timestamp()
		return sessionEstimatedPickup
	case "start_method":
		r.StartMethod = d.symbol()
		return sessionStartMethod
	case "public_site_name":
		r.PublicSite = d.symbol()
		return sessionPublicSite
	case "issue_code_name":
		r.Issue = d.symbol()
		return sessionIssue
	case "priority":
		r.Priority = d.integer()
		return sessionPriority
	}
	d.skip(depthField)
	return 0
}

func (d *Decoder) supportSessionSkill(key []byte, r *SupportSessionSkill) uint16 {
	switch string(key) {
	case "support_session_id":
		r.SupportSessionID = d.reference()
		return skillSupportSessionID
	case "code_name":
		r.CodeName = d.symbol()
		return skillCodeName
	}
	d.skip(depthField)
	return 0
}
