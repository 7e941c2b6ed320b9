package reports

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// total adds up the sessions, and the durations of them.
func total(v View) [2]uint64 {
	var n [2]uint64
	for _, s := range v.Sessions {
		n[0] += s.Value
	}
	for _, h := range v.SessionDurations {
		n[1] += h.Count
	}
	return n
}

// Sessions without an lsid that are alike are as many as there are, open ones too, and each counts
// once, whichever else comes late.
func TestSessionsWithoutLSID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pretend{product: appliance.PrivilegedRemoteAccess, noError: true}
		r := begin(t, Config{Client: p, Info: p.info, Intervals: all(Sessions)})
		now := time.Now()
		ended := appliance.Session{Start: now.Add(time.Minute), End: now.Add(2 * time.Minute)}
		open := appliance.Session{Start: now.Add(time.Minute), JumpGroup: "A"}
		over := open
		over.EndEvent, over.EndedAt = true, now.Add(3*time.Minute)
		other := ended
		other.LSEQ = "7"
		for _, s := range []appliance.Session{open, ended, ended, over, open, ended} {
			p.sessions = append(p.sessions, session{Session: s})
		}
		check := func(want, wantOpen uint64) {
			t.Helper()
			time.Sleep(5 * time.Minute)
			if err := r.poll(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := total(r.View()); got[0] != want || sum(r.View().OpenSessions, 0)["A"] != wantOpen {
				t.Errorf("%d sessions, want %d; open %v, want %d", got[0], want, r.View().OpenSessions, wantOpen)
			}
		}
		check(4, 2)
		check(4, 2)
		p.sessions = append([]session{{Session: other}}, p.sessions...)
		check(5, 2)
	})
}

// A session whose end is written in a way that nobody reads has ended all the same: it is counted
// once, is not open, and the log says so once for the report, with how the time is written.
func TestEndThatCannotBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pretend{product: appliance.PrivilegedRemoteAccess, noError: true}
		var logged lines
		r := begin(t, Config{Client: p, Info: p.info, Intervals: all(Sessions), Logger: logged.logger()})
		s := session{Session: appliance.Session{LSID: "a", Start: time.Now().Add(time.Minute), EndUnread: true, OddTime: "end_time 99.99.9999 99:99"}}
		// The appliance knows when it was.
		p.sessions = []session{s}
		p.endOf = func(appliance.Session) time.Time { return s.Start.Add(time.Minute) }
		for range 300 {
			time.Sleep(5 * time.Minute)
			if err := r.poll(t.Context()); err != nil {
				t.Fatal(err)
			}
			if v := r.View(); len(v.OpenSessions) > 0 {
				t.Fatalf("it is open: %v", v.OpenSessions)
			}
		}
		if diff := cmp.Diff([2]uint64{1, 0}, total(r.View())); diff != "" {
			t.Errorf("sessions and durations:\n%s", diff)
		}
		if logged.count("level=WARN") != 1 || logged.count("report=AccessSession written=\"end_time 99.99.9999 99:99\"") != 1 {
			t.Errorf("the log: %s", logged.all.String())
		}
	})
}

// On Remote Support too a session that only an event says the end of is counted within some hours,
// and never again: not when its day is over, nor where its end comes after all.
func TestEndThatOnlyAnEventTells(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pretend{product: appliance.RemoteSupport, noError: true}
		r := begin(t, Config{Client: p, Info: p.info, Intervals: all(Sessions)})
		start := time.Now().Add(time.Minute)
		s := appliance.Session{LSID: "a", Start: start, EndEvent: true, EndedAt: start.Add(2 * time.Hour)}
		late := appliance.Session{LSID: "b", Start: start, End: start.Add(2 * time.Hour)}
		p.sessions = []session{{Session: s}, {Session: late, late: 50 * time.Minute}}
		check := func(until time.Duration, want [2]uint64) {
			t.Helper()
			for time.Since(start) < until {
				time.Sleep(5 * time.Minute)
				if err := r.poll(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(want, total(r.View())); diff != "" {
				t.Errorf("after %s, sessions and durations:\n%s", until, diff)
			}
		}
		check(2*time.Hour+30*time.Minute, [2]uint64{0, 0})
		check(4*time.Hour+10*time.Minute, [2]uint64{2, 1})
		check(26*time.Hour, [2]uint64{2, 1})
		polls, searches := 26*12, 0
		for _, line := range asked(p) {
			if strings.HasPrefix(line, "SupportSession start") {
				searches++
			}
		}
		if hourly := searches - polls; hourly > 30 {
			t.Errorf("%d searches over a day in %d polls", hourly, polls)
		}
	})
}
