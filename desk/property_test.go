package desk

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/statesub"
)

// chaos drives a desk with rows, gaps, restarts and repetitions in any order,
// and keeps the rows that an appliance would have.
type chaos struct {
	*player
	rng        *rand.Rand
	rows       map[string]map[string]map[string]string // by table, id and field
	subscribed bool
	elapsed    float64
	compared   int
	age        float64 // how old a new row can be, in seconds
	history    strings.Builder
}

func newChaos(t *testing.T, seed uint64) *chaos {
	p := &player{t: t, seen: &durations{}}
	p.desk = New(Config{ResyncGrace: 20 * time.Second, Durations: p.seen})
	p.model = statesub.NewModel(p.desk)
	return &chaos{
		player: p,
		rng:    rand.New(rand.NewPCG(seed, 1)),
		rows:   map[string]map[string]map[string]string{},
		age:    30,
	}
}

// pass lets up to the given seconds pass.
func (c *chaos) pass(upTo float64) {
	c.elapsed += math.Round(c.rng.Float64()*upTo*1000) / 1000
	c.now = statesub.Instant{Appliance: 1e6 + c.elapsed, Elapsed: time.Duration(c.elapsed * float64(time.Second))}
}

func (c *chaos) id(n int) string { return strconv.Itoa(1 + c.rng.IntN(n)) }

func (c *chaos) of(values ...string) string { return values[c.rng.IntN(len(values))] }

// change makes a random row, in the transcript's words.
func (c *chaos) change() string {
	created := fmt.Sprintf("created=%.3f", 1e6+c.elapsed-c.rng.Float64()*c.age)
	fields := ""
	table := c.of("session", "session", "session", "part", "part", "rep", "rep", "queue", "member", "client", "skill", "tool")
	id := c.id(8)
	switch table {
	case "session":
		fields = fmt.Sprintf("q=%s lsid=%s %s method=%s", c.id(6), c.of("a", "b", "c", "d", "e", "f", "g")+strconv.Itoa(int(c.elapsed)/600), created, c.of("session_key", "remote_rdp"))
		if c.rng.IntN(2) == 0 {
			fields += " primary_team_queue_id=" + c.id(6)
		}
		if c.rng.IntN(2) == 0 {
			fields += fmt.Sprintf(" entry=%.3f estimated_pickup_timestamp=%.3f", 1e6+c.elapsed-5, 1e6+c.elapsed+20)
		}
	case "part":
		fields = fmt.Sprintf("s=%s r=%s %s", c.id(8), c.id(5), created)
	case "rep":
		id = c.id(5)
		fields = fmt.Sprintf("user_id=%s type=%s queue_id=%s routing_available=%s connected=%s console_in_focus=%s routing_idle=%s selected_support_session_id=%s skill_code_names=%s %s",
			c.id(4), c.of("normal", "invited"), c.of("0", "5", "6"), c.of("0", "1"), c.of("0", "1"), c.of("0", "1"), c.of("0", "1"), c.id(8), c.of("", "x", "x,y", "y,x,y"), created)
	case "queue":
		id = c.id(6)
		fields = fmt.Sprintf("type=%s code_name=%s", c.of("team", "team", "prewait", "personal", "odd"), c.of("net", "app", "sap"))
	case "member":
		fields = fmt.Sprintf("q=%s r=%s role=%s", c.id(6), c.id(5), c.of("member", "lead"))
	case "client":
		fields = fmt.Sprintf("s=%s client_type=desktop connected=%s", c.id(8), c.of("0", "1"))
	case "skill":
		fields = fmt.Sprintf("s=%s code_name=%s", c.id(8), c.of("x", "y"))
	case "tool":
		fields = "tool=" + c.of("screen_sharing", "registry")
	}
	if c.rng.IntN(4) == 0 {
		return "-" + table + " " + id
	}
	op := c.of("+", "~")
	if op == "~" {
		// An update names some of the fields.
		words := strings.Fields(fields)
		c.rng.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
		fields = strings.Join(words[:1+c.rng.IntN(len(words))], " ")
		if strings.Contains(fields, "lsid=") {
			// Another session was not made when the one before it was.
			fields += " " + created
		}
	}
	return op + table + " " + id + " " + fields
}

// send sends the changes in one message and keeps the rows.
func (c *chaos) send(changes ...string) {
	// Whatever the order of its keys, a message's deletions come last, after its
	// updates, after its inserts.
	slices.SortStableFunc(changes, func(a, b string) int {
		return strings.IndexByte("+~-", a[0]) - strings.IndexByte("+~-", b[0])
	})
	sent := map[string]bool{}
	for _, change := range changes {
		words := strings.Fields(change)
		op, table, id := words[0][:1], words[0][1:], words[1]
		if sent[op+table+id] {
			continue // one message names a row once for each operation
		}
		sent[op+table+id] = true
		c.row(change)
		fmt.Fprintf(&c.history, "@%.3f %s\n", c.elapsed, change)
		if c.rows[table] == nil {
			c.rows[table] = map[string]map[string]string{}
		}
		if op == "-" {
			delete(c.rows[table], id)
			continue
		}
		if op == "+" || c.rows[table][id] == nil {
			c.rows[table][id] = map[string]string{}
		}
		for _, word := range words[2:] {
			name, value, _ := strings.Cut(word, "=")
			c.rows[table][id][name] = value
		}
	}
	c.flush()
}

// all returns the rows that there are, in random order.
func (c *chaos) all() []string {
	var all []string
	for _, table := range slices.Sorted(maps.Keys(c.rows)) {
		for _, id := range slices.Sorted(maps.Keys(c.rows[table])) {
			row := "+" + table + " " + id
			for _, name := range slices.Sorted(maps.Keys(c.rows[table][id])) {
				row += " " + name + "=" + c.rows[table][id][name]
			}
			all = append(all, row)
		}
	}
	c.rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// step does one random thing.
func (c *chaos) step() {
	c.pass(c.seconds(0.2, 2, 10))
	n := c.rng.IntN(40)
	switch {
	case !c.subscribed || n == 0:
		if c.subscribed {
			fmt.Fprintf(&c.history, "@%.3f lost\n", c.elapsed)
			c.model.Disconnected(c.now)
			c.subscribed = false
			c.pass(c.seconds(2, 30, 500, 1500))
		}
		if c.rng.IntN(3) == 0 {
			c.rows = map[string]map[string]map[string]string{}
		}
		fmt.Fprintf(&c.history, "@%.3f subscribe\n", c.elapsed)
		c.model.Subscribed(c.now)
		c.subscribed = true
		c.sendCopy()
	case n == 1:
		fmt.Fprintf(&c.history, "@%.3f truncate\n", c.elapsed)
		c.model.Truncate(c.now)
		if c.rng.IntN(2) == 0 {
			c.rows = map[string]map[string]map[string]string{}
		}
		c.sendCopy()
	default:
		var changes []string
		for range 1 + c.rng.IntN(6) {
			changes = append(changes, c.change())
		}
		c.send(changes...)
	}
	c.model.Advance(c.now)
}

func (c *chaos) seconds(values ...float64) float64 { return values[c.rng.IntN(len(values))] }

// sendCopy sends all rows, cut anywhere.
func (c *chaos) sendCopy() {
	all := c.all()
	for len(all) > 0 {
		n := 1 + c.rng.IntN(len(all))
		c.send(all[:n]...)
		all = all[n:]
		c.pass(0.5)
	}
}

// present returns how many sessions are counted as there or are remembered.
func (d *Desk) present() int {
	n := 0
	for _, s := range d.owners {
		if s.known && !s.ghost {
			n++
		}
	}
	for _, a := range d.away {
		if !a.ghost {
			n++
		}
	}
	return n
}

func sum(totals []Total) (n int) {
	for _, t := range totals {
		n += int(t.N)
	}
	return n
}

// TestNothingIsLostOrCountedTwice asserts, whatever comes in whatever order,
// what must always hold of the totals and of the gauges.
func TestNothingIsLostOrCountedTwice(t *testing.T) {
	compared := 0
	for seed := range uint64(60) {
		c := newChaos(t, seed)
		before := map[string]float64{}
		for range 250 {
			c.step()
			v := c.desk.View(c.now)
			checkMonotonic(t, before, v)
			checkTimes(t, v)
			checkGauges(t, c, v)
			if t.Failed() {
				t.Fatalf("seed %d; what came:\n%s", seed, c.history.String())
			}
		}
		compared += c.compared
		checkConservation(t, seed)
	}
	if compared < 1000 {
		t.Errorf("only %d moments could be compared with a desk made anew", compared)
	}
}

// checkConservation asserts that started + those there at the first copy −
// ended = present + remembered, where no row is from before the start of
// counting but those of a first copy.
func checkConservation(t *testing.T, seed uint64) {
	t.Helper()
	c := newChaos(t, seed)
	c.age = 0
	first := 0
	for range 250 {
		start, was := c.desk.start, c.desk.first
		c.step()
		if was || c.desk.start != start {
			first = c.desk.present() - balance(c.desk)
		}
		if got := balance(c.desk) + first; got != c.desk.present() {
			t.Fatalf("seed %d: started − ended + first copy = %d, present + remembered = %d; what came:\n%s", seed, got, c.desk.present(), c.history.String())
		}
	}
}

func balance(d *Desk) int {
	v := d.totals()
	n := sum(v.Started)
	for _, e := range v.Ended {
		n -= int(e.N)
	}
	return n
}

// checkMonotonic asserts that no counter went down.
func checkMonotonic(t *testing.T, before map[string]float64, v *View) {
	t.Helper()
	now := map[string]float64{"observed": v.Totals.ObservedSeconds, "resets": float64(v.Totals.ModelResets)}
	for _, s := range v.Totals.Started {
		now["started "+s.Label] = float64(s.N)
	}
	for _, e := range v.Totals.Ended {
		now[fmt.Sprintf("ended %s %v", e.Queue, e.Outcome)] = float64(e.N)
	}
	for _, l := range v.Totals.Logins {
		now["logins "+l.Label] = float64(l.N)
	}
	for _, l := range v.Totals.Logouts {
		now["logouts "+l.Label] = float64(l.N)
	}
	for _, x := range v.Totals.Transfers {
		now["transfers "+x.From+" "+x.To] = float64(x.N)
	}
	for _, x := range v.Totals.Teams {
		now["handovers "+x.Queue] = float64(x.Handovers)
		now["active "+x.Queue] = x.ActiveSeconds
		now["work "+x.Queue] = x.WorkSeconds
		now["reconnect "+x.Queue] = x.ReconnectWaitSeconds
	}
	for name, value := range before {
		if now[name] < value {
			t.Errorf("%s went from %v to %v", name, value, now[name])
		}
	}
	maps.Copy(before, now)
}

// checkTimes asserts that the seconds by concurrency add up to those connected.
func checkTimes(t *testing.T, v *View) {
	t.Helper()
	total := 0.0
	for _, seconds := range v.Totals.ConcurrentSeconds {
		total += seconds
	}
	if connected := v.Totals.RepresentativeSeconds.Connected; math.Abs(total-connected) > 1e-6 {
		t.Errorf("seconds by concurrency add up to %v, connected are %v", total, connected)
	}
}

// checkGauges asserts that the gauges are those of a desk that gets the same
// rows at once, and that they agree with each other.
func checkGauges(t *testing.T, c *chaos, v *View) {
	t.Helper()
	if v.Live == nil || c.hasHistory() {
		return
	}
	c.compared++
	fresh := newChaos(t, 7)
	fresh.now = c.now
	fresh.model.Subscribed(fresh.now)
	fresh.send(c.all()...)
	fresh.now = fresh.now.Add(10 * time.Second)
	fresh.model.Advance(fresh.now)
	want := gauges(fresh.desk.View(fresh.now).Live)
	got := gauges(v.Live)
	if diff := firstDifference(strings.Join(want, "\n"), strings.Join(got, "\n")); diff != "" {
		t.Errorf("the gauges are not those of the rows: %s", diff)
	}
}

// hasHistory tells whether some label depends on rows that are gone: what a
// queue that went away was called, or where a session sat before.
func (c *chaos) hasHistory() bool {
	for _, q := range c.desk.queues {
		if q.row == nil && q.said != nil || q.named && q.namedBy == 0 {
			return true
		}
	}
	for _, s := range c.desk.sessions {
		if s.row != nil && s.last != noTeam && (s.queue == nil || s.queue.team == nil) && (s.primary == nil || s.primary.team == nil) {
			return true
		}
	}
	return false
}

// gauges writes what is not 0 and does not depend on time.
func gauges(l *Live) []string {
	var lines []string
	for _, line := range show(&View{Live: l}, &durations{}) {
		words := strings.Fields(line)
		if strings.HasSuffix(line, " 0") || len(words) == 0 {
			continue
		}
		words = slices.DeleteFunc(words, func(w string) bool {
			return strings.HasPrefix(w, "oldest=") || strings.HasPrefix(w, "estimated=") || strings.HasSuffix(w, "=0")
		})
		lines = append(lines, strings.Join(words, " "))
	}
	return lines
}
