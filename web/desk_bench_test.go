package web

import (
	"runtime/debug"
	"testing"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
)

// busyFor is how long BenchmarkLargestDesk watches the changes of a desk in each iteration.
const busyFor = 5 * time.Second

// BenchmarkLargestDesk watches an appliance of 10 000 representatives and 50 000 sessions over
// TLS, which sends each change in a message of its own. It tells the time from the start of an
// exporter to the first scrape with all of the desk, and what changes cost, per thousand a second.
func BenchmarkLargestDesk(b *testing.B) {
	others, _ := simulateElsewhere(b, []world.Config{{Seed: 1, Representatives: world.MaxRepresentatives, Sessions: world.MaxSessions}})
	const processor = "process_cpu_seconds_total"
	started := time.Now()
	server := watch(b, others)
	idle := sum(own(b, server)[processor], "")
	waitForSync(b, server, 0, 50*time.Millisecond)
	first := time.Since(started)
	firstProcessor := sum(own(b, server)[processor], "") - idle

	page := func() (changes, sessions float64) {
		families := parse(b, body(b, server, probeLink(applianceName(0))))
		return sum(families["beyondtrust_state_row_changes_total"], ""), sum(families["beyondtrust_state_rows"], "support_session")
	}
	var changes, seconds, cpu, sessions float64
	for b.Loop() {
		debug.FreeOSMemory() // what the start left behind
		before, _ := page()
		used, began := sum(own(b, server)[processor], ""), time.Now()
		time.Sleep(busyFor)
		cpu += sum(own(b, server)[processor], "") - used
		seconds += time.Since(began).Seconds()
		var after float64
		after, sessions = page()
		changes += after - before
	}
	if sessions < world.MaxSessions/2 || changes == 0 {
		b.Errorf("%v sessions and %v changes of them", sessions, changes)
	}
	debug.FreeOSMemory()
	after := own(b, server)
	b.ReportMetric(first.Seconds(), "first-scrape-s")
	b.ReportMetric(firstProcessor, "first-scrape-cpu-s")
	b.ReportMetric(sessions, "sessions")
	b.ReportMetric(changes/seconds, "changes/s")
	b.ReportMetric(1000*cpu/changes, "cores-per-1000-changes/s")
	b.ReportMetric(sum(after["process_resident_memory_bytes"], "")/(1<<20), "MiB-resident")
	b.ReportMetric(sum(after["go_memstats_heap_alloc_bytes"], "")/(1<<20), "MiB-heap")
}
