package config

import (
	"fmt"
	"testing"
)

func shard(t *testing.T, index, total int) Shard {
	t.Helper()
	s, err := NewShard(index, total)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// named is an appliance of no pair, and ofPair one of a pair.
func named(name string) Appliance { return Appliance{name: name} }

func ofPair(name, pair string) Appliance {
	return Appliance{name: name, labels: map[string]string{"pair": pair}}
}

func TestNewShard(t *testing.T) {
	for _, wrong := range [][2]int{{0, 0}, {0, -1}, {1, 1}, {-1, 2}, {2, 2}} {
		if s, err := NewShard(wrong[0], wrong[1]); err == nil {
			t.Errorf("shard %d of %d: got %v; want an error", wrong[0], wrong[1], s)
		}
	}
	if s := (Shard{}); s.Total() != 1 || s.Of(named("hq-a")) != 0 {
		t.Errorf("the zero value is shard %d of %d; want the one of one", s.Index(), s.Total())
	}
}

// Every appliance is in one shard, whoever asks, the shards are about equal, and where one more
// comes nothing moves between the others.
func TestShards(t *testing.T) {
	const names = 10_000
	for total := 1; total < 12; total++ {
		counts := make([]int, total)
		now, next := shard(t, 0, total), shard(t, total, total+1)
		for i := range names {
			name := named(fmt.Sprintf("appliance-%d", i))
			of := now.Of(name)
			counts[of]++
			if other := shard(t, total-1, total).Of(name); other != of {
				t.Fatalf("%s is in shard %d and in shard %d of %d", name, of, other, total)
			}
			if moved := next.Of(name); moved != of && moved != total {
				t.Fatalf("with one more than %d shards %s moves from %d to %d; want it to move to the new one or not at all", total, name, of, moved)
			}
		}
		for index, count := range counts {
			if share := float64(count) * float64(total) / names; share < 0.85 || share > 1.15 {
				t.Errorf("shard %d of %d has %d of %d appliances; want about as many as each other", index, total, count, names)
			}
		}
	}
}

// The shard of a name must never change from one release to the next: exporters of both share a
// file during an update.
func TestShardsStay(t *testing.T) {
	for name, want := range map[string]int{"hq-a": 2, "hq-b": 4, "customer": 0} {
		if got := shard(t, 0, 5).Of(named(name)); got != want {
			t.Errorf("%s is in shard %d of 5; want %d", name, got, want)
		}
	}
}

// What lives through a failover is counted once only where one exporter watches both appliances:
// a pair is in one shard, whatever the two are called. A pair without a name is none.
func TestShardsKeepPairs(t *testing.T) {
	const pairs = 500
	for total := 1; total < 12; total++ {
		counts := make([]int, total)
		for i := range pairs {
			pair := fmt.Sprintf("pair-%d", i)
			a := shard(t, 0, total).Of(ofPair(fmt.Sprintf("berlin-%d", i), pair))
			b := shard(t, total-1, total).Of(ofPair(fmt.Sprintf("bonn-%d", i), pair))
			if a != b {
				t.Errorf("%s is torn apart: its appliances are in shards %d and %d of %d", pair, a, b, total)
			}
			counts[a]++
		}
		for index, count := range counts {
			if count == 0 {
				t.Errorf("shard %d of %d has none of %d pairs; want its part", index, total, pairs)
			}
		}
	}
	five := shard(t, 0, 5)
	for _, name := range []string{"hq-a", "hq-b", "customer"} {
		if got, want := five.Of(ofPair(name, "")), five.Of(named(name)); got != want {
			t.Errorf("%s with an empty label is in shard %d; want that of its name, %d", name, got, want)
		}
	}
	if got := five.Of(ofPair("anything", "customer")); got != 0 {
		t.Errorf("the pair customer is in shard %d of 5; want 0, as ever", got)
	}
}
