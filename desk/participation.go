package desk

import "github.com/beyondtrust-exporter/beyondtrust_exporter/statesub"

// participation is a row that says that a representative is in a session. It
// holds once the rows of both are there.
type participation struct {
	row            *statesub.RepresentativeSupportSession
	session        *session
	representative *representative

	joined bool // both are there
	counts bool // it is the one of several for the same two that is counted

	nextInSession, previousInSession               *participation
	nextInRepresentative, previousInRepresentative *participation
}

// setParticipation takes in a change of a representative_support_session row.
func (d *Desk) setParticipation(id uint64, row *statesub.RepresentativeSupportSession) {
	p := d.participations[id]
	if p != nil && row != nil && p.session == d.sessions[row.SupportSessionID] && p.representative == d.representatives[row.RepresentativeID] {
		d.touchSession(p.session)
		p.row = row
		return
	}
	if p != nil {
		d.dropParticipation(p)
		delete(d.participations, id)
	}
	if row == nil || row.SupportSessionID == 0 || row.RepresentativeID == 0 {
		return
	}
	s, r := d.sessionOf(row.SupportSessionID), d.representativeOf(row.RepresentativeID)
	p = &participation{row: row, session: s, representative: r}
	d.participations[id] = p
	d.touchSession(s)
	d.touchRepresentative(r)
	p.nextInSession = s.parts
	if s.parts != nil {
		s.parts.previousInSession = p
	}
	s.parts = p
	p.nextInRepresentative = r.parts
	if r.parts != nil {
		r.parts.previousInRepresentative = p
	}
	r.parts = p
	d.joinParts(p)
}

func (d *Desk) dropParticipation(p *participation) {
	d.touchSession(p.session)
	d.touchRepresentative(p.representative)
	d.unjoin(p)
	if p.previousInSession != nil {
		p.previousInSession.nextInSession = p.nextInSession
	} else {
		p.session.parts = p.nextInSession
	}
	if p.nextInSession != nil {
		p.nextInSession.previousInSession = p.previousInSession
	}
	if p.previousInRepresentative != nil {
		p.previousInRepresentative.nextInRepresentative = p.nextInRepresentative
	} else {
		p.representative.parts = p.nextInRepresentative
	}
	if p.nextInRepresentative != nil {
		p.nextInRepresentative.previousInRepresentative = p.previousInRepresentative
	}
}

// joinParts counts the participation if both its ends are there. The session
// and the representative have been touched.
func (d *Desk) joinParts(p *participation) {
	if p.session.row == nil || p.representative.row == nil {
		return
	}
	p.joined = true
	if p.twin() == nil {
		p.counts = true
		p.session.representatives++
		p.representative.sessions++
	}
}

// unjoin takes the participation out of the count.
func (d *Desk) unjoin(p *participation) {
	if !p.joined {
		return
	}
	p.joined = false
	if !p.counts {
		return
	}
	p.counts = false
	if twin := p.twin(); twin != nil {
		twin.counts = true
		return
	}
	p.session.representatives--
	p.representative.sessions--
}

// twin returns another joined participation of the same two, nil where there
// is none. It looks on the side where there are fewer.
func (p *participation) twin() *participation {
	if p.session.representatives <= p.representative.sessions {
		for q := p.session.parts; q != nil; q = q.nextInSession {
			if q != p && q.joined && q.representative == p.representative {
				return q
			}
		}
		return nil
	}
	for q := p.representative.parts; q != nil; q = q.nextInRepresentative {
		if q != p && q.joined && q.session == p.session {
			return q
		}
	}
	return nil
}
