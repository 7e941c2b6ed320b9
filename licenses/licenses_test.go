package licenses

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pretend is an appliance.
type pretend struct {
	mu       sync.Mutex
	inUse    map[string]uint64
	inUseErr error
	peak     appliance.LicensePeak
	peakErr  error
	since    []time.Time // of the searches for a peak
	access   string      // perm_reporting_license
	infoErr  error
	role     string
}

func (p *pretend) LicensesInUse(ctx context.Context) (map[string]uint64, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.inUse), errors.Join(p.inUseErr, ctx.Err())
}

func (p *pretend) LicensePeak(_ context.Context, since time.Time) (appliance.LicensePeak, bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.since = append(p.since, since)
	if p.peakErr != nil {
		return appliance.LicensePeak{}, false, p.peakErr
	}
	return p.peak, !p.peak.Time.Before(since) && !p.peak.Time.IsZero(), nil
}

func (p *pretend) Info(context.Context) (appliance.APIInfo, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return appliance.APIInfo{Permissions: []appliance.Permission{{Name: "perm_reporting_license", Access: p.access}}}, p.infoErr
}

func (p *pretend) Role(context.Context) (string, time.Time, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.role, time.Time{}, p.role != ""
}

type log struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(p)
}

// run runs Licenses of an appliance in a bubble, and gives the test what they show a while after
// each change.
func run(t *testing.T, p *pretend, limits map[string]uint64, test func(look func(time.Duration) View, logged func(string) int)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := &log{}
		licenses := New(Config{
			Client: p, Info: p.Info, Role: p.Role, Limits: limits,
			Random: func() float64 { return 0.5 }, Logger: slog.New(slog.NewTextHandler(l, nil)),
		})
		if licenses.View().Polled {
			t.Error("polled before the first poll")
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- licenses.Run(ctx) }()
		p.mu.Lock() // The test changes the appliance but while it waits.
		test(func(wait time.Duration) View {
			p.mu.Unlock()
			defer p.mu.Lock()
			time.Sleep(wait)
			synctest.Wait()
			return licenses.View()
		}, func(text string) int {
			l.mu.Lock()
			defer l.mu.Unlock()
			return strings.Count(l.all.String(), text)
		})
		p.mu.Unlock()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestInUse(t *testing.T) {
	p := &pretend{inUse: map[string]uint64{"full": 3, "chat": 1}, access: "1"}
	run(t, p, map[string]uint64{"full": 10, "fulll": 5}, func(look func(time.Duration) View, logged func(string) int) {
		if diff := cmp.Diff(map[string]uint64{"full": 3, "chat": 1, "fulll": 0}, look(10*time.Second).InUse); diff != "" {
			t.Error(diff)
		}
		if logged("license_type=fulll") != 1 || logged("license_type=full ") != 0 {
			t.Error("not warned of the limit whose type is not seen, or of the other")
		}
		p.inUse = map[string]uint64{"full": 4}
		v := look(time.Minute)
		if diff := cmp.Diff(map[string]uint64{"full": 4, "chat": 0, "fulll": 0}, v.InUse); diff != "" || !v.Success {
			t.Error(diff)
		}
		v.InUse["full"] = 99
		if look(0).InUse["full"] != 4 {
			t.Error("a view is shared")
		}
		p.inUseErr = &appliance.Error{Kind: appliance.KindNetwork}
		if v := look(3 * time.Minute); v.InUse != nil || v.Success || logged("Cannot read the licences in use") != 1 {
			t.Errorf("after a failure: %+v", v)
		}
		p.inUseErr = nil
		if v := look(time.Minute); v.InUse["full"] != 4 || !v.Success || logged("Reading the licences in use again") != 1 || logged("license_type=fulll") != 1 {
			t.Errorf("after it: %+v", v)
		}
		p.inUse = make(map[string]uint64)
		for i := range 3 * maxTypes {
			p.inUse[fmt.Sprint("type", i)] = 1
		}
		if v := look(time.Minute); len(v.InUse) > maxTypes+2 || v.InUse[other] < maxTypes {
			t.Errorf("%d types, %d other", len(v.InUse), v.InUse[other])
		}
	})
}

func TestPeak(t *testing.T) {
	first := appliance.LicensePeak{Time: time.Unix(946684000, 0), Counts: []appliance.LicenseCount{{Type: "full", Reason: "total", Count: 9}}}
	empty := &appliance.Error{Kind: appliance.KindAnswer, Text: "nichts"}
	p := &pretend{access: "1", peakErr: empty}
	run(t, p, nil, func(look func(time.Duration) View, logged func(string) int) {
		if v := look(10 * time.Second); v.PeakKnown || !v.Success {
			t.Errorf("nothing was logged: %+v", v)
		}
		if since := time.Since(p.since[0]); since < firstPeaks || since > firstPeaks+time.Minute {
			t.Errorf("the first search goes %s back", since)
		}
		p.peak, p.peakErr = first, nil
		if v := look(11 * time.Minute); !v.PeakKnown || !v.Peak.Time.Equal(first.Time) || v.Peak.Counts[0].Count != 9 || len(p.since) != 2 {
			t.Errorf("the first: %+v after %d searches", v, len(p.since))
		}
		p.peakErr = empty // Nothing since: what was the newest still is.
		if v := look(11 * time.Minute); !v.PeakKnown || !v.Success || !p.since[2].Equal(first.Time) {
			t.Errorf("nothing new: %+v", v)
		}
		p.peakErr = &appliance.Error{Kind: appliance.KindNetwork}
		if v := look(11 * time.Minute); v.PeakKnown || v.Success || v.InUse == nil || logged("Cannot read the peaks of the licences") != 1 {
			t.Errorf("a failure: %+v", v)
		}
		p.peakErr = nil
		if v := look(2 * time.Minute); !v.PeakKnown || !v.Success {
			t.Errorf("after it: %+v", v)
		}
		p.role = "backup"
		searches := len(p.since)
		// What it told before is not its to tell, though no search is due yet.
		for range 10 {
			if v := look(2 * time.Minute); v.PeakKnown || !v.Success || len(p.since) != searches {
				t.Errorf("a backup: %+v", v)
			}
		}
		p.role = "primary"
		if v := look(2 * time.Minute); !v.PeakKnown || len(p.since) != searches+1 {
			t.Errorf("two minutes after it took over: %+v after %d searches", v, len(p.since)-searches)
		}
	})
}

// Without the permission only the peaks are missing, which is said once.
func TestPeakDenied(t *testing.T) {
	for _, p := range []*pretend{{access: "0"}, {peakErr: &appliance.Error{Kind: appliance.KindPermission}}} {
		p.inUse = map[string]uint64{"full": 1}
		run(t, p, nil, func(look func(time.Duration) View, logged func(string) int) {
			if v := look(time.Hour); v.PeakKnown || !v.Success || v.InUse["full"] != 1 || len(p.since) > 7 {
				t.Errorf("%+v after %d searches", v, len(p.since))
			}
			if logged("Allow Access to License Usage Reports") != 1 || logged("level=WARN") != 1 {
				t.Error("the box is not in the log once")
			}
			p.access, p.peakErr, p.peak = "1", nil, appliance.LicensePeak{Time: time.Now()}
			if v := look(11 * time.Minute); !v.PeakKnown {
				t.Errorf("once granted: %+v", v)
			}
		})
	}
}

// An <error> that nobody can tell from a refusal is a failure.
func TestPeakErrorUnexplained(t *testing.T) {
	p := &pretend{access: "?", peakErr: &appliance.Error{Kind: appliance.KindAnswer}}
	run(t, p, nil, func(look func(time.Duration) View, _ func(string) int) {
		if v := look(time.Minute); v.Success || v.PeakKnown {
			t.Errorf("%+v", v)
		}
		p.peakErr = nil
		look(time.Minute)
		p.peakErr = &appliance.Error{Kind: appliance.KindAnswer}
		if v := look(11 * time.Minute); !v.Success {
			t.Errorf("once it was answered: %+v", v)
		}
	})
}

func TestDeniedCommandAPI(t *testing.T) {
	// An <error> in words that nobody knows may mean the same.
	for _, kind := range []appliance.Kind{appliance.KindPermission, appliance.KindAnswer} {
		p := &pretend{infoErr: &appliance.Error{Kind: kind}, peak: appliance.LicensePeak{Time: time.Unix(946684000, 0)}, access: "1"}
		p.inUseErr = &appliance.Error{Kind: kind}
		run(t, p, nil, func(look func(time.Duration) View, _ func(string) int) {
			if v := look(time.Minute); v.Success || v.InUse != nil || !v.PeakKnown {
				t.Errorf("%s: %+v", kind, v)
			}
		})
	}
}
