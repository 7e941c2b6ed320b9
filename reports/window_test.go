package reports

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// zero is when the clock of a bubble starts, on an appliance whose clock is right.
const zero = 946684800

// asked rewrites what was asked for with times since the start.
func asked(p *pretend) []string {
	var lines []string
	for _, line := range p.takeAsked() {
		var report, by string
		var from, duration int
		line = strings.NewReplacer("=", " ", "  ", " ").Replace(line)
		if _, err := fmt.Sscanf(line, "%s %s %d duration %d", &report, &by, &from, &duration); err != nil {
			panic(line + ": " + err.Error())
		}
		lines = append(lines, fmt.Sprintf("%s %s [%s, %s)", report, by, time.Duration(from-zero)*time.Second, time.Duration(from-zero+duration)*time.Second))
	}
	return lines
}

// The windows that are asked for, through failures, errors taken for empty answers, long
// absences, reports that are too large and a clock that is turned back.
func TestWindows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pretend{noError: true}
		var logged lines
		r := begin(t, Config{Client: p, Info: p.info, Intervals: all(Vault), Logger: logged.logger()})
		steps := []struct {
			name  string
			after time.Duration
			fault error
			want  []string
		}{
			{"the first has nothing before the start of counting in it", 0, nil, []string{"[0s, 1s)"}},
			{"no more than what was since, as long as that is less than the overlap", time.Minute, nil, []string{"[0s, 1m0s)"}},
			{"then with the overlap", 9 * time.Minute, nil, []string{"[0s, 10m0s)"}},
			{"and so on", 5 * time.Minute, nil, []string{"[5m0s, 15m0s)"}},
			{"one that fails", 5 * time.Minute, cut(), []string{"[10m0s, 20m0s)"}},
			{"is caught up", 5 * time.Minute, nil, []string{"[10m0s, 25m0s)"}},
			{"an error taken for an empty answer", 5 * time.Minute, answerError("nothing"), []string{"[20m0s, 30m0s)"}},
			{"does not move the cursor", 5 * time.Minute, nil, []string{"[20m0s, 35m0s)"}},
			{"a report that is too large is asked for again by halves", 65 * time.Minute, &appliance.Error{Kind: appliance.KindTooLarge},
				[]string{"[30m0s, 1h40m0s)", "[30m0s, 1h7m30s)", "[30m0s, 51m15s)", "[30m0s, 43m7s)", "[30m0s, 39m3s)", "[30m0s, 37m1s)", "[30m0s, 36m0s)"}},
			{"and in as many pieces as it takes", 0, nil, nil},
			{"one that takes too long", 30 * time.Minute, &appliance.Error{Kind: appliance.KindTimeout}, []string{"[1h35m0s, 2h10m0s)"}},
			{"by halves as well", 0, nil, []string{"[1h35m0s, 1h55m0s)", "[1h50m0s, 2h10m0s)"}},
			{"after ten days seven are caught up", 240 * time.Hour, nil, []string{"[74h10m0s, 242h10m0s)"}},
			{"the clock is turned back a little", 0, nil, []string{"[242h5m0s, 242h9m0s)"}},
			{"and nothing is asked for twice for that", time.Minute, nil, []string{"[242h5m0s, 242h10m0s)"}},
			{"and by a day", 0, nil, []string{"[218h10m0s, 218h10m1s)"}},
			{"and goes on from there", 10 * time.Minute, nil, []string{"[218h10m0s, 218h20m0s)"}},
		}
		for _, step := range steps {
			time.Sleep(step.after)
			switch {
			case strings.HasSuffix(step.name, "a little"):
				p.skew = -time.Minute
			case strings.HasSuffix(step.name, "a day"):
				p.skew -= 24 * time.Hour
			}
			p.fault = func(string, int) error { return step.fault }
			_ = r.poll(t.Context())
			got := asked(p)
			for i, line := range got {
				got[i] = strings.TrimPrefix(line, "VaultAccountActivity start_time ")
			}
			if step.want == nil {
				if len(got) < 2 || !strings.HasPrefix(got[0], "[30m0s, ") || !strings.HasSuffix(got[len(got)-1], ", 1h40m0s)") {
					t.Errorf("%s: %q", step.name, got)
				}
				continue
			}
			if diff := cmp.Diff(step.want, got); diff != "" {
				t.Errorf("%s:\n%s", step.name, diff)
			}
		}
		if logged.count("missed=72h0m0s") != 1 || logged.count("missed=") != 1 {
			t.Errorf("what nobody reads any more is not in the log: %s", logged.all.String())
		}
	})
}

// What each collector asks each product for.
func TestSources(t *testing.T) {
	tests := []struct {
		collector Collector
		product   appliance.Product
		want      []string
	}{
		{Sessions, appliance.RemoteSupport, []string{"SupportSession end_time [0s, 2h0m0s)", "SupportSession start_time [-24h0m0s, -22h0m0s)", "SupportSession start_time [-23h0m0s, 1h0m0s)"}},
		{Sessions, appliance.PrivilegedRemoteAccess, []string{"AccessSession end_time [0s, 2h0m0s)", "AccessSession start_time [-24h0m0s, 2h0m0s)"}},
		{Teams, appliance.RemoteSupport, []string{"SupportTeam start_time [0s, 2h0m0s)"}},
		{Teams, appliance.PrivilegedRemoteAccess, []string{"Team start_time [0s, 2h0m0s)"}},
		{Vault, appliance.ProductUnknown, []string{"VaultAccountActivity start_time [0s, 2h0m0s)"}},
		{JumpItems, appliance.PrivilegedRemoteAccess, []string{"JumpItem start_time [0s, 2h0m0s)"}},
		{Surveys, appliance.PrivilegedRemoteAccess, nil},
	}
	for _, test := range tests {
		synctest.Test(t, func(t *testing.T) {
			p := &pretend{product: test.product, noError: true}
			r := begin(t, Config{Client: p, Info: p.info, Intervals: all(test.collector)})
			time.Sleep(2 * time.Hour)
			if err := r.poll(t.Context()); err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(test.want, asked(p)); diff != "" {
				t.Errorf("%s of %q:\n%s", test.collector, test.product, diff)
			}
			if status := r.View().Collectors[0]; status.Polled != (test.want != nil) {
				t.Errorf("%s of %q: polled is %t", test.collector, test.product, status.Polled)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		p := &pretend{noError: true}
		r := begin(t, Config{Client: p, Info: p.info, Intervals: all(Surveys)})
		if err := r.poll(t.Context()); err != nil {
			t.Error(err)
		}
		var got []string
		for _, line := range p.takeAsked() {
			got = append(got, strings.Join(strings.Fields(line)[:2], " "))
		}
		want := []string{"SupportCustExitSurvey rep", "SupportCustExitSurvey team", "SupportRepExitSurvey rep", "SupportRepExitSurvey team"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// An appliance that takes the second of the window's end into it, or gives more than was asked
// for, changes nothing.
func TestMoreThanAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pretend{noError: true}
		r := begin(t, Config{Client: p, Info: p.info, Intervals: all(Vault)})
		early := event{Event: happen(time.Now().Add(-time.Hour), "Account Deleted", "x")}
		time.Sleep(10 * time.Minute)
		p.events = []event{{Event: happen(time.Now(), "Account Created", "x")}}
		for range 3 {
			if err := r.poll(t.Context()); err != nil {
				t.Fatal(err)
			}
			time.Sleep(20 * time.Minute)
		}
		source := Vault.sources("")[0]
		in := newIntake(newBook(Vault), source, &stream{}, span{from: time.Now().Unix(), until: time.Now().Unix() + 60})
		if got := sum(r.View().VaultEvents, 0)["Account Created"]; got != 1 || in.event(early.Event) {
			t.Errorf("an event of the last second was counted %d times", got)
		}
	})
}
