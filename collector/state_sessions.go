package collector

import (
	"slices"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/statesub"
)

// What the vendor documents of sessions (Programmer's Guide, "System State
// Model of the Real-Time API", and the archive's tables).
func startMethods() []string {
	return []string{
		"session_key", "rep_list", "issue_submission", "local_jump", "remote_jump", "shell_jump",
		"local_rdp", "remote_rdp", "local_vnc", "remote_vnc", "vpro",
	}
}
func priorities() []string { return []string{"1", "2", "3"} }
func tools() []string {
	return []string{"screen_sharing", "cobrowse", "file_transfer", "system_information", "remote_shell", "registry"}
}

// queueTypes are the vendor's, and unknown for a queue that was never seen.
func queueTypes() []string { return []string{"team", "prewait", "personal", "unknown"} }

const (
	waiting = "waiting"
	active  = "active"
)

// sessionMetrics are about the sessions that there are now.
type sessionMetrics struct {
	sessions, teamSessions, queueInfo                         *metric
	byStartMethod, byPriority, byPublicSite, byIssue, bySkill *metric
	withoutCustomer, oldestWait, estimatedPickup              *metric
	customerClients, tools                                    *metric
	presentations, attendees, presenters                      *metric
}

func newSessionMetrics(t *table) sessionMetrics {
	return sessionMetrics{
		sessions: t.gauge("beyondtrust_support_sessions",
			"Support sessions now, by the queue they sit in; waiting is without a representative, active with at least one.",
			"queue_type", "queue", "state").fixed("queue_type", "state"),
		teamSessions: t.gauge("beyondtrust_team_support_sessions",
			"Support sessions now, by the team that they belong to wherever they sit; waiting is without a representative, active with at least one.",
			"queue", "state").fixed("state"),
		queueInfo: t.extreme("beyondtrust_queue_info",
			"A team or prewait queue with its code name (queue), display name and team id, to join what knows only one of them; always 1.",
			"queue_type", "queue", "name", "support_team_id").fixed("queue_type"),
		byStartMethod: t.gauge("beyondtrust_support_sessions_by_start_method",
			"Support sessions now, by how they were started.",
			"start_method"),
		byPriority: t.gauge("beyondtrust_support_sessions_by_priority",
			"Support sessions now, by priority: 1 is high, 2 medium, 3 low.",
			"priority"),
		byPublicSite: t.gauge("beyondtrust_support_sessions_by_public_site",
			"Support sessions now, by the name of the public site that they were started on.",
			"public_site"),
		byIssue: t.gauge("beyondtrust_support_sessions_by_issue",
			"Support sessions now, by the code name of the issue that the customer chose, empty where none.",
			"issue"),
		bySkill: t.gauge("beyondtrust_support_sessions_by_skill",
			"Support sessions now that need a skill, by its code name; one that needs several is in each.",
			"skill"),
		withoutCustomer: t.gauge("beyondtrust_support_sessions_without_customer",
			"Support sessions now in which no customer client is connected."),
		oldestWait: t.extreme("beyondtrust_queue_oldest_wait_seconds",
			"How long the longest waiting session of the queue has been in it, in seconds; 0 where none waits.",
			"queue_type", "queue").fixed("queue_type"),
		estimatedPickup: t.extreme("beyondtrust_queue_estimated_pickup_seconds",
			"How far away the last pickup is that the appliance estimates for those waiting in the queue, in seconds; absent where it estimates none.",
			"queue_type", "queue").fixed("queue_type"),
		customerClients: t.gauge("beyondtrust_customer_clients",
			"Customer clients in sessions now, by type, and whether they are elevated and connected, as far as the appliance says.",
			"client_type", "elevated", "connected").fixed("elevated", "connected"),
		tools: t.gauge("beyondtrust_tools_in_use",
			"Support tools that representatives use in sessions now; absent where the appliance does not send them.",
			"tool"),
		presentations: t.gauge("beyondtrust_presentation_sessions",
			"Presentations now; absent where the appliance never sent any table of presentations."),
		attendees: t.gauge("beyondtrust_presentation_attendees",
			"Attendees connected to presentations now; absent where the appliance never sent any table of presentations."),
		presenters: t.gauge("beyondtrust_presenters",
			"Representatives who show their screen in a presentation now; absent where the appliance never sent any table of presentations."),
	}
}

func (c *sessionMetrics) add(p *page, s *snapshot) {
	live := s.view.Live
	for _, queue := range live.Queues {
		queueType := knownQueueType(queue.Type)
		p.add(c.sessions, float64(queue.Waiting), queueType, queue.Queue, waiting)
		p.add(c.sessions, float64(queue.Active), queueType, queue.Queue, active)
		if queue.Timed || queue.Waiting == 0 {
			p.add(c.oldestWait, queue.OldestWait, queueType, queue.Queue)
		}
		if queue.Estimated {
			p.add(c.estimatedPickup, queue.EstimatedPickup, queueType, queue.Queue)
		}
	}
	for _, team := range live.Teams {
		p.add(c.teamSessions, float64(team.Waiting), team.Queue, waiting)
		p.add(c.teamSessions, float64(team.Active), team.Queue, active)
	}
	for _, queue := range live.QueueInfos {
		p.add(c.queueInfo, 1, knownQueueType(queue.Type), queue.Queue, queue.Name, queue.SupportTeamID)
	}
	p.addCounts(c.byStartMethod, startMethods(), live.SessionsByStartMethod)
	p.addCounts(c.byPriority, priorities(), live.SessionsByPriority)
	p.addCounts(c.byPublicSite, nil, live.SessionsByPublicSite)
	p.addCounts(c.byIssue, nil, live.SessionsByIssue)
	p.addCounts(c.bySkill, nil, live.SessionsBySkill)
	p.add(c.withoutCustomer, float64(live.SessionsWithoutCustomer))
	for _, clients := range live.CustomerClients {
		p.add(c.customerClients, float64(clients.N), clients.ClientType, clients.Elevated, clients.Connected)
	}
	if s.named[statesub.TableRepresentativeSupportSessionTool] {
		p.addCounts(c.tools, tools(), live.Tools)
	}
	if s.named[statesub.TablePresentationSession] || s.named[statesub.TableAttendee] || s.named[statesub.TablePresenter] {
		p.add(c.presentations, float64(s.rows[statesub.TablePresentationSession]))
		p.add(c.attendees, float64(live.ConnectedAttendees))
		p.add(c.presenters, float64(s.rows[statesub.TablePresenter]))
	}
}

// knownQueueType makes other of a type of queue that the vendor does not
// document, so that the label needs no limit and sums by it stay right where
// there are too many queues.
func knownQueueType(queueType string) string {
	if slices.Contains(queueTypes(), queueType) {
		return queueType
	}
	return otherValue
}
