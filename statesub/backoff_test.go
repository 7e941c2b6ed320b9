package statesub

import (
	"testing"
	"time"
)

func TestBackoff(t *testing.T) {
	for _, tt := range []struct {
		name   string
		random float64
		want   []time.Duration
	}{
		{"earliest", 0, []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 32 * time.Second, 40 * time.Second, 40 * time.Second}},
		{"latest", 1, []time.Duration{1500 * time.Millisecond, 3 * time.Second, 6 * time.Second, 12 * time.Second, 24 * time.Second, 48 * time.Second, time.Minute, time.Minute}},
	} {
		b := backoff{first: time.Second, limit: time.Minute, random: func() float64 { return tt.random }}
		for range 2 {
			for i, want := range tt.want {
				if got := b.next(); got != want {
					t.Errorf("%s, failure %d: got %v, want %v", tt.name, i+1, got, want)
				}
			}
			b.reset()
		}
	}
}

// Days without the appliance do not overflow the wait.
func TestBackoffForDays(t *testing.T) {
	b := backoff{first: 30 * time.Second, limit: 10 * time.Minute, random: func() float64 { return 0.5 }}
	for range 100_000 {
		if got := b.next(); got < 30*time.Second || got > 10*time.Minute {
			t.Fatalf("wait %v", got)
		}
	}
}
