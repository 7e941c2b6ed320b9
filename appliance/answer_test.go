package appliance

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func flag(value bool) *bool { return &value }

const recordedHealthCheck = `<?xml version="1.0" encoding="UTF-8"?>

<health_check xmlns="http://www.bomgar.com/namespaces/API/command">
	<appliance id="50adeb59f0f04163b09b7591af1949ea">ip-10-156-64-136</appliance>
	<version>19.1.8 (37380-749b17ca33d2475427428f263608ae98d69f7a35)</version>
	<success>1</success>
		<failover_role>none</failover_role>
			</health_check>`

const recordedAPIInfo = `<api_information xmlns="http://www.bomgar.com/namespaces/API/command">
	<api_version>1.19.0</api_version>
	<company_name>example</company_name>
	<timestamp>1574638362</timestamp>
	<permissions>
		<permission name="perm_command">full_access</permission>
		<permission name="perm_reporting_support">1</permission>
		<permission name="perm_real_time_state">0</permission>
	</permissions>
</api_information>`

func TestReadHealthCheck(t *testing.T) {
	tests := []struct {
		name, answer string
		want         HealthCheck
	}{
		{"recorded, Remote Support 19.1.8", recordedHealthCheck, HealthCheck{
			ApplianceID: "50adeb59f0f04163b09b7591af1949ea", Hostname: "ip-10-156-64-136",
			Version: "19.1.8", Build: "37380-749b17ca33d2475427428f263608ae98d69f7a35",
			Success: flag(true), Failover: Failover{Role: "none"},
		}},
		{"a pair, another namespace with a prefix, unknown elements", `<b:health_check xmlns:b="https://www.beyondtrust.com/sra/namespaces/API/command">
			<b:new><b:deep>x</b:deep></b:new>
			<b:appliance b:id="a1">left<b:note>not this</b:note></b:appliance><b:version>24.2.1</b:version>
			<b:success>0</b:success><b:error_message>Disk &amp; data: 5 &lt; 6 &#8364;</b:error_message>
			<b:failover_role>backup</b:failover_role>
			<b:enabled_shared_ips><b:ip>192.0.2.1</b:ip><b:ip/><b:other/><b:ip> 2001:db8::1 </b:ip></b:enabled_shared_ips>
			<b:last_data_sync_time ts="1570408370">2019-10-07T00:32:50.877+0000</b:last_data_sync_time>
			<b:last_data_sync_status>Success</b:last_data_sync_status></b:health_check>`, HealthCheck{
			ApplianceID: "a1", Hostname: "left", Version: "24.2.1", Success: flag(false), ErrorMessage: "Disk & data: 5 < 6 €",
			Failover: Failover{
				Role: "backup", SharedIPs: []string{"192.0.2.1", "2001:db8::1"},
				LastDataSync: time.Unix(1570408370, 0).UTC(), LastDataSyncStatus: "Success",
			},
		}},
		{"the time without an attribute, zone without a colon", `<health_check><last_data_sync_time>2019-10-07T00:32:50.877+0000</last_data_sync_time></health_check>`,
			HealthCheck{Failover: Failover{LastDataSync: time.Date(2019, 10, 7, 0, 32, 50, 877e6, time.UTC)}}},
		{"zone with a colon", `<health_check><last_data_sync_time>2024-12-03T17:26:05+02:00</last_data_sync_time></health_check>`,
			HealthCheck{Failover: Failover{LastDataSync: time.Date(2024, 12, 3, 15, 26, 5, 0, time.UTC)}}},
		{"a time of 0 is none, and so is one without a zone", `<health_check><last_data_sync_time ts="0">2024-12-03 15:26</last_data_sync_time></health_check>`, HealthCheck{}},
		{"all left out, the root tells", `<health_check/>`, HealthCheck{}},
		{"a root of another name with what was asked for", `<answer><success>true</success></answer>`, HealthCheck{Success: flag(true)}},
		{"a flag that is none", `<health_check><success>maybe</success></health_check>`, HealthCheck{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, _, err := readHealthCheck(strings.NewReader(test.answer))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadAPIInfo(t *testing.T) {
	tests := []struct {
		name, answer string
		want         APIInfo
	}{
		{"recorded", recordedAPIInfo, APIInfo{
			Version: "1.19.0", CompanyName: "example", Timestamp: time.Unix(1574638362, 0).UTC(),
			Permissions: []Permission{{"perm_command", "full_access"}, {"perm_reporting_support", "1"}, {"perm_real_time_state", "0"}},
		}},
		{"permissions as the documents spell them, no company", `<get_api_info><permissions><perm_backup>0</perm_backup><note>x</note></permissions></get_api_info>`,
			APIInfo{Permissions: []Permission{{"perm_backup", "0"}}}},
		{"ISO text", `<api_information><timestamp>2019-11-24T23:32:42Z</timestamp></api_information>`, APIInfo{Timestamp: time.Unix(1574638362, 0).UTC()}},
		{"not a time", `<api_information><timestamp>1e300</timestamp></api_information>`, APIInfo{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, _, err := readAPIInfo(strings.NewReader(test.answer))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadMembers(t *testing.T) {
	tests := []struct {
		name, answer string
		want         []Member
	}{
		{"a pair", `<appliances xmlns="https://www.beyondtrust.com/namespaces/API/command">
			<appliance id="a"><name>left</name><public_hostname>l.example.com</public_hostname><cluster_role>single</cluster_role>
			<failover_role>primary</failover_role><accepting_connections>1</accepting_connections><timezone_offset>0</timezone_offset></appliance>
			<appliance id="b"><failover_role>backup</failover_role><accepting_connections>0</accepting_connections></appliance></appliances>`,
			[]Member{
				{ApplianceID: "a", Name: "left", PublicHostname: "l.example.com", ClusterRole: "single", FailoverRole: "primary", AcceptingConnections: flag(true)},
				{ApplianceID: "b", FailoverRole: "backup", AcceptingConnections: flag(false)},
			}},
		{"nobody", `<appliances/>`, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, _, err := readMembers(strings.NewReader(test.answer))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadClientSummary(t *testing.T) {
	tests := []struct {
		name, answer string
		want         []ClientCount
	}{
		{"a cluster of two", `<connected_client_list xmlns="https://www.beyondtrust.com/namespaces/API/command"><connected_client_summary>
			<appliance_summary id="a"><count type="representative">3</count><count type="pinned_client">18446744073709551615</count><new/></appliance_summary>
			<appliance_summary id="b"><count type="representative">0</count><count type="robot">1</count><count type="push_agent">many</count></appliance_summary>
			</connected_client_summary><connected_client type="representative" id="1"/></connected_client_list>`,
			[]ClientCount{{"a", "representative", 3}, {"a", "pinned_client", 1<<64 - 1}, {"b", "representative", 0}, {"b", "robot", 1}}},
		{"without the summary around it", `<connected_client_list><appliance_summary id="a"><count type="x"> 7 </count></appliance_summary></connected_client_list>`, []ClientCount{{"a", "x", 7}}},
		{"without an appliance", `<connected_client_list><connected_client_summary><count type="x">7</count></connected_client_summary></connected_client_list>`, []ClientCount{{"", "x", 7}}},
		{"nobody", `<connected_client_list/>`, nil},
		{"all clients beside it and in it", `<connected_client_list><appliance_summary id="a">` + strings.Repeat("<new/>", 15_000) + `<count type="x">7</count></appliance_summary>` +
			strings.Repeat(`<connected_client type="representative" id="1"/>`, 15_000) + `</connected_client_list>`, []ClientCount{{"a", "x", 7}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, _, err := readClientSummary(strings.NewReader(test.answer))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	counts := "<connected_client_list>" + strings.Repeat(`<count type="x">7</count>`, maxClientCounts+1) + "</connected_client_list>"
	if got, _, err := readClientSummary(strings.NewReader(counts)); err == nil || !strings.Contains(err.Error(), "more than 10000 counts") {
		t.Errorf("of counts without end: %d, %v", len(got), err)
	}
}

func TestProductOf(t *testing.T) {
	tests := map[string]Product{
		"http://www.bomgar.com/namespaces/API/command":            RemoteSupport,
		"https://www.beyondtrust.com/namespaces/API/command":      RemoteSupport,
		"http://www.beyondtrust.com/sra/namespaces/API/reporting": PrivilegedRemoteAccess,
		"https://www.beyondtrust.com/sra/namespaces/API/command":  PrivilegedRemoteAccess,
		"":                             ProductUnknown,
		"http://www.w3.org/1999/xhtml": ProductUnknown,
	}
	for namespace, want := range tests {
		if got := productOf(namespace); got != want {
			t.Errorf("%q: got %q, want %q", namespace, got, want)
		}
	}
}
