package desk

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/statesub"
)

var update = flag.Bool("update", false, "write what the transcripts show into them")

// TestTranscripts plays each transcript under testdata through a model and a
// desk and compares what the desk shows. A transcript reads like this:
//
//	# A comment.
//	grace 60             the grace, in seconds, before the first message
//	@1000 subscribe      at 1000 s by both clocks: a subscribe_response
//	@1000 +queue 10 type=team code_name=net
//	      +session 1 lsid=a queue_id=10
//	@1001 ~session 1 queue_id=11
//	      -queue 10
//	@1002 truncate       or lost: the end of the connection
//	clock 3600           the appliance's clock is set forward by so much
//	look queues team     what the desk shows, of lines that begin so
//	  queue team/net waiting=1 active=0
//
// Rows inserted (+), updated (~) and deleted (-) in the lines after an instant
// are one message. A look without words shows everything.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := play(t, string(want))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != string(want) {
				t.Errorf("%s differs from what the desk shows:\n%s", file, firstDifference(string(want), got))
			}
		})
	}
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		line := func(l []string) string {
			if i < len(l) {
				return l[i]
			}
			return "(end)"
		}
		if line(w) != line(g) {
			return fmt.Sprintf("line %d\nwant %s\ngot  %s", i+1, line(w), line(g))
		}
	}
	return ""
}

// player plays a transcript.
type player struct {
	t       *testing.T
	model   *statesub.Model
	desk    *Desk
	seen    *durations
	now     statesub.Instant
	clock   float64
	message map[string]map[string]any
}

func play(t *testing.T, transcript string) string {
	t.Helper()
	p := &player{t: t, seen: &durations{}}
	var out strings.Builder
	grace := time.Minute
	for line := range strings.Lines(transcript) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "  ") && !strings.ContainsAny(strings.TrimSpace(line)[:1], "+~-") {
			continue // what an earlier run showed
		}
		out.WriteString(line + "\n")
		text := strings.TrimSpace(line)
		if strings.HasPrefix(text, "grace ") {
			grace = time.Duration(number(t, text[6:]) * float64(time.Second))
		}
		if p.desk == nil && strings.HasPrefix(text, "@") {
			p.desk = New(Config{ResyncGrace: grace, Durations: p.seen})
			p.model = statesub.NewModel(p.desk)
		}
		if !strings.HasPrefix(line, " ") {
			p.flush()
		}
		if rest, ok := strings.CutPrefix(text, "@"); ok {
			var at string
			at, text, _ = strings.Cut(rest, " ")
			seconds := number(t, at)
			p.now = statesub.Instant{
				Appliance: seconds + p.clock,
				Elapsed:   time.Duration(seconds * float64(time.Second)),
			}
			text = strings.TrimSpace(text)
		}
		word, rest, _ := strings.Cut(text, " ")
		switch word {
		case "", "#", "grace":
		case "subscribe":
			p.model.Subscribed(p.now)
		case "truncate":
			p.model.Truncate(p.now)
		case "lost":
			p.model.Disconnected(p.now)
		case "clock":
			p.clock += number(t, rest)
		case "look":
			p.model.Advance(p.now)
			words := strings.Fields(rest)
			for _, shown := range show(p.desk.View(p.now), p.seen) {
				if len(words) == 0 || slices.Contains(words, strings.Fields(shown)[0]) {
					out.WriteString("  " + shown + "\n")
				}
			}
		default:
			p.row(text)
		}
	}
	p.flush()
	return out.String()
}

// row adds a row to the message.
func (p *player) row(text string) {
	fields := strings.Fields(text)
	op := map[byte]string{'+': "insert", '~': "update", '-': "delete"}[text[0]]
	if op == "" || len(fields) < 2 {
		p.t.Fatalf("not understood: %q", text)
	}
	table := map[string]string{
		"session": "support_session", "part": "representative_support_session",
		"rep": "representative", "member": "representative_queue",
		"client": "customer_client", "skill": "support_session_skill",
		"tool": "representative_support_session_tool", "queue": "queue", "attendee": "attendee",
	}[fields[0][1:]]
	if table == "" {
		p.t.Fatalf("no such table: %q", text)
	}
	if p.message == nil {
		p.message = map[string]map[string]any{}
	}
	if p.message[op] == nil {
		p.message[op] = map[string]any{}
	}
	if op == "delete" {
		ids, _ := p.message[op][table].([]string)
		p.message[op][table] = append(ids, fields[1:]...)
		return
	}
	rows, _ := p.message[op][table].(map[string]any)
	if rows == nil {
		rows = map[string]any{}
		p.message[op][table] = rows
	}
	row := map[string]any{}
	for _, field := range fields[2:] {
		name, value, _ := strings.Cut(field, "=")
		short := map[string]string{
			"q": "queue_id", "s": "support_session_id", "r": "representative_id",
			"created": "created_timestamp", "entry": "queue_entry_timestamp",
			"method": "start_method",
		}
		if long, ok := short[name]; ok {
			name = long
		}
		row[name] = value
		if strings.HasSuffix(name, "_timestamp") {
			row[name] = number(p.t, value)
		}
	}
	rows[fields[1]] = row
}

// flush sends the message.
func (p *player) flush() {
	if p.message == nil {
		return
	}
	p.t.Helper()
	line := map[string]any{"type": "model_update"}
	for op, tables := range p.message {
		line[op] = tables
	}
	p.message = nil
	text, err := json.Marshal(line)
	if err != nil {
		p.t.Fatal(err)
	}
	var m statesub.Message
	if err := statesub.NewDecoder().Decode(text, &m); err != nil {
		p.t.Fatalf("%s: %v", text, err)
	}
	for table, n := range m.Update.Unreadable {
		if n > 0 {
			p.t.Fatalf("%s: %d values of %v cannot be read", text, n, statesub.Table(table))
		}
	}
	p.model.Apply(p.now, &m.Update)
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// durations notes the durations that a desk observes.
type durations struct {
	seen []string
	// sums has the number and the sum by kind and queue.
	counts map[string]int
	sums   map[string]float64
}

func (d *durations) note(kind, queue string, seconds float64) {
	d.seen = append(d.seen, fmt.Sprintf("%s %q %s", kind, queue, strconv.FormatFloat(seconds, 'f', 3, 64)))
	if d.counts == nil {
		d.counts, d.sums = map[string]int{}, map[string]float64{}
	}
	d.counts[kind+" "+queue]++
	d.sums[kind+" "+queue] += seconds
}

func (d *durations) TeamKnown(string)                {}
func (d *durations) Pickup(queue string, s float64)  { d.note("pickup", queue, s) }
func (d *durations) Abandon(queue string, s float64) { d.note("abandon", queue, s) }
func (d *durations) Handle(queue string, s float64)  { d.note("handle", queue, s) }

// show writes a view as lines, without what is 0.
func show(v *View, seen *durations) []string {
	var lines []string
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	counts := func(name string, counts []Count) {
		for _, c := range counts {
			add("%s %q %d", name, c.Label, c.N)
		}
	}
	if l := v.Live; l != nil {
		for _, q := range l.Queues {
			line := fmt.Sprintf("queue %s/%s waiting=%d active=%d", q.Type, q.Queue, q.Waiting, q.Active)
			if q.Timed {
				line += " oldest=" + round(q.OldestWait)
			}
			if q.Estimated {
				line += " estimated=" + round(q.EstimatedPickup)
			}
			add("%s", line)
		}
		for _, t := range l.Teams {
			line := fmt.Sprintf("team %q waiting=%d active=%d", t.Queue, t.Waiting, t.Active)
			if t.Known {
				line += fmt.Sprintf(" available=%d busy=%d idle=%d auto=%d in_session=%d", t.Available, t.Busy, t.Idle, t.AutoAssign, t.InSession)
			}
			slices.SortFunc(t.Roles, func(a, b Count) int { return strings.Compare(a.Label, b.Label) })
			for _, r := range t.Roles {
				line += fmt.Sprintf(" %s=%d", r.Label, r.N)
			}
			add("%s", line)
		}
		for _, q := range l.QueueInfos {
			add("info %s/%s %q %q", q.Type, q.Queue, q.Name, q.SupportTeamID)
		}
		counts("start_method", l.SessionsByStartMethod)
		counts("priority", l.SessionsByPriority)
		counts("site", l.SessionsByPublicSite)
		counts("issue", l.SessionsByIssue)
		counts("skill", l.SessionsBySkill)
		add("without_customer %d", l.SessionsWithoutCustomer)
		for _, c := range l.CustomerClients {
			add("clients %q elevated=%s connected=%s %d", c.ClientType, c.Elevated, c.Connected, c.N)
		}
		add("attendees %d", l.ConnectedAttendees)
		counts("tool", l.Tools)
		counts("representatives", l.RepresentativesByType)
		counts("representative_skill", l.RepresentativesBySkill)
		r := l.Representatives
		add("status available=%d busy=%d idle=%d auto=%d disconnected=%d in_session=%d", r.Available, r.Busy, r.Idle, r.AutoAssign, r.Disconnected, r.InSession)
		add("by_sessions %v", l.RepresentativesBySessions)
	} else {
		add("queue (not in sync)")
	}
	for _, s := range v.Totals.Started {
		add("started %q %d", s.Label, s.N)
	}
	for _, e := range v.Totals.Ended {
		if e.N > 0 {
			add("ended %q %v %d", e.Queue, e.Outcome, e.N)
		}
	}
	for _, x := range v.Totals.Transfers {
		add("transfers %s -> %s %d", x.From, x.To, x.N)
	}
	for _, l := range v.Totals.Logins {
		add("logins %s %d", l.Label, l.N)
	}
	for _, l := range v.Totals.Logouts {
		add("logouts %s %d", l.Label, l.N)
	}
	for _, t := range v.Totals.Teams {
		if t.Handovers > 0 {
			add("handovers %q %d", t.Queue, t.Handovers)
		}
		if t.ActiveSeconds+t.WorkSeconds+t.ReconnectWaitSeconds > 0 {
			add("times %q active=%s work=%s reconnect=%s", t.Queue, round(t.ActiveSeconds), round(t.WorkSeconds), round(t.ReconnectWaitSeconds))
		}
	}
	add("resets %d", v.Totals.ModelResets)
	add("observed %s", round(v.Totals.ObservedSeconds))
	s := v.Totals.RepresentativeSeconds
	add("seconds logged_in=%s connected=%s available=%s busy=%s idle=%s auto=%s", round(s.LoggedIn), round(s.Connected), round(s.Available), round(s.Busy), round(s.Idle), round(s.AutoAssign))
	var concurrent bytes.Buffer
	for i, seconds := range v.Totals.ConcurrentSeconds {
		fmt.Fprintf(&concurrent, " %d:%s", i, round(seconds))
	}
	add("concurrent%s", concurrent.String())
	slices.Sort(lines)
	return append(lines, seen.seen...)
}

func round(seconds float64) string { return strconv.FormatFloat(seconds, 'f', -1, 64) }
