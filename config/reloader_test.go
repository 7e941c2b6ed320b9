package config

import (
	"errors"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

func TestReloader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var loadErr, applyErr error
		applied := 0
		r := NewReloader(func() ([]Appliance, error) { return make([]Appliance, 3), loadErr }, func(appliances []Appliance) error {
			if applyErr == nil {
				applied += len(appliances)
			}
			return applyErr
		})
		expect := func(successful, timestamp string) {
			t.Helper()
			want := "# HELP beyondtrust_exporter_config_last_reload_successful 1 where the last attempt to read the configuration succeeded, 0 where it was refused and the one before it is still in force.\n" +
				"# TYPE beyondtrust_exporter_config_last_reload_successful gauge\nbeyondtrust_exporter_config_last_reload_successful " + successful + "\n"
			if timestamp != "" {
				want += "# HELP beyondtrust_exporter_config_last_reload_success_timestamp_seconds When the configuration was last read with success, in Unix seconds by the exporter's clock.\n" +
					"# TYPE beyondtrust_exporter_config_last_reload_success_timestamp_seconds gauge\nbeyondtrust_exporter_config_last_reload_success_timestamp_seconds " + timestamp + "\n"
			}
			if err := testutil.CollectAndCompare(r, strings.NewReader(want)); err != nil {
				t.Error(err)
			}
		}
		expect("0", "") // nothing was read yet
		if err := r.Reload(); err != nil || applied != 3 {
			t.Errorf("got %v and %d appliances; want 3", err, applied)
		}
		expect("1", "9.466848e+08") // the bubble's clock begins in the year 2000
		time.Sleep(time.Hour)
		for _, fail := range []*error{&loadErr, &applyErr} {
			*fail = errors.New("no such thing")
			if err := r.Reload(); !errors.Is(err, *fail) || applied != 3 {
				t.Errorf("got %v and %d appliances; want the error and nothing applied", err, applied)
			}
			expect("0", "9.466848e+08")
			*fail = nil
		}
		if err := r.Reload(); err != nil {
			t.Error(err)
		}
		expect("1", "9.466884e+08")
	})
}

// Two who ask at once must not put two halves into force.
func TestReloaderOneAtATime(t *testing.T) {
	var inside atomic.Int32
	r := NewReloader(func() ([]Appliance, error) {
		if n := inside.Add(1); n != 1 {
			t.Errorf("%d reloads are under way; want one", n)
		}
		runtime.Gosched()
		return nil, nil
	}, func([]Appliance) error {
		inside.Add(-1)
		return nil
	})
	var group sync.WaitGroup
	for range 100 {
		group.Go(func() {
			if err := r.Reload(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}
