package collector

import (
	"testing"
	"testing/synctest"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

func TestClientsCollector(t *testing.T) {
	tests := []struct {
		name   string
		answer answers
		want   string
	}{
		{
			name: "a cluster, with a type that is not documented",
			answer: answers{clients: is([]appliance.ClientCount{
				{ApplianceID: "61bef", Type: "push_agent", Count: 4000},
				{ApplianceID: "50ade", Type: "representative", Count: 12},
				{ApplianceID: "50ade", Type: "vault_agent", Count: 1},
			})},
			want: `
			# TYPE beyondtrust_connected_clients gauge
			beyondtrust_connected_clients{appliance_id="50ade",type="representative"} 12
			beyondtrust_connected_clients{appliance_id="50ade",type="vault_agent"} 1
			beyondtrust_connected_clients{appliance_id="61bef",type="push_agent"} 4000
			# TYPE beyondtrust_scrape_collector_success gauge
			beyondtrust_scrape_collector_success{collector="clients"} 1
			`,
		},
		{
			name: "counts for the same are summed",
			answer: answers{clients: is([]appliance.ClientCount{
				{ApplianceID: "50ade", Type: "representative", Count: 12},
				{ApplianceID: "50ade", Type: "push_agent", Count: 1},
				{ApplianceID: "50ade", Type: "representative", Count: 3},
				{ApplianceID: "50ade", Type: "representative", Count: 4},
			})},
			want: `
			# TYPE beyondtrust_connected_clients gauge
			beyondtrust_connected_clients{appliance_id="50ade",type="push_agent"} 1
			beyondtrust_connected_clients{appliance_id="50ade",type="representative"} 19
			# TYPE beyondtrust_scrape_collector_success gauge
			beyondtrust_scrape_collector_success{collector="clients"} 1
			`,
		},
		{
			name: "no answer",
			want: `
			# TYPE beyondtrust_scrape_collector_success gauge
			beyondtrust_scrape_collector_success{collector="clients"} 0
			`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t, &test.answer, nil, "clients")
				compare(t, test.want, text(t, f.scrape(t.Context(), t), "beyondtrust_connected_clients", "beyondtrust_scrape_collector_success"))
			})
		})
	}
}
