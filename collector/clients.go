package collector

import (
	"context"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/health"
)

// clientsCollector asks how many clients are connected.
type clientsCollector struct {
	health *health.Health
	table  table

	connectedClients *metric
}

func newClientsCollector(h *health.Health) *clientsCollector {
	c := &clientsCollector{health: h}
	c.connectedClients = c.table.gauge("beyondtrust_connected_clients",
		"Clients connected to the appliance, by their type as the appliance calls it, from the summary of get_connected_client_list.",
		"appliance_id", "type")
	return c
}

func (c *clientsCollector) info() Info {
	return Info{
		Name:    "clients",
		Help:    "How many clients of each type are connected (get_connected_client_list, its summary alone).",
		Default: true,
		asks:    []call{{"command", "get_connected_client_list"}},
	}
}

func (c *clientsCollector) describe() *table { return &c.table }

func (c *clientsCollector) collect(ctx context.Context, _ *moment, out *page) error {
	answer, err := c.health.ClientSummary(ctx)
	if err != nil {
		return err
	}
	p := c.table.page()
	for _, count := range answer.Value {
		p.add(c.connectedClients, float64(count.Count), count.ApplianceID, count.Type)
	}
	out.put(p)
	return nil
}
