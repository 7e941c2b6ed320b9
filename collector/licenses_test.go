package collector

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/licenses"
)

// allLicenses is what is known where everything is.
func allLicenses() *licensesView {
	return &licensesView{
		Polled: true, Success: true, Took: 250 * time.Millisecond,
		InUse: map[string]uint64{"full": 47, "chat": 0},
		Peak: appliance.LicensePeak{Time: time.Unix(deskTime-3600, 0), Counts: []appliance.LicenseCount{
			{Type: "full", Reason: "login", Count: 45}, {Type: "full", Reason: "extended_contact", Count: 4}, {Type: "full", Reason: "total", Count: 49},
		}},
		PeakKnown: true,
	}
}

func TestLicensesCollector(t *testing.T) {
	tests := []struct {
		name   string
		view   *licensesView
		limits map[string]uint64
		want   string
	}{
		{
			name: "all is known", view: allLicenses(), limits: map[string]uint64{"full": 50, "chat": 5},
			want: `
			# TYPE beyondtrust_license_limit gauge
			beyondtrust_license_limit{license_type="chat"} 5
			beyondtrust_license_limit{license_type="full"} 50
			# TYPE beyondtrust_license_peak gauge
			beyondtrust_license_peak{license_type="full",reason="extended_contact"} 4
			beyondtrust_license_peak{license_type="full",reason="login"} 45
			beyondtrust_license_peak{license_type="full",reason="total"} 49
			# TYPE beyondtrust_license_peak_timestamp_seconds gauge
			beyondtrust_license_peak_timestamp_seconds 1.6999964e+09
			# TYPE beyondtrust_licenses_in_use gauge
			beyondtrust_licenses_in_use{license_type="chat"} 0
			beyondtrust_licenses_in_use{license_type="full"} 47
			# TYPE beyondtrust_scrape_collector_duration_seconds gauge
			beyondtrust_scrape_collector_duration_seconds{collector="licenses"} 0.25
			# TYPE beyondtrust_scrape_collector_success gauge
			beyondtrust_scrape_collector_success{collector="licenses"} 1
			`,
		},
		{
			name: "nothing was logged, nothing is limited", view: &licensesView{Polled: true, Success: true, Took: time.Second, InUse: map[string]uint64{"": 3}},
			want: `
			# TYPE beyondtrust_licenses_in_use gauge
			beyondtrust_licenses_in_use{license_type=""} 3
			# TYPE beyondtrust_scrape_collector_duration_seconds gauge
			beyondtrust_scrape_collector_duration_seconds{collector="licenses"} 1
			# TYPE beyondtrust_scrape_collector_success gauge
			beyondtrust_scrape_collector_success{collector="licenses"} 1
			`,
		},
		{
			name: "the last poll failed", view: &licensesView{Polled: true, Took: time.Second}, limits: map[string]uint64{"full": 0},
			want: `
			# TYPE beyondtrust_license_limit gauge
			beyondtrust_license_limit{license_type="full"} 0
			# TYPE beyondtrust_scrape_collector_duration_seconds gauge
			beyondtrust_scrape_collector_duration_seconds{collector="licenses"} 1
			# TYPE beyondtrust_scrape_collector_success gauge
			beyondtrust_scrape_collector_success{collector="licenses"} 0
			`,
		},
		{
			name: "before the first poll", view: &licensesView{},
			want: `
			# TYPE beyondtrust_scrape_collector_duration_seconds gauge
			beyondtrust_scrape_collector_duration_seconds{collector="licenses"} 0
			# TYPE beyondtrust_scrape_collector_success gauge
			beyondtrust_scrape_collector_success{collector="licenses"} 0
			`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t, &answers{licenses: test.view, limits: test.limits}, nil, "licenses")
				compare(t, test.want, text(t, f.scrape(t.Context(), t), "beyondtrust_license", "beyondtrust_scrape"))
				if strings.Contains(f.log.String(), "licenses") {
					t.Errorf("what whoever polls says in the log is said again: %s", f.log)
				}
			})
		})
	}
}

// Which collectors run where the operator says nothing, and where the operator
// does.
func TestCollectorsOn(t *testing.T) {
	const (
		rs  = appliance.RemoteSupport
		pra = appliance.PrivilegedRemoteAccess
	)
	tests := []struct {
		name, collector string
		product         appliance.Product
		said, on        bool
		want            bool
	}{
		{"by default", "licenses", rs, false, false, true},
		{"by default, but not on Privileged Remote Access", "licenses", pra, false, false, false},
		{"as long as nobody knows the product", "licenses", appliance.ProductUnknown, false, false, true},
		{"asked for", "licenses", pra, true, true, true},
		{"not wanted", "licenses", rs, true, false, false},
		{"not by default", "sessions", rs, false, false, false},
		{"asked for, on either product", "sessions", pra, true, true, true},
		{"asked for where there is nothing", "surveys", pra, true, true, false},
		{"asked for where there is something", "surveys", rs, true, true, true},
		{"the state", "state", pra, true, true, false},
		{"what all have", "health", pra, false, false, true},
	}
	for _, test := range tests {
		t.Run(test.name+": "+test.collector, func(t *testing.T) {
			for _, info := range All() {
				if info.Name != test.collector {
					continue
				}
				if got := info.On(test.product, test.said, test.on); got != test.want {
					t.Errorf("on is %t", got)
				}
				enabled := make(map[string]bool)
				if test.said {
					enabled[info.Name] = test.on
				}
				synctest.Test(t, func(t *testing.T) {
					a := &answers{product: test.product, licenses: allLicenses(), reports: &reportsView{told: allReports()}}
					state := newLiveState(t)
					f := newFixture(t, a, state, All()[0].Name, "state", "licenses", "sessions", "surveys")
					f.enabled = enabled
					got := strings.Contains(text(t, f.scrape(t.Context(), t), "beyondtrust_scrape_collector_success"), `"`+test.collector+`"`)
					if got != test.want {
						t.Errorf("it shows itself: %t", got)
					}
				})
			}
		})
	}
}

var _ Licenses = (*licenses.Licenses)(nil)
