package world

import (
	"fmt"
	"maps"
	"strings"
)

// Reports is what one must count who reads every report: sessions that ended, by what they ended as, and what else was logged. Durations are
// differences of the whole seconds that are logged, so that their sums are exact. Teams, public sites and groups are told apart by display name, as
// reports do; the empty name is none.
//
// Of a session everything counts when it ended: its events, files and surveys too, whenever they were.
type Reports struct {
	Sessions map[SessionLabels]uint64 `json:"sessions"`
	// Duration is from the start to the end, by primary team.
	Duration map[string]Durations `json:"duration"`
	// Pickup is from the start to when a representative owned the session first, by primary team; PickupOfJumps is what of it is of sessions
	// that a representative began.
	Pickup        map[string]Durations `json:"pickup"`
	PickupOfJumps map[string]Durations `json:"pickup_of_jumps"`
	// Events is by type of session event.
	Events map[string]uint64 `json:"events"`
	// Files is by operation: transferred, moved, deleted.
	Files map[string]uint64 `json:"files"`
	// Answers is by survey (customer, representative), report header of the question, and answer: choice questions alone, blank answers not.
	Answers map[string]Pairs `json:"answers"`
	// TeamEvents is by team and type, VaultEvents by type, JumpItemEvents by type and type of Jump Item.
	TeamEvents     Pairs             `json:"team_events"`
	VaultEvents    map[string]uint64 `json:"vault_events"`
	JumpItemEvents Pairs             `json:"jump_item_events"`
}

// SessionLabels are what sessions are counted by.
type SessionLabels struct {
	PublicSite, JumpGroup, Team, Jumpoint string // a personal group is "personal"
	Outcome                               string // served, unserved
}

// MarshalText makes the labels a key in JSON, with bars in between.
func (l SessionLabels) MarshalText() ([]byte, error) {
	return []byte(strings.Join([]string{l.PublicSite, l.JumpGroup, l.Team, l.Jumpoint, l.Outcome}, "|")), nil
}

// UnmarshalText reads what MarshalText made of labels without bars.
func (l *SessionLabels) UnmarshalText(b []byte) error {
	parts := strings.Split(string(b), "|")
	if len(parts) != 5 {
		return fmt.Errorf("%q are no session labels: there are %d parts, not 5", b, len(parts))
	}
	*l = SessionLabels{parts[0], parts[1], parts[2], parts[3], parts[4]}
	return nil
}

func newReports() Reports {
	durations := func() map[string]Durations { return make(map[string]Durations) }
	counts := func() map[string]uint64 { return make(map[string]uint64) }
	return Reports{
		Sessions: make(map[SessionLabels]uint64), Duration: durations(), Pickup: durations(), PickupOfJumps: durations(),
		Events: counts(), Files: counts(), Answers: make(map[string]Pairs),
		TeamEvents: make(Pairs), VaultEvents: counts(), JumpItemEvents: make(Pairs),
	}
}

// addSession counts a session. One that ended abnormally has no duration.
func (b *Reports) addSession(r *SessionReport) {
	b.Sessions[r.labels()]++
	if r.End != 0 {
		observe(b.Duration, r.team(), float64(r.End-r.Start))
	}
	if r.taken {
		observe(b.Pickup, r.team(), float64(r.picked-r.Start))
		if r.Jump {
			observe(b.PickupOfJumps, r.team(), float64(r.picked-r.Start))
		}
	}
	for _, e := range r.Events {
		b.Events[e.Type]++
	}
	for operation, n := range map[string]int{"transferred": r.Transferred, "moved": r.Moved, "deleted": r.Deleted} {
		if n > 0 {
			b.Files[operation] += uint64(n)
		}
	}
	b.addSurveys(surveyCustomer, r.CustomerSurveys)
	b.addSurveys(surveyRepresentative, r.RepresentativeSurveys)
}

func (b *Reports) addSurveys(kind string, surveys []Survey) {
	for _, s := range surveys {
		for _, a := range s.Answers {
			for _, text := range a.Texts {
				if !a.Question.Choice() {
					continue
				}
				if b.Answers[kind] == nil {
					b.Answers[kind] = make(Pairs)
				}
				b.Answers[kind].add(a.Question.Header, text)
			}
		}
	}
}

func (b *Reports) addTeamEvent(e TeamEvent)         { b.TeamEvents.add(e.Team.Name, e.Type) }
func (b *Reports) addVaultEvent(e VaultEvent)       { b.VaultEvents[e.Type]++ }
func (b *Reports) addJumpItemEvent(e JumpItemEvent) { b.JumpItemEvents.add(e.Type, e.Item.Type) }

func (b *Reports) clone() Reports {
	c := *b
	c.Sessions = maps.Clone(b.Sessions)
	c.Duration, c.Pickup, c.PickupOfJumps = maps.Clone(b.Duration), maps.Clone(b.Pickup), maps.Clone(b.PickupOfJumps)
	c.Events, c.Files, c.VaultEvents = maps.Clone(b.Events), maps.Clone(b.Files), maps.Clone(b.VaultEvents)
	c.TeamEvents, c.JumpItemEvents = b.TeamEvents.clone(), b.JumpItemEvents.clone()
	c.Answers = make(map[string]Pairs, len(b.Answers))
	for kind, p := range b.Answers {
		c.Answers[kind] = p.clone()
	}
	return c
}

// Reports is what was logged from one time on and before another, of sessions those that ended then and did not end abnormally. Only what is still
// kept is in it.
func (w *World) Reports(from, to int64) Reports {
	b := newReports()
	for _, r := range w.archive.sessions {
		if (Window{from, to, true}).has(r) {
			b.addSession(r)
		}
	}
	for _, e := range between(w.archive.teams, atTeamEvent, from, to) {
		b.addTeamEvent(e)
	}
	for _, e := range between(w.archive.vault, atVaultEvent, from, to) {
		b.addVaultEvent(e)
	}
	for _, e := range between(w.archive.jumpItems, atJumpItemEvent, from, to) {
		b.addJumpItemEvent(e)
	}
	return b
}

// openSessions counts the sessions that are open, by Jump Group; and those that look open: they have no end and began in the last 24 hours.
func (w *World) openSessions() (open, seeming map[string]int) {
	open, seeming = make(map[string]int), make(map[string]int)
	young := w.stamp() - openFor
	for _, s := range w.sessions {
		open[s.report.JumpGroup.label()]++
		if s.report.Start > young {
			seeming[s.report.JumpGroup.label()]++
		}
	}
	for _, r := range w.archive.sessions {
		if r.abnormal && r.Start > young {
			seeming[r.JumpGroup.label()]++
		}
	}
	return open, seeming
}
