package target

import (
	"io"
	"testing"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/config"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/simulatortest"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
)

// A failover: the roles change, the subscription follows, both stay up, and no session's start
// or end is counted by both.
func TestFailover(t *testing.T) {
	primary, backup, err := simulator.NewPair(simulator.Config{World: world.Config{Seed: 5, Speed: 30, FlushEvery: 1200 * time.Millisecond}}, simulator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	fleet := newFleet(t, config.Shard{}, io.Discard)
	apply(t, fleet, entry(t, "hq-a", simulatortest.Serve(t, primary).String(), primary, labelled), entry(t, "hq-b", simulatortest.Serve(t, backup).String(), backup, labelled))

	const total = "beyondtrust_support_sessions_ended_total"
	role := func(s map[string]float64, role string) bool { return s["beyondtrust_failover_role role="+role] == 1 }
	well := func(s map[string]float64) {
		t.Helper()
		for _, name := range []string{"beyondtrust_up", "beyondtrust_scrape_collector_success collector=state", "beyondtrust_scrape_collector_success collector=health"} {
			if s[name] != 1 {
				t.Errorf("%s is %v; want 1", name, s[name])
			}
		}
	}
	a := scrapeUntil(t, fleet, "hq-a", "the primary is in sync and counts", func(s map[string]float64) bool {
		return isSynced(s) && s[started] > 0 && s[total] > 0
	})
	b := scrape(t, fleet, "hq-b")
	well(a)
	well(b)
	if !role(a, "primary") || !role(b, "backup") || isSynced(b) || b[started] != 0 {
		t.Errorf("before the failover the roles are not primary and backup, or the backup counts: %v", b[started])
	}

	failOver(t, primary)
	// While the subscription moves it is in no success, but the appliances are up.
	b = scrapeUntil(t, fleet, "hq-b", "the new primary is in sync and counts", func(s map[string]float64) bool {
		if s["beyondtrust_up"] != 1 {
			t.Errorf("beyondtrust_up of the backup that takes over is %v; want 1", s["beyondtrust_up"])
		}
		return isSynced(s) && s[started] > 0
	})
	a = scrape(t, fleet, "hq-a")
	well(a)
	well(b)
	if !role(a, "backup") || !role(b, "primary") || isSynced(a) || primary.Subscribers() != 1 {
		t.Errorf("after the failover the roles are not backup and primary, or the backup is in sync, or %d subscribe", primary.Subscribers())
	}

	// And back again, in a connection that continues the counters of the first.
	failOver(t, primary)
	former := a[started]
	scrapeUntil(t, fleet, "hq-a", "the first primary is back in sync and counts on", func(s map[string]float64) bool { return isSynced(s) && s[started] > former })
	a, b = scrape(t, fleet, "hq-a"), scrape(t, fleet, "hq-b")
	book := primary.Book()
	var truth, ended float64
	for _, n := range book.Started {
		truth += float64(n)
	}
	for _, outcome := range []map[string]uint64{book.Served, book.Abandoned} {
		for _, n := range outcome {
			ended += float64(n)
		}
	}
	if a[started]+b[started] > truth {
		t.Errorf("%v sessions were counted as started by the first and %v by the second; %v were", a[started], b[started], truth)
	}
	if both := a[total] + b[total]; both > ended || both == 0 {
		t.Errorf("both counted %v sessions as ended and %v did", both, ended)
	}
}

// failOver swaps the roles of a pair.
func failOver(t *testing.T, appliance *simulator.Appliance) {
	t.Helper()
	if err := appliance.Failover(); err != nil {
		t.Fatal(err)
	}
}
