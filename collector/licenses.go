package collector

import (
	"context"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/licenses"
)

// licensesName is the name of the collector of licences.
const licensesName = "licenses"

// Licenses is where it is looked up how many licences of one appliance are in
// use. *licenses.Licenses is one.
type Licenses interface {
	View() licenses.View
}

// licensesCollector shows the licences in use beside what the operator says was
// bought.
type licensesCollector struct {
	licenses Licenses
	limits   map[string]uint64
	table    table

	inUse, limit, peak, peakTime *metric
}

func newLicensesCollector(l Licenses, limits map[string]uint64) *licensesCollector {
	c := &licensesCollector{licenses: l, limits: limits}
	t := &c.table
	// Package licenses bounds the types, and keeps those that have a limit.
	c.inUse = t.gauge("beyondtrust_licenses_in_use",
		"Licences that connected representatives use now, by type, from get_connected_clients; what extended availability uses is not seen.",
		"license_type").fixed("license_type")
	c.limit = t.extreme("beyondtrust_license_limit",
		"Licences that were bought, by type, as the operator says, since the API does not tell.",
		"license_type").fixed("license_type")
	c.peak = t.extreme("beyondtrust_license_peak",
		"Licences in use at the newest peak that the appliance logged, which it does where at least 90 % of them are, by type and reason, from the report LicenseUsage.",
		"license_type", "reason")
	c.peakTime = t.extreme("beyondtrust_license_peak_timestamp_seconds",
		"When the appliance logged the newest peak of the licences in use, in Unix seconds by the appliance's clock, from the report LicenseUsage.")
	return c
}

func (c *licensesCollector) info() Info {
	return Info{
		Name:           licensesName,
		Help:           "Licences in use, their limits and their peaks (get_connected_clients, the report LicenseUsage); on Privileged Remote Access only where asked for.",
		Default:        true,
		Interval:       licenses.DefaultInterval,
		asks:           []call{{"command", "get_connected_clients"}},
		defaultProduct: appliance.RemoteSupport,
	}
}

func (c *licensesCollector) describe() *table { return &c.table }

func (c *licensesCollector) collect(_ context.Context, _ *moment, out *page) error {
	v := c.licenses.View()
	p := c.table.page()
	for kind, limit := range c.limits {
		p.add(c.limit, float64(limit), kind)
	}
	for kind, n := range v.InUse {
		p.add(c.inUse, float64(n), kind)
	}
	if v.PeakKnown {
		for _, count := range v.Peak.Counts {
			p.add(c.peak, float64(count.Count), count.Type, count.Reason)
		}
		p.add(c.peakTime, unixSeconds(v.Peak.Time))
	}
	out.put(p)
	out.last(v.Took)
	switch {
	case !v.Polled:
		return errUnpolled
	case !v.Success:
		return errTold
	default:
		return nil
	}
}
