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

func TestNewShard(t *testing.T) {
	for _, wrong := range [][2]int{{0, 0}, {0, -1}, {1, 1}, {-1, 2}, {2, 2}} {
		if s, err := NewShard(wrong[0], wrong[1]); err == nil {
			t.Errorf("shard %d of %d: got %v; want an error", wrong[0], wrong[1], s)
		}
	}
	if s := (Shard{}); s.Total() != 1 || s.Of("hq-a") != 0 {
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
			name := fmt.Sprintf("appliance-%d", i)
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
		if got := shard(t, 0, 5).Of(name); got != want {
			t.Errorf("%s is in shard %d of 5; want %d", name, got, want)
		}
	}
}
