package collector

import (
	"context"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/health"
)

// targetName is what the log calls what no collector asks for.
const targetName = "target"

// Client tells what an appliance's client learns by the way. *appliance.Client
// is one.
type Client interface {
	Certificate() (notAfter time.Time, ok bool)
	RateLimitRemaining() (n int, ok bool)
	Product() appliance.Product
}

// target exports what there is for every appliance, whatever collectors run.
type target struct {
	client Client
	health *health.Health
	table  table

	up, collectorSuccess, collectorDuration       *metric
	rateLimitRemaining, clockSkew, certificateEnd *metric
	apiInfo, apiPermissionInfo                    *metric
}

func newTarget(client Client, h *health.Health) *target {
	c := &target{client: client, health: h}
	t := &c.table
	c.up = t.extreme("beyondtrust_up",
		"1 where the appliance answered check_health with a well-formed answer to valid credentials, for this scrape or within the cache time; else 0.")
	c.collectorSuccess = t.extreme("beyondtrust_scrape_collector_success",
		"1 where the collector got all that it asked for, 0 where something is missing from this scrape; of state, whether it is in sync or the appliance a backup.",
		"collector").fixed("collector")
	c.collectorDuration = t.extreme("beyondtrust_scrape_collector_duration_seconds",
		"How long the collector took for this scrape, or for its last poll where it polls in the background, in seconds.",
		"collector").fixed("collector")
	c.rateLimitRemaining = t.extreme("beyondtrust_api_rate_limit_remaining",
		"Requests that the API account has left in the appliance's current period, as X-RateLimit-Remaining last said.")
	c.clockSkew = t.extreme("beyondtrust_clock_skew_seconds",
		"The appliance's clock minus the exporter's, in seconds, from the real-time state API where it is connected, else from get_api_info.")
	c.certificateEnd = t.extreme("beyondtrust_tls_certificate_not_after_timestamp_seconds",
		"When the appliance's certificate ends, in Unix seconds: the verified chain that lasts longest, or the certificate itself where it could not be or was not to be verified.")
	c.apiInfo = t.extreme("beyondtrust_api_info",
		"The version of the appliance's API and the product it belongs to, from get_api_info; always 1.",
		"api_version", "product")
	c.apiPermissionInfo = t.extreme("beyondtrust_api_permission_info",
		"What the API account may do, by permission, as get_api_info says; always 1.",
		"permission", "access")
	return c
}

// ask asks what every scrape asks, and puts the answers into out.
func (c *target) ask(ctx context.Context, now *moment, out *page) error {
	return together(ctx,
		func(context.Context) error {
			_, err := now.checkHealth()
			return err
		},
		func(ctx context.Context) error {
			answer, err := c.health.APIInfo(ctx)
			if err != nil {
				return err
			}
			p := c.table.page()
			if info := answer.Value; info.Version != "" {
				p.add(c.apiInfo, 1, info.Version, string(c.client.Product()))
			}
			for _, permission := range answer.Value.Permissions {
				p.add(c.apiPermissionInfo, 1, permission.Name, permission.Access)
			}
			if skew := answer.Value.ClockSkew; skew != nil {
				p.add(c.clockSkew, skew.Seconds())
			}
			out.put(p)
			return nil
		},
	)
}

// finish adds what is known by the end of a scrape to a page that was closed.
// skew is the appliance's clock minus the exporter's in seconds as the
// real-time state API told, which is better than get_api_info's.
func (c *target) finish(p *page, now *moment, skew float64, skewKnown bool) {
	p.addFlag(c.up, now.up())
	if skewKnown {
		p.rows[c.clockSkew.index] = rows{}
		p.add(c.clockSkew, skew)
	}
	if n, ok := c.client.RateLimitRemaining(); ok {
		p.add(c.rateLimitRemaining, float64(n))
	}
	if end, ok := c.client.Certificate(); ok {
		p.add(c.certificateEnd, unixSeconds(end))
	}
}

// unixSeconds returns t in Unix seconds, to the microsecond.
func unixSeconds(t time.Time) float64 {
	return float64(t.UnixMicro()) / 1e6
}
