package collector

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// everything is an appliance of which everything is known.
func everything(tb testing.TB) *fixture {
	tb.Helper()
	yes, skew := true, 1500*time.Millisecond
	state := newLiveState(tb)
	state.subscribe(append(smallDesk(),
		insert("presentation_session", 70, ""),
		insert("attendee", 71, `"connected":1`),
		insert("presenter", 72, ""),
		insert("representative_support_session_tool", 73, `"tool":"screen_sharing"`),
	)...)
	state.pass(5)
	state.tell(
		insert("support_session", 24, fmt.Sprintf(`"lsid":"e","queue_id":"1","created_timestamp":%d,"start_method":"session_key"`, deskTime+7)),
		insert("representative_support_session", 43, fmt.Sprintf(`"support_session_id":"24","representative_id":"10","created_timestamp":%d`, deskTime+7)),
		insert("customer_client", 62, `"support_session_id":"24","client_type":"desktop","connected":0`),
		update("support_session", 24, `"queue_id":"2"`),
	)
	state.pass(90)
	state.tell(remove("support_session", 24), remove("representative_support_session", 43), remove("customer_client", 62))
	f := newFixture(tb, &answers{
		check: is(appliance.HealthCheck{
			ApplianceID: "50ade", Hostname: "support-a", Version: "19.1.8", Build: "37380-749b", Success: &yes,
			Failover: appliance.Failover{
				Role: "primary", SharedIPs: []string{"192.0.2.7"},
				LastDataSync: time.Unix(deskTime, 0), LastDataSyncStatus: "Success",
			},
		}),
		probe:   is(200),
		members: is([]appliance.Member{{ApplianceID: "50ade", Name: "A", PublicHostname: "a.example.com", ClusterRole: "single", FailoverRole: "primary", AcceptingConnections: &yes}}),
		clients: is([]appliance.ClientCount{{ApplianceID: "50ade", Type: "representative", Count: 2}}),
		info: is(appliance.APIInfo{
			Version: "1.21.1", ClockSkew: &skew,
			Permissions: []appliance.Permission{{Name: "perm_command", Access: "read_only"}},
		}),
		reports:  &reportsView{told: allReports()},
		licenses: allLicenses(),
		limits:   map[string]uint64{"full": 50, "chat": 5},
		product:  appliance.RemoteSupport, certificate: time.Unix(1_800_000_000, 0), remaining: 14_990,
	}, state, "health", "clients", "state", "licenses", "sessions", "surveys", "teams", "vault", "jump_items")
	f.requests.ObserveRequest("command", "check_health", "200", 30*time.Millisecond)
	f.requests.ObserveRequest("command", "get_appliances", "503", 2*time.Second)
	return f
}

// goldenFile is everything that is exported, as a Prometheus server would see
// it. UPDATE_GOLDEN=1 go test ./collector writes it anew.
func goldenFile() string { return filepath.Join("testdata", "metrics.txt") }

func TestGoldenExposition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b strings.Builder
		for _, family := range everything(t).scrape(t.Context(), t) {
			if _, err := expfmt.MetricFamilyToText(&b, family); err != nil {
				t.Fatal(err)
			}
		}
		if os.Getenv("UPDATE_GOLDEN") != "" {
			if err := os.WriteFile(goldenFile(), []byte(b.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(goldenFile())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), b.String()); diff != "" {
			t.Errorf("the exposition differs (-want +got):\n%s", diff)
		}
	})
}

// What promlint finds wrong with a metric, promtool would tell every user.
func TestLint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		problems, err := testutil.GatherAndLint(everything(t).Gatherer(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		for _, problem := range problems {
			t.Errorf("%s: %s", problem.Metric, problem.Text)
		}
	})
}

func TestHelp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, family := range everything(t).scrape(t.Context(), t) {
			help := family.GetHelp()
			if !strings.HasSuffix(help, ".") || strings.Contains(help, ". ") {
				t.Errorf("the help of %s is not one sentence with a full stop: %s", family.GetName(), help)
			}
		}
	})
}

// A scrape goes through a registry's own checks where it is put together with
// the exporter's own metrics.
func TestGatherersTakeIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := everything(t)
		families, err := prometheus.Gatherers{prometheus.NewPedanticRegistry(), f.Gatherer(t.Context())}.Gather()
		if err != nil {
			t.Fatal(err)
		}
		if got, want := len(families), len(f.described()); got != want {
			t.Errorf("there are %d families, want one for each of %d descriptions", got, want)
		}
	})
}

// Histograms have native buckets as well, which only protobuf shows.
func TestNativeHistograms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seen := 0
		for _, family := range everything(t).scrape(t.Context(), t) {
			if family.GetType() != dto.MetricType_HISTOGRAM {
				continue
			}
			seen++
			for _, m := range family.GetMetric() {
				h := m.GetHistogram()
				if h.Schema == nil || len(h.GetBucket()) == 0 {
					t.Errorf("%s has %d classic buckets and the schema %v", family.GetName(), len(h.GetBucket()), h.Schema)
				}
			}
		}
		if seen != 6 {
			t.Errorf("there are %d histograms, want 6", seen)
		}
	})
}

// described returns the descriptions of all that f can export, as a line with
// name, type and labels for each.
func (f *fixture) described() []string {
	tables := []*table{&f.target.table, &f.reportTimes.table}
	for _, c := range f.collectors {
		tables = append(tables, c.describe())
	}
	lines := []string{
		"beyondtrust_api_requests_total counter api, action, code",
		"beyondtrust_api_request_duration_seconds histogram api, action",
	}
	for _, table := range tables {
		for _, m := range table.metrics {
			lines = append(lines, fmt.Sprintf("%s %s %s", m.name, strings.ToLower(m.kind.String()), strings.Join(m.labels, ", ")))
		}
	}
	slices.Sort(lines)
	return lines
}

// The table of metrics in the documentation is what is exported: no metric
// more, none less, with the same types and labels.
func TestDocumentation(t *testing.T) {
	document, err := os.ReadFile(filepath.Join("..", "docs", "metrics.md"))
	if err != nil {
		t.Fatal(err)
	}
	var documented []string
	for line := range strings.Lines(string(document)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if !strings.HasPrefix(line, "| `beyondtrust_") || len(cells) != 4 {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(strings.ReplaceAll(cells[i], "`", ""))
		}
		if cells[3] == "" {
			t.Errorf("%s is not explained", cells[0])
		}
		documented = append(documented, fmt.Sprintf("%s %s %s", cells[0], cells[1], cells[2]))
	}
	slices.Sort(documented)

	synctest.Test(t, func(t *testing.T) {
		f := everything(t)
		if diff := cmp.Diff(f.described(), documented); diff != "" {
			t.Errorf("docs/metrics.md is not what is exported (-exported +documented):\n%s", diff)
		}
		// A description that nothing is ever exported by would be a promise.
		var exported, described []string
		for _, family := range f.scrape(t.Context(), t) {
			labels := []string{}
			for _, pair := range family.GetMetric()[0].GetLabel() {
				labels = append(labels, pair.GetName())
			}
			exported = append(exported, family.GetName()+" "+strings.ToLower(family.GetType().String())+" "+strings.Join(labels, ", "))
		}
		for _, line := range f.described() {
			name, labels, _ := strings.Cut(line, " ")
			kind, labels, _ := strings.Cut(labels, " ")
			names := slices.Sorted(strings.SplitSeq(labels, ", "))
			described = append(described, name+" "+kind+" "+strings.Join(names, ", "))
		}
		slices.Sort(exported)
		slices.Sort(described)
		if diff := cmp.Diff(described, exported); diff != "" {
			t.Errorf("what is described is not what is exported (-described +exported):\n%s", diff)
		}
	})
}
