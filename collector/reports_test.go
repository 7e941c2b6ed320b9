package collector

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/reports"
)

func series(n uint64, labels ...string) reports.Series {
	return reports.Series{Labels: labels, Value: n}
}

// well says that collectors of reports are.
func well(collectors ...reports.Collector) []reports.Status {
	var all []reports.Status
	for _, c := range collectors {
		all = append(all, reports.Status{Collector: c, Polled: true, Success: true, Took: 1500 * time.Millisecond})
	}
	return all
}

// allReports is what reports have told where all of them have something to tell.
func allReports() reports.View {
	return reports.View{
		Collectors: well(reports.Collectors()...),
		LastSuccess: []reports.Success{
			{Report: "JumpItem", Time: time.Unix(deskTime-20, 0)},
			{Report: "SupportSession", Time: time.Unix(deskTime-10, 500_000_000)},
		},
		Sessions: []reports.Series{
			series(3, "Default", "", "Network", "", "served"),
			series(1, "Default", "", "Network", "", "unserved"),
			series(2, "", "Servers", "", "Berlin", "served"),
		},
		SessionEvents:    []reports.Series{series(17, "Chat Message"), series(0, "Session End")},
		Files:            []reports.Series{series(1, "deleted"), series(0, "moved"), series(4, "transferred")},
		SessionDurations: []reports.Histogram{{Team: "Network", Buckets: map[float64]uint64{60: 1, 120: 3}, Native: map[int]int64{47: 1, 53: 2}, Count: 3, Sum: 250}},
		SessionPickups:   []reports.Histogram{{Team: "Network", Buckets: map[float64]uint64{5: 2, 10: 2}, Native: map[int]int64{-3: 1}, Zero: 1, Count: 2, Sum: 0.7}},
		SurveyAnswers:    []reports.Series{series(2, "customer", "Satisfaction", "neutral")},
		TeamEvents:       []reports.Series{series(5, "Network", "Chat Message")},
		VaultEvents:      []reports.Series{series(1, "Password Rotation Failed")},
		JumpItemEvents:   []reports.Series{series(6, "created", "remote_rdp")},
		OpenSessions:     []reports.Series{series(2, "Servers"), series(1, "personal")},
		OpenKnown:        true,
	}
}

func TestReportCollectors(t *testing.T) {
	tests := []struct {
		name       string
		collectors []string
		product    appliance.Product
		change     func(*reports.View)
		want       string
	}{
		{
			name: "sessions", collectors: []string{"sessions"}, product: appliance.PrivilegedRemoteAccess,
			want: `
			# TYPE beyondtrust_access_sessions_open gauge
			beyondtrust_access_sessions_open{jump_group="Servers"} 2
			beyondtrust_access_sessions_open{jump_group="personal"} 1
			# TYPE beyondtrust_report_files_total counter
			beyondtrust_report_files_total{operation="deleted"} 1
			beyondtrust_report_files_total{operation="moved"} 0
			beyondtrust_report_files_total{operation="transferred"} 4
			# TYPE beyondtrust_report_last_success_timestamp_seconds gauge
			beyondtrust_report_last_success_timestamp_seconds{report="JumpItem"} 1.69999998e+09
			beyondtrust_report_last_success_timestamp_seconds{report="SupportSession"} 1.6999999905e+09
			# TYPE beyondtrust_report_session_duration_seconds histogram
			beyondtrust_report_session_duration_seconds_bucket{team="Network",le="60"} 1
			beyondtrust_report_session_duration_seconds_bucket{team="Network",le="120"} 3
			beyondtrust_report_session_duration_seconds_bucket{team="Network",le="+Inf"} 3
			beyondtrust_report_session_duration_seconds_sum{team="Network"} 250
			beyondtrust_report_session_duration_seconds_count{team="Network"} 3
			# TYPE beyondtrust_report_session_events_total counter
			beyondtrust_report_session_events_total{event_type="Chat Message"} 17
			beyondtrust_report_session_events_total{event_type="Session End"} 0
			# TYPE beyondtrust_report_session_pickup_seconds histogram
			beyondtrust_report_session_pickup_seconds_bucket{team="Network",le="5"} 2
			beyondtrust_report_session_pickup_seconds_bucket{team="Network",le="10"} 2
			beyondtrust_report_session_pickup_seconds_bucket{team="Network",le="+Inf"} 2
			beyondtrust_report_session_pickup_seconds_sum{team="Network"} 0.7
			beyondtrust_report_session_pickup_seconds_count{team="Network"} 2
			# TYPE beyondtrust_report_sessions_total counter
			beyondtrust_report_sessions_total{jump_group="",jumpoint="",outcome="served",public_site="Default",team="Network"} 3
			beyondtrust_report_sessions_total{jump_group="",jumpoint="",outcome="unserved",public_site="Default",team="Network"} 1
			beyondtrust_report_sessions_total{jump_group="Servers",jumpoint="Berlin",outcome="served",public_site="",team=""} 2
			# TYPE beyondtrust_scrape_collector_duration_seconds gauge
			beyondtrust_scrape_collector_duration_seconds{collector="sessions"} 1.5
			# TYPE beyondtrust_scrape_collector_success gauge
			beyondtrust_scrape_collector_success{collector="sessions"} 1
			`,
		},
		{
			name: "the last poll failed", collectors: []string{"sessions", "vault"}, product: appliance.PrivilegedRemoteAccess,
			change: func(v *reports.View) {
				v.Collectors[0].Success = false
				*v = reports.View{
					Collectors: v.Collectors, VaultEvents: v.VaultEvents,
					Files: []reports.Series{series(4, "transferred")},
				}
			},
			want: `
			# TYPE beyondtrust_report_files_total counter
			beyondtrust_report_files_total{operation="transferred"} 4
			# TYPE beyondtrust_scrape_collector_duration_seconds gauge
			beyondtrust_scrape_collector_duration_seconds{collector="sessions"} 1.5
			beyondtrust_scrape_collector_duration_seconds{collector="vault"} 1.5
			# TYPE beyondtrust_scrape_collector_success gauge
			beyondtrust_scrape_collector_success{collector="sessions"} 0
			beyondtrust_scrape_collector_success{collector="vault"} 1
			# TYPE beyondtrust_vault_account_events_total counter
			beyondtrust_vault_account_events_total{event_type="Password Rotation Failed"} 1
			`,
		},
		{
			name: "nothing was polled yet, but an earlier process has counted", collectors: []string{"teams"},
			change: func(v *reports.View) {
				*v = reports.View{Collectors: []reports.Status{{Collector: reports.Teams}}, TeamEvents: v.TeamEvents}
			},
			want: `
			# TYPE beyondtrust_scrape_collector_duration_seconds gauge
			beyondtrust_scrape_collector_duration_seconds{collector="teams"} 0
			# TYPE beyondtrust_scrape_collector_success gauge
			beyondtrust_scrape_collector_success{collector="teams"} 0
			# TYPE beyondtrust_team_events_total counter
			beyondtrust_team_events_total{event_type="Chat Message",team="Network"} 5
			`,
		},
		{
			name: "surveys and Jump Items", collectors: []string{"surveys", "jump_items"}, product: appliance.RemoteSupport,
			change: func(v *reports.View) { v.LastSuccess = nil },
			want: `
			# TYPE beyondtrust_jump_item_events_total counter
			beyondtrust_jump_item_events_total{event_type="created",jump_item_type="remote_rdp"} 6
			# TYPE beyondtrust_scrape_collector_duration_seconds gauge
			beyondtrust_scrape_collector_duration_seconds{collector="jump_items"} 1.5
			beyondtrust_scrape_collector_duration_seconds{collector="surveys"} 1.5
			# TYPE beyondtrust_scrape_collector_success gauge
			beyondtrust_scrape_collector_success{collector="jump_items"} 1
			beyondtrust_scrape_collector_success{collector="surveys"} 1
			# TYPE beyondtrust_survey_answers_total counter
			beyondtrust_survey_answers_total{answer="neutral",question="Satisfaction",survey="customer"} 2
			`,
		},
		{
			name: "Privileged Remote Access has no surveys", collectors: []string{"surveys"}, product: appliance.PrivilegedRemoteAccess,
			change: func(v *reports.View) { v.LastSuccess = nil },
		},
		{
			name: "labels are bounded where they are counted, not by the collector", collectors: []string{"teams"},
			change: func(v *reports.View) {
				var events []reports.Series
				for range 2 * maxLabelValues {
					events = append(events, series(1, strings.Repeat("x", len(events)%100), strings.Repeat("y", len(events)/100)))
				}
				*v = reports.View{Collectors: v.Collectors, VaultEvents: events, TeamEvents: events}
			},
			want: "2000 beyondtrust_team_events_total",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				told := &reportsView{told: allReports()}
				if test.change != nil {
					test.change(&told.told)
				}
				f := newFixture(t, &answers{reports: told, product: test.product}, nil, test.collectors...)
				got := text(t, f.scrape(t.Context(), t), "beyondtrust_access", "beyondtrust_report", "beyondtrust_scrape", "beyondtrust_survey",
					"beyondtrust_team", "beyondtrust_vault", "beyondtrust_jump")
				if told.looked.Load() != 1 {
					t.Errorf("the reports were looked at %d times in one scrape", told.looked.Load())
				}
				if strings.Contains(f.log.String(), "Cannot collect from the appliance\" collectors="+test.collectors[0]) {
					t.Errorf("what whoever polls says in the log is said again: %s", f.log)
				}
				if n, name, ok := strings.Cut(test.want, " "); ok && n == "2000" {
					if strings.Count(got, name+"{") != 2000 {
						t.Errorf("%d series of %s, want %s", strings.Count(got, name+"{"), name, n)
					}
					return
				}
				compare(t, test.want, got)
			})
		})
	}
}

// What is put together of a histogram's buckets is what the library would have
// made of the durations.
func TestReportHistogram(t *testing.T) {
	for _, durations := range [][]float64{nil, {0}, {1}, {0, 0, 1, 2, 2, 3, 3, 4, 100, 120, 7200, 90_000}} {
		observed := prometheus.NewHistogram(prometheus.HistogramOpts{
			Buckets: reports.DurationBuckets(), NativeHistogramBucketFactor: nativeFactor, NativeHistogramMaxBucketNumber: nativeBuckets,
		})
		h := reports.Histogram{Buckets: make(map[float64]uint64), Native: make(map[int]int64)}
		for _, bound := range reports.DurationBuckets() {
			h.Buckets[bound] = 0
		}
		for _, d := range durations {
			observed.Observe(d)
			h.Count, h.Sum = h.Count+1, h.Sum+d
			for bound := range h.Buckets {
				if d <= bound {
					h.Buckets[bound]++
				}
			}
			if d == 0 {
				h.Zero++
				continue
			}
			h.Native[int(math.Ceil(math.Log2(d)*8))]++
		}
		var want dto.Metric
		if err := observed.Write(&want); err != nil {
			t.Fatal(err)
		}
		got, err := reportHistogram(&h)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(spelt(want.Histogram), spelt(got)); diff != "" {
			t.Errorf("%v:\n%s", durations, diff)
		}
	}
}

// spelt has all that a histogram says but when it was made.
func spelt(h *dto.Histogram) []string {
	all := []string{fmt.Sprint(h.GetSampleCount(), h.GetSampleSum(), h.GetSchema(), h.GetZeroThreshold(), h.GetZeroCount(), h.GetPositiveDelta())}
	for _, b := range h.GetBucket() {
		all = append(all, fmt.Sprint("le ", b.GetUpperBound(), ": ", b.GetCumulativeCount()))
	}
	for _, s := range h.GetPositiveSpan() {
		all = append(all, fmt.Sprint("span ", s.GetOffset(), " ", s.GetLength()))
	}
	return all
}
