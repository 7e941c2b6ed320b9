package world

import (
	"cmp"
	"maps"
	"slices"
)

// TeamEvent is one thing that happened in a team, as the reports SupportTeam and Team tell it. What is empty is not told.
type TeamEvent struct {
	At   int64 // UNIX timestamp by the appliance's clock
	Team Place
	Type string
	By   Party
	To   Party
	Body string
	File string
	Size int
	LSID string // of a session that was transferred
	// Person is who came or left.
	Person *Person
}

func atTeamEvent(e TeamEvent) int64 { return e.At }

// TeamActivity is what happened in one team in a span of time.
type TeamActivity struct {
	Team     Place
	LoggedIn []Person // who of the team was logged in before the first event
	Events   []TeamEvent
}

// noteTeam writes an event into the log of a team.
func (w *World) noteTeam(team Place, e TeamEvent) {
	e.At, e.Team = w.stamp(), team
	w.archive.teams = filed(w.archive.teams, e, atTeamEvent, e.At-w.archive.retention, 10*w.archive.history)
	if w.book != nil {
		w.book.Reports.addTeamEvent(e)
	}
}

// noteTeams writes an event into the logs of all teams that a representative is in.
func (w *World) noteTeams(r *representative, e TeamEvent) {
	e.By = partyOf(r)
	for _, t := range r.teams {
		w.noteTeam(Place{t.team, t.name}, e)
	}
}

// reportLogin notes that a representative came.
func (w *World) reportLogin(r *representative) {
	p := r.person()
	w.noteTeams(r, TeamEvent{Type: eventMemberAdded, Person: &p})
	w.countLicenses()
}

// reportLogout notes that a representative left.
func (w *World) reportLogout(r *representative) {
	p := r.person()
	w.noteTeams(r, TeamEvent{Type: eventMemberLeft, Person: &p})
}

// reportState notes that a representative went idle, or is back, or changed the assignment of sessions; now and then one writes to the team.
func (w *World) reportState(r *representative) {
	w.noteTeams(r, TeamEvent{Type: eventMemberChanged})
	if len(r.teams) == 0 {
		return
	}
	e := TeamEvent{By: partyOf(r)}
	switch draw := w.clerk.Float64(); {
	case draw < 0.15:
		e.Type, e.Body = eventChat, w.message()
	case draw < 0.2:
		e.Type, e.File, e.Size = eventFilesShared, "Dienstplan & Urlaub.xlsx", 1+w.clerk.IntN(1<<20)
	case draw < 0.23 && r.roles[0] != "member":
		e.Type = choose(w.clerk, []string{"Representative Monitoring Started", "Representative Monitoring Stopped"})
		e.To = partyOf(choose(w.clerk, w.accounts))
	default:
		return
	}
	w.noteTeam(Place{r.teams[0].team, r.teams[0].name}, e)
}

// Activity returns what happened in the teams from one time on and before another, or in one of them; only teams in which something did. The slices
// are the caller's.
func (w *World) Activity(v Window, team int) []TeamActivity {
	var list []TeamActivity
	since := between(w.archive.teams, atTeamEvent, v.From, w.stamp()+1)
	for _, q := range w.teams {
		if team != 0 && team != q.team {
			continue
		}
		a := TeamActivity{Team: Place{q.team, q.name}}
		present := make(map[uint64]Person)
		for _, r := range w.reps {
			if r.in(q) {
				present[r.gs] = r.person()
			}
		}
		for _, e := range slices.Backward(since) {
			switch {
			case e.Team != a.Team || e.Person == nil:
			case e.Type == eventMemberAdded:
				delete(present, e.Person.GS)
			default:
				present[e.Person.GS] = *e.Person
			}
		}
		for _, e := range since {
			if e.Team == a.Team && e.At < v.To {
				a.Events = append(a.Events, e)
			}
		}
		a.LoggedIn = slices.SortedFunc(maps.Values(present), func(x, y Person) int { return cmp.Compare(x.GS, y.GS) })
		if len(a.Events) > 0 {
			list = append(list, a)
		}
	}
	return list
}
