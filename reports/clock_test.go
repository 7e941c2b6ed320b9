package reports

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// What the appliance told some minutes ago is as good as what it tells now, and what has become of
// the exporter's own clock in the meantime, by which it may seem to be an hour off, is no matter.
func TestStepOfTheExportersClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pretend{noError: true}
		hour := time.Hour
		told := appliance.APIInfo{Timestamp: p.now(), Answered: time.Now(), ClockSkew: &hour}
		r := begin(t, Config{Client: p, Info: func(context.Context) (appliance.APIInfo, error) { return told, nil }, Intervals: all(Vault)})
		time.Sleep(4 * time.Minute)
		if err := r.poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"VaultAccountActivity start_time [0s, 4m0s)"}, asked(p)); diff != "" {
			t.Error(diff)
		}
	})
}

// An appliance whose clock is turned back by more than the windows overlap is read on from there. The
// log says once that something is missing, however many ways there are to ask for a report, and
// a poll that fails loses no more.
func TestClockTurnedBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pretend{noError: true}
		var logged lines
		r := begin(t, Config{Client: p, Info: p.info, Intervals: all(Sessions), Logger: logged.logger()})
		time.Sleep(10 * time.Minute)
		if err := r.poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Hour)
		if err := r.poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		p.skew = -24 * time.Hour
		p.fault = func(string, int) error { return cut() }
		if err := r.poll(t.Context()); err == nil {
			t.Error("no error")
		}
		back := p.now()
		time.Sleep(5 * time.Minute)
		p.fault = nil
		ended := back.Add(time.Minute)
		p.sessions = []session{{Session: appliance.Session{LSID: "a", Start: ended.Add(-time.Minute), End: ended}}}
		if err := r.poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := r.View().Sessions; len(got) != 1 || got[0].Value != 1 {
			t.Errorf("what ended after the poll that failed: %v", got)
		}
		if logged.count("the appliance's clock shows now: it was turned back") != 1 || logged.count("by_at_least=24h0m0s") != 1 {
			t.Errorf("the log: %s", logged.all.String())
		}
	})
}
