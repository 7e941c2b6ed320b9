package web

import (
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
)

const (
	// fleetSize is how many appliances BenchmarkFleet watches, and fleetInterval how often each
	// is scraped.
	fleetSize     = 200
	fleetInterval = 15 * time.Second
)

// BenchmarkFleet watches 200 appliances of an ordinary size over TLS, each scraped every fifteen
// seconds over HTTP, and tells what that takes: an iteration is one such round.
func BenchmarkFleet(b *testing.B) {
	desks := make([]world.Config, fleetSize)
	for i := range desks {
		desks[i] = world.Config{Seed: uint64(i + 1), FlushEvery: 1200 * time.Millisecond}
	}
	others, subscribers := simulateElsewhere(b, desks)
	server := watch(b, others)
	for i := range others {
		waitForSync(b, server, i, time.Second)
	}
	debug.FreeOSMemory() // what the start left behind

	var took []time.Duration
	var tokens, connections float64
	began, before := time.Now(), own(b, server)
	for b.Loop() {
		tick := time.NewTicker(fleetInterval / fleetSize)
		for i := range others {
			<-tick.C
			start := time.Now()
			text := body(b, server, probeLink(applianceName(i)))
			took = append(took, time.Since(start))
			if !strings.Contains(text, inSync) || !strings.Contains(text, "\nbeyondtrust_up 1\n") {
				b.Errorf("%s is not up and in sync", applianceName(i))
			}
			families := parse(b, text)
			tokens = max(tokens, sum(families["beyondtrust_api_requests_total"], "token"))
			connections = max(connections, sum(families["beyondtrust_state_connections_total"], "ok"))
		}
		tick.Stop()
	}
	after, wall := own(b, server), time.Since(began)
	debug.FreeOSMemory() // what the scrapes left behind
	live := own(b, server)
	who := subscribers()
	if who.All != fleetSize || who.Most != 1 || tokens != 1 || connections != 1 {
		b.Errorf("%d subscriptions, %d on one appliance, at most %v tokens and %v connections; want one of each for each",
			who.All, who.Most, tokens, connections)
	}
	slices.Sort(took)
	milliseconds := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1e3 }
	const cpu, memory = "process_cpu_seconds_total", "process_resident_memory_bytes"
	b.ReportMetric((sum(after[cpu], "")-sum(before[cpu], ""))/wall.Seconds(), "cores")
	b.ReportMetric(sum(after[memory], "")/(1<<20), "MiB-resident")
	b.ReportMetric(sum(live["go_memstats_heap_alloc_bytes"], "")/(1<<20), "MiB-heap")
	b.ReportMetric(milliseconds(took[len(took)/2]), "median-scrape-ms")
	b.ReportMetric(milliseconds(took[len(took)-1]), "slowest-scrape-ms")
	b.ReportMetric(float64(who.Most), "subscriptions-each")
	b.ReportMetric(tokens, "tokens-each")
}
