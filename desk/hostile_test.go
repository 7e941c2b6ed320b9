package desk

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/statesub"
)

// checkView fails the test where a desk shows what no desk can be.
func checkView(t *testing.T, v *View) {
	t.Helper()
	counts := func(what string, counts []Count) {
		if len(counts) > maxValues+1 {
			t.Errorf("%s has %d values", what, len(counts))
		}
		for _, c := range counts {
			if c.N < 0 {
				t.Errorf("%s: %d of %q", what, c.N, c.Label)
			}
		}
	}
	span := func(what string, seconds float64) {
		if !(seconds >= 0) || math.IsInf(seconds, 0) {
			t.Errorf("%s is %v seconds", what, seconds)
		}
	}
	span("the time observed", v.Totals.ObservedSeconds)
	for _, team := range v.Totals.Teams {
		span("the active time", team.ActiveSeconds)
	}
	for _, seconds := range v.Totals.ConcurrentSeconds {
		span("the concurrent time", seconds)
	}
	if n := len(v.Totals.Teams); n > maxValues+1 {
		t.Errorf("there are %d teams", n)
	}
	l := v.Live
	if l == nil {
		return
	}
	counts("start method", l.SessionsByStartMethod)
	counts("priority", l.SessionsByPriority)
	counts("public site", l.SessionsByPublicSite)
	counts("issue", l.SessionsByIssue)
	counts("skill", l.SessionsBySkill)
	counts("tool", l.Tools)
	counts("type", l.RepresentativesByType)
	counts("skill of representatives", l.RepresentativesBySkill)
	if len(l.Queues) > maxValues+1 {
		t.Errorf("there are %d queues", len(l.Queues))
	}
	for _, q := range l.Queues {
		span("the oldest wait", q.OldestWait)
		span("the estimated pickup", q.EstimatedPickup)
		if q.Waiting < 0 || q.Active < 0 {
			t.Errorf("queue %+v", q)
		}
	}
	for _, team := range l.Teams {
		if min(team.Waiting, team.Active, team.Available, team.Busy, team.Idle, team.AutoAssign, team.InSession) < 0 {
			t.Errorf("team %+v", team)
		}
	}
	r := l.Representatives
	if min(r.Available, r.Busy, r.Idle, r.AutoAssign, r.Disconnected, r.InSession, l.SessionsWithoutCustomer, l.ConnectedAttendees) < 0 {
		t.Errorf("representatives %+v, %d without a customer, %d attendees", r, l.SessionsWithoutCustomer, l.ConnectedAttendees)
	}
}

// hostileDesk is a desk that decoded messages reach as they do from the wire.
type hostileDesk struct {
	model   *statesub.Model
	desk    *Desk
	decoder *statesub.Decoder
	now     statesub.Instant
}

func newHostileDesk() *hostileDesk {
	d := New(Config{ResyncGrace: time.Minute, Durations: &durations{}})
	h := &hostileDesk{desk: d, model: statesub.NewModel(d), decoder: statesub.NewDecoder(), now: statesub.Instant{Appliance: 1e9}}
	h.model.Subscribed(h.now)
	return h
}

func (h *hostileDesk) pass(d time.Duration) {
	h.now = h.now.Add(d)
	h.model.Advance(h.now)
}

func (h *hostileDesk) take(text string) error {
	var m statesub.Message
	if err := h.decoder.Decode([]byte(text), &m); err != nil {
		return err
	}
	if m.Kind == statesub.MessageTruncateModel {
		h.model.Truncate(h.now)
	}
	h.model.Apply(h.now, &m.Update)
	return nil
}

// FuzzRows sends lines of anything, and lets time pass between them. The desk
// never shows what no desk can be, and has let go of everything at the end.
func FuzzRows(f *testing.F) {
	const all = `{"insert":{"queue":{"1":{"type":"team","code_name":"a"},"2":{"type":"team","code_name":"b"}},` +
		`"support_session":{"7":{"lsid":"a","queue_id":"1","primary_team_queue_id":"2","created_timestamp":1e9,"queue_entry_timestamp":1e11,"estimated_pickup_timestamp":0.5}},` +
		`"representative":{"3":{"user_id":"9","queue_id":"1","type":"normal","selected_support_session_id":"7","skill_code_names":"x,y,,x","connected":1}},` +
		`"representative_queue":{"4":{"queue_id":"1","representative_id":"3","role":"member"}},` +
		`"representative_support_session":{"5":{"support_session_id":"7","representative_id":"3","created_timestamp":-1}},` +
		`"customer_client":{"6":{"support_session_id":"7","connected":1}}}}`
	f.Add(all + "\n" + `{"delete":{"queue":[1,2],"representative":[3]}}` + "\n\n" + `{"update":{"support_session":{"7":{"queue_id":"18446744073709551615"}}}}`)
	f.Add(all + "\n" + `{"type":"truncate_model"}` + "\n" + all + "\n\n\n" + all)
	f.Add(`{"update":{"representative":{"1":{"queue_id":"1","selected_support_session_id":"1"}},"support_session":{"1":{"queue_id":"1","primary_team_queue_id":"1"}}},"delete":{"support_session":["1",1,"1"]}}` + "\n")
	f.Fuzz(func(t *testing.T, lines string) {
		h := newHostileDesk()
		for line := range strings.Lines(lines) {
			if strings.TrimSpace(line) == "" {
				h.pass(7 * time.Second)
				continue
			}
			if h.take(line) != nil {
				h.model.Disconnected(h.now)
				h.pass(time.Minute)
				h.model.Subscribed(h.now)
			}
			h.pass(100 * time.Millisecond)
			checkView(t, h.desk.View(h.now))
		}
		h.model.Disconnected(h.now)
		h.pass(time.Hour)
		checkView(t, h.desk.View(h.now))
		if n := len(h.desk.sessions) + len(h.desk.representatives) + len(h.desk.queues) + len(h.desk.participations) + len(h.desk.memberships); n > 0 {
			t.Errorf("%d of them stay", n)
		}
	})
}

// Rows that say now this and now that of whose they are, over lost connections
// and restarts, within the grace and after it.
func TestRowsThatChangeHands(t *testing.T) {
	for seed := range uint64(2000) {
		h, r := newHostileDesk(), rand.New(rand.NewPCG(seed, 1))
		id := func(n int) int { return 1 + r.IntN(n) }
		for range 60 {
			var inserts [4][]string
			for range id(4) {
				switch table := r.IntN(4); table {
				case 0:
					inserts[0] = append(inserts[0], fmt.Sprintf(`"%d":{"type":%q,"code_name":"%d"}`, id(3), []string{"team", "team", "personal"}[r.IntN(3)], id(3)))
				case 1:
					inserts[1] = append(inserts[1], fmt.Sprintf(`"%d":{"user_id":"%d","type":"normal"}`, id(3), id(3)))
				case 2:
					inserts[2] = append(inserts[2], fmt.Sprintf(`"%d":{"lsid":"%d","queue_id":%d,"created_timestamp":1e9}`, id(2), id(4), id(3)))
				case 3:
					inserts[3] = append(inserts[3], fmt.Sprintf(`"%d":{"support_session_id":%d,"representative_id":%d,"created_timestamp":1e9}`, id(4), id(2), id(3)))
				}
			}
			text := fmt.Sprintf(`{"insert":{"queue":{%s},"representative":{%s},"support_session":{%s},"representative_support_session":{%s}},"delete":{`,
				strings.Join(inserts[0], ","), strings.Join(inserts[1], ","), strings.Join(inserts[2], ","), strings.Join(inserts[3], ","))
			switch r.IntN(12) {
			case 0:
				text += fmt.Sprintf(`"support_session":[%d]`, id(2))
			case 1:
				text += fmt.Sprintf(`"representative":[%d]`, id(3))
			case 2:
				text += fmt.Sprintf(`"representative_support_session":[%d,%d]`, id(4), id(4))
			case 3:
				h.model.Disconnected(h.now)
				h.pass(time.Second)
				h.model.Subscribed(h.now)
			case 4:
				h.model.Truncate(h.now)
			}
			if err := h.take(text + `}}`); err != nil {
				t.Fatal(err)
			}
			h.pass([]time.Duration{200 * time.Millisecond, time.Second, 3 * time.Second, 30 * time.Second}[r.IntN(4)])
			checkView(t, h.desk.View(h.now))
		}
		h.pass(2 * time.Minute)
		if n := len(h.desk.undecided) + len(h.desk.back) + len(h.desk.away) + len(h.desk.awayLogins); n > 0 {
			t.Errorf("seed %d: %d are still waited for after the grace", seed, n)
		}
		if t.Failed() {
			t.Fatalf("with seed %d", seed)
		}
	}
}

// An appliance that makes up a name for everything gets a thousand of them, and
// the rest are other: neither the memory nor a scrape grows with them.
func TestNamesWithoutEnd(t *testing.T) {
	h := newHostileDesk()
	const rows = 5000
	for i := range rows {
		text := fmt.Sprintf(`{"insert":{"queue":{"%[1]d":{"type":"team","code_name":"queue %[1]d"}},`+
			`"support_session":{"%[1]d":{"lsid":"%[1]d","queue_id":"%[1]d","start_method":"method %[1]d","public_site_name":"site %[1]d","issue_code_name":"issue %[1]d","priority":%[1]d}},`+
			`"support_session_skill":{"%[1]d":{"support_session_id":"%[1]d","code_name":"skill %[1]d"}},`+
			`"representative_support_session_tool":{"%[1]d":{"tool":"tool %[1]d"}},`+
			`"representative":{"%[1]d":{"user_id":"%[1]d","type":"type %[1]d","skill_code_names":"a %[1]d,b %[1]d"}}}}`, i+1)
		if err := h.take(text); err != nil {
			t.Fatal(err)
		}
	}
	h.pass(10 * time.Second)
	v := h.desk.View(h.now)
	checkView(t, v)
	sum := 0
	for _, c := range v.Live.SessionsByIssue {
		sum += c.N
	}
	if sum != rows {
		t.Errorf("%d sessions are counted by issue, of %d", sum, rows)
	}
	for _, names := range [][]Count{v.Live.SessionsByIssue, v.Live.Tools, v.Live.RepresentativesByType} {
		if len(names) != maxValues+1 {
			t.Errorf("%d values are told apart", len(names))
		}
	}
}

// Of sessions that come and go without an end no more are remembered than has room.
func TestEndedSessionsAreBounded(t *testing.T) {
	m := newMemory()
	for who := range identity(maxRemembered + maxRemembered/2) {
		m.add(who, time.Duration(who))
	}
	if len(m.until) > maxRemembered || len(m.ring) > 2*maxRemembered+1 {
		t.Errorf("%d are remembered, in a ring of %d", len(m.until), len(m.ring))
	}
	last := identity(maxRemembered + maxRemembered/2 - 1)
	if now := time.Duration(last); !m.has(last, now) || m.has(0, now) {
		t.Error("not the newest are remembered")
	}
}
