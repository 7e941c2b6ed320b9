package e2e

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/processtest"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
)

// How long TestSoak goes on, and what its troubles are drawn from: make soak says other than this.
var (
	soakLength = flag.Duration("soak", 10*time.Second, "how long TestSoak lets troubles come")
	soakSeed   = flag.Uint64("seed", 1, "what TestSoak draws its troubles from")
)

const (
	soakGrace = 10 * time.Second
	soakPoll  = 10 * time.Second // the interval of what is polled in the background
	soakIdle  = 10 * time.Second // --state.idle-timeout
	// soakBack is within what the exporter is right again after a round of troubles: longer than backInTime by
	// the time in which a dead connection is found out, twice, since the one after it may be dead as well.
	soakBack = backInTime + 2*(soakIdle+10*time.Second)
)

// soak is a rig that suffers one round of random troubles after the other.
type soak struct {
	*rig
	random   *rand.Rand
	began    time.Time
	suffered map[string]int
	backs    []time.Duration
	unpolled []span // by the appliance's clock, in which reports may not have been asked for
	jumps    []jump // of the appliance's clock, forward
}

type span struct{ from, to time.Time }

type jump struct {
	at time.Time
	by time.Duration
}

// Random troubles come for as long as -soak says, one, two or three at a time, while the desk lives fifteen
// times as fast as a real one. At the end all that TestFaults asks for holds, what the reports tell has
// been counted as it was, and the exporter holds no more memory than at the start.
func TestSoak(t *testing.T) {
	t.Parallel()
	tell := fmt.Sprintf("seed %d", *soakSeed)
	began := time.Now()
	s := &soak{
		random: rand.New(rand.NewPCG(*soakSeed, 0x736f616b)), suffered: make(map[string]int),
		rig: newRig(t, rigConfig{
			appliance: simulator.Config{
				Role: simulator.RolePrimary,
				World: world.Config{
					Seed: *soakSeed, Speed: 15, FlushEvery: 1200 * time.Millisecond, ReturnWithin: 5 * time.Second,
					AbnormalEnds: -1, // which nobody knows of for a day
				},
			},
			args: []string{
				"--appliance.cache-ttl=2s", fmt.Sprint("--state.resync-grace=", soakGrace), fmt.Sprint("--state.idle-timeout=", soakIdle),
				"--collector.sessions", "--collector.surveys", "--collector.teams", "--collector.vault", "--collector.jump_items",
				fmt.Sprint("--collector.licenses.interval=", soakPoll), fmt.Sprint("--collector.sessions.interval=", soakPoll),
				fmt.Sprint("--collector.surveys.interval=", soakPoll), fmt.Sprint("--collector.teams.interval=", soakPoll),
				fmt.Sprint("--collector.vault.interval=", soakPoll), fmt.Sprint("--collector.jump_items.interval=", soakPoll),
			},
			every: 500 * time.Millisecond,
			tell:  tell,
		}),
	}
	ready := time.Now()
	s.began = time.Now()
	for time.Since(s.began) < *soakLength {
		s.round()
	}
	lasted := time.Since(s.began)
	s.stopWatch()
	s.watch.verdict()
	s.a.StandStill()
	s.polled(span{began.Add(-time.Second), ready})
	last := resourcesOf(s.e.scrape())
	if ratio := last.memory / s.start.memory; ratio > mostMemory {
		t.Errorf("%s: the exporter holds %.1f times the memory of the start: %+v, at the start %+v", tell, ratio, last, s.start)
	}
	end := s.e.scrape()
	observed, _ := end.sum("beyondtrust_state_observed_seconds_total")
	inSync := observed / time.Since(s.watch.began).Seconds()
	s.reckon(gap, soakGrace)
	t.Log(s.table(lasted, inSync, last, end))
}

// mostMemory is how much more memory the exporter may hold at the end than when it had just begun.
const mostMemory = 2.0

// round lets a few troubles come over each other, waits until the exporter is right again, and leaves it
// in peace for a while.
func (s *soak) round() {
	s.t.Helper()
	type step struct {
		at time.Duration
		do func()
	}
	var steps []step
	var names []string
	blind, failover := false, false
	all := s.troubles()
	for _, kind := range s.random.Perm(len(all))[:1+s.random.IntN(3)] {
		c := all[kind]
		at := s.duration(0, 4*time.Second)
		for range 2 - min(1, s.random.IntN(4)) {
			lasts := c.lasts + s.duration(500*time.Millisecond, 8*time.Second)
			steps = append(steps, step{at, func() { c.begin(s.rig) }}, step{at + lasts, func() { c.end(s.rig) }})
			at += lasts + s.duration(500*time.Millisecond, 4*time.Second)
		}
		names = append(names, c.name)
		s.suffered[c.name]++
		blind = blind || c.blind
		failover = failover || strings.HasPrefix(c.name, "failover")
	}
	slices.SortStableFunc(steps, func(a, b step) int { return cmp.Compare(a.at, b.at) })
	what := strings.Join(names, " + ")
	s.watch.disturb(what, blind)
	began, clock := time.Now(), s.a.Clock()
	for _, next := range steps {
		<-time.After(next.at - time.Since(began))
		next.do()
	}
	s.a.ClearFaults()
	back := s.right(what, soakBack)
	s.backs = append(s.backs, back)
	s.watch.calm()
	if failover {
		// A backup is not asked for reports: what it was not asked for when the roles changed is the other's.
		s.unpolled = append(s.unpolled, span{clock.Add(-2 * soakPoll), s.a.Clock().Add(2 * time.Second)})
	}
	s.t.Logf("%s, %6.1f s: %s: right again after %.1f s", s.tell, time.Since(s.began).Seconds(), what, back.Seconds())
	<-time.After(s.duration(2*time.Second, 12*time.Second))
}

func (s *soak) duration(least, most time.Duration) time.Duration {
	return least + time.Duration(s.random.Int64N(int64(most-least)))
}

// troubles are all that can come, each of a strength that is drawn anew. Those that are drawn and not taken
// change what comes after them, and are the same for a seed.
func (s *soak) troubles() []trouble {
	number := func(least, most int) int { return least + s.random.IntN(most-least) }
	forward, back := time.Duration(number(1, 15))*time.Second, time.Duration(number(1, 3))*time.Second
	// Long enough for the waits between two attempts to subscribe to be the longest there are.
	outage := time.Duration(number(30, 150)) * time.Second
	troubles := []trouble{
		toxic("latency", "latency", map[string]any{"latency": number(50, 3000), "jitter": number(1, 50)}, gap, nil),
		toxic("narrow", "bandwidth", map[string]any{"rate": number(1, 50)}, gap, nil),
		toxic("small packets", "slicer", map[string]any{"average_size": number(10, 500), "size_variation": 5, "delay": number(0, 500)}, gap, nil),
		toxic("short", "limit_data", map[string]any{"bytes": number(1, 20_000)}, gap, nil),
		toxic("corrupt", "corrupt", map[string]any{"every": number(100, 20_000)}, gap, nil),
		{name: "cut", begin: func(r *rig) { r.proxy.cut() }, end: func(r *rig) { r.proxy.mend() }},
		{name: "cut for long", lasts: outage, begin: func(r *rig) { r.proxy.cut() }, end: func(r *rig) { r.proxy.mend() }},
		{name: "reset", begin: func(r *rig) { r.proxy.reset() }, end: func(r *rig) { r.proxy.noReset() }},
		{name: "half open", begin: func(r *rig) { r.proxy.kill(); r.proxy.revive() }, end: nothing},
		{name: "black hole", begin: func(r *rig) { r.proxy.kill() }, end: func(r *rig) { r.proxy.revive() }},
		{name: "tokens revoked", begin: func(r *rig) { r.a.RevokeTokens() }, end: nothing},
		{name: "failover", begin: func(r *rig) { r.a.SetRole(simulator.RoleBackup) }, end: func(r *rig) { r.a.SetRole(simulator.RolePrimary) }},
		{name: "clock forward", blind: true, end: nothing, begin: func(r *rig) {
			r.jumped.Add(int64(forward))
			s.jumps = append(s.jumps, jump{time.Now(), forward})
		}},
		{name: "clock back", blind: true, end: nothing, begin: func(r *rig) { r.jumped.Add(-int64(back)) }},
		restart(simulator.RestartTruncate, gap, nil), restart(simulator.RestartClose, gap, nil), restart(simulator.RestartBoth, gap, nil),
	}
	for _, kind := range simulator.FaultKinds() {
		delay := time.Duration(number(100, 15_000)) * time.Millisecond
		troubles = append(troubles, trouble{
			name: string(kind), begin: func(r *rig) { r.a.fault(kind, delay) },
			// One of several faults of the appliance takes the others with it when it ends.
			end: func(r *rig) { r.a.ClearFaults() },
		})
	}
	return troubles
}

// polled waits until every report was read after the desk stood still, and compares what was counted
// with what the appliance logged. Counting began in a span of time.
func (s *soak) polled(began span) {
	s.t.Helper()
	// The exporter asks for the appliance's time every five minutes: until then it takes what has happened
	// since the clock was set forward to be still to come.
	const clockAsked = 5*time.Minute + 10*time.Second
	var ahead time.Duration
	for _, j := range s.jumps {
		if time.Since(j.at) < clockAsked {
			ahead += j.by
		}
	}
	// A poll that ends now may have begun before: it is the next one that reads to the end.
	read := func(what string, since time.Time) *body {
		var b *body
		processtest.Within(s.t, time.Until(since)+patience, s.tell+": "+what, func() (bool, string) {
			b = s.e.scrape()
			reports := b.by("beyondtrust_report_last_success_timestamp_seconds", "report")
			late := slices.ContainsFunc(slices.Collect(maps.Values(reports)), func(at float64) bool { return at <= seconds(since) })
			return len(reports) >= 6 && !late, fmt.Sprint(reports)
		})
		return b
	}
	read("every report is read", time.Now().Add(ahead+2*time.Second))
	b := read("every report is read to the end", time.Now())
	until := s.a.Clock().Add(2 * time.Second)
	most, least := logged(s.a.Reports(began.from, until)), logged(s.a.Reports(began.to.Add(2*time.Second), until))
	for _, missed := range s.unpolled {
		for name, n := range logged(s.a.Reports(missed.from, missed.to)) {
			least[name] -= n
		}
	}
	for name, n := range most {
		if got := total(b.by(name)); got > n || got < least[name] {
			s.t.Errorf("%s: %s counts %v, truly %v to %v", s.tell, name, got, least[name], n)
		}
	}
}

// seconds is a time as metrics have it.
func seconds(at time.Time) float64 { return float64(at.UnixMilli()) / 1000 }

// logged is what reports must count, by metric.
func logged(r world.Reports) map[string]float64 {
	var sessions, answers float64
	for _, n := range r.Sessions {
		sessions += float64(n)
	}
	for _, survey := range r.Answers {
		answers += pairs(survey)
	}
	return map[string]float64{
		"beyondtrust_report_sessions_total":       sessions,
		"beyondtrust_report_session_events_total": total(numbers(r.Events)),
		"beyondtrust_report_files_total":          total(numbers(r.Files)),
		"beyondtrust_survey_answers_total":        answers,
		"beyondtrust_team_events_total":           pairs(r.TeamEvents),
		"beyondtrust_vault_account_events_total":  total(numbers(r.VaultEvents)),
		"beyondtrust_jump_item_events_total":      pairs(r.JumpItemEvents),
	}
}

func pairs(p world.Pairs) float64 {
	var sum float64
	for _, counts := range p {
		sum += total(numbers(counts))
	}
	return sum
}

// warnings finds the lines of a log that somebody would be told of.
var warnings = regexp.MustCompile(`(?m)^.*level=(WARN|ERROR).*$`)

// table is what docs/reliability.md shows of a soak.
func (s *soak) table(lasted time.Duration, inSync float64, last resources, end *body) string {
	slices.Sort(s.backs)
	sum := func(name string, labels ...string) float64 {
		n, _ := end.sum(name, labels...)
		return n
	}
	var troubles int
	for _, n := range s.suffered {
		troubles += n
	}
	connections := sum("beyondtrust_state_connections_total", "result", "ok")
	started, truly := sum("beyondtrust_support_sessions_started_total"), total(numbers(s.a.Book().Started))
	log := s.e.Stderr.String()
	var text strings.Builder
	row := func(what, format string, args ...any) {
		fmt.Fprintf(&text, "| %s | %s |\n", what, fmt.Sprintf(format, args...))
	}
	row("length, seed", "%s, %d", lasted.Round(time.Second), *soakSeed)
	row("troubles, of so many kinds, in rounds", "%d, %d, %d", troubles, len(s.suffered), len(s.backs))
	row("scrapes, wrong or late", "%d, %d", s.watch.scrapes, len(s.watch.wrong))
	row(fmt.Sprintf("slowest scrape, of %.0f s allowed", allowed.Seconds()), "%.2f s", s.watch.slowest.Seconds())
	row("right again after a round: median, longest, promised", "%.1f s, %.1f s, %.0f s",
		s.backs[len(s.backs)/2].Seconds(), s.backs[len(s.backs)-1].Seconds(), soakBack.Seconds())
	row("full copies of the desk", "%.0f", connections)
	row("sessions counted, truly, never seen", "%.0f, %.0f, %.0f (at most %d can be)", started, truly, truly-started, s.watch.missable)
	row("sessions counted from the reports", "%.0f", sum("beyondtrust_report_sessions_total"))
	row("time in sync", "%.0f %%", 100*inSync)
	row("goroutines, at the start and the end", "%.0f, %.0f", s.start.goroutines, last.goroutines)
	row("descriptors", "%.0f, %.0f", s.start.descriptors, last.descriptors)
	row("resident memory", "%.1f MB, %.1f MB", s.start.memory/1e6, last.memory/1e6)
	row("connections at the appliance", "1")
	row("log: lines, of them warnings", "%d, %d", strings.Count(log, "\n"), len(warnings.FindAllString(log, -1)))
	return "\n\n| | |\n|---|---|\n" + text.String()
}
