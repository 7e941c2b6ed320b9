package desk

import "github.com/beyondtrust-exporter/beyondtrust_exporter/statesub"

// clientKind is what customer clients are counted by.
type clientKind struct {
	clientType          string
	elevated, connected statesub.Flag
}

// setClient takes in a change of a customer_client row.
func (d *Desk) setClient(old, row *statesub.CustomerClient) {
	d.countClient(old, -1)
	d.countClient(row, +1)
}

func (d *Desk) countClient(row *statesub.CustomerClient, sign int) {
	if row == nil {
		return
	}
	kind := clientKind{row.ClientType.String(), row.Elevated, row.Connected}
	if _, ok := d.clients[kind]; !ok && len(d.clients) >= maxValues {
		kind.clientType = otherValue
	}
	d.clients[kind] += sign
	d.clientConnectedSent = d.clientConnectedSent || row.Connected != statesub.Unsaid

	s := d.sessionOf(row.SupportSessionID)
	if s == nil {
		return
	}
	d.touchSession(s)
	// A row that does not say so counts as connected.
	if row.Connected != statesub.No {
		s.connected += int32(sign)
	} else {
		s.disconnected += int32(sign)
	}
}

// setSkill takes in a change of a support_session_skill row.
func (d *Desk) setSkill(old, row *statesub.SupportSessionSkill) {
	d.countSkill(old, -1)
	d.countSkill(row, +1)
}

func (d *Desk) countSkill(row *statesub.SupportSessionSkill, sign int32) {
	if row == nil {
		return
	}
	s := d.sessionOf(row.SupportSessionID)
	if s == nil {
		return
	}
	d.touchSession(s)
	if s.skills == nil {
		s.skills = map[statesub.Symbol]int32{}
	}
	s.skills[row.CodeName] += sign
	if s.skills[row.CodeName] == 0 {
		delete(s.skills, row.CodeName)
	}
}

// countSkills counts the session by each skill that it needs.
func (d *Desk) countSkills(s *session, sign int) {
	for name := range s.skills {
		d.bySkill.add(name.String(), sign)
	}
}

// setAttendee takes in a change of an attendee row.
func (d *Desk) setAttendee(old, row *statesub.Attendee) {
	d.attendees += attends(row) - attends(old)
}

// attends is 1 for an attendee who is connected; a row that does not say so
// counts as connected.
func attends(row *statesub.Attendee) int {
	if row == nil || row.Connected == statesub.No {
		return 0
	}
	return 1
}

// setTool takes in a change of a representative_support_session_tool row.
func (d *Desk) setTool(old, row *statesub.RepresentativeSupportSessionTool) {
	if old != nil {
		d.tools.add(old.Tool.String(), -1)
	}
	if row != nil {
		d.tools.add(row.Tool.String(), +1)
	}
}
