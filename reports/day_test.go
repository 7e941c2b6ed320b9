package reports_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/health"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/simulatortest"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/reports"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
)

const (
	dayLength    = 24 * time.Hour
	dayInterval  = 20 * time.Minute
	dayRestarts  = 10
	dayFailures  = 20
	dayWarmingUp = 5 * time.Hour // before it is counted
)

// Over a day of a support desk all that the reports tell is counted as it truly happened, though
// the exporter is restarted ten times, also amid its polls, and twenty polls fail, in all the ways
// in which an appliance can fail. The exporter asks over TLS; time is the bubble's, which stands
// still while anything is on the wire.
func TestADayIsCountedAsItWas(t *testing.T) {
	for name, cfg := range map[string]simulator.Config{
		"remote support": {
			World:       world.Config{Seed: 11, Representatives: 6, JumpGroups: true},
			ClockOffset: 90 * time.Second,
			Reports:     simulator.ReportDialect{OddBytes: true},
		},
		"privileged remote access": {
			World:       world.Config{Seed: 12, Representatives: 3}, // each poll searches a day for open sessions
			Product:     simulator.PrivilegedRemoteAccess,
			ClockOffset: -7*time.Minute - 400*time.Millisecond,
			Reports:     simulator.ReportDialect{Language: simulator.German, ErrorCodes: true, Milliseconds: true},
		},
	} {
		t.Run(name, func(t *testing.T) {
			clock := simulatortest.NewClock()
			// At the end its clock stands still, and a limit for each second would never end.
			cfg.Now, cfg.RequestsPerSecond = clock.Now, 1000
			cfg.World.FlushEvery, cfg.World.AbnormalEnds = time.Hour, 0.03
			desk, address := simulatortest.New(t, cfg)
			directory := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				d := &day{
					t: t, desk: desk, clock: clock, address: address, directory: directory,
					random: rand.New(rand.NewPCG(cfg.World.Seed, 1)),
				}
				d.live()
			})
		})
	}
}

// day is a day of an appliance, and of those who watch it one after the other.
type day struct {
	t         *testing.T
	desk      *simulator.Appliance
	clock     *simulatortest.Clock
	address   *url.URL
	directory string
	random    *rand.Rand

	process                    *process
	failures, restarts, amidst int
}

// process is one life of the exporter, as far as reports go.
type process struct {
	client  *appliance.Client
	health  *health.Health
	reports *reports.Reports
	cancel  context.CancelFunc
	ended   chan error

	mu       sync.Mutex
	killedIn int // after so many requests; 0 is not at all
}

// ObserveRequest kills the process after a request, when it is time to.
func (p *process) ObserveRequest(string, string, string, time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.killedIn--; p.killedIn == 0 {
		p.cancel()
	}
}

func (d *day) start() {
	d.t.Helper()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(d.desk.CACertificatePEM())
	p := &process{ended: make(chan error, 1)}
	ctx, cancel := context.WithCancel(d.t.Context())
	p.cancel = cancel
	var err error
	p.client, err = appliance.New(appliance.Config{
		URL: d.address, ClientID: d.desk.ClientID(), Secret: func() (string, error) { return d.desk.ClientSecret(), nil },
		TLS: appliance.TLSOptions{RootCAs: roots}, Observer: p,
	})
	if err != nil {
		d.t.Fatal(err)
	}
	p.health = health.New(p.client, health.Config{TTL: 10 * time.Second, InfoTTL: health.DefaultInfoTTL})
	intervals := make(map[reports.Collector]time.Duration)
	for _, c := range reports.Collectors() {
		intervals[c] = dayInterval
	}
	p.reports, err = reports.New(reports.Config{
		Client: p.client,
		Info: func(ctx context.Context) (appliance.APIInfo, error) {
			answer, err := p.health.APIInfo(ctx)
			return answer.Value, err
		},
		// Each poll begins with this, so the appliance, which is out of the bubble, has its time.
		Role: func(context.Context) (string, time.Time, bool) {
			d.clock.Set(time.Now())
			return "", time.Time{}, false
		},
		Intervals: intervals, Directory: d.directory, Appliance: "a",
		Logger: slog.New(slog.NewTextHandler(d.t.Output(), &slog.HandlerOptions{Level: slog.LevelError})),
	})
	if err != nil {
		d.t.Fatal(err)
	}
	go func() { p.ended <- p.reports.Run(ctx) }()
	d.process = p
}

// stop ends the process, at once or after some requests more. It must have been polling for long
// enough that some come.
func (d *day) stop(requests int) {
	p := d.process
	if requests == 0 {
		p.cancel()
	} else {
		p.mu.Lock()
		p.killedIn = requests
		p.mu.Unlock()
		d.amidst++
	}
	for {
		select {
		case err := <-p.ended:
			if err != nil {
				d.t.Error(err)
			}
			p.health.Close()
			p.client.Close()
			return
		default:
			d.pass(time.Second)
		}
	}
}

// pass lets time pass.
func (d *day) pass(length time.Duration) {
	time.Sleep(length)
	d.clock.Set(time.Now())
	synctest.Wait()
}

// live lets the day pass and compares it with the appliance's own book.
func (d *day) live() {
	d.pass(dayWarmingUp)
	// An appliance tells its time by the second, so counting starts at a moment about which
	// nothing happens.
	for {
		d.desk.StartBook()
		d.pass(3 * time.Second)
		if diff := cmp.Diff(counts{}, d.book(), cmpopts.EquateEmpty()); diff == "" {
			break
		}
	}
	d.start()
	end := time.Now().Add(dayLength)
	wrong := failures()
	for time.Now().Before(end) || d.failures < dayFailures || d.restarts < dayRestarts {
		if time.Now().After(end.Add(dayLength)) {
			d.t.Fatalf("two easy days: %d polls failed, and the process was restarted %d times", d.failures, d.restarts)
		}
		if err := d.desk.Fault(simulator.Fault{Kind: wrong[d.random.IntN(len(wrong))], Count: 1 + d.random.IntN(3)}); err != nil {
			d.t.Fatal(err)
		}
		d.watch(dayInterval + time.Duration(d.random.Int64N(int64(dayInterval))))
		d.desk.ClearFaults()
		if d.random.IntN(5) < 2 {
			d.restarts++
			d.stop(d.random.IntN(6))
			d.pass(time.Duration(d.random.Int64N(int64(20 * time.Minute))))
			d.start()
		}
	}
	// It ends about a moment about which nothing happens, too, so that all polls of one start see
	// the same.
	for quiet := false; !quiet; {
		d.stop(0)
		want, before := d.desk.Book(), d.book()
		d.pass(3 * time.Second)
		d.start()
		for !d.polled() {
			d.pass(time.Second)
		}
		if quiet = cmp.Equal(before, d.book()); quiet {
			d.compare(want, d.process.reports.View())
		}
	}
	d.stop(0)
	d.t.Logf("%d failed polls, %d restarts, %d of them amid polls", d.failures, d.restarts, d.amidst)
}

// polled tells whether all collectors that the product has have polled.
func (d *day) polled() bool {
	n := 0
	for _, c := range d.process.reports.View().Collectors {
		if c.Polled {
			n++
		}
	}
	return n == len(reports.Collectors()) || n == len(reports.Collectors())-1 && d.process.client.Product() == appliance.PrivilegedRemoteAccess
}

// failures are the ways in which an appliance fails. An <error> in place of a report is taken for
// an empty answer, which is no failure and must lose nothing either.
func failures() []simulator.FaultKind {
	return []simulator.FaultKind{
		simulator.FaultUnavailable, simulator.FaultGarbage, simulator.FaultError, simulator.FaultDrop, simulator.FaultToken, simulator.FaultRateLimit,
		simulator.FaultReportError, simulator.FaultReportNothing, simulator.FaultReportRoot, simulator.FaultReportCut, simulator.FaultReportDrop,
		simulator.FaultReportUnavailable,
	}
}

// watch lets time pass and counts the polls that fail.
func (d *day) watch(length time.Duration) {
	well := make(map[reports.Collector]bool)
	for end := time.Now().Add(length); time.Now().Before(end); d.pass(time.Minute) {
		for _, c := range d.process.reports.View().Collectors {
			if c.Polled && !c.Success && well[c.Collector] {
				d.failures++
			}
			well[c.Collector] = c.Success
		}
	}
}

// counts is what there is to count, as the book and the counters both have it.
type counts struct {
	Sessions, Events, Files, Answers, Teams, Vault, JumpItems map[string]uint64
	Durations, Pickups                                        map[string]world.Durations
}

// book returns what truly happened: what ended, and what was given up a day after its start.
func (d *day) book() counts {
	b := d.desk.Book()
	return of(b)
}

func of(b world.Book) counts {
	c := newCounts()
	for _, r := range []world.Reports{b.Reports, b.GivenUp} {
		for l, n := range r.Sessions {
			c.Sessions[strings.Join([]string{l.PublicSite, l.JumpGroup, l.Team, l.Jumpoint, l.Outcome}, "|")] += n
		}
		add(c.Events, r.Events)
		add(c.Files, r.Files)
		add(c.Vault, r.VaultEvents)
		addPairs(c.Teams, "", r.TeamEvents)
		addPairs(c.JumpItems, "", r.JumpItemEvents)
		for survey, pairs := range r.Answers {
			addPairs(c.Answers, survey+"|", pairs)
		}
		addDurations(c.Durations, r.Duration)
		addDurations(c.Pickups, r.Pickup)
	}
	return c
}

func newCounts() counts {
	none := func() map[string]uint64 { return make(map[string]uint64) }
	return counts{
		Sessions: none(), Events: none(), Files: none(), Answers: none(), Teams: none(), Vault: none(), JumpItems: none(),
		Durations: make(map[string]world.Durations), Pickups: make(map[string]world.Durations),
	}
}

func add(to, from map[string]uint64) {
	for k, n := range from {
		to[k] += n
	}
}

func addPairs(to map[string]uint64, prefix string, from world.Pairs) {
	for a, counts := range from {
		for b, n := range counts {
			to[prefix+a+"|"+b] += n
		}
	}
}

func addDurations(to, from map[string]world.Durations) {
	for k, v := range from {
		to[k] = world.Durations{Count: to[k].Count + v.Count, Sum: to[k].Sum + v.Sum}
	}
}

// told returns what the counters have.
func told(v reports.View) counts {
	c := newCounts()
	for _, from := range []struct {
		to     map[string]uint64
		series []reports.Series
	}{
		{c.Sessions, v.Sessions}, {c.Events, v.SessionEvents}, {c.Files, v.Files}, {c.Answers, v.SurveyAnswers},
		{c.Teams, v.TeamEvents}, {c.Vault, v.VaultEvents}, {c.JumpItems, v.JumpItemEvents},
	} {
		for _, s := range from.series {
			if s.Value > 0 {
				from.to[strings.Join(s.Labels, "|")] += s.Value
			}
		}
	}
	for _, from := range []struct {
		to         map[string]world.Durations
		histograms []reports.Histogram
	}{{c.Durations, v.SessionDurations}, {c.Pickups, v.SessionPickups}} {
		for _, h := range from.histograms {
			from.to[h.Team] = world.Durations{Count: h.Count, Sum: h.Sum}
		}
	}
	return c
}

func (d *day) compare(want world.Book, v reports.View) {
	d.t.Helper()
	truth := of(want)
	if diff := cmp.Diff(truth, told(v)); diff != "" {
		d.t.Errorf("the book (-) and the counters (+) differ:\n%s", diff)
	}
	for _, c := range v.Collectors {
		if !c.Success && c.Polled {
			d.t.Errorf("the last poll of %s failed", c.Collector)
		}
	}
	if err := enough(truth, d.process.client.Product()); err != nil {
		d.t.Error(err)
	}
	if d.process.client.Product() != appliance.PrivilegedRemoteAccess {
		if v.OpenKnown {
			d.t.Error("Remote Support shows its open sessions otherwise")
		}
		return
	}
	open := make(map[string]int)
	for _, s := range v.OpenSessions {
		if s.Value > 0 {
			open[s.Labels[0]] = int(s.Value)
		}
	}
	if diff := cmp.Diff(want.SeemingOpen, open); diff != "" || !v.OpenKnown || len(open) == 0 {
		d.t.Errorf("the open sessions of the book (-) and of the last poll (+) differ:\n%s", diff)
	}
}

// enough tells where the day was too quiet to show anything.
func enough(c counts, product appliance.Product) error {
	var all error
	for name, kinds := range map[string]map[string]uint64{
		"sessions": c.Sessions, "events": c.Events, "files": c.Files, "answers": c.Answers, "teams": c.Teams, "vault": c.Vault, "jump items": c.JumpItems,
	} {
		if len(kinds) < 3 && (name != "answers" || product == appliance.RemoteSupport) {
			all = errors.Join(all, fmt.Errorf("only %d kinds of %s", len(kinds), name))
		}
	}
	return all
}
