package desk_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/desk"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/statesub"
)

// day plays a simulated support desk through a model and a desk, as a
// subscription would, and compares what the desk counted with the simulator's
// own book, which was kept as things happened and not from the messages.
type day struct {
	t       *testing.T
	world   *world.World
	model   *statesub.Model
	desk    *desk.Desk
	decoder *statesub.Decoder
	seen    *measured
}

func newDay(t *testing.T, seed uint64, dialect world.Dialect) *day {
	t.Helper()
	w, err := world.New(world.Config{
		Seed:            seed,
		Start:           time.Unix(1_700_000_000, 0),
		TimeOfDay:       7 * time.Hour,
		Representatives: 40,
		FlushEvery:      2 * time.Second,
		Dialect:         dialect,
	})
	if err != nil {
		t.Fatal(err)
	}
	seen := &measured{n: map[string]uint64{}, sum: map[string]float64{}}
	d := desk.New(desk.Config{ResyncGrace: time.Minute, Durations: seen})
	return &day{t: t, world: w, model: statesub.NewModel(d), desk: d, decoder: statesub.NewDecoder(), seen: seen}
}

func instant(at time.Time) statesub.Instant {
	return statesub.Instant{
		Appliance: float64(at.UnixNano()) / 1e9,
		Elapsed:   at.Sub(time.Unix(1_700_000_000, 0)),
	}
}

// subscribe takes a full copy in, during which the world stands still.
func (d *day) subscribe() {
	d.t.Helper()
	d.world.Flush()
	now := d.world.Now()
	d.model.Subscribed(instant(now))
	d.take(d.world.Copy())
	d.model.Advance(instant(now.Add(time.Second)))
}

// begin subscribes for the first time, to a desk that has been at work.
func (d *day) begin() {
	d.t.Helper()
	d.world.Run(d.world.Now().Add(10 * time.Minute))
	d.world.StartBook()
	d.subscribe()
}

func (d *day) take(messages []world.Message) {
	d.t.Helper()
	for _, message := range messages {
		at := instant(message.At)
		if message.Truncate {
			d.model.Truncate(at)
			continue
		}
		line := message.Line(nil)
		if line == nil {
			continue
		}
		var m statesub.Message
		if err := d.decoder.Decode(line[:len(line)-1], &m); err != nil {
			d.t.Fatalf("%s: %v", line, err)
		}
		for table, n := range m.Update.Unreadable {
			if n > 0 {
				d.t.Fatalf("%d values of %v cannot be read: %s", n, statesub.Table(table), line)
			}
		}
		d.model.Apply(at, &m.Update)
	}
}

// run lets the world go on for a time, with its messages reaching the desk.
func (d *day) run(length time.Duration) {
	d.t.Helper()
	d.take(d.world.Run(d.world.Now().Add(length)))
}

func (d *day) view() *desk.View {
	now := instant(d.world.Now())
	d.model.Advance(now)
	return d.desk.View(now)
}

// measured adds up durations.
type measured struct {
	n   map[string]uint64
	sum map[string]float64
}

func (m *measured) note(kind, queue string, seconds float64) {
	m.n[kind+" "+queue]++
	m.sum[kind+" "+queue] += seconds
}

func (m *measured) TeamKnown(string)                {}
func (m *measured) Pickup(queue string, s float64)  { m.note("pickup", queue, s) }
func (m *measured) Abandon(queue string, s float64) { m.note("abandon", queue, s) }
func (m *measured) Handle(queue string, s float64)  { m.note("handle", queue, s) }

// compare holds counts against each other exactly, whatever is 0 left out.
func compare(t *testing.T, what string, got, want map[string]uint64) {
	t.Helper()
	for key := range want {
		if got[key] != want[key] {
			t.Errorf("%s %q: counted %d, truly %d", what, key, got[key], want[key])
		}
	}
	for key := range got {
		if _, ok := want[key]; !ok && got[key] != 0 {
			t.Errorf("%s %q: counted %d, truly none", what, key, got[key])
		}
	}
}

// compareTeams is compare, where some of it may have happened unseen: then a
// few can be of another team than the one they were last seen in, and only
// the sum is exact, or misses no more than slack.
func compareTeams(t *testing.T, what string, got, want map[string]uint64, unseen bool, slack uint64) {
	t.Helper()
	if !unseen {
		compare(t, what, got, want)
		return
	}
	var counted, truly, apart uint64
	for _, n := range got {
		counted += n
	}
	for team, n := range want {
		truly += n
		apart += max(n, got[team]) - min(n, got[team])
	}
	missed := max(counted, truly) - min(counted, truly)
	if missed > slack || apart > 1+truly/200 {
		t.Errorf("%s: counted %v, truly %v", what, got, want)
	}
}

// within holds a time against the truth: it may differ by so many seconds.
func within(t *testing.T, what string, got, want, bound float64) {
	t.Helper()
	if math.Abs(got-want) > bound {
		t.Errorf("%s: counted %.1f s, truly %.1f s, which is more than %.1f s apart", what, got, want, bound)
	}
}

// check compares everything. late is how late the desk can learn of one thing,
// in seconds; unobserved is the time that the desk was not in sync; unseen says
// that things happened while nobody could see them.
func (d *day) check(late, unobserved float64, unseen bool) {
	t := d.t
	t.Helper()
	book := d.world.Book()
	v := d.view()
	total := v.Totals

	started := map[string]uint64{}
	for _, s := range total.Started {
		started[s.Label] = s.N
	}
	compare(t, "started", started, book.Started)

	ended := map[desk.Outcome]map[string]uint64{desk.Served: {}, desk.Abandoned: {}, desk.Unknown: {}}
	for _, e := range total.Ended {
		ended[e.Outcome][e.Queue] += e.N
	}
	compareTeams(t, "served", ended[desk.Served], book.Served, unseen, 0)
	compareTeams(t, "abandoned", ended[desk.Abandoned], book.Abandoned, unseen, 0)
	compare(t, "unknown", ended[desk.Unknown], nil)

	transfers, truly := map[string]uint64{}, map[string]uint64{}
	for _, x := range total.Transfers {
		transfers[x.From+" to "+x.To] = x.N
	}
	for from, to := range book.Transfers {
		for to, n := range to {
			truly[from+" to "+to] = n
		}
	}
	compareTeams(t, "transfers", transfers, truly, unseen, 0)

	logins, logouts := map[string]uint64{}, map[string]uint64{}
	for _, l := range total.Logins {
		logins[l.Label] = l.N
	}
	for _, l := range total.Logouts {
		logouts[l.Label] = l.N
	}
	compare(t, "logins", logins, book.Logins)
	compare(t, "logouts", logouts, book.Logouts)

	handovers := map[string]uint64{}
	longest := 0.0 // representative-seconds that one second can bring
	for _, team := range total.Teams {
		handovers[team.Queue] = team.Handovers
		bound := 1 + 0.002*book.ActiveSeconds[team.Queue] + unobserved*40
		within(t, "active "+team.Queue, team.ActiveSeconds, book.ActiveSeconds[team.Queue], bound+late*float64(book.Served[team.Queue]))
		within(t, "work "+team.Queue, team.WorkSeconds, book.WorkSeconds[team.Queue], bound+late*20*float64(book.Served[team.Queue]))
		within(t, "waiting for customers "+team.Queue, team.ReconnectWaitSeconds, book.ReconnectWaitSeconds[team.Queue], bound+late*float64(book.Served[team.Queue]))
		longest = max(longest, team.ActiveSeconds)
	}
	compareTeams(t, "handovers", handovers, book.Handovers, unseen, 2)
	if longest == 0 {
		t.Error("nobody was active all day")
	}

	for kind, truth := range map[string]map[string]world.Durations{"pickup": book.Pickup, "abandon": book.Abandonment, "handle": book.Handle} {
		counts, want := map[string]uint64{}, map[string]uint64{}
		for team, measured := range truth {
			want[team] = measured.Count
			// Timestamps are whole seconds, and an end is known when its message comes.
			within(t, kind+" "+team, d.seen.sum[kind+" "+team], measured.Sum, (1+late)*float64(measured.Count))
		}
		for key, n := range d.seen.n {
			var name, team string
			if _, err := fmt.Sscan(key, &name, &team); err != nil {
				name = key[:len(key)-1]
			}
			if name == kind {
				counts[team] = n
			}
		}
		compareTeams(t, kind+" observed", counts, want, unseen, 0)
	}

	// The time by status: each change of it is known late, now up and now down.
	seconds := total.RepresentativeSeconds
	for status, got := range map[string]float64{
		"logged_in": seconds.LoggedIn, "connected": seconds.Connected, "available": seconds.Available,
		"busy": seconds.Busy, "idle": seconds.Idle, "auto_assign": seconds.AutoAssign,
	} {
		want := book.RepresentativeSeconds[status]
		if want == 0 {
			t.Errorf("nobody was %s all day: the comparison means nothing", status)
		}
		within(t, status, got, want, 0.005*book.RepresentativeSeconds["logged_in"]+unobserved*40)
	}
	for i, got := range total.ConcurrentSeconds {
		label := [...]string{"0", "1", "2", "3", "4", "5+"}[i]
		within(t, "concurrent "+label, got, book.ConcurrentSeconds[label], 0.005*book.RepresentativeSeconds["logged_in"]+unobserved*40)
	}
	d.checkPresent(v.Live, book.Present)
}

// checkPresent compares what is there now.
func (d *day) checkPresent(live *desk.Live, truth world.State) {
	d.t.Helper()
	got := map[string]world.Sessions{}
	for _, team := range live.Teams {
		if team.Waiting+team.Active > 0 {
			got[team.Queue] = world.Sessions{Waiting: team.Waiting, Active: team.Active}
		}
	}
	for team, want := range truth.Teams {
		if got[team] != want {
			d.t.Errorf("team %q has now %+v, truly %+v", team, got[team], want)
		}
	}
	byType := map[string]uint64{}
	for _, r := range live.RepresentativesByType {
		byType[r.Label] = uint64(r.N)
	}
	want := map[string]uint64{}
	for kind, n := range truth.Representatives {
		want[kind] = uint64(n)
	}
	compare(d.t, "representatives", byType, want)
}

// TestDay plays a day without a gap: every count is exactly the truth, and
// every time differs by no more than messages are late.
func TestDay(t *testing.T) {
	d := newDay(t, 1, world.Dialect{})
	d.begin()
	for range 96 {
		d.run(15 * time.Minute)
	}
	d.settle()
	d.check(2, 1, false)
}

// settle lets everything come that is on its way.
func (d *day) settle() {
	d.t.Helper()
	d.take(d.world.Flush())
}

// TestDayOfRestarts plays a day on which the appliance restarts again and again:
// rows are made anew, clients come back one by one, and nothing is lost or
// counted twice.
func TestDayOfRestarts(t *testing.T) {
	for seed := range uint64(10) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			d := newDay(t, seed, world.Dialect{})
			d.begin()
			for range 24 {
				d.run(30 * time.Minute)
				d.take(d.world.Restart())
				d.run(30 * time.Minute)
			}
			d.settle()
			d.check(12, 1, true)
		})
	}
}

// TestDayOfReconnects plays a day on which the connection ends and comes back
// within the grace.
func TestDayOfReconnects(t *testing.T) {
	d := newDay(t, 3, world.Dialect{})
	d.begin()
	for i := range 96 {
		d.run(15 * time.Minute)
		d.settle()
		d.model.Disconnected(instant(d.world.Now()))
		away := time.Duration(i%20) * time.Second
		d.world.Run(d.world.Now().Add(away))
		d.subscribe()
	}
	d.run(5 * time.Minute)
	d.settle()
	if got, want := d.view().Totals.ObservedSeconds, 96*900+300-96.0; math.Abs(got-want) > 200 {
		t.Errorf("observed %v s, of some %v", got, want)
	}
	d.checkCounts()
}

// checkCounts compares what no gap within the grace may change: the counts of
// what started and ended and is there.
func (d *day) checkCounts() {
	d.t.Helper()
	book, v := d.world.Book(), d.view()
	var started, ended, truly, trulyEnded uint64
	for _, s := range v.Totals.Started {
		started += s.N
	}
	for _, n := range book.Started {
		truly += n
	}
	for _, e := range v.Totals.Ended {
		ended += e.N
	}
	for _, by := range []map[string]uint64{book.Served, book.Abandoned} {
		for _, n := range by {
			trulyEnded += n
		}
	}
	// A session that came and went within one gap was never seen.
	unseen := truly - started
	if started > truly || unseen > truly/50 || trulyEnded-ended != unseen {
		d.t.Errorf("started %d of truly %d, ended %d of truly %d: what was never seen must miss in both", started, truly, ended, trulyEnded)
	}
	d.checkPresent(v.Live, book.Present)
}

// TestDayIsReproducible plays the same day twice.
func TestDayIsReproducible(t *testing.T) {
	play := func() []float64 {
		d := newDay(t, 9, world.Dialect{})
		d.begin()
		d.run(4 * time.Hour)
		d.take(d.world.Restart())
		d.run(4 * time.Hour)
		var sums []float64
		for _, sum := range d.seen.sum {
			sums = append(sums, sum)
		}
		slices.Sort(sums)
		return sums
	}
	if first, second := play(), play(); !slices.Equal(first, second) {
		t.Errorf("the same messages gave %v and then %v", first, second)
	}
}
