package collector

import "github.com/beyondtrust-exporter/beyondtrust_exporter/desk"

// What the vendor documents of representatives.
func representativeTypes() []string { return []string{"normal", "invited"} }
func teamRoles() []string           { return []string{"member", "lead", "manager"} }

// The vendor's flags of a representative, as values of the label status.
const (
	statusLoggedIn     = "logged_in"
	statusConnected    = "connected"
	statusDisconnected = "disconnected"
	statusAvailable    = "available"
	statusBusy         = "busy"
	statusIdle         = "idle"
	statusAutoAssign   = "auto_assign"
	statusInSession    = "in_session"
)

// concurrency are the numbers of sessions that representatives are counted by.
func concurrency() [6]string { return [6]string{"0", "1", "2", "3", "4", "5+"} }

// representativeMetrics are about the representatives who are logged in now.
type representativeMetrics struct {
	representatives, withStatus, bySessions, bySkill *metric
	queueMembers, queueAvailable, queueWithStatus    *metric
}

func newRepresentativeMetrics(t *table) representativeMetrics {
	return representativeMetrics{
		representatives: t.gauge("beyondtrust_representatives",
			"Representatives logged in now, by the type of their login.",
			"type"),
		withStatus: t.gauge("beyondtrust_representatives_with_status",
			"Representatives logged in now who have a status; one may have several, so no sum over them means anything.",
			"status").fixed("status"),
		bySessions: t.gauge("beyondtrust_representatives_by_sessions",
			"Representatives logged in now, by how many support sessions they are in at once.",
			"sessions").fixed("sessions"),
		bySkill: t.gauge("beyondtrust_representatives_by_skill",
			"Representatives logged in now who have a skill, by its code name; one who has several is in each.",
			"skill"),
		queueMembers: t.gauge("beyondtrust_queue_representatives",
			"Representatives logged in now who belong to the team, by their role in it.",
			"queue", "role"),
		queueAvailable: t.gauge("beyondtrust_queue_representatives_available",
			"Representatives logged in now who belong to the team and can be given new sessions.",
			"queue"),
		queueWithStatus: t.gauge("beyondtrust_queue_representatives_with_status",
			"Representatives logged in now who belong to the team and have a status; one may have several, so no sum over them means anything.",
			"queue", "status").fixed("status"),
	}
}

func (c *representativeMetrics) add(p *page, live *desk.Live) {
	p.addCounts(c.representatives, representativeTypes(), live.RepresentativesByType)

	now := live.Representatives
	p.add(c.withStatus, float64(now.Available), statusAvailable)
	p.add(c.withStatus, float64(now.Busy), statusBusy)
	p.add(c.withStatus, float64(now.Idle), statusIdle)
	p.add(c.withStatus, float64(now.AutoAssign), statusAutoAssign)
	p.add(c.withStatus, float64(now.InSession), statusInSession)
	if now.ConnectedSent {
		p.add(c.withStatus, float64(now.Disconnected), statusDisconnected)
	}
	for i, sessions := range concurrency() {
		p.add(c.bySessions, float64(live.RepresentativesBySessions[i]), sessions)
	}
	p.addCounts(c.bySkill, nil, live.RepresentativesBySkill)

	for _, team := range live.Teams {
		if !team.Known {
			continue
		}
		p.addCounts(c.queueMembers, teamRoles(), team.Roles, team.Queue)
		p.add(c.queueAvailable, float64(team.Available), team.Queue)
		p.add(c.queueWithStatus, float64(team.Busy), team.Queue, statusBusy)
		p.add(c.queueWithStatus, float64(team.Idle), team.Queue, statusIdle)
		p.add(c.queueWithStatus, float64(team.AutoAssign), team.Queue, statusAutoAssign)
		p.add(c.queueWithStatus, float64(team.InSession), team.Queue, statusInSession)
	}
}
