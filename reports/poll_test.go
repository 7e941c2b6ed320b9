package reports

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// An <error> is an empty answer where the permission is granted or the report has been answered
// before, and a failure else.
func TestErrorsTakenForEmpty(t *testing.T) {
	denied := []appliance.Permission{{Name: "perm_reporting_vault", Access: "0"}}
	granted := []appliance.Permission{{Name: "perm_reporting_vault", Access: "1"}}
	tests := []struct {
		name        string
		permissions []appliance.Permission
		before      bool // it was answered
		err         error
		success     bool
		asked       bool
	}{
		{"granted", granted, false, answerError("x"), true, true},
		{"nobody knows", nil, false, answerError("x"), false, true},
		{"nobody knows, but it was answered before", nil, true, answerError("x"), true, true},
		{"denied", denied, true, answerError("x"), false, false},
		{"granted, but the answer is broken", granted, true, &appliance.Error{Kind: appliance.KindMalformed}, false, true},
		{"granted, but the appliance says it is not", granted, true, &appliance.Error{Kind: appliance.KindPermission}, false, true},
		{"granted, but nobody answers", granted, true, cut(), false, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &pretend{noError: true}
				directory := t.TempDir()
				var logged lines
				config := Config{Client: p, Info: p.info, Intervals: all(Vault), Directory: directory, Logger: logged.logger()}
				r := begin(t, config)
				if test.before {
					if err := r.poll(t.Context()); err != nil {
						t.Fatal(err)
					}
					// An earlier process counts.
					r = begin(t, config)
				}
				p.takeAsked()
				p.permissions = test.permissions
				p.fault = func(string, int) error { return test.err }
				for range 3 {
					_ = r.poll(t.Context())
				}
				v := r.View()
				if v.Collectors[0].Success != test.success || (len(v.LastSuccess) > 0) != test.success {
					t.Errorf("success %t, last %v", v.Collectors[0].Success, v.LastSuccess)
				}
				if got := p.takeAsked(); (len(got) > 0) != test.asked {
					t.Errorf("asked for %v", got)
				}
				if test.success && logged.count("text=x") != 1 {
					t.Errorf("its text is not in the log once: %s", logged.all.String())
				}
				if !test.success && logged.count("level=WARN") != 1 {
					t.Errorf("the failure is not in the log once: %s", logged.all.String())
				}
			})
		})
	}
}

// Access sessions that are open, and what becomes of one without an end.
func TestOpenAccessSessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pretend{product: appliance.PrivilegedRemoteAccess, noError: true}
		r := begin(t, Config{Client: p, Info: p.info, Intervals: all(Sessions)})
		now := time.Now()
		add := func(lsid, group string, start, length time.Duration, change func(*appliance.Session)) {
			s := appliance.Session{LSID: lsid, JumpGroup: group, Start: now.Add(start)}
			if length > 0 {
				s.End = s.Start.Add(length)
			}
			if change != nil {
				change(&s)
			}
			p.sessions = append(p.sessions, session{Session: s})
		}
		add("old", "A", -25*time.Hour, 0, nil)                                                                              // Over before counting began.
		add("none", "A", -3*time.Hour, 0, func(s *appliance.Session) { s.EndEvent, s.EndedAt = true, now.Add(-time.Hour) }) // And so was this.
		add("one", "A", -23*time.Hour, 0, nil)                                                                              // Over in an hour, and counted.
		add("two", "A", time.Minute, 2*time.Hour, nil)
		add("three", "Ann's own", time.Minute, 0, func(s *appliance.Session) { s.PersonalJumpGroup = true })
		add("four", "B", time.Minute, 0, func(s *appliance.Session) {
			s.EndEvent, s.EndedAt, s.PickedUp = true, now.Add(30*time.Minute), now.Add(2*time.Minute)
		})
		add("five", "B", 2*time.Minute, 30*time.Hour, nil) // Counted as over after a day, and never again.
		check := func(when time.Duration, open map[string]uint64, sessions, durations uint64) {
			t.Helper()
			time.Sleep(when - time.Since(now))
			if err := r.poll(t.Context()); err != nil {
				t.Fatal(err)
			}
			v := r.View()
			if diff := cmp.Diff(open, sum(v.OpenSessions, 0)); diff != "" || !v.OpenKnown {
				t.Errorf("after %s, open:\n%s", when, diff)
			}
			var total, lengths uint64
			for _, s := range v.Sessions {
				total += s.Value
			}
			for _, h := range v.SessionDurations {
				lengths += h.Count
			}
			if total != sessions || lengths != durations {
				t.Errorf("after %s: %d sessions, %d durations; want %d, %d", when, total, lengths, sessions, durations)
			}
		}
		check(10*time.Minute, map[string]uint64{"A": 2, "personal": 1, "B": 2}, 0, 0)
		check(50*time.Minute, map[string]uint64{"A": 2, "personal": 1, "B": 1}, 1, 0)
		check(70*time.Minute, map[string]uint64{"A": 1, "personal": 1, "B": 1}, 2, 0)
		check(3*time.Hour, map[string]uint64{"A": 0, "personal": 1, "B": 1}, 3, 1)
		check(25*time.Hour, map[string]uint64{"A": 0, "personal": 0, "B": 0}, 5, 1)
		check(31*time.Hour, map[string]uint64{"A": 0, "personal": 0, "B": 0}, 5, 1)
		if h := r.View().SessionPickups; len(h) != 1 || h[0].Count != 1 || h[0].Sum != 60 {
			t.Errorf("pickups %+v", h)
		}

		p.fault = func(string, int) error { return cut() }
		if err := r.poll(t.Context()); err == nil {
			t.Error("no error")
		}
		if v := r.View(); v.OpenKnown || v.OpenSessions != nil || v.Collectors[0].Success {
			t.Errorf("after a failure the sessions of before are still shown: %v", v.OpenSessions)
		}
	})
}

// A backup is not asked. When it takes over it counts what happened from then on, whether the
// process lived through it or not.
func TestBackup(t *testing.T) {
	for _, restart := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			p := &pretend{noError: true}
			role, since := "primary", time.Time{}
			config := Config{
				Client: p, Info: p.info, Intervals: all(Vault), Directory: t.TempDir(),
				Role: func(ctx context.Context) (string, time.Time, bool) { return role, since, true },
			}
			r := begin(t, config)
			count := func(want uint64) {
				t.Helper()
				if err := r.poll(t.Context()); err != nil {
					t.Fatal(err)
				}
				if got := sum(r.View().VaultEvents, 0)["Account Created"]; got != want || !r.View().Collectors[0].Success {
					t.Errorf("restart %t: %d events, want %d", restart, got, want)
				}
			}
			log := func() {
				time.Sleep(time.Minute)
				p.events = append(p.events, event{Event: happen(time.Now(), "Account Created", "x")})
				time.Sleep(time.Minute)
			}
			log()
			count(1)
			log() // Before the failover: the other has it too, once it is primary.
			role = "backup"
			p.takeAsked()
			count(1)
			log()
			count(1)
			if got := p.takeAsked(); got != nil {
				t.Errorf("a backup was asked for %v", got)
			}
			if restart {
				r = begin(t, config)
			}
			role, since = "primary", time.Now()
			// In the second in which it takes over the other may still have counted.
			p.events = append(p.events, event{Event: happen(since, "Account Created", "y")})
			log()
			count(2)
			log()
			count(3)
		})
	}
}

// The role that is known may be some seconds old: the other may have taken over since, and counts
// from then on what the reports of both have. So a primary is read no further than its role is
// known, and the rest when that is.
func TestPrimaryIsReadNoFurtherThanItsRoleIsKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pretend{noError: true}
		active := time.Now()
		r := begin(t, Config{
			Client: p, Info: p.info, Intervals: all(Vault), Directory: t.TempDir(),
			Role:   func(context.Context) (string, time.Time, bool) { return "primary", time.Time{}, true },
			Active: func() time.Time { return active },
		})
		count := func(what string, want uint64) {
			t.Helper()
			if err := r.poll(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := sum(r.View().VaultEvents, 0)["Account Created"]; got != want {
				t.Errorf("%s: %d events, want %d", what, got, want)
			}
		}
		log := func(what string) {
			p.events = append(p.events, event{Event: happen(time.Now(), "Account Created", what)})
			time.Sleep(3 * time.Second)
		}
		time.Sleep(time.Minute)
		log("before")
		active = time.Now()
		time.Sleep(3 * time.Second)
		log("after")
		count("what was when it was a primary", 1)
		active = time.Now()
		count("it still is one", 2)
	})
}

// A process that begins anew does not know the role before check_health tells it. What its
// predecessor knew to be a backup is one until then.
func TestBackupStaysOneUntilItsRoleIsKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pretend{noError: true}
		role, since, known := "backup", time.Now(), true
		config := Config{
			Client: p, Info: p.info, Intervals: all(Vault), Directory: t.TempDir(),
			Role: func(context.Context) (string, time.Time, bool) { return role, since, known },
		}
		count := func(r *Reports, what string, want uint64) {
			t.Helper()
			if err := r.poll(t.Context()); (err == nil) != known {
				t.Fatalf("%s: %v", what, err)
			}
			if got := sum(r.View().VaultEvents, 0)["Account Created"]; got != want {
				t.Errorf("%s: %d events, want %d", what, got, want)
			}
		}
		log := func() {
			time.Sleep(time.Minute)
			p.events = append(p.events, event{Event: happen(time.Now(), "Account Created", "x")})
			time.Sleep(time.Minute)
		}
		count(begin(t, config), "a backup", 0)
		r := begin(t, config)
		role, known = "", false
		count(r, "check_health failed after a restart", 0)
		log() // The other counts it.
		count(r, "it still fails", 0)
		role, known = "backup", true
		count(r, "a backup after all", 0)
		role, since = "primary", time.Now()
		log()
		count(r, "it took over", 1)
	})
}

// A token that was refused twice may be taken again soon, so a report is not given up for ten minutes.
func TestRefusedTokenIsNoMissingPermission(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pretend{noError: true}
		refused := &appliance.Error{Kind: appliance.KindPermission, Status: http.StatusUnauthorized}
		p.fault = func(string, int) error { return refused }
		config := Config{Client: p, Info: p.info, Appliance: "a", Intervals: all(Vault), Random: func() float64 { return 0.5 }}
		config.Intervals[Vault] = time.Minute
		r, err := New(config)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- r.Run(ctx) }()
		time.Sleep(30 * time.Second)
		synctest.Wait()
		if v := r.View(); !v.Collectors[0].Polled || v.Collectors[0].Success {
			t.Errorf("while it is refused: %+v", v.Collectors)
		}
		p.mu.Lock()
		p.fault = nil
		p.mu.Unlock()
		time.Sleep(time.Minute)
		synctest.Wait()
		if v := r.View(); !v.Collectors[0].Success {
			t.Errorf("a minute later: %+v", v.Collectors)
		}
		cancel()
		if err := <-done; err != nil {
			t.Errorf("it ended with %v", err)
		}
	})
}

// What the account may not read is said once, with the box to tick, and tried again every ten
// minutes, until it may.
func TestPermission(t *testing.T) {
	for _, byInfo := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			p := &pretend{noError: true}
			refuse := func() {
				if byInfo {
					p.permissions = []appliance.Permission{{Name: "perm_reporting_vault", Access: "0"}}
				}
				p.fault = func(string, int) error { return &appliance.Error{Kind: appliance.KindPermission} }
			}
			refuse()
			var logged lines
			var tries atomic.Int64
			config := Config{
				Client: p, Info: p.info, Intervals: all(Vault), Logger: logged.logger(), Random: func() float64 { return 0.5 },
				Role: func(context.Context) (string, time.Time, bool) { tries.Add(1); return "", time.Time{}, false },
				// Every ten minutes, however often the collector polls else.
			}
			config.Intervals[Vault] = time.Hour
			config.Appliance = "a"
			r, err := New(config)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error)
			go func() { done <- r.Run(ctx) }()
			time.Sleep(time.Minute)
			synctest.Wait()
			if v := r.View(); tries.Load() != 1 || !v.Collectors[0].Polled || v.Collectors[0].Success {
				t.Errorf("at the start: %d tries, %+v", tries.Load(), v.Collectors)
			}
			time.Sleep(50 * time.Minute)
			synctest.Wait()
			if tries.Load() != 6 {
				t.Errorf("%d tries in 51 minutes", tries.Load())
			}
			const box = "tick Allow Access to Vault Account Activity Reports for it in /login > Management > API Configuration"
			if logged.count(box) != 1 || logged.count("\n") != 1 {
				t.Errorf("the box is not in the log once: %s", logged.all.String())
			}
			p.mu.Lock()
			p.fault, p.permissions = nil, nil
			p.mu.Unlock()
			time.Sleep(10 * time.Minute)
			synctest.Wait()
			if v := r.View(); !v.Collectors[0].Success || logged.count("Reading the reports again") != 1 {
				t.Errorf("once granted: %+v %s", v.Collectors, logged.all.String())
			}
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
		})
	}
}

// A poll that hangs ends with its time limit, and all ends with Run's context.
func TestRunEndsWhatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var limits []time.Duration
		config := Config{
			Client: &pretend{}, Appliance: "a", Intervals: all(Vault), Random: func() float64 { return 0.5 },
			Info: func(ctx context.Context) (appliance.APIInfo, error) {
				start := time.Now()
				<-ctx.Done()
				limits = append(limits, time.Since(start))
				return appliance.APIInfo{}, ctx.Err()
			},
		}
		r, err := New(config)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- r.Run(ctx) }()
		time.Sleep(7 * time.Minute)
		synctest.Wait()
		if diff := cmp.Diff([]time.Duration{5 * time.Minute}, limits); diff != "" {
			t.Error(diff)
		}
		start := time.Now()
		cancel()
		if err := <-done; err != nil || time.Since(start) > 0 {
			t.Error(err, time.Since(start))
		}
	})
}

// Without get_api_info reports go by the exporter's clock; where the appliance cannot be
// reached they are not read.
func TestClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var logged lines
		p := &pretend{noError: true, skew: time.Hour}
		r := begin(t, Config{Client: p, Info: p.info, Intervals: all(Vault), Logger: logged.logger()})
		p.infoErr = cut()
		if err := r.poll(t.Context()); !errors.Is(err, errCut) || len(p.takeAsked()) > 0 {
			t.Errorf("unreachable: %v", err)
		}
		for _, refusal := range []error{answerError("Bitte warten"), &appliance.Error{Kind: appliance.KindPermission, Status: http.StatusUnauthorized}} {
			p.infoErr = refusal
			if err := r.poll(t.Context()); !errors.Is(err, refusal) || len(p.takeAsked()) > 0 {
				t.Errorf("a refusal that may pass: %v", err)
			}
		}
		time.Sleep(clockPatience)
		for range 2 {
			if err := r.poll(t.Context()); err != nil {
				t.Error(err)
			}
		}
		if got := asked(p); got[0] != "VaultAccountActivity start_time [0s, 30m0s)" || logged.count("exporter's clock") != 1 {
			t.Errorf("refused: %v, %s", got, logged.all.String())
		}
	})
}

// Reports that make no sense are refused.
func TestNewRefuses(t *testing.T) {
	p := &pretend{}
	for name, change := range map[string]func(*Config){
		"no name":                       func(c *Config) { c.Appliance = "" },
		"a collector that is none":      func(c *Config) { c.Intervals = all("health") },
		"a negative interval":           func(c *Config) { c.Intervals[Vault] = -1 },
		"a directory that is none":      func(c *Config) { c.Directory = "/dev/null" },
		"a directory that is not there": func(c *Config) { c.Directory = t.TempDir() + "/none" },
	} {
		config := Config{Client: p, Info: p.info, Intervals: all(Vault), Appliance: "a"}
		change(&config)
		if _, err := New(config); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
