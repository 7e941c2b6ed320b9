package collector

import (
	"context"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/reports"
)

// vaultCollector shows what the report of Vault accounts has told.
type vaultCollector struct {
	table table

	accountEvents *metric
}

func newVaultCollector() *vaultCollector {
	c := new(vaultCollector)
	c.accountEvents = c.table.counter("beyondtrust_vault_account_events_total",
		"Events of Vault accounts, by type, from the report VaultAccountActivity.",
		"event_type").fixed("event_type")
	return c
}

func (c *vaultCollector) info() Info {
	return Info{
		Name:     string(reports.Vault),
		Help:     "What happened to Vault accounts: check-outs, password changes, failed rotations (the report VaultAccountActivity).",
		Interval: reports.DefaultInterval,
	}
}

func (c *vaultCollector) describe() *table { return &c.table }

func (c *vaultCollector) collect(_ context.Context, now *moment, out *page) error {
	v := now.reports()
	p := c.table.page()
	p.addSeries(c.accountEvents, v.VaultEvents)
	out.put(p)
	return out.polled(v, reports.Vault)
}
