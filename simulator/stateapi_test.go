package simulator

import (
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// What comes over the wire, in whatever frames, is what the desk has: after the copy, after hours of changes, after a restart.
func TestTheWireShowsTheDesk(t *testing.T) {
	c := newClock()
	cfg := Config{Now: c.Now, FrameBytes: 700}
	cfg.World.FlushEvery = -1
	s := serve(t, cfg)
	client := s.dial(dialOptions{})
	if at := client.subscribe(); at != c.Now().Unix() {
		t.Errorf("timestamp %d, want %d", at, c.Now().Unix())
	}
	model := rows{}
	catchUp := func(when string) {
		t.Helper()
		want := s.State().Rows
		for !cmp.Equal(model.counts(), want, cmpopts.EquateEmpty()) {
			line, err := client.line()
			if err != nil {
				t.Fatalf("%s: %v; still different:\n%s", when, err, cmp.Diff(want, model.counts()))
			}
			var m message
			if err := json.Unmarshal(line, &m); err != nil {
				t.Fatalf("%s: %v", when, err)
			}
			model.take(m)
		}
	}
	catchUp("after the copy")
	for range 20 {
		c.advance(5 * time.Minute)
		catchUp("after some time")
	}
	if err := s.Restart(RestartTruncate); err != nil {
		t.Fatal(err)
	}
	c.advance(time.Minute)
	catchUp("after a restart")
	if client.frames < 500 || client.split == 0 {
		t.Errorf("%d frames, %d cut inside a character: messages are not cut", client.frames, client.split)
	}
}

func TestEchoes(t *testing.T) {
	for _, test := range []struct {
		echo Echo
		want string
	}{{EchoEncoded, "ingredi%20state%20api"}, {EchoDecoded, "ingredi state api"}, {EchoNone, ""}} {
		s := serve(t, Config{Echo: test.echo})
		for _, offer := range []string{"ingredi%20state%20api", "ingredi state api"} {
			c, status := s.upgrade(offer)
			if c == nil {
				t.Fatalf("offered %q: %d", offer, status)
			}
			if c.echo != test.want {
				t.Errorf("offered %q: echo %q, want %q", offer, c.echo, test.want)
			}
		}
		for _, offer := range []string{"", "chat"} {
			if c, status := s.upgrade(offer); c != nil || status != 400 {
				t.Errorf("offered %q: %d", offer, status)
			}
		}
	}
}

func TestStateRefusals(t *testing.T) {
	t.Run("token", func(t *testing.T) {
		s := serve(t, Config{})
		s.dial(dialOptions{token: strings.Repeat("0", 40)}).expectRefusal("authenticate_response")
	})
	t.Run("permission", func(t *testing.T) {
		s := serve(t, Config{Permissions: Permissions{NoState: true}})
		if reason := s.dial(dialOptions{}).expectRefusal("authenticate_response"); !strings.Contains(reason, "permission") {
			t.Errorf("reason %q", reason)
		}
	})
	t.Run("table", func(t *testing.T) {
		s := serve(t, Config{})
		s.dial(dialOptions{tables: `["support_session","nonsense"]`}).expectRefusal("subscribe_response")
	})
	t.Run("too many", func(t *testing.T) {
		s := serve(t, Config{MaxIntegrations: 2})
		for range 2 {
			s.dial(dialOptions{}).subscribe()
		}
		s.dial(dialOptions{}).expectRefusal("subscribe_response")
	})
	t.Run("product", func(t *testing.T) {
		s := serve(t, Config{Product: PrivilegedRemoteAccess})
		if _, status := s.upgrade("ingredi%20state%20api"); status != 404 {
			t.Errorf("status %d", status)
		}
	})
	t.Run("backup", func(t *testing.T) {
		s := serve(t, Config{Role: RoleBackup})
		if _, status := s.upgrade("ingredi%20state%20api"); status != 503 {
			t.Errorf("status %d", status)
		}
		if a := s.command(s.token(), "action=check_health"); !strings.Contains(a.body, "<failover_role>backup</failover_role>") {
			t.Errorf("check_health: %s", a.body)
		}
	})
}

func TestSomeTablesOnly(t *testing.T) {
	c := newClock()
	s := serve(t, Config{Now: c.Now})
	client := s.dial(dialOptions{tables: `["queue","support_session"]`})
	client.subscribe()
	c.advance(30 * time.Minute)
	seen := make(map[string]bool)
	for range 60 {
		m := client.read()
		for _, changes := range []map[string]map[string]map[string]any{m.Insert, m.Update} {
			for table := range changes {
				seen[table] = true
			}
		}
		for table := range m.Delete {
			seen[table] = true
		}
	}
	if diff := cmp.Diff(map[string]bool{"queue": true, "support_session": true}, seen); diff != "" {
		t.Error(diff)
	}
}

func TestASlowReaderIsDisconnected(t *testing.T) {
	c := newClock()
	var log journal
	s := serve(t, Config{Now: c.Now, Backlog: 50_000, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	client := s.dial(dialOptions{})
	client.subscribe()
	// A day's changes at once are more than may wait.
	c.advance(24 * time.Hour)
	for {
		if _, err := client.line(); err != nil {
			break
		}
	}
	eventually(t, "the log says why", func() bool { return strings.Contains(log.String(), "too slow to read") })
	eventually(t, "nobody is subscribed", func() bool { return s.Subscribers() == 0 })
}

func TestRestartsAreNoticed(t *testing.T) {
	for _, test := range []struct {
		mode             RestartMode
		truncate, closed bool
	}{{RestartTruncate, true, false}, {RestartClose, false, true}, {RestartBoth, true, true}} {
		t.Run(string(test.mode), func(t *testing.T) {
			s := serve(t, Config{})
			client := s.dial(dialOptions{})
			client.subscribe()
			if err := s.Restart(test.mode); err != nil {
				t.Fatal(err)
			}
			truncate, closed := false, false
			// The rows that come after a truncate on a living connection are new.
			for after := false; !closed && !after; {
				line, err := client.line()
				closed = err != nil
				after = truncate && !test.closed
				truncate = truncate || strings.Contains(string(line), `"truncate_model"`)
			}
			if truncate != test.truncate || closed != test.closed {
				t.Errorf("truncate %t, closed %t", truncate, closed)
			}
			s.dial(dialOptions{}).subscribe()
		})
	}
}
