package world

import (
	"math/rand/v2"
	"slices"
	"time"
)

// The clerk writes into the appliance's logs what happens at the desk, and draws what the desk itself does not know: chats, files, surveys. It
// draws from a source of its own, so that the logs do not change what happens.

// stamp is the time now as logs have it: in whole seconds.
func (w *World) stamp() int64 {
	return w.stampOf(w.now)
}

func (w *World) stampOf(at int64) int64 {
	return w.wire(at).Unix()
}

// choose draws one of a list for the logs.
func choose[T any](from *rand.Rand, list []T) T {
	return list[from.IntN(len(list))]
}

// likely is true with a probability.
func (w *World) likely(p float64) bool {
	return w.clerk.Float64() < p
}

// note writes an event into a session's log.
func (w *World) note(s *session, e SessionEvent) {
	e.At = w.stamp()
	s.report.Events = append(s.report.Events, e)
}

// openReport begins the log of a session.
func (w *World) openReport(s *session) {
	w.sequence++
	w.connections++
	s.report = &SessionReport{LSID: s.lsid, Sequence: w.sequence, Start: w.stamp(), Customer: CustomerShare{GS: w.connections}}
	w.note(s, SessionEvent{Type: eventSessionStart})
	w.note(s, SessionEvent{Type: eventOwnerChanged, To: Party{Kind: PartySystem, Name: "Pre-start Conference"}})
}

// reportStart notes how a session began, when all of that is known.
func (w *World) reportStart(s *session) {
	r := s.report
	r.Jump = s.byRepresentative()
	if !w.cfg.Access {
		r.Site = Place{s.site.id, s.site.name}
	}
	c := &r.Customer
	c.Name, c.Company, c.CompanyCode, c.Details = s.customer, s.firm.name, s.firm.code, s.description
	c.PrivateIP, c.PublicIP = "Unknown", "203.0.113.7:49152"
	if len(s.clients) > 0 {
		c.Hostname, c.System, c.PrivateIP = s.clients[0].host, s.clients[0].system, s.clients[0].address
	}
	if s.issue != nil {
		c.Issue = s.issue.id
	}
	for _, a := range s.attributes {
		r.ExternalKey = a.value
		w.note(s, SessionEvent{Type: "External Key", By: Party{Kind: PartySystem}, Body: a.value})
	}
	if !r.Jump && w.likely(0.1) {
		w.note(s, SessionEvent{Type: "Legal Agreement Response", By: w.customerOf(s), Body: "accept"})
	}
	if r.Jump {
		w.reportJump(s)
	}
}

// customerOf is the customer of a session as its events name one.
func (w *World) customerOf(s *session) Party {
	return Party{PartyCustomer, s.report.Customer.GS, s.report.Customer.Name}
}

// partyOf is a representative as events name one.
func partyOf(r *representative) Party {
	return Party{PartyRepresentative, r.gs, r.private}
}

// person is a representative as logs know one. Some addresses are of IPv6, some are not known.
func (r *representative) person() Person {
	p := Person{
		GS: r.gs, User: r.user, Invited: r.invited, Username: r.username, Public: r.public, Private: r.private,
		PublicIP: "198.51.100.4:61606", PrivateIP: "10.1.2.3",
	}
	if r.user%3 == 0 {
		p.PublicIP, p.PrivateIP = "[2001:db8:1057:b230:f188:56c5:7089:d987]:56722", "Unknown"
	}
	return p
}

// reportEnter notes that a session came to sit in a queue, which owns it then.
func (w *World) reportEnter(s *session) {
	r, q := s.report, s.queue
	w.note(s, SessionEvent{Type: eventOwnerChanged, To: Party{Kind: PartySystem, Name: q.name}})
	if q.kind != queueTeam {
		return
	}
	to := Place{q.team, q.name}
	from := Place{}
	if len(r.Teams) > 0 {
		from = r.Teams[len(r.Teams)-1]
	}
	if len(r.Events) > 3 {
		w.noteTeam(to, TeamEvent{Type: "Session Transferred to Queue", By: Party{Kind: PartySystem}, LSID: r.LSID})
		if from.ID != 0 && from != to {
			w.noteTeam(from, TeamEvent{Type: "Session Transferred Away from Queue", By: Party{Kind: PartySystem}, LSID: r.LSID})
		}
	}
	r.Teams = append(slices.DeleteFunc(slices.Clone(r.Teams), func(t Place) bool { return t == to }), to)
}

// reportJoin notes that somebody came into a session.
func (w *World) reportJoin(s *session, rep *representative) {
	r := s.report
	seat := r.seat(rep.gs)
	if seat == nil {
		system := rep.system
		if rep.user%5 == 0 {
			system = "Unknown"
		}
		r.Representatives = append(r.Representatives, RepresentativeShare{Person: rep.person(), Hostname: rep.host, System: system})
		seat = &r.Representatives[len(r.Representatives)-1]
	}
	seat.since = w.stamp()
	seat.Owned = seat.Owned || r.owner == rep.gs
	w.note(s, SessionEvent{Type: eventMemberAdded, By: partyOf(rep), Person: &seat.Person})
	if !r.Jump && w.likely(0.8) {
		w.chat(s, partyOf(rep))
	}
}

// reportOwner notes that a session went to a representative's own queue: the first time is the pickup.
func (w *World) reportOwner(s *session, rep *representative) {
	r := s.report
	if !r.taken {
		r.taken, r.picked = true, w.stamp()
	}
	r.owner = rep.gs
	if seat := r.seat(rep.gs); seat != nil {
		seat.Owned = true
	}
	if !r.Jump && w.likely(0.3) {
		w.note(s, SessionEvent{Type: "Session Assigned", By: Party{Kind: PartySystem}, To: partyOf(rep)})
		w.note(s, SessionEvent{Type: "Session Assignment Response", By: partyOf(rep), Body: "Accepted"})
	}
	w.note(s, SessionEvent{Type: eventOwnerChanged, To: partyOf(rep)})
}

// reportLeave notes that somebody left a session.
func (w *World) reportLeave(s *session, rep *representative) {
	if seat := s.report.seat(rep.gs); seat != nil {
		seat.settle(w.stamp())
	}
	w.note(s, SessionEvent{Type: eventMemberLeft, By: partyOf(rep)})
}

// reportCustomer notes that the customer's connection was lost, or is back.
func (w *World) reportCustomer(s *session) {
	w.note(s, SessionEvent{Type: eventMemberChanged, By: w.customerOf(s)})
}

// closeReport ends the log of a session, after everybody left. One that ended abnormally looks for ever as if it had not ended.
func (w *World) closeReport(s *session) {
	r := s.report
	for i := range r.Representatives {
		r.Representatives[i].settle(w.stamp())
	}
	if r.abnormal = w.likely(w.cfg.AbnormalEnds); r.abnormal {
		day := w.desk(time.Unix(r.Start+openFor, 0))
		w.after(max(0, day-w.now), event{kind: evGiveUpHope, session: s})
	} else {
		w.fillSurveys(s)
		w.note(s, SessionEvent{Type: eventSessionEnd})
		r.End = w.stamp()
		if w.book != nil {
			w.book.Reports.addSession(r)
		}
	}
	w.returnCredentials(s)
	r.Events = slices.Clip(slices.Clone(r.Events))
	w.archive.keep(r, w.stamp())
}

// giveUpHope counts a session that ended abnormally, a day after its start: by then nobody takes it for open any more.
func (w *World) giveUpHope(s *session) {
	if w.book != nil {
		w.book.GivenUp.addSession(s.report)
	}
}

// backdate moves the log of a session that is in hand when the desk begins back to when it started and was picked up.
func (w *World) backdate(s *session) {
	r, pickup := s.report, w.stampOf(s.people[0].made)
	if len(r.Teams) == 0 && s.primary != nil {
		r.Teams = append(r.Teams, Place{s.primary.team, s.primary.name})
	}
	r.Start, r.picked = w.stampOf(s.made), pickup
	for i := range r.Representatives {
		r.Representatives[i].since = pickup
	}
	at := r.Start
	for i := range r.Events {
		if e := &r.Events[i]; e.By.Kind == PartyRepresentative || e.To.Kind == PartyRepresentative {
			at = pickup
		}
		r.Events[i].At = at
	}
}
