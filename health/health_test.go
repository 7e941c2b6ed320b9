package health

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// scripted is an appliance that answers as a test says.
type scripted struct {
	mu     sync.Mutex
	health appliance.HealthCheck
	err    error
	delay  time.Duration
	calls  atomic.Int64 // of check_health
	info   atomic.Int64 // of get_api_info
}

func (s *scripted) set(role string, err error, delay time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.health, s.err, s.delay = appliance.HealthCheck{Failover: appliance.Failover{Role: role}}, err, delay
}

func (s *scripted) wait(ctx context.Context) error {
	s.mu.Lock()
	delay, err := s.delay, s.err
	s.mu.Unlock()
	select {
	case <-time.After(delay):
		return err
	case <-ctx.Done():
		return &appliance.Error{Kind: appliance.KindTimeout, Err: ctx.Err()}
	}
}

func (s *scripted) CheckHealth(ctx context.Context) (appliance.HealthCheck, error) {
	s.calls.Add(1)
	if err := s.wait(ctx); err != nil {
		return appliance.HealthCheck{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.health, nil
}

func (s *scripted) Probe(ctx context.Context) (int, error) { return 500, s.wait(ctx) }

func (s *scripted) Appliances(ctx context.Context) ([]appliance.Member, error) {
	return []appliance.Member{{ApplianceID: "a"}}, s.wait(ctx)
}

func (s *scripted) ClientSummary(ctx context.Context) ([]appliance.ClientCount, error) {
	return []appliance.ClientCount{{ApplianceID: "a", Type: "representative", Count: 3}}, s.wait(ctx)
}

func (s *scripted) APIInfo(ctx context.Context) (appliance.APIInfo, error) {
	s.info.Add(1)
	return appliance.APIInfo{Version: "1.24.1"}, s.wait(ctx)
}

func (s *scripted) Timeout() time.Duration { return 10 * time.Second }

// in runs a test with a Health of a scripted appliance, in time that is not real.
func in(t *testing.T, config Config, test func(t *testing.T, s *scripted, h *Health)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{}
		s.set("none", nil, 0)
		h := New(s, config)
		defer h.Close()
		test(t, s, h)
	})
}

var usual = Config{TTL: 10 * time.Second, InfoTTL: DefaultInfoTTL}

func TestOutcomesAreKept(t *testing.T) {
	down := &appliance.Error{Kind: appliance.KindNetwork}
	for name, failure := range map[string]error{"an answer": nil, "a failure": down} {
		t.Run(name, func(t *testing.T) {
			in(t, usual, func(t *testing.T, s *scripted, h *Health) {
				s.set("primary", failure, 2*time.Second)
				for i, step := range []struct {
					sleep time.Duration
					calls int64
				}{{0, 1}, {0, 1}, {10*time.Second - 1, 1}, {1, 2}, {5 * time.Second, 2}, {time.Hour, 3}} {
					time.Sleep(step.sleep)
					answer, err := h.CheckHealth(t.Context())
					if !errors.Is(err, failure) || s.calls.Load() != step.calls {
						t.Errorf("step %d: error %v after %d calls, want %d", i, err, s.calls.Load(), step.calls)
					}
					if age := time.Since(answer.At); age >= usual.TTL || answer.Took != 2*time.Second {
						t.Errorf("step %d: an answer %s old that took %s", i, age, answer.Took)
					}
				}
			})
		})
	}
}

// Whoever has no time left gets what is kept all the same, each time.
func TestWhatIsKeptTakesNoTime(t *testing.T) {
	in(t, Config{TTL: time.Hour}, func(t *testing.T, _ *scripted, h *Health) {
		if _, err := h.CheckHealth(t.Context()); err != nil {
			t.Fatal(err)
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		for range 100 {
			if _, err := h.CheckHealth(ended); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestInfoIsKeptLonger(t *testing.T) {
	in(t, usual, func(t *testing.T, s *scripted, h *Health) {
		s.set("", errors.New("not now"), 0)
		for i, step := range []struct {
			sleep time.Duration
			calls int64
		}{{0, 1}, {9 * time.Second, 1}, {time.Second, 2}, {5*time.Minute - 1, 2}, {1, 3}} {
			time.Sleep(step.sleep)
			_, err := h.APIInfo(t.Context())
			if (err == nil) != (i > 1) || s.info.Load() != step.calls {
				t.Errorf("step %d: error %v after %d calls, want %d", i, err, s.info.Load(), step.calls)
			}
			s.set("", nil, 0)
		}
	})
}

func TestNothingIsKept(t *testing.T) {
	in(t, Config{}, func(t *testing.T, s *scripted, h *Health) {
		for range 3 {
			if _, err := h.CheckHealth(t.Context()); err != nil {
				t.Error(err)
			}
		}
		if s.calls.Load() != 3 {
			t.Errorf("%d calls", s.calls.Load())
		}
	})
}

// Scrapes that come together share a call, which outlives the one that came first.
func TestCallsAreShared(t *testing.T) {
	in(t, usual, func(t *testing.T, s *scripted, h *Health) {
		s.set("primary", nil, 5*time.Second)
		first, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var group sync.WaitGroup
		group.Go(func() {
			start := time.Now()
			if _, err := h.CheckHealth(first); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
				t.Errorf("the first was told %v after %s", err, time.Since(start))
			}
		})
		synctest.Wait()
		for range 20 {
			group.Go(func() {
				if answer, err := h.CheckHealth(t.Context()); err != nil || answer.Value.Failover.Role != "primary" {
					t.Errorf("another was told %v, %v", answer, err)
				}
			})
		}
		group.Wait()
		if s.calls.Load() != 1 {
			t.Errorf("%d calls", s.calls.Load())
		}
		// What is kept is given even to a caller that can wait no longer.
		if _, err := h.CheckHealth(first); err != nil {
			t.Error(err)
		}
	})
}

func TestCallsEndInTime(t *testing.T) {
	in(t, usual, func(t *testing.T, s *scripted, h *Health) {
		s.set("primary", nil, time.Hour)
		start := time.Now()
		if _, err := h.CheckHealth(t.Context()); !errors.Is(err, appliance.KindTimeout) || time.Since(start) != 10*time.Second {
			t.Errorf("got %v after %s", err, time.Since(start))
		}
	})
}

func TestClose(t *testing.T) {
	in(t, usual, func(t *testing.T, s *scripted, h *Health) {
		s.set("primary", nil, 5*time.Second)
		start := time.Now()
		var group sync.WaitGroup
		group.Go(func() {
			if _, err := h.CheckHealth(t.Context()); err == nil {
				t.Error("a call outlived Close")
			}
		})
		synctest.Wait()
		h.Close()
		group.Wait()
		if _, err := h.Appliances(t.Context()); err == nil {
			t.Error("a call came after Close")
		}
		if time.Since(start) != 0 {
			t.Errorf("Close took %s", time.Since(start))
		}
		if _, _, err := h.Reachable(); err != nil {
			t.Errorf("what Close ended is held against the appliance: %v", err)
		}
	})
}

func TestRoleAndReachable(t *testing.T) {
	down := &appliance.Error{Kind: appliance.KindNetwork}
	steps := []struct {
		what      string
		role      string
		err       error
		wantRole  string
		roleStep  int // since which step
		active    int // at which step it last was no backup
		reachable bool
		reachStep int
	}{
		{"down at the start", "", down, "", -1, -1, false, 0},
		{"up, a backup", "backup", nil, "backup", 1, -1, true, 1},
		{"still", "backup", nil, "backup", 1, -1, true, 1},
		{"the account is refused", "", &appliance.Error{Kind: appliance.KindCredentials, Status: 401}, "backup", 1, -1, true, 1},
		{"down", "", down, "backup", 1, -1, false, 4},
		{"no certificate", "", &appliance.Error{Kind: appliance.KindTLS}, "backup", 1, -1, false, 4},
		{"held back here", "", &appliance.Error{Kind: appliance.KindRateLimited}, "backup", 1, -1, false, 4},
		{"credentials not tried again", "", &appliance.Error{Kind: appliance.KindCredentials}, "backup", 1, -1, false, 4},
		{"429", "", &appliance.Error{Kind: appliance.KindRateLimited, Status: 429}, "backup", 1, -1, true, 8},
		{"took over", "primary", nil, "primary", 9, 9, true, 8},
		{"the role left out", "", nil, "primary", 9, 9, true, 8},
		{"still", "primary", nil, "primary", 9, 11, true, 8},
		{"down again", "", down, "primary", 9, 11, false, 12},
	}
	in(t, Config{}, func(t *testing.T, s *scripted, h *Health) {
		if ok, since, err := h.Reachable(); ok || !since.IsZero() || err != nil {
			t.Errorf("before the first call: %t, %s, %v", ok, since, err)
		}
		start := time.Now()
		at := func(step int) time.Time {
			if step < 0 {
				return time.Time{}
			}
			return start.Add(time.Duration(step) * time.Minute)
		}
		for _, step := range steps {
			s.set(step.role, step.err, 0)
			_, err := h.CheckHealth(t.Context())
			role, since, known := h.Role()
			if role != step.wantRole || !since.Equal(at(step.roleStep)) || known != (step.wantRole != "") {
				t.Errorf("%s: role %q since %s, %t", step.what, role, since, known)
			}
			if active := h.Active(); !active.Equal(at(step.active)) {
				t.Errorf("%s: no backup at %s", step.what, active)
			}
			ok, since, last := h.Reachable()
			if ok != step.reachable || !since.Equal(at(step.reachStep)) || !errors.Is(last, err) {
				t.Errorf("%s: reachable %t since %s, %v", step.what, ok, since, last)
			}
			time.Sleep(time.Minute)
		}
	})
}

// What is kept for scrapes is too old for what must know who the primary is; scrapes get what came
// of asking.
func TestRoleAskedFor(t *testing.T) {
	in(t, usual, func(t *testing.T, s *scripted, h *Health) {
		s.set("backup", nil, 0)
		if role, _, _ := h.AskRole(t.Context()); role != "backup" {
			t.Errorf("a %s to begin with", role)
		}
		s.set("primary", nil, 0)
		time.Sleep(time.Second / 2)
		if role, _, _ := h.AskRole(t.Context()); role != "backup" || s.calls.Load() != 1 {
			t.Errorf("half a second later a %s, asked %d times", role, s.calls.Load())
		}
		time.Sleep(time.Second)
		if role, _, _ := h.AskRole(t.Context()); role != "primary" || s.calls.Load() != 2 {
			t.Errorf("a second after that a %s, asked %d times", role, s.calls.Load())
		}
		if a, err := h.CheckHealth(t.Context()); err != nil || a.Value.Failover.Role != "primary" || s.calls.Load() != 2 {
			t.Errorf("a scrape gets %+v, %v, after %d calls", a.Value, err, s.calls.Load())
		}
		time.Sleep(time.Minute)
		s.set("primary", errors.New("not now"), 0)
		_, _, _ = h.AskRole(t.Context())
		s.set("primary", nil, 0)
		time.Sleep(2 * time.Second)
		if _, _, _ = h.AskRole(t.Context()); time.Since(h.Active()) != 0 {
			t.Errorf("two seconds after a failure it was no backup %s ago", time.Since(h.Active()))
		}
	})
}

// Each method asks for what its name says.
func TestEachCall(t *testing.T) {
	in(t, usual, func(t *testing.T, _ *scripted, h *Health) {
		if a, err := h.Probe(t.Context()); err != nil || a.Value != 500 {
			t.Errorf("probe: %v, %v", a, err)
		}
		if a, err := h.Appliances(t.Context()); err != nil || len(a.Value) != 1 || a.Value[0].ApplianceID != "a" {
			t.Errorf("appliances: %v, %v", a, err)
		}
		if a, err := h.ClientSummary(t.Context()); err != nil || len(a.Value) != 1 || a.Value[0].Count != 3 {
			t.Errorf("clients: %v, %v", a, err)
		}
		if a, err := h.APIInfo(t.Context()); err != nil || a.Value.Version != "1.24.1" {
			t.Errorf("info: %v, %v", a, err)
		}
	})
}
