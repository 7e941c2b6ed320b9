package collector

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// What one call of several does not answer in time is missing; all else is
// there, and the scrape ends when it has to.
func TestScrapeEndsInTimeWithWhatItHas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		yes := true
		state := newLiveState(t)
		state.subscribe(smallDesk()...)
		f := newFixture(t, &answers{
			check:   is(appliance.HealthCheck{Success: &yes}),
			probe:   hangs[int],
			members: hangs[[]appliance.Member],
			clients: hangs[[]appliance.ClientCount],
			info:    hangs[appliance.APIInfo],
		}, state, "health", "clients", "state")

		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		started := time.Now()
		exposition := text(t, f.scrape(ctx, t), "")
		if took := time.Since(started); took > 5*time.Second {
			t.Errorf("the scrape took %s, past its end", took)
		}
		for series, want := range map[string]string{
			`beyondtrust_up`:                                                     "1",
			`beyondtrust_health_check_success`:                                   "1",
			`beyondtrust_health_probe_success`:                                   "0",
			`beyondtrust_state_synced`:                                           "1",
			`beyondtrust_scrape_collector_success{collector="health"}`:           "0",
			`beyondtrust_scrape_collector_success{collector="clients"}`:          "0",
			`beyondtrust_scrape_collector_success{collector="state"}`:            "1",
			`beyondtrust_scrape_collector_duration_seconds{collector="clients"}`: "4.9",
			`beyondtrust_scrape_collector_duration_seconds{collector="state"}`:   "0",
		} {
			if got := sample(exposition, series); got != want {
				t.Errorf("%s is %q, want %q", series, got, want)
			}
		}
	})
}

// stubborn is a collector that does not end with its context.
type stubborn struct {
	table   table
	metric  *metric
	release chan struct{}
}

func (c *stubborn) info() Info       { return Info{Name: "stubborn", Default: true} }
func (c *stubborn) describe() *table { return &c.table }
func (c *stubborn) collect(_ context.Context, _ *moment, out *page) error {
	p := c.table.page()
	p.add(c.metric, 1, "early")
	out.put(p)
	<-c.release
	p = c.table.page()
	p.add(c.metric, 1, "late")
	out.put(p)
	return nil
}

// A collector that is late fails its scrape's success and adds nothing to it,
// nor to the next one; the scrape does not wait for it.
func TestLateCollectorIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, &answers{}, nil)
		late := &stubborn{release: make(chan struct{})}
		late.metric = late.table.gauge("beyondtrust_stubborn", "Is late.", "when")
		f.collectors = append(f.collectors, late)

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		families := f.scrape(ctx, t)
		close(late.release)
		f.Wait()
		want := `
			# TYPE beyondtrust_scrape_collector_duration_seconds gauge
			beyondtrust_scrape_collector_duration_seconds{collector="stubborn"} 1
			# TYPE beyondtrust_scrape_collector_success gauge
			beyondtrust_scrape_collector_success{collector="stubborn"} 0
			# TYPE beyondtrust_stubborn gauge
			beyondtrust_stubborn{when="early"} 1
			# TYPE beyondtrust_up gauge
			beyondtrust_up 0
			`
		compare(t, want, text(t, families, "beyondtrust_scrape", "beyondtrust_stubborn", "beyondtrust_up"))
	})
}

// Whoever scrapes may go away at any time. That is nobody's failure.
func TestScrapeThatIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, &answers{check: hangs[appliance.HealthCheck]}, nil, "health")
		ctx, cancel := context.WithCancel(t.Context())
		var group sync.WaitGroup
		group.Go(func() { f.scrape(ctx, t) })
		synctest.Wait()
		cancel()
		group.Wait()
		if f.log.Len() > 0 {
			t.Errorf("the log tells of a failure:\n%s", f.log)
		}
	})
}

// An appliance that is down is one line in the log, however many calls of however many
// collectors fail for it, and so is its return. What fails for another cause is a line of its own.
func TestOneCauseIsOneLine(t *testing.T) {
	failing := func(action string, kind appliance.Kind, text string) error {
		return &appliance.Error{Kind: kind, API: "command", Action: action, Host: "support.example.com", Text: text}
	}
	down := func(a *answers) {
		a.check = fails[appliance.HealthCheck](failing("check_health", appliance.KindNetwork, ""))
		a.info = fails[appliance.APIInfo](failing("get_api_info", appliance.KindNetwork, ""))
		a.probe = fails[int](failing("probe", appliance.KindNetwork, ""))
		a.members = fails[[]appliance.Member](failing("get_appliances", appliance.KindNetwork, ""))
		a.clients = fails[[]appliance.ClientCount](failing("get_connected_client_list", appliance.KindNetwork, ""))
	}
	up := func(a *answers) {
		a.check, a.info, a.probe = is(appliance.HealthCheck{}), is(appliance.APIInfo{}), is(200)
		a.members, a.clients = is([]appliance.Member(nil)), is([]appliance.ClientCount(nil))
	}
	denied := func(a *answers) {
		a.members = fails[[]appliance.Member](failing("get_appliances", appliance.KindPermission, ""))
		a.clients = fails[[]appliance.ClientCount](failing("get_connected_client_list", appliance.KindPermission, ""))
	}
	hanging := func(a *answers, why func(action string) error) {
		a.check, a.info = fails[appliance.HealthCheck](why("check_health")), fails[appliance.APIInfo](why("get_api_info"))
		a.probe, a.members = fails[int](why("probe")), fails[[]appliance.Member](why("get_appliances"))
		a.clients = fails[[]appliance.ClientCount](why("get_connected_client_list"))
	}
	steps := []struct {
		name   string
		change func(*answers, *liveState)
		want   []string // a line each, of which this is the beginning
	}{
		{"all is well", func(a *answers, l *liveState) { up(a); l.subscribe(smallDesk()...) }, nil},
		{"it goes down", func(a *answers, l *liveState) { down(a); l.lose("connection refused") },
			[]string{`level=WARN msg="Cannot collect from the appliance" collectors=target,health,clients,state err="command check_health of support.example.com: unreachable`}},
		{"it stays down", func(*answers, *liveState) {}, nil},
		{"it is back but for the state, of which the subscription tells", func(a *answers, _ *liveState) { up(a) },
			[]string{`level=INFO msg="Collecting from the appliance again" collectors=target,health,clients`}},
		{"the state too", func(_ *answers, l *liveState) { l.subscribe(smallDesk()...) }, []string{`level=INFO msg="Collecting from the appliance again" collectors=state`}},
		{"a permission is gone", func(a *answers, _ *liveState) { denied(a) },
			[]string{`level=WARN msg="Cannot collect from the appliance" collectors=health,clients err="command get_appliances of support.example.com: permission missing`}},
		{"another answer is not understood as well", func(a *answers, _ *liveState) {
			a.info = fails[appliance.APIInfo](failing("get_api_info", appliance.KindMalformed, ""))
			a.probe = fails[int](failing("probe", appliance.KindStatus, "busy"))
		}, []string{
			`level=WARN msg="Cannot collect from the appliance" collectors=target err="command get_api_info of support.example.com: answer not understood`,
			`level=WARN msg="Cannot collect from the appliance" collectors=health err="command probe of support.example.com: unexpected HTTP status: it says`,
		}},
		{"all of that is mended", func(a *answers, _ *liveState) { up(a) }, []string{`level=INFO msg="Collecting from the appliance again" collectors=target,health,clients`}},
		{"it hangs, longer than a scrape waits", func(a *answers, _ *liveState) {
			hanging(a, func(action string) error {
				return fmt.Errorf("waiting for the answer to %s: %w", action, context.DeadlineExceeded)
			})
		}, []string{`level=WARN msg="Cannot collect from the appliance" collectors=target,health,clients err="waiting for the answer to `}},
		{"the requests' own time is up first", func(a *answers, _ *liveState) {
			hanging(a, func(action string) error { return failing(action, appliance.KindTimeout, "") })
		}, nil},
	}
	synctest.Test(t, func(t *testing.T) {
		a, l := new(answers), newLiveState(t)
		f := newFixture(t, a, l, "health", "clients", "state")
		for _, step := range steps {
			step.change(a, l)
			f.log.Reset()
			f.scrape(t.Context(), t)
			time.Sleep(time.Hour) // Nothing is kept for so long.
			got := strings.Split(strings.TrimSuffix(f.log.String(), "\n"), "\n")
			if f.log.Len() == 0 {
				got = nil
			}
			if !slices.EqualFunc(got, step.want, strings.Contains) {
				t.Errorf("%s: the log says\n%s\nwant\n%s", step.name, strings.Join(got, "\n"), strings.Join(step.want, "\n"))
			}
		}
	})
}

func TestFailuresAreLoggedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &answers{info: is(appliance.APIInfo{}), check: is(appliance.HealthCheck{})}
		f := newFixture(t, a, nil, "clients")
		for range 3 {
			f.scrape(t.Context(), t)
		}
		a.clients = is([]appliance.ClientCount(nil))
		for range 3 {
			f.scrape(t.Context(), t)
		}
		log := f.log.String()
		if strings.Count(log, "\n") != 2 || !strings.Contains(log, "level=WARN") || !strings.Contains(log, "Collecting from the appliance again") {
			t.Errorf("the log is not one failure and one recovery:\n%s", log)
		}
	})
}

// All of a scrape goes by one answer to check_health, though nothing is cached and
// the appliance comes and goes between two questions.
func TestScrapeHasOneAnswer(t *testing.T) {
	state := newLiveState(t)
	yes, asked := true, 0
	f := newFixture(t, &answers{check: func(context.Context) (appliance.HealthCheck, error) {
		if asked++; asked%2 == 1 {
			return appliance.HealthCheck{}, errUnanswered
		}
		return appliance.HealthCheck{Success: &yes, Failover: appliance.Failover{Role: appliance.RoleBackup}}, nil
	}}, state, "health", "state")
	for scrape := range 10 {
		exposition := text(t, f.scrape(t.Context(), t), "")
		up, want := "0", ""
		if scrape%2 == 1 {
			up, want = "1", "1"
		}
		// Out of sync, a backup alone is as it should be.
		for series, want := range map[string]string{
			`beyondtrust_up`:                                          up,
			`beyondtrust_health_check_success`:                        want,
			`beyondtrust_failover_role{role="backup"}`:                want,
			`beyondtrust_scrape_collector_success{collector="state"}`: up,
		} {
			if got := sample(exposition, series); got != want {
				t.Errorf("scrape %d: %s is %q, want %q", scrape, series, got, want)
			}
		}
	}
}

// Scrapes may overlap with each other, and with what the model is told.
func TestScrapesOverlap(t *testing.T) {
	state := newLiveState(t)
	state.subscribe(smallDesk()...)
	f := newFixture(t, &answers{clients: is([]appliance.ClientCount{{Type: "representative", Count: 1}})}, state, "clients", "state")
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 20 {
				families, err := f.Gatherer(t.Context()).Gather()
				if err != nil || len(families) == 0 {
					t.Errorf("a scrape gave %d families and the error %v", len(families), err)
				}
			}
		})
	}
	group.Wait()
}
