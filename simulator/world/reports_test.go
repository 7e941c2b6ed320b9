package world

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// total is how many sessions there are, by outcome; the empty outcome is all.
func (b Reports) total(outcome string) (n uint64) {
	for labels, v := range b.Sessions {
		if outcome == "" || labels.Outcome == outcome {
			n += v
		}
	}
	return n
}

func (p Pairs) total(key string) (n uint64) {
	return sum(p[key])
}

// The logs tell what the desk did: the same sessions, served or not, the same jumps, the same logins.
func TestReportsAreOfWhatTheDeskDid(t *testing.T) {
	w := newWorld(t, Config{Seed: 21, AbnormalEnds: -1})
	w.Run(w.Now().Add(10 * time.Minute))
	w.StartBook()
	w.Run(w.Now().Add(9 * time.Hour))
	b := w.Book()
	if got, want := b.Reports.total("served"), sum(b.Served); got != want || got == 0 {
		t.Errorf("%d served in the reports, %d at the desk", got, want)
	}
	if got, want := b.Reports.total("unserved"), sum(b.Abandoned); got != want || got == 0 {
		t.Errorf("%d not served in the reports, %d abandoned at the desk", got, want)
	}
	var jumps uint64
	for method, n := range b.Started {
		if (&session{method: method}).byRepresentative() {
			jumps += n
		}
	}
	if got := b.Reports.JumpItemEvents.total("Jump Item Session Started"); got != jumps || got == 0 {
		t.Errorf("%d sessions started with Jump Items, %d jumps at the desk", got, jumps)
	}
	open := 0
	for _, n := range b.OpenSessions {
		open += n
	}
	if open != len(w.sessions) {
		t.Errorf("%d open, %d at the desk", open, len(w.sessions))
	}
	// Of a session that its customer began, the desk's pickup is the report's, as good as seconds are.
	var desk, logged Durations
	for team, d := range b.Reports.Pickup {
		logged.Count, logged.Sum = logged.Count+d.Count, logged.Sum+d.Sum
		jumped := b.Reports.PickupOfJumps[team]
		logged.Count, logged.Sum = logged.Count-jumped.Count, logged.Sum-jumped.Sum
	}
	for _, d := range b.Pickup {
		desk.Count, desk.Sum = desk.Count+d.Count, desk.Sum+d.Sum
	}
	mean := func(d Durations) float64 { return d.Sum / float64(d.Count) }
	if diff := mean(desk) - mean(logged); diff > 3 || diff < -3 || logged.Count == 0 {
		t.Errorf("picked up after %f s on average at the desk, %f s in the logs", mean(desk), mean(logged))
	}
	for _, kind := range []string{"File Upload", "Chat Message", "Customer Exit Survey", "Conference Member State Changed", "External Key", "Registry Key Added"} {
		if b.Reports.Events[kind] == 0 {
			t.Errorf("no event of the type %s", kind)
		}
	}
	if len(b.Reports.Answers) != 2 || len(b.Reports.VaultEvents) < 6 || len(b.Reports.JumpItemEvents) < 6 || len(b.Reports.TeamEvents) < 3 {
		t.Errorf("too little happened: %+v", b.Reports)
	}
}

// What one counts in windows, however one cuts the time, adds up to the book.
func TestWindowsAddUpToTheBook(t *testing.T) {
	for seed, access := range []bool{false, true, false, true} {
		w := newWorld(t, Config{Seed: uint64(seed), Representatives: 20, Access: access, Speed: 4})
		from := w.Now()
		w.Run(from.Add(123456 * time.Millisecond))
		w.StartBook()
		if seed > 1 {
			w.Run(w.Now().Add(time.Hour))
			w.Restart()
		}
		w.Run(w.Now().Add(2 * time.Hour))
		b, at := newReports(), w.book.From.Unix()
		cut := rand.New(rand.NewPCG(1, uint64(seed)))
		for end := w.Now().Unix() + 1; at < end; {
			to := min(end, at+1+cut.Int64N(1200))
			add(&b, w.Reports(at, to))
			at = to
		}
		if d := cmp.Diff(w.Book().Reports, b, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("access %t: the book (-) and the windows (+) differ:\n%s", access, d)
		}
	}
}

// add adds what was counted in another window.
func add(b *Reports, c Reports) {
	for k, n := range c.Sessions {
		b.Sessions[k] += n
	}
	for _, pair := range []struct{ to, from map[string]Durations }{{b.Duration, c.Duration}, {b.Pickup, c.Pickup}, {b.PickupOfJumps, c.PickupOfJumps}} {
		for k, d := range pair.from {
			pair.to[k] = Durations{pair.to[k].Count + d.Count, pair.to[k].Sum + d.Sum}
		}
	}
	counts := []struct{ to, from map[string]uint64 }{{b.Events, c.Events}, {b.Files, c.Files}, {b.VaultEvents, c.VaultEvents}}
	pairs := []struct{ to, from Pairs }{{b.TeamEvents, c.TeamEvents}, {b.JumpItemEvents, c.JumpItemEvents}}
	for kind, p := range c.Answers {
		if b.Answers[kind] == nil {
			b.Answers[kind] = make(Pairs)
		}
		pairs = append(pairs, struct{ to, from Pairs }{b.Answers[kind], p})
	}
	for _, p := range pairs {
		for k, m := range p.from {
			if p.to[k] == nil {
				p.to[k] = make(map[string]uint64)
			}
			counts = append(counts, struct{ to, from map[string]uint64 }{p.to[k], m})
		}
	}
	for _, pair := range counts {
		for k, n := range pair.from {
			pair.to[k] += n
		}
	}
}

// A session that ended abnormally has no end for ever, looks open for a day, and is counted then.
func TestSessionsThatEndAbnormally(t *testing.T) {
	w := newWorld(t, Config{Seed: 3, Representatives: 10, AbnormalEnds: 0.2})
	w.StartBook()
	w.Run(w.Now().Add(20 * time.Hour))
	b := w.Book()
	came := b.FirstCopy + sum(b.Started)
	seeming, open := 0, 0
	for _, n := range b.SeemingOpen {
		seeming += n
	}
	for _, n := range b.OpenSessions {
		open += n
	}
	lost := seeming - open
	if lost == 0 || b.GivenUp.total("") != 0 {
		t.Fatalf("%d look open and are not, %d were given up before a day was over", lost, b.GivenUp.total(""))
	}
	if got := came - b.Reports.total("") - uint64(lost); got != uint64(open) {
		t.Errorf("there were and came %d, %d ended, %d were lost: %d are open", came, b.Reports.total(""), lost, open)
	}
	w.Run(w.Now().Add(24 * time.Hour))
	for _, r := range w.Sessions(Window{From: b.From.Unix() - 3600, To: b.To.Unix() - 3*3600}) {
		if r.abnormal != (r.End == 0) || r.abnormal == slices.ContainsFunc(r.Events, func(e SessionEvent) bool { return e.Type == eventSessionEnd }) {
			t.Errorf("%s: abnormal %t, end %d", r.LSID, r.abnormal, r.End)
		}
		if r.abnormal && len(r.CustomerSurveys)+len(r.RepresentativeSurveys) > 0 {
			t.Errorf("%s has surveys and no end", r.LSID)
		}
	}
	after := w.Book()
	if got := after.GivenUp.total(""); got < uint64(lost) {
		t.Errorf("%d were given up, %d were lost a day before", got, lost)
	}
	if len(after.GivenUp.Duration) > 0 || sum(after.GivenUp.Events) == 0 {
		t.Errorf("given up: %+v", after.GivenUp)
	}
}

// Nobody submits the very same survey twice about one session, which no report could tell apart; other
// surveys of one session by one person there are.
func TestSurveysCanBeToldApart(t *testing.T) {
	w := newWorld(t, Config{Seed: 11, Representatives: 6, AbnormalEnds: 0.03})
	w.StartBook()
	w.Run(w.Now().Add(60 * time.Hour))
	b := w.Book()
	several := 0
	for _, r := range w.Sessions(Window{From: b.From.Unix(), To: b.To.Unix()}) {
		for _, list := range [][]Survey{r.CustomerSurveys, r.RepresentativeSurveys} {
			for i, s := range list {
				for _, before := range list[:i] {
					if s.By.Name == before.By.Name {
						several++
					}
					if s.By.Name == before.By.Name && cmp.Equal(s.Answers, before.Answers) {
						t.Errorf("%s: %s said twice %v", r.LSID, s.By.Name, s.Answers)
					}
				}
			}
		}
	}
	if several == 0 {
		t.Error("nobody submitted two surveys about one session")
	}
}

// What is logged beside does not change what happens, and the same seed logs the same.
func TestLogsDoNotChangeTheDesk(t *testing.T) {
	base := Config{Seed: 9, Representatives: 15}
	other := base
	other.AbnormalEnds, other.Products, other.Licenses, other.History, other.JumpGroups = 0.5, 300, 3, 5, true
	one, two := newWorld(t, base), newWorld(t, other)
	if !slices.Equal(transcript(one), transcript(two)) {
		t.Error("other logs, another desk")
	}
	book := func() string {
		w := newWorld(t, base)
		w.StartBook()
		w.Run(w.Now().Add(3 * time.Hour))
		b, err := json.Marshal(w.Book())
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	a, b := book(), book()
	if a != b {
		t.Error("two desks of one seed have two books")
	}
	var read Book
	if err := json.Unmarshal([]byte(a), &read); err != nil || read.Reports.total("") == 0 {
		t.Errorf("the book cannot be read again: %v", err)
	}
}

// What is kept is bounded, by age and by number.
func TestLogsAreBounded(t *testing.T) {
	w := newWorld(t, Config{Representatives: 10, Retention: time.Hour, History: 40})
	w.Run(w.Now().Add(6 * time.Hour))
	oldest := w.stamp() - 3600
	all := w.Sessions(Window{To: w.stamp() + 1})
	if n := len(all) - len(w.sessions); n > 40 || n < 20 {
		t.Errorf("%d finished sessions are kept", n)
	}
	for _, e := range w.archive.teams {
		if e.At < oldest-600 {
			t.Errorf("an event of a team is kept that is %d s old", w.stamp()-e.At)
		}
	}
	if n := len(w.archive.teams); n > 400 || n == 0 {
		t.Errorf("%d events of teams are kept", n)
	}
}

// At Privileged Remote Access nobody waits, and every session is in a Jump Group.
func TestAccess(t *testing.T) {
	w := newWorld(t, Config{Seed: 2, Access: true})
	w.StartBook()
	for i := range 20 {
		w.Run(w.Now().Add(30 * time.Minute))
		if i%6 == 3 {
			w.Restart()
			w.Run(w.Now().Add(15 * time.Second))
		}
		st := w.State()
		for kind, queues := range st.Queues {
			for label, s := range queues {
				if s.Waiting > 0 && w.now > w.limbo+10_000 {
					t.Errorf("%d wait in %s %q", s.Waiting, kind, label)
				}
			}
		}
	}
	b := w.Book().Reports
	groups := make(map[string]bool)
	for labels, n := range b.Sessions {
		if labels.PublicSite != "" || labels.Team != "" || labels.JumpGroup == "" || labels.Outcome != "served" {
			t.Errorf("%d of %+v", n, labels)
		}
		groups[labels.JumpGroup] = true
	}
	if !groups["personal"] || len(groups) != 4 || b.total("") < 200 {
		t.Errorf("groups %v, %d sessions", groups, b.total(""))
	}
	if len(b.Answers) > 0 || b.Events["Credential Injection Attempt"] == 0 {
		t.Errorf("answers %v, events %v", b.Answers, b.Events)
	}
}
