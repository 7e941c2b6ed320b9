package desk

import "github.com/beyondtrust-exporter/beyondtrust_exporter/statesub"

// View returns what the desk shows at now, which must not be before the last
// change. It costs the same however many sessions there are.
func (d *Desk) View(now statesub.Instant) *View {
	d.Advance(now)
	v := &View{Totals: d.totals()}
	if d.synced {
		v.Live = d.live.look(now.Appliance)
		v.Live.Teams = d.teamsNow()
		v.Live.Representatives.ConnectedSent = d.connectedSent
	}
	return v
}

func (l *live) look(now float64) *Live {
	v := &Live{
		SessionsByStartMethod:     l.byStartMethod.counts(),
		SessionsByPriority:        l.byPriority.counts(),
		SessionsByPublicSite:      l.byPublicSite.counts(),
		SessionsByIssue:           l.byIssue.counts(),
		SessionsBySkill:           l.bySkill.counts(),
		SessionsWithoutCustomer:   l.withoutCustomer,
		ConnectedAttendees:        l.attendees,
		Tools:                     l.tools.counts(),
		RepresentativesByType:     l.byType.counts(),
		Representatives:           l.status,
		RepresentativesBySessions: l.bySessions,
		RepresentativesBySkill:    l.representativesBySkill.counts(),
	}
	for _, g := range l.groups {
		if g.rows > 0 || g.waiting+g.active > 0 {
			v.Queues = append(v.Queues, g.look(now))
		}
	}
	for q := range l.teamQueues {
		v.QueueInfos = append(v.QueueInfos, QueueInfo{
			Type:          q.group.key.queueType,
			Queue:         q.group.key.label,
			Name:          q.row.Name,
			SupportTeamID: q.row.SupportTeamID,
		})
	}
	for kind, n := range l.clients {
		v.CustomerClients = append(v.CustomerClients, CustomerClients{
			ClientType: kind.clientType,
			Elevated:   said(kind.elevated),
			Connected:  said(kind.connected),
			N:          n,
		})
	}
	return v
}

func (g *group) look(now float64) QueueNow {
	q := QueueNow{
		Type:    g.key.queueType,
		Queue:   g.key.label,
		Waiting: g.waiting,
		Active:  g.active,
		Timed:   g.waiting == 0,
	}
	if s := g.entries.first(); s != nil {
		q.Timed = true
		q.OldestWait = max(0, now-s.entry)
	}
	if s := g.estimates.first(); s != nil {
		q.Estimated = true
		q.EstimatedPickup = max(0, s.row.EstimatedPickup-now)
	}
	return q
}

// said returns the label value of a flag.
func said(f statesub.Flag) string {
	return [...]string{statesub.Unsaid: "unknown", statesub.No: "false", statesub.Yes: "true"}[f]
}

func (d *Desk) teamsNow() []TeamNow {
	var now []TeamNow
	for _, t := range d.teams {
		roles := 0
		for _, n := range t.roles {
			roles += n
		}
		if t.rows == 0 && t.waiting+t.active+roles == 0 {
			continue
		}
		now = append(now, TeamNow{
			Queue:      t.label,
			Waiting:    t.waiting,
			Active:     t.active,
			Known:      t.staffed > 0 || roles > 0,
			Roles:      t.roles.counts(),
			Available:  t.available,
			Busy:       t.busy,
			Idle:       t.idle,
			AutoAssign: t.autoAssign,
			InSession:  t.inSession,
		})
	}
	return now
}

func (d *Desk) totals() Totals {
	now := d.micros()
	v := Totals{
		ModelResets:     d.resets,
		Started:         d.started.list(),
		Logins:          d.logins.list(),
		Logouts:         d.logouts.list(),
		ObservedSeconds: d.observed.Seconds(),
		RepresentativeSeconds: RepresentativeSeconds{
			LoggedIn:      d.loggedInTime.seconds(now),
			Connected:     d.connectedTime.seconds(now),
			Available:     d.availableTime.seconds(now),
			Busy:          d.busyTime.seconds(now),
			Idle:          d.idleTime.seconds(now),
			AutoAssign:    d.autoAssignTime.seconds(now),
			ConnectedSent: d.connectedSent,
		},
		WorkSent:      d.focusSent && d.selectionSent,
		ReconnectSent: d.clientConnectedSent,
	}
	for i := range d.concurrentTime {
		v.ConcurrentSeconds[i] = d.concurrentTime[i].seconds(now)
	}
	for pair, n := range d.transfers {
		v.Transfers = append(v.Transfers, Transfers{From: pair.from, To: pair.to, N: n})
	}
	for _, t := range d.teams {
		if !t.told && !t.counted(now) {
			continue
		}
		for outcome, n := range t.ended {
			v.Ended = append(v.Ended, Ended{Queue: t.label, Outcome: Outcome(outcome), N: n})
		}
		v.Teams = append(v.Teams, TeamTotals{
			Queue:                t.label,
			Handovers:            t.handovers,
			ActiveSeconds:        t.activeTime.seconds(now),
			WorkSeconds:          t.workTime.seconds(now),
			ReconnectWaitSeconds: t.reconnectWait.seconds(now),
		})
	}
	return v
}

// counted tells whether the team counted anything yet.
func (t *team) counted(now int64) bool {
	return t.ended != [numOutcomes]uint64{} || t.handovers > 0 ||
		t.activeTime.seconds(now)+t.workTime.seconds(now)+t.reconnectWait.seconds(now) > 0
}
