package collector

import (
	"fmt"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
)

// shown returns what a Durations shows, by queue.
func shown(t *testing.T, d *Durations) map[string]teamSnapshot {
	t.Helper()
	snapshot, err := d.snapshot()
	if err != nil {
		t.Fatal(err)
	}
	teams := map[string]teamSnapshot{}
	for _, team := range snapshot {
		if _, ok := teams[team.queue]; ok {
			t.Errorf("the team %q is there twice", team.queue)
		}
		teams[team.queue] = team
	}
	return teams
}

func TestDurations(t *testing.T) {
	d := NewDurations()
	d.TeamKnown("first_line")
	before := shown(t, d)["first_line"]
	if before.pickup.GetSampleCount() != 0 || before.abandon.GetSampleCount() != 0 || before.handle != nil {
		t.Errorf("a team that is only known shows %v", before)
	}
	d.Pickup("first_line", 12)
	d.Pickup("first_line", 1e6)
	d.Abandon("", 3)
	d.Handle("first_line", 61)
	after := shown(t, d)
	for name, test := range map[string]struct {
		histogram *dto.Histogram
		count     uint64
		sum       float64
		first     float64 // the upper end of the first bucket
	}{
		"pickup":             {after["first_line"].pickup, 2, 1_000_012, 5},
		"abandon":            {after["first_line"].abandon, 0, 0, 5},
		"abandon, no team":   {after[""].abandon, 1, 3, 5},
		"handle":             {after["first_line"].handle, 1, 61, 60},
		"pickup of the past": {before.pickup, 0, 0, 5},
	} {
		h := test.histogram
		if h.GetSampleCount() != test.count || h.GetSampleSum() != test.sum || h.GetBucket()[0].GetUpperBound() != test.first {
			t.Errorf("%s is %v", name, h)
		}
	}
	if after[""].handle != nil {
		t.Error("a team that no session was handled in shows handle times")
	}
}

func TestDurationsAreBounded(t *testing.T) {
	d := NewDurations()
	for i := range 1300 {
		d.Pickup(fmt.Sprintf("queue-%d", i), 1)
	}
	long := strings.Repeat("x", 200)
	d.Pickup(long+"a", 1)
	teams := shown(t, d)
	if len(teams) != 1001 || teams["other"].pickup.GetSampleCount() != 301 {
		t.Errorf("there are %d teams, and %d pickups of others", len(teams), teams["other"].pickup.GetSampleCount())
	}

	// Names that are one label are one team.
	d = NewDurations()
	d.Handle(long+"a", 1)
	d.Handle(long+"b", 1)
	d.TeamKnown("\xff")
	d.TeamKnown("\uFFFD")
	teams = shown(t, d)
	if len(teams) != 2 || teams[long[:128]].handle.GetSampleCount() != 2 {
		t.Errorf("there are %d teams, want two", len(teams))
	}
}
