package reports

import (
	"context"
	"encoding/binary"
	"runtime"
	"testing"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// busy is an appliance with a million events in any window, spread evenly.
type busy struct {
	Client
	idle, largest uint64
}

func (b *busy) Product() appliance.Product { return appliance.RemoteSupport }

func (b *busy) TeamEvents(_ context.Context, _ string, w appliance.Window, each func(appliance.Event) error) error {
	const events = 1_000_000
	var now runtime.MemStats
	for i := range events {
		e := appliance.Event{Time: w.From.Add(w.Duration / events * time.Duration(i)), Type: "Chat Message", Team: "Network"}
		binary.BigEndian.PutUint64(e.ID[:], uint64(i))
		if err := each(e); err != nil {
			return err
		}
		if i%50_000 == 0 {
			runtime.ReadMemStats(&now)
			b.largest = max(b.largest, now.HeapAlloc)
		}
	}
	return nil
}

// BenchmarkPoll counts a million events of a day in one poll, and reports by how much the live
// heap was larger than before at its largest.
func BenchmarkPoll(b *testing.B) {
	client := &busy{}
	info := func(context.Context) (appliance.APIInfo, error) { return appliance.APIInfo{}, nil }
	var stats runtime.MemStats
	for b.Loop() {
		r, err := New(Config{Client: client, Info: info, Intervals: all(Teams), Appliance: "a"})
		if err != nil {
			b.Fatal(err)
		}
		r.pollers[0].start(time.Now().Add(-24 * time.Hour))
		runtime.GC()
		runtime.ReadMemStats(&stats)
		client.idle, client.largest = stats.HeapAlloc, 0
		if err := r.poll(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	above := float64(client.largest-client.idle) / (1 << 20)
	b.ReportMetric(above, "MiB-above-idle")
	if above > 32 {
		b.Errorf("%.1f MiB above idle", above)
	}
}
