package web

import (
	"strings"
	"testing"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/target"
)

func TestLandingPage(t *testing.T) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name   string
		status target.Status
		want   []string
		absent []string
	}{
		{
			"not asked yet",
			target.Status{State: target.StateStatus{Enabled: true}},
			[]string{"not asked yet", "not known yet", "not connected", `href="/metrics"`, "support.example.com"},
			[]string{"0001-01-01", "<script", "remote_support", "attempt"},
		},
		{
			"all well",
			target.Status{
				Asked: true, Reachable: true, ReachableSince: noon,
				Role: "primary", RoleSince: noon.Add(time.Second), Product: "remote_support", Version: "24.1.2",
				State: target.StateStatus{Enabled: true, Connected: true, Synced: true, ConnectedSince: noon.Add(time.Minute)},
			},
			[]string{
				"yes, since 2026-03-01 12:00:00 UTC", "primary, since 2026-03-01 12:00:01 UTC", "in sync, since 2026-03-01 12:01:00 UTC",
				"remote_support", "24.1.2",
			},
			[]string{"not known", "not connected"},
		},
		{
			"down",
			target.Status{
				Asked: true, ReachableSince: noon, Trouble: `connection <b>refused</b>`, Role: "primary", RoleSince: noon,
				State: target.StateStatus{Enabled: true, Trouble: "<script>alert(1)</script>", TroubleAt: noon, Unreached: true},
			},
			[]string{"no, since 2026-03-01 12:00:00 UTC", "connection &lt;b&gt;refused", "primary, since", "the last attempt, at 2026-03-01 12:00:00 UTC, failed for the same reason"},
			[]string{"<b>", "alert(1)"},
		},
		{
			"no token for either",
			target.Status{
				Trouble: "command check_health: token of support.example.com: client ID or secret refused",
				State:   target.StateStatus{Enabled: true, Trouble: "getting a token for the real-time state API: token of support.example.com: client ID or secret refused", TroubleAt: noon},
			},
			[]string{"could not be asked yet", "client ID or secret refused", "failed for the same reason"},
			[]string{"getting a token"},
		},
		{
			"two troubles",
			target.Status{
				Asked: true, Reachable: true, ReachableSince: noon, Trouble: "HTTP status 503",
				State: target.StateStatus{Enabled: true, Trouble: "<script>alert(1)</script>", TroubleAt: noon},
			},
			[]string{"HTTP status 503", "&lt;script&gt;"},
			[]string{"<script", "the same reason"},
		},
		{
			// It was refused before the way was lost, while there was one.
			"two troubles, one before the other",
			target.Status{
				Asked: true, ReachableSince: noon, Trouble: "connection refused",
				State: target.StateStatus{Enabled: true, Trouble: "tick Real-Time State API", TroubleAt: noon.Add(-time.Hour), Unreached: true},
			},
			[]string{"connection refused", "tick Real-Time State API"}, []string{"the same reason"},
		},
		{
			// check_health hangs for its whole time limit; what serves /nw answers.
			"two troubles, one of them an answer",
			target.Status{
				Asked: true, ReachableSince: noon, Trouble: "no answer in time",
				State: target.StateStatus{Enabled: true, Trouble: "tick Real-Time State API", TroubleAt: noon},
			},
			[]string{"no answer in time", "tick Real-Time State API"}, []string{"the same reason"},
		},
		{
			"only errors",
			target.Status{Asked: true, Reachable: true, ReachableSince: noon, Trouble: "HTTP status 503"},
			[]string{"only with an error", "HTTP status 503", "has been open since 2026-03-01 12:00:00 UTC"}, []string{"yes,"},
		},
		{
			"a refusal that is mended since",
			target.Status{
				Asked: true, Reachable: true, ReachableSince: noon,
				State: target.StateStatus{Enabled: true, Trouble: "credentials refused", TroubleAt: noon},
			},
			[]string{"the last attempt, at 2026-03-01 12:00:00 UTC, ended with", "credentials refused", "The next attempt comes by itself"}, nil,
		},
		{
			"backup",
			target.Status{
				Asked: true, Reachable: true, ReachableSince: noon, Role: "backup", RoleSince: noon,
				State: target.StateStatus{Enabled: true, Trouble: "HTTP status 503"},
			},
			[]string{"a backup has no state to tell"}, []string{"class=\"bad\"", "503"},
		},
		{
			"full copy under way",
			target.Status{State: target.StateStatus{Enabled: true, Connected: true, ConnectedSince: noon}},
			[]string{"connected since 2026-03-01 12:00:00 UTC, taking in the full copy"}, nil,
		},
		{"state off", target.Status{}, []string{"state subscription: </span>off</td>"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			options := testOptions()
			fake := theAppliance(options)
			test.status.Name, test.status.URL = fake.status.Name, fake.status.URL
			fake.status = test.status
			got := ask(newTestHandler(t, options), "GET", "/")
			for _, want := range test.want {
				if !strings.Contains(got.Body.String(), want) {
					t.Errorf("there is no %q in the page:\n%s", want, got.Body)
				}
			}
			for _, absent := range test.absent {
				if strings.Contains(got.Body.String(), absent) {
					t.Errorf("there is %q in the page:\n%s", absent, got.Body)
				}
			}
			if kind := got.Header().Get("Content-Type"); !strings.HasPrefix(kind, "text/html") {
				t.Errorf("the page is %q; want text/html", kind)
			}
		})
	}
}
