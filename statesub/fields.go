package statesub

// The fields of the rows: their numbers, their names in the vendor's tables,
// and how the value of each is read. A field's number is its place in the row's
// type, and its bit in RowUpdate.Fields.

// noField stands for a field that is not kept.
const noField = -1

const attendeeConnected = 0

var attendeeNames = [...]string{
	attendeeConnected: "connected",
}

func (*Attendee) names() []string { return attendeeNames[:] }

func (r *Attendee) read(d *Decoder, field int) {
	switch field {
	case attendeeConnected:
		r.Connected = d.flag()
	}
}

const (
	clientSupportSessionID = iota
	clientType
	clientConnected
	clientElevated
)

var customerClientNames = [...]string{
	clientSupportSessionID: "support_session_id",
	clientType:             "client_type",
	clientConnected:        "connected",
	clientElevated:         "elevated",
}

func (*CustomerClient) names() []string { return customerClientNames[:] }

func (r *CustomerClient) read(d *Decoder, field int) {
	switch field {
	case clientSupportSessionID:
		r.SupportSessionID = d.reference()
	case clientType:
		r.ClientType = d.symbol()
	case clientConnected:
		r.Connected = d.flag()
	case clientElevated:
		r.Elevated = d.flag()
	}
}

const (
	queueType = iota
	queueCodeName
	queueName
	queueSupportTeamID
)

var queueNames = [...]string{
	queueType:          "type",
	queueCodeName:      "code_name",
	queueName:          "name",
	queueSupportTeamID: "support_team_id",
}

func (*Queue) names() []string { return queueNames[:] }

func (r *Queue) read(d *Decoder, field int) {
	switch field {
	case queueType:
		r.Type = d.symbol()
	case queueCodeName:
		r.CodeName = d.label()
	case queueName:
		r.Name = d.label()
	case queueSupportTeamID:
		r.SupportTeamID = d.label()
	}
}

const (
	representativeCreated = iota
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

var representativeNames = [...]string{
	representativeCreated:                  "created_timestamp",
	representativeQueueID:                  "queue_id",
	representativeUserID:                   "user_id",
	representativeSelectedSupportSessionID: "selected_support_session_id",
	representativeType:                     "type",
	representativeSkillCodeNames:           "skill_code_names",
	representativeConnected:                "connected",
	representativeConsoleInFocus:           "console_in_focus",
	representativeRoutingAvailable:         "routing_available",
	representativeRoutingBusy:              "routing_busy",
	representativeRoutingEnabled:           "routing_enabled",
	representativeRoutingIdle:              "routing_idle",
}

func (*Representative) names() []string { return representativeNames[:] }

func (r *Representative) read(d *Decoder, field int) {
	switch field {
	case representativeCreated:
		r.Created = d.timestamp()
	case representativeQueueID:
		r.QueueID = d.reference()
	case representativeUserID:
		r.UserID = d.reference()
	case representativeSelectedSupportSessionID:
		r.SelectedSupportSessionID = d.reference()
		r.SelectionSent = true
	case representativeType:
		r.Type = d.symbol()
	case representativeSkillCodeNames:
		r.SkillCodeNames = d.symbolList()
	case representativeConnected:
		r.Connected = d.flag()
	case representativeConsoleInFocus:
		r.ConsoleInFocus = d.flag()
	case representativeRoutingAvailable:
		r.RoutingAvailable = d.flag()
	case representativeRoutingBusy:
		r.RoutingBusy = d.flag()
	case representativeRoutingEnabled:
		r.RoutingEnabled = d.flag()
	case representativeRoutingIdle:
		r.RoutingIdle = d.flag()
	}
}

const (
	membershipQueueID = iota
	membershipRepresentativeID
	membershipRole
)

var representativeQueueNames = [...]string{
	membershipQueueID:          "queue_id",
	membershipRepresentativeID: "representative_id",
	membershipRole:             "role",
}

func (*RepresentativeQueue) names() []string { return representativeQueueNames[:] }

func (r *RepresentativeQueue) read(d *Decoder, field int) {
	switch field {
	case membershipQueueID:
		r.QueueID = d.reference()
	case membershipRepresentativeID:
		r.RepresentativeID = d.reference()
	case membershipRole:
		r.Role = d.symbol()
	}
}

const (
	participationCreated = iota
	participationRepresentativeID
	participationSupportSessionID
)

var representativeSupportSessionNames = [...]string{
	participationCreated:          "created_timestamp",
	participationRepresentativeID: "representative_id",
	participationSupportSessionID: "support_session_id",
}

func (*RepresentativeSupportSession) names() []string { return representativeSupportSessionNames[:] }

func (r *RepresentativeSupportSession) read(d *Decoder, field int) {
	switch field {
	case participationCreated:
		r.Created = d.timestamp()
	case participationRepresentativeID:
		r.RepresentativeID = d.reference()
	case participationSupportSessionID:
		r.SupportSessionID = d.reference()
	}
}

const toolTool = 0

var representativeSupportSessionToolNames = [...]string{
	toolTool: "tool",
}

func (*RepresentativeSupportSessionTool) names() []string {
	return representativeSupportSessionToolNames[:]
}

func (r *RepresentativeSupportSessionTool) read(d *Decoder, field int) {
	switch field {
	case toolTool:
		r.Tool = d.symbol()
	}
}

const (
	sessionLSID = iota
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

var supportSessionNames = [...]string{
	sessionLSID:               "lsid",
	sessionQueueID:            "queue_id",
	sessionPrimaryTeamQueueID: "primary_team_queue_id",
	sessionCreated:            "created_timestamp",
	sessionQueueEntry:         "queue_entry_timestamp",
	sessionEstimatedPickup:    "estimated_pickup_timestamp",
	sessionStartMethod:        "start_method",
	sessionPublicSite:         "public_site_name",
	sessionIssue:              "issue_code_name",
	sessionPriority:           "priority",
}

func (*SupportSession) names() []string { return supportSessionNames[:] }

func (r *SupportSession) read(d *Decoder, field int) {
	switch field {
	case sessionLSID:
		r.LSID = d.lsid()
	case sessionQueueID:
		r.QueueID = d.reference()
	case sessionPrimaryTeamQueueID:
		r.PrimaryTeamQueueID = d.reference()
	case sessionCreated:
		r.Created = d.timestamp()
	case sessionQueueEntry:
		r.QueueEntry = d.timestamp()
	case sessionEstimatedPickup:
		r.EstimatedPickup = d.timestamp()
	case sessionStartMethod:
		r.StartMethod = d.symbol()
	case sessionPublicSite:
		r.PublicSite = d.symbol()
	case sessionIssue:
		r.Issue = d.symbol()
	case sessionPriority:
		r.Priority = d.integer()
	}
}

const (
	skillSupportSessionID = iota
	skillCodeName
)

var supportSessionSkillNames = [...]string{
	skillSupportSessionID: "support_session_id",
	skillCodeName:         "code_name",
}

func (*SupportSessionSkill) names() []string { return supportSessionSkillNames[:] }

func (r *SupportSessionSkill) read(d *Decoder, field int) {
	switch field {
	case skillSupportSessionID:
		r.SupportSessionID = d.reference()
	case skillCodeName:
		r.CodeName = d.symbol()
	}
}

func (*Counted) names() []string { return nil }

func (*Counted) read(*Decoder, int) {}
