package reports

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// A primary whose check_health fails, or leaves the role out, while its reports are read as ever:
// either the polls say so, or what they show is right.
func TestPrimaryWhoseRoleIsNotToldAnyMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pretend{product: appliance.PrivilegedRemoteAccess, noError: true}
		active := time.Now()
		r := begin(t, Config{
			Client: p, Info: p.info, Intervals: all(Sessions), Directory: t.TempDir(),
			Role:   func(context.Context) (string, time.Time, bool) { return "primary", time.Time{}, true },
			Active: func() time.Time { return active },
		})
		started := time.Now()
		// At each moment ten sessions are open: each takes 50 minutes, one begins each five.
		for i := range 12 * 24 * 9 {
			at := started.Add(time.Duration(i) * 5 * time.Minute)
			p.sessions = append(p.sessions, session{Session: appliance.Session{LSID: fmt.Sprint(i), JumpGroup: "A", Start: at, End: at.Add(50 * time.Minute)}})
		}
		poll := func(n int, fresh bool) error {
			var err error
			for range n {
				time.Sleep(5 * time.Minute)
				if fresh {
					active = time.Now()
				}
				err = r.poll(t.Context())
			}
			return err
		}
		if err := poll(24, true); err != nil {
			t.Error(err)
		}
		if err := poll(1, false); !errors.Is(err, errUntold) || r.View().OpenKnown {
			t.Errorf("five minutes without a role: %v, open sessions are known: %t", err, r.View().OpenKnown)
		}
		err := poll(11, false)
		v := r.View()
		if err == nil && v.Collectors[0].Success && (!v.OpenKnown || sum(v.OpenSessions, 0)["A"] < 9) {
			t.Errorf("an hour without a role: the poll says success, open sessions are %v, not 10", v.OpenSessions)
		}
		if n := total(v)[0]; err == nil && n < 20 {
			t.Errorf("an hour without a role: the poll says success, %d sessions, not 26", n)
		}
		_ = poll(12*24*8, false)
		if err := poll(1, true); err != nil {
			t.Error(err)
		}
		if n := total(r.View())[0]; n < 12*24*8 {
			t.Errorf("%d sessions of the eight days are counted for ever, of %d", n, 12*24*8)
		}
	})
}

// The same, of a former backup, after a restart.
func TestFormerBackupWhoseRoleIsNotTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pretend{noError: true}
		known := true
		var logged lines
		config := Config{
			Client: p, Info: p.info, Intervals: all(Vault), Directory: t.TempDir(), Logger: logged.logger(),
			Role: func(context.Context) (string, time.Time, bool) {
				if known {
					return "backup", time.Time{}, true
				}
				return "", time.Time{}, false
			},
		}
		_ = begin(t, config).poll(t.Context())
		known = false
		before := logged.all.String()
		r := begin(t, config)
		for i := range 12 * 24 {
			p.events = append(p.events, event{Event: happen(time.Now(), "Account Created", fmt.Sprint(i))})
			time.Sleep(5 * time.Minute)
			if err := r.poll(t.Context()); err != nil {
				return // It says so.
			}
		}
		v := r.View()
		t.Errorf("a day: success %t, events %v, log %q", v.Collectors[0].Success, v.VaultEvents, logged.all.String()[len(before):])
	})
}
