package reports

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

var errKilled = errors.New("killed")

// day is two days of an appliance, made from a seed, and what is to be counted of it.
type day struct {
	*pretend
	sessions, files, sessionEvents, answers, events map[string]uint64
	durations                                       uint64
}

func makeDay(random *rand.Rand, begin, end time.Time) *day {
	d := &day{
		pretend:  &pretend{skew: time.Duration(random.IntN(200)-100) * time.Second, product: appliance.RemoteSupport},
		sessions: map[string]uint64{}, files: map[string]uint64{}, sessionEvents: map[string]uint64{},
		answers: map[string]uint64{}, events: map[string]uint64{},
	}
	d.permissions = []appliance.Permission{
		{Name: "perm_reporting_support", Access: "1"}, {Name: "perm_reporting_license", Access: "1"}, {Name: "perm_reporting_vault", Access: "1"},
	}
	if random.IntN(2) == 0 {
		d.product = appliance.PrivilegedRemoteAccess
	}
	d.noError = random.IntN(3) == 0
	// On the appliance's clock, whole seconds. Within two seconds of the start of counting
	// nothing happens, since clocks are read to a second.
	first, last := begin.Add(d.skew-26*time.Hour).Truncate(time.Second), end.Add(d.skew)
	start := begin.Add(d.skew)
	near := func(t time.Time) bool { return t.Sub(start).Abs() <= 2*time.Second }
	moment := func() time.Time {
		for {
			t := first.Add(time.Duration(random.Int64N(int64(last.Sub(first)/time.Second))) * time.Second)
			if !near(t) {
				return t
			}
		}
	}
	for i := range 400 {
		s := session{late: time.Duration(random.IntN(55)) * time.Minute}
		s.LSID = fmt.Sprintf("lsid-%d", i)
		s.Start = moment()
		s.Team = fmt.Sprintf("team-%d", random.IntN(4))
		s.Taken = random.IntN(3) > 0
		s.FilesMoved = uint64(random.IntN(3))
		s.Events = map[string]uint64{"Chat Message": uint64(random.IntN(4) + 1)}
		over := s.Start.Add(longestOpen)
		switch random.IntN(12) {
		case 0: // It closed abnormally.
			s.late = 0
		case 1: // It was open for long, and ended after it had been counted.
			s.End = s.Start.Add(30 * time.Hour)
			s.late = 0
		default:
			s.End = s.Start.Add(time.Duration(random.IntN(7200)) * time.Second)
			over = s.End
		}
		if near(over) {
			continue
		}
		d.pretend.sessions = append(d.pretend.sessions, s)
		if over.Before(start) || over.Add(2*time.Hour).After(last) {
			// A session that was open for more than a day when counting started
			// is counted by its end.
			if !s.End.IsZero() && !s.End.Before(start) && !s.End.Add(2*time.Hour).After(last) {
				over = s.End
			} else {
				if over.After(start) {
					d.pretend.sessions = d.pretend.sessions[:len(d.pretend.sessions)-1]
				}
				continue
			}
		}
		if over.Equal(s.End) {
			d.durations++
		}
		outcome := "unserved"
		if s.Taken {
			outcome = "served"
		}
		d.sessions[s.Team+" "+outcome]++
		d.files["moved"] += s.FilesMoved
		d.sessionEvents["Chat Message"] += s.Events["Chat Message"]
	}
	for i := range 300 {
		ended := moment()
		if ended.Add(2 * time.Hour).After(last) {
			continue
		}
		answer := fmt.Sprint(random.IntN(5))
		s := survey{ended: ended, late: time.Duration(random.IntN(55)) * time.Minute}
		s.LSID, s.Answers = fmt.Sprintf("lsid-%d", i), []appliance.SurveyAnswer{{Question: "q", Answer: answer}}
		s.byRep = random.IntN(3) > 0
		s.byTeam = !s.byRep || random.IntN(3) > 0
		d.surveys = append(d.surveys, s)
		if ended.After(start) && d.product == appliance.RemoteSupport {
			d.answers["customer "+answer]++
			d.answers["representative "+answer]++
		}
	}
	for range 500 {
		at := moment()
		if at.Add(2 * time.Hour).After(last) {
			continue
		}
		// Some say the same in the same second.
		for range 1 + random.IntN(3)*random.IntN(2) {
			d.pretend.events = append(d.pretend.events, event{Event: happen(at, "Account Created", "x"), late: time.Duration(random.IntN(280)) * time.Second})
			if at.After(start) {
				d.events["Account Created"]++
			}
		}
	}
	return d
}

// However time is cut into polls, and whichever of them fail, are cut short or end with the
// process killed at some step of its writing, all that happened is counted once.
func TestEverythingIsCountedOnce(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { countOnce(t, rand.New(rand.NewPCG(seed, 1))) })
		})
	}
}

func countOnce(t *testing.T, random *rand.Rand) {
	const length = 40 * time.Hour
	directory := t.TempDir()
	started := time.Now()
	d := makeDay(random, started, started.Add(length))
	var logged lines
	config := Config{Client: d, Info: d.info, Intervals: all(), Directory: directory, Logger: logged.logger()}
	if d.product == appliance.PrivilegedRemoteAccess {
		delete(config.Intervals, Surveys)
	}
	// What the disk does to make things safe takes time and tells nothing here.
	fast := disk{
		write:  func(path string, data []byte) error { return os.WriteFile(path, data, 0o600) },
		rename: os.Rename,
		sync:   func(string) error { return nil },
	}
	r := begin(t, config)
	restarts, failures := 0, 0
	for time.Since(started) < length {
		killed := false
		for _, p := range r.pollers {
			p.store.disk = fast
		}
		switch random.IntN(6) {
		case 0: // Some requests fail, at the start or amid their answer.
			d.fault = func(string, int) error {
				if random.IntN(5) == 0 {
					failures++
					return cut()
				}
				return nil
			}
		case 1: // The process is killed while it writes.
			killed = true
			step, at := 0, 1+random.IntN(20)
			dead := func() bool { step++; return step >= at }
			for _, p := range r.pollers {
				p.store.disk = disk{
					write: func(path string, data []byte) error {
						if step >= at {
							return errKilled
						}
						if dead() {
							return errors.Join(errKilled, os.WriteFile(path, data[:random.IntN(len(data))], 0o600))
						}
						return os.WriteFile(path, data, 0o600)
					},
					rename: func(from, to string) error {
						if dead() {
							return errKilled
						}
						return os.Rename(from, to)
					},
					sync: func(path string) error {
						if dead() {
							return errKilled
						}
						return nil
					},
				}
			}
		case 2: // Reports are too large for a while.
			d.fault = func(_ string, given int) error {
				if given > 40 {
					return &appliance.Error{Kind: appliance.KindTooLarge}
				}
				return nil
			}
		}
		_ = r.poll(t.Context()) // What failed is caught up.
		d.fault = nil
		if killed || random.IntN(10) == 0 {
			restarts++
			r = begin(t, config)
		}
		time.Sleep(time.Duration(random.IntN(3)*random.IntN(40)*random.IntN(40))*time.Second + 20*time.Second)
	}
	// Once more when all that was late is there.
	time.Sleep(time.Minute)
	if err := r.poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if restarts == 0 || failures == 0 && !d.noError {
		t.Logf("an easy day: %d restarts, %d failures", restarts, failures)
	}
	v := r.View()
	gotSessions := make(map[string]uint64)
	for _, s := range v.Sessions {
		gotSessions[s.Labels[2]+" "+s.Labels[4]] += s.Value
	}
	gotAnswers := make(map[string]uint64)
	for _, s := range v.SurveyAnswers {
		gotAnswers[s.Labels[0]+" "+s.Labels[2]] += s.Value
	}
	var durations uint64
	for _, h := range v.SessionDurations {
		durations += h.Count
	}
	for _, check := range []struct {
		name      string
		want, got map[string]uint64
	}{
		{"sessions", d.sessions, gotSessions},
		{"durations", map[string]uint64{"all": d.durations}, map[string]uint64{"all": durations}},
		{"files", d.files, positive(sum(v.Files, 0))},
		{"events of sessions", d.sessionEvents, positive(sum(v.SessionEvents, 0))},
		{"survey answers", d.answers, gotAnswers},
		{"team events", d.events, positive(sum(v.TeamEvents, 1))},
		{"vault events", d.events, positive(sum(v.VaultEvents, 0))},
		{"jump item events", d.events, sum(v.JumpItemEvents, 0)},
	} {
		if diff := cmp.Diff(check.want, check.got); diff != "" {
			t.Errorf("%s (%s):\n%s", check.name, d.product, diff)
		}
	}
	if logged.count("Cannot use the file") > 0 {
		t.Error("a file was taken for torn: ", logged.all.String())
	}
	for _, p := range r.pollers {
		for report, l := range p.book.Counted {
			oldest := d.now().Add(-longestWindow - endedOverlap).Unix()
			for _, bound := range slices.Sorted(maps.Values(boundsOf(l))) {
				if bound < oldest {
					t.Fatalf("%s remembers what nothing can bring again", report)
				}
			}
		}
	}
}

func boundsOf(l ledger) map[identity]int64 {
	bounds := make(map[identity]int64)
	for id, c := range l {
		bounds[id] = c.Bound
	}
	return bounds
}

// positive leaves out what is known and 0.
func positive(sums map[string]uint64) map[string]uint64 {
	maps.DeleteFunc(sums, func(_ string, n uint64) bool { return n == 0 })
	return sums
}
