package world

// How long things take at this desk, in seconds by its own clock.
const (
	meanHandle    = 600.0 // a session in hand
	meanWait      = 45.0  // before it
	selectionPace = 5_000 // milliseconds: a selected session is recorded at most every five seconds
	dayLength     = 24 * 3600 * 1000
)

// found makes what is there before anybody comes: queues, issues, accounts.
func (w *World) found() {
	w.catalogue = newCatalogue()
	w.catalogue.writeSurveys(w.cfg.Products)
	w.changes.every = w.span(w.cfg.FlushEvery)
	w.peak = float64(w.cfg.Sessions) / (meanHandle + meanWait)
	w.capacity = max(3, (w.cfg.Sessions*17/10+w.cfg.Representatives-1)/w.cfg.Representatives)
	w.prewait = &queue{kind: queuePrewait, name: "Prewait", persistent: true}
	w.prewait.id = w.newID()
	w.activate(w.prewait)
	for i := range w.cfg.Teams {
		code, name := teamName(i)
		q := &queue{kind: queueTeam, code: code, name: name, team: i + 1, persistent: i == 0 || i%5 != 4}
		q.issues = []*issue{
			{id: 2*i + 1, code: code + "_incident", description: name + ": etwas geht nicht"},
			{id: 2*i + 2, code: code + "_request", description: name + ": \"how do I…?\""},
		}
		q.id = w.newID()
		w.teams = append(w.teams, q)
		if q.persistent {
			w.activate(q)
		}
	}
	for i := range w.cfg.Representatives {
		w.accounts = append(w.accounts, w.newAccount(i))
	}
	w.after(w.around(0.5/w.peak), event{kind: evArrive})
	w.after(w.around(2*3600), event{kind: evSurge})
	w.listJumpItems()
	w.after(w.wait(1200), event{kind: evVault})
}

// clockTime is the desk's time of day, in milliseconds.
func (w *World) clockTime() int64 {
	return (((w.cfg.TimeOfDay.Milliseconds() + w.now) % dayLength) + dayLength) % dayLength
}

// demand is how many customers come now, as a share of those who come in the busiest hour.
func (w *World) demand() float64 {
	hours := [...]float64{
		0.03, 0.02, 0.02, 0.02, 0.03, 0.06, 0.15, 0.40, 0.75, 0.95, 1, 1,
		0.75, 0.80, 0.95, 0.90, 0.75, 0.50, 0.25, 0.15, 0.10, 0.08, 0.06, 0.04,
	}
	at := float64(w.clockTime()) / 3_600_000
	hour := int(at)
	part := at - float64(hour)
	return hours[hour]*(1-part) + hours[(hour+1)%24]*part
}

// arrive lets a customer come, if the time of day has it so; in an outage more of them come, to one team.
func (w *World) arrive() {
	w.after(w.around(0.5/w.peak), event{kind: evArrive})
	chance := w.demand() / 2
	switch draw := w.rng.Float64(); {
	case w.cfg.Access:
		if draw < chance {
			w.access()
		}
	case draw < chance:
		w.newCustomer(nil)
	case w.surge != nil && draw < 2*chance/float64(min(4, len(w.teams)))+chance:
		w.newCustomer(w.surge)
	}
}

// access lets a user of Privileged Remote Access begin a session with a Jump Item, if one is free.
func (w *World) access() {
	for range 5 {
		if len(w.reps) == 0 {
			return
		}
		if r := pick(w, w.reps); w.mayTake(r) {
			w.jump(r)
			return
		}
	}
}

// toggleSurge begins an outage, or ends it.
func (w *World) toggleSurge() {
	if w.surge != nil {
		w.surge = nil
		w.after(w.between(2*3600, 6*3600), event{kind: evSurge})
		return
	}
	w.surge = pick(w, w.teams)
	w.after(w.between(10*60, 25*60), event{kind: evSurge})
}

// newCustomer starts a session as a customer does: with a key, by choosing a representative, or by submitting an issue.
func (w *World) newCustomer(team *queue) {
	if team == nil {
		team = w.teams[min(w.rng.IntN(len(w.teams)), w.rng.IntN(len(w.teams)))]
	}
	s := w.newSession()
	switch draw := w.rng.Float64(); {
	case draw < 0.45:
		s.method = "session_key"
	case draw < 0.55:
		s.method = "rep_list"
	default:
		s.method = "issue_submission"
		s.issue = pick(w, team.issues)
	}
	to := w.open(team)
	switch {
	case s.method == "rep_list":
		if r := w.onTheList(); r != nil {
			to = r.personal
		}
	case s.method == "issue_submission" && w.chance(0.3):
		to = w.prewait
	}
	w.enqueue(s, to)
	w.insertSession(s)
	w.addClients(s)
	w.addDetails(s)
	w.bookStart(s)
}

// open is the team itself, or the first team where the team's queue is closed.
func (w *World) open(team *queue) *queue {
	if team.present {
		return team
	}
	return w.teams[0]
}

// onTheList draws a representative who can be chosen on the public site.
func (w *World) onTheList() *representative {
	if len(w.reps) == 0 {
		return nil
	}
	r := pick(w, w.reps)
	if !r.present || r.invited || !r.available {
		return nil
	}
	return r
}

// newSession makes a session that is in no queue yet.
func (w *World) newSession() *session {
	s := &session{
		lsid: w.hex(32), site: pick(w, w.catalogue.sites), priority: 2, customer: w.name(),
		firm: pick(w, w.catalogue.firms), description: pick(w, w.catalogue.texts),
	}
	switch draw := w.rng.Float64(); {
	case draw < 0.1:
		s.priority = 1
	case draw < 0.25:
		s.priority = 3
	}
	s.id = w.newID()
	w.openReport(s)
	return s
}

// insertSession puts a new session into the model.
func (w *World) insertSession(s *session) {
	w.touchSession(s)
	s.index = len(w.sessions)
	w.sessions = append(w.sessions, s)
	w.insert(s)
}

// addDetails gives a session the skills that it needs and the attributes that integrations set.
func (w *World) addDetails(s *session) {
	if w.chance(0.35) {
		k := &sessionSkill{session: s, code: pick(w, w.catalogue.skills)}
		k.id = w.newID()
		s.skills = append(s.skills, k)
		w.insert(k)
	}
	if w.chance(0.4) {
		a := &attribute{session: s, code: "external_key", value: "INC" + w.hex(7)}
		a.id = w.newID()
		s.attributes = append(s.attributes, a)
		w.insert(a)
	}
}
