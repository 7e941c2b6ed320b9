package collector

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// An appliance that makes up names, as many and as odd as it likes, gets an exposition that
// Prometheus can read, in which no name is longer than 128 bytes, no metric has more than a
// thousand of them, and no line is its own.
func TestHostileNames(t *testing.T) {
	const names = 5000
	odd := []string{
		"a\nbeyondtrust_up 0\n", `"} 1` + "\nbeyondtrust_evil{a=\"", `\`, `\\"`, "\x00", "\xff\xfe", "\r\n", "\u2028", "# HELP x", "",
		strings.Repeat("é", 1000), strings.Repeat("\xf0", 1000), "\x1b[2J", "<script>alert(1)</script>", "other", "{}", "NaN",
	}
	name := func(i int) string {
		if i < len(odd) {
			return odd[i]
		}
		return fmt.Sprintf("%d\n\"\\\xff", i)
	}
	var members []appliance.Member
	var clients []appliance.ClientCount
	var permissions []appliance.Permission
	var ips []string
	for i := range names {
		members = append(members, appliance.Member{ApplianceID: name(i), Name: name(i), PublicHostname: name(i), ClusterRole: name(i), FailoverRole: name(i)})
		clients = append(clients, appliance.ClientCount{ApplianceID: name(i), Type: name(i), Count: 1})
		permissions = append(permissions, appliance.Permission{Name: name(i), Access: name(i)})
		ips = append(ips, name(i))
	}
	for _, spoken := range odd {
		a := &answers{
			check: is(appliance.HealthCheck{
				ApplianceID: spoken, Hostname: spoken, Version: spoken, Build: spoken,
				Failover: appliance.Failover{Role: spoken, SharedIPs: ips, LastDataSync: time.Unix(1, 0), LastDataSyncStatus: spoken},
			}),
			probe: is(200), members: is(members), clients: is(clients),
			info:    is(appliance.APIInfo{Version: spoken, CompanyName: spoken, Permissions: permissions}),
			product: appliance.Product(spoken),
		}
		synctest.Test(t, func(t *testing.T) {
			f := newFixture(t, a, nil, "health", "clients")
			families := f.scrape(t.Context(), t)
			var text bytes.Buffer
			for _, family := range families {
				values := make(map[string]map[string]bool)
				for _, metric := range family.GetMetric() {
					for _, pair := range metric.GetLabel() {
						if len(pair.GetValue()) > maxLabelBytes || !utf8.ValidString(pair.GetValue()) {
							t.Errorf("%s has the label %s=%q", family.GetName(), pair.GetName(), pair.GetValue())
						}
						if values[pair.GetName()] == nil {
							values[pair.GetName()] = make(map[string]bool)
						}
						values[pair.GetName()][pair.GetValue()] = true
					}
				}
				for label, seen := range values {
					if len(seen) > maxLabelValues+1 {
						t.Errorf("%s has %d values of %s", family.GetName(), len(seen), label)
					}
				}
				if n := len(family.GetMetric()); n > 4*(maxLabelValues+1) {
					t.Errorf("%s has %d series", family.GetName(), n)
				}
				if _, err := expfmt.MetricFamilyToText(&text, family); err != nil {
					t.Fatal(err)
				}
			}
			parser := expfmt.NewTextParser(model.UTF8Validation)
			parsed, err := parser.TextToMetricFamilies(&text)
			if err != nil || len(parsed) != len(families) {
				t.Errorf("%q: %d families became %d, %v", spoken, len(families), len(parsed), err)
			}
			if parsed["beyondtrust_evil"] != nil || parsed["beyondtrust_up"].GetMetric()[0].GetGauge().GetValue() != 1 {
				t.Errorf("%q: a name has become a line", spoken)
			}
		})
	}
}
