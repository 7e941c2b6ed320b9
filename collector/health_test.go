package collector

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

func TestHealthCollector(t *testing.T) {
	healthPrefixes := []string{"beyondtrust_appliance_info", "beyondtrust_health_", "beyondtrust_failover_", "beyondtrust_cluster_", "beyondtrust_scrape_collector_success"}
	yes, no := true, false
	tests := []struct {
		name   string
		answer answers
		want   string
	}{
		{
			name: "primary of a pair",
			answer: answers{
				check: is(appliance.HealthCheck{
					ApplianceID: "50ade", Hostname: "support-a", Version: "19.1.8", Build: "37380-749b", Success: &yes,
					Failover: appliance.Failover{
						Role: "primary", SharedIPs: []string{"192.0.2.7", "192.0.2.8"},
						LastDataSync: time.Unix(1_570_408_370, 877_000_000), LastDataSyncStatus: "Success",
					},
				}),
				probe: is(200),
				members: is([]appliance.Member{
					{ApplianceID: "50ade", Name: "A", PublicHostname: "a.example.com", ClusterRole: "single", FailoverRole: "primary", AcceptingConnections: &yes},
					{ApplianceID: "61bef", Name: "B", PublicHostname: "b.example.com", ClusterRole: "single", FailoverRole: "backup", AcceptingConnections: &no},
				}),
			},
			want: `
			# TYPE beyondtrust_appliance_info gauge
			beyondtrust_appliance_info{appliance_id="50ade",build="37380-749b",hostname="support-a",version="19.1.8"} 1
			# TYPE beyondtrust_cluster_member_accepting_connections gauge
			beyondtrust_cluster_member_accepting_connections{appliance_id="50ade"} 1
			beyondtrust_cluster_member_accepting_connections{appliance_id="61bef"} 0
			# TYPE beyondtrust_cluster_member_failover_role gauge
			beyondtrust_cluster_member_failover_role{appliance_id="50ade",role="backup"} 0
			beyondtrust_cluster_member_failover_role{appliance_id="50ade",role="none"} 0
			beyondtrust_cluster_member_failover_role{appliance_id="50ade",role="primary"} 1
			beyondtrust_cluster_member_failover_role{appliance_id="61bef",role="backup"} 1
			beyondtrust_cluster_member_failover_role{appliance_id="61bef",role="none"} 0
			beyondtrust_cluster_member_failover_role{appliance_id="61bef",role="primary"} 0
			# TYPE beyondtrust_cluster_member_info gauge
			beyondtrust_cluster_member_info{appliance_id="50ade",name="A",public_hostname="a.example.com"} 1
			beyondtrust_cluster_member_info{appliance_id="61bef",name="B",public_hostname="b.example.com"} 1
			# TYPE beyondtrust_cluster_member_role gauge
			beyondtrust_cluster_member_role{appliance_id="50ade",role="master"} 0
			beyondtrust_cluster_member_role{appliance_id="50ade",role="single"} 1
			beyondtrust_cluster_member_role{appliance_id="50ade",role="traffic"} 0
			beyondtrust_cluster_member_role{appliance_id="61bef",role="master"} 0
			beyondtrust_cluster_member_role{appliance_id="61bef",role="single"} 1
			beyondtrust_cluster_member_role{appliance_id="61bef",role="traffic"} 0
			# TYPE beyondtrust_failover_last_data_sync_info gauge
			beyondtrust_failover_last_data_sync_info{status="Success"} 1
			# TYPE beyondtrust_failover_last_data_sync_timestamp_seconds gauge
			beyondtrust_failover_last_data_sync_timestamp_seconds 1.570408370877e+09
			# TYPE beyondtrust_failover_role gauge
			beyondtrust_failover_role{role="backup"} 0
			beyondtrust_failover_role{role="none"} 0
			beyondtrust_failover_role{role="primary"} 1
			# TYPE beyondtrust_failover_shared_ip_info gauge
			beyondtrust_failover_shared_ip_info{ip="192.0.2.7"} 1
			beyondtrust_failover_shared_ip_info{ip="192.0.2.8"} 1
			# TYPE beyondtrust_health_check_success gauge
			beyondtrust_health_check_success 1
			# TYPE beyondtrust_health_probe_success gauge
			beyondtrust_health_probe_success 1
			# TYPE beyondtrust_scrape_collector_success gauge
			beyondtrust_scrape_collector_success{collector="health"} 1
			`,
		},
		{
			name: "what was left out is absent, an undocumented role a series of its own",
			answer: answers{
				check:   is(appliance.HealthCheck{Version: "25.1.1", Success: &no, Failover: appliance.Failover{Role: "witness"}}),
				probe:   is(500),
				members: is([]appliance.Member(nil)),
			},
			want: `
			# TYPE beyondtrust_appliance_info gauge
			beyondtrust_appliance_info{appliance_id="",build="",hostname="",version="25.1.1"} 1
			# TYPE beyondtrust_failover_role gauge
			beyondtrust_failover_role{role="backup"} 0
			beyondtrust_failover_role{role="none"} 0
			beyondtrust_failover_role{role="primary"} 0
			beyondtrust_failover_role{role="witness"} 1
			# TYPE beyondtrust_health_check_success gauge
			beyondtrust_health_check_success 0
			# TYPE beyondtrust_health_probe_success gauge
			beyondtrust_health_probe_success 0
			# TYPE beyondtrust_scrape_collector_success gauge
			beyondtrust_scrape_collector_success{collector="health"} 1
			`,
		},
		{
			name:   "nothing but the probe answers",
			answer: answers{probe: is(200)},
			want: `
			# TYPE beyondtrust_health_probe_success gauge
			beyondtrust_health_probe_success 1
			# TYPE beyondtrust_scrape_collector_success gauge
			beyondtrust_scrape_collector_success{collector="health"} 0
			`,
		},
		{
			name:   "a probe without an answer is a failed probe, and the other calls stay",
			answer: answers{check: is(appliance.HealthCheck{Success: &yes}), members: is([]appliance.Member{{Name: "A"}})},
			want: `
			# TYPE beyondtrust_cluster_member_info gauge
			beyondtrust_cluster_member_info{appliance_id="",name="A",public_hostname=""} 1
			# TYPE beyondtrust_health_check_success gauge
			beyondtrust_health_check_success 1
			# TYPE beyondtrust_health_probe_success gauge
			beyondtrust_health_probe_success 0
			# TYPE beyondtrust_scrape_collector_success gauge
			beyondtrust_scrape_collector_success{collector="health"} 0
			`,
		},
		{
			name: "an appliance told of twice stays one",
			answer: answers{
				check: is(appliance.HealthCheck{}),
				probe: is(200),
				members: is([]appliance.Member{
					{ApplianceID: "50ade", FailoverRole: "none", AcceptingConnections: &yes},
					{ApplianceID: "50ade", FailoverRole: "none", AcceptingConnections: &yes},
				}),
			},
			want: `
			# TYPE beyondtrust_cluster_member_accepting_connections gauge
			beyondtrust_cluster_member_accepting_connections{appliance_id="50ade"} 1
			# TYPE beyondtrust_cluster_member_failover_role gauge
			beyondtrust_cluster_member_failover_role{appliance_id="50ade",role="backup"} 0
			beyondtrust_cluster_member_failover_role{appliance_id="50ade",role="none"} 1
			beyondtrust_cluster_member_failover_role{appliance_id="50ade",role="primary"} 0
			# TYPE beyondtrust_cluster_member_info gauge
			beyondtrust_cluster_member_info{appliance_id="50ade",name="",public_hostname=""} 1
			# TYPE beyondtrust_health_probe_success gauge
			beyondtrust_health_probe_success 1
			# TYPE beyondtrust_scrape_collector_success gauge
			beyondtrust_scrape_collector_success{collector="health"} 1
			`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t, &test.answer, nil, "health")
				compare(t, test.want, text(t, f.scrape(t.Context(), t), healthPrefixes...))
			})
		})
	}
}
