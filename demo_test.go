package main

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/target"
)

// The demo says where to look once there is something to be seen, and does not keep that to
// itself for ever.
func TestAwaitSync(t *testing.T) {
	const patience = 15 * time.Second
	status := func(enabled, synced bool) target.Status {
		return target.Status{State: target.StateStatus{Enabled: enabled, Synced: synced}}
	}
	for _, test := range []struct {
		name     string
		statuses func(since time.Duration) []target.Status
		want     bool
		after    time.Duration
	}{
		{"in sync after a while", func(since time.Duration) []target.Status {
			return []target.Status{status(true, since >= 2*time.Second)}
		}, true, 2 * time.Second},
		{"a pair, whose backup never is", func(since time.Duration) []target.Status {
			return []target.Status{status(true, false), status(true, since >= time.Second)}
		}, true, time.Second},
		{"without the state", func(time.Duration) []target.Status { return []target.Status{status(false, false)} }, true, 0},
		{"never", func(time.Duration) []target.Status { return []target.Status{status(true, false)} }, false, patience},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				got := awaitSync(t.Context(), func(context.Context) []target.Status { return test.statuses(time.Since(start)) }, patience)
				if after := time.Since(start); got != test.want || after != test.after {
					t.Errorf("got %t after %s; want %t after %s", got, after, test.want, test.after)
				}
			})
		})
	}
	t.Run("ended before", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if awaitSync(ctx, func(context.Context) []target.Status { return []target.Status{status(true, false)} }, patience) {
			t.Error("a demo that ends is in sync")
		}
	})
}
