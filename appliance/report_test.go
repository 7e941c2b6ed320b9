package appliance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Each report is asked for by the vendor's parameters.
func TestReportRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked string
		m := &inMemory{account: newAccount()}
		m.command = func(w http.ResponseWriter, r *http.Request) {
			asked = r.URL.Path + "?" + r.URL.RawQuery
			root := map[string]string{
				"SupportCustExitSurvey": "exit_survey_list", "SupportTeam": "team_activity_list", "JumpItem": "jump_item_event_list",
				"LicenseUsage": "license_usage", "AccessSession": "session_list",
			}[r.URL.Query().Get("generate_report")]
			if r.URL.Path == "/api/command" {
				root = "connected_clients"
			}
			says("<"+root+` xmlns="http://www.beyondtrust.com/sra/namespaces/API/reporting"/>`)(w, r)
		}
		c, _ := m.client(t)
		w := Window{By: ByEnd, From: at(1000), Duration: time.Hour}
		tests := []struct {
			call func(context.Context) error
			want string
		}{
			{func(ctx context.Context) error {
				return c.Sessions(ctx, "AccessSession", w, func(*Session) error { return nil })
			},
				"/api/reporting?duration=3600&end_time=1000&generate_report=AccessSession"},
			{func(ctx context.Context) error {
				return c.Surveys(ctx, "SupportCustExitSurvey", ByTeam, w, func(*Survey) error { return nil })
			},
				"/api/reporting?duration=3600&end_time=1000&generate_report=SupportCustExitSurvey&id=all&report_type=team"},
			{func(ctx context.Context) error {
				return c.TeamEvents(ctx, "SupportTeam", Window{By: ByStart, From: at(1000)}, func(Event) error { return nil })
			},
				"/api/reporting?duration=1&generate_report=SupportTeam&start_time=1000"},
			{func(ctx context.Context) error {
				return c.Events(ctx, "JumpItem", Window{By: ByStart, From: at(1000), Duration: 5 * time.Second}, func(Event) error { return nil })
			},
				"/api/reporting?duration=5&generate_report=JumpItem&start_time=1000"},
			{func(ctx context.Context) error { _, _, err := c.LicensePeak(ctx, at(1000)); return err },
				"/api/reporting?duration=0&generate_report=LicenseUsage&group_by=hour&start_time=1000"},
			{func(ctx context.Context) error { _, err := c.LicensesInUse(ctx); return err },
				"/api/command?action=get_connected_clients&type=representative"},
		}
		for _, test := range tests {
			if err := test.call(t.Context()); err != nil || asked != test.want {
				t.Errorf("asked for %s (%v), want %s", asked, err, test.want)
			}
		}
		if c.Product() != PrivilegedRemoteAccess {
			t.Errorf("the product is %q", c.Product())
		}
	})
}

// A report may take longer than a request may, but not longer than its context.
func TestReportTakesItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &inMemory{account: newAccount()}
		m.command = func(w http.ResponseWriter, r *http.Request) {
			select {
			case <-time.After(2 * time.Minute):
			case <-r.Context().Done():
			}
			says(`<session_list><session lsid="a"/></session_list>`)(w, r)
		}
		c, _ := m.client(t)
		ask := func(limit time.Duration) error {
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			defer cancel()
			return c.Sessions(ctx, "SupportSession", Window{By: ByEnd, From: at(1)}, func(*Session) error { return ctx.Err() })
		}
		if err := ask(5 * time.Minute); err != nil {
			t.Error(err)
		}
		// The time limit of a request has nothing to do with it.
		if err := ask(time.Minute); !errors.Is(err, KindTimeout) || !strings.Contains(err.Error(), "a firewall drops the connection") || strings.Contains(err.Error(), "time limit") {
			t.Errorf("past its limit it ends with %v", err)
		}
	})
}

// What went wrong with a report can be told apart, and an error says which box to tick.
func TestReportErrors(t *testing.T) {
	tests := []struct {
		name   string
		answer http.HandlerFunc
		kind   Kind
		text   string
	}{
		{"nothing found", says(`<error>No sessions</error>`), KindAnswer, "No sessions"},
		{"no permission, in the appliance's words", says(`<error>Document Not Found</error>`), KindPermission, "tick Allow Access to Vault Account Activity Reports"},
		{"no permission, by its status", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }, KindPermission, "Vault"},
		{"no permission, as for a token", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }, KindPermission, "Vault"},
		{"broken", says(`<vault_account_activity_list>`), KindMalformed, "not understood"},
		{"not there", http.NotFound, KindStatus, "404"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := &inMemory{account: newAccount(), command: test.answer}
				c, _ := m.client(t)
				err := c.Events(t.Context(), "VaultAccountActivity", Window{By: ByStart, From: at(1)}, func(Event) error { return nil })
				if !errors.Is(err, test.kind) || !strings.Contains(err.Error(), test.text) {
					t.Errorf("got %v, want %s with %q", err, test.kind, test.text)
				}
				if m.tokens() > 2 {
					t.Errorf("%d tokens were asked for", m.tokens())
				}
			})
		})
	}
}

// Of a report that began as it should nobody is sent to look for another address.
func TestRemedyOfAReportThatBeganWell(t *testing.T) {
	const begun = `<vault_account_activity_list><vault_account_activity timestamp="1" event_type="x">`
	for answer, want := range map[string]string{
		begun + strings.Repeat("x", 3<<20): "tell the makers of the exporter",
		begun:                              "tell the makers of the exporter",
		"<html><body>It works!</html>":     "is the address of a BeyondTrust site",
	} {
		synctest.Test(t, func(t *testing.T) {
			m := &inMemory{account: newAccount(), command: says(answer)}
			c, _ := m.client(t)
			err := c.Events(t.Context(), "VaultAccountActivity", Window{By: ByStart, From: at(1)}, func(Event) error { return nil })
			if !errors.Is(err, KindMalformed) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "address") != strings.Contains(want, "address") {
				t.Errorf("got %v, want %q", err, want)
			}
		})
	}
}

// What has passed since the appliance told its time is read off a clock that nobody sets.
func TestTimeOfAPIInfo(t *testing.T) {
	m := &inMemory{account: newAccount(), command: says(recordedAPIInfo)}
	c, _ := m.client(t)
	before := time.Now()
	info, err := c.APIInfo(t.Context())
	if err != nil || info.Answered.Before(before) || info.Answered.After(time.Now()) || !strings.Contains(info.Answered.String(), " m=") {
		t.Errorf("answered at %s: %v", info.Answered, err)
	}
}

// A token that has died is replaced, and the report comes after all, once.
func TestReportRenewsToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &inMemory{account: newAccount(), command: says(`<session_list><session lsid="a"/></session_list>`)}
		c, _ := m.client(t)
		given := 0
		ask := func() error {
			return c.Sessions(t.Context(), "SupportSession", Window{By: ByEnd, From: at(1)}, func(*Session) error { given++; return nil })
		}
		if err := ask(); err != nil {
			t.Fatal(err)
		}
		m.revoke()
		if err := ask(); err != nil || given != 2 || m.tokens() != 2 {
			t.Errorf("%v, %d sessions, %d tokens", err, given, m.tokens())
		}
	})
}

// repeated is a document of a head, a body many times and a tail, without holding it.
type repeated struct {
	rest bytes.Reader
	body func(i int) []byte
	next int
	n    int
	tail string
}

func (r *repeated) Read(p []byte) (int, error) {
	for r.rest.Len() == 0 {
		switch {
		case r.next < r.n:
			r.rest.Reset(r.body(r.next))
		case r.next == r.n:
			r.rest.Reset([]byte(r.tail))
		default:
			return 0, io.EOF
		}
		r.next++
	}
	return r.rest.Read(p)
}

// BenchmarkReport reads a report of 256 MiB with a million events and reports by how much the
// live heap was larger than before at its largest.
func BenchmarkReport(b *testing.B) {
	const events = 1_000_000
	event := func(i int) []byte {
		made := fmt.Appendf(nil, `<event timestamp="%d" event_type="Chat Message"><performed_by type="representative" gsnumber="4">Bob</performed_by><destination type="customer" gsnumber="5">Ann</destination><body>`, 1_700_000_000+i/50)
		return append(append(made, bytes.Repeat([]byte("m"), 256-len(made)+10)...), "</body></event>"...)
	}
	inSessions := func(i int) []byte {
		made := event(i)
		if i%50 == 0 {
			made = append(fmt.Appendf(nil, `<session lsid="%d"><start_time timestamp="1"/><end_time timestamp="%d"/><session_details>`, i, i+2), made...)
		}
		if i%50 == 49 {
			made = append(made, `</session_details></session>`...)
		}
		return made
	}
	reports := []struct {
		name       string
		head, tail string
		body       func(int) []byte
		read       func(io.Reader, func()) error
	}{
		{"sessions", "<session_list>", "</session_list>", inSessions, func(r io.Reader, each func()) error {
			_, err := readSessions(r, func(s *Session) error {
				for range s.Events["Chat Message"] {
					each()
				}
				return nil
			})
			return err
		}},
		{"teams", `<team_activity_list><team_activity id="1" name="T"><events>`, "</events></team_activity></team_activity_list>", event, func(r io.Reader, each func()) error {
			_, err := readTeamEvents(r, func(Event) error { each(); return nil })
			return err
		}},
	}
	for _, report := range reports {
		b.Run(report.name, func(b *testing.B) {
			var before, now runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			largest := before.HeapAlloc
			var bytesRead int64
			for b.Loop() {
				seen := 0
				src := &repeated{body: report.body, n: events, tail: report.tail}
				src.rest.Reset([]byte(report.head))
				counter := &countingReader{src: src}
				if err := report.read(counter, func() {
					if seen++; seen%20_000 == 0 {
						runtime.ReadMemStats(&now)
						largest = max(largest, now.HeapAlloc)
					}
				}); err != nil || seen != events {
					b.Fatal(seen, err)
				}
				bytesRead = counter.n
			}
			b.SetBytes(bytesRead)
			above := float64(largest-before.HeapAlloc) / (1 << 20)
			b.ReportMetric(above, "MiB-above-idle")
			if above > 32 {
				b.Errorf("%.1f MiB above idle", above)
			}
		})
	}
}

type countingReader struct {
	src io.Reader
	n   int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.src.Read(p)
	c.n += int64(n)
	return n, err
}
