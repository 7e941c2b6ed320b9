package collector

import (
	"context"
	"net/http"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/health"
)

// The roles that the vendor documents (Programmer's Guide, check_health and
// get_appliances).
func failoverRoles() []string {
	return []string{appliance.RoleNone, appliance.RolePrimary, appliance.RoleBackup}
}
func clusterRoles() []string { return []string{"single", "master", "traffic"} }

// healthCollector asks whether the appliance is well, in three calls.
type healthCollector struct {
	health *health.Health
	table  table

	applianceInfo, healthCheckSuccess, healthProbeSuccess                  *metric
	failoverRole, sharedIPInfo, lastDataSync, lastDataSyncInfo             *metric
	memberInfo, memberRole, memberFailoverRole, memberAcceptingConnections *metric
}

func newHealthCollector(h *health.Health) *healthCollector {
	c := &healthCollector{health: h}
	t := &c.table
	c.applianceInfo = t.extreme("beyondtrust_appliance_info",
		"The appliance and the software it runs, from check_health; always 1.",
		"appliance_id", "hostname", "version", "build")
	c.healthCheckSuccess = t.extreme("beyondtrust_health_check_success",
		"1 where the appliance's own health check found nothing wrong, from check_health; else 0.")
	c.healthProbeSuccess = t.extreme("beyondtrust_health_probe_success",
		"1 where a plain GET of /check_health, as a load balancer makes it, got HTTP status 200; 0 for any other status or none.")
	c.failoverRole = t.extreme("beyondtrust_failover_role",
		"1 for the role that the appliance has in its failover pair, 0 for the others, from check_health; none is for no failover.",
		"role")
	c.sharedIPInfo = t.extreme("beyondtrust_failover_shared_ip_info",
		"An address that the failover pair shares and that is enabled on this appliance, from check_health; always 1.",
		"ip")
	c.lastDataSync = t.extreme("beyondtrust_failover_last_data_sync_timestamp_seconds",
		"When the failover pair last synchronised its data, from check_health, in Unix seconds by the appliance's clock.")
	c.lastDataSyncInfo = t.extreme("beyondtrust_failover_last_data_sync_info",
		"How the last data sync went, in the appliance's own words, from check_health; always 1.",
		"status")
	c.memberInfo = t.extreme("beyondtrust_cluster_member_info",
		"An appliance of the failover pair or cluster, from get_appliances; always 1.",
		"appliance_id", "name", "public_hostname")
	c.memberRole = t.extreme("beyondtrust_cluster_member_role",
		"1 for the role that the appliance has in its cluster, 0 for the others, from get_appliances; single is for no cluster.",
		"appliance_id", "role")
	c.memberFailoverRole = t.extreme("beyondtrust_cluster_member_failover_role",
		"1 for the role that the appliance has in its failover pair, 0 for the others, from get_appliances.",
		"appliance_id", "role")
	c.memberAcceptingConnections = t.extreme("beyondtrust_cluster_member_accepting_connections",
		"1 where the appliance takes new client connections, else 0, from get_appliances.",
		"appliance_id")
	return c
}

func (c *healthCollector) info() Info {
	return Info{
		Name:    "health",
		Help:    "What the appliance says of its health, its failover role and its cluster (check_health, /check_health, get_appliances).",
		Default: true,
		asks:    []call{{"command", "get_appliances"}, {"probe", "check_health"}},
	}
}

func (c *healthCollector) describe() *table { return &c.table }

func (c *healthCollector) collect(ctx context.Context, now *moment, out *page) error {
	return together(ctx,
		func(context.Context) error { return c.checkHealth(now, out) },
		func(ctx context.Context) error { return c.probe(ctx, out) },
		func(ctx context.Context) error { return c.appliances(ctx, out) },
	)
}

func (c *healthCollector) checkHealth(now *moment, out *page) error {
	answer, err := now.checkHealth()
	if err != nil {
		return err
	}
	check, failover := answer.Value, answer.Value.Failover
	p := c.table.page()
	if check.ApplianceID != "" || check.Hostname != "" || check.Version != "" {
		p.add(c.applianceInfo, 1, check.ApplianceID, check.Hostname, check.Version, check.Build)
	}
	if check.Success != nil {
		p.addFlag(c.healthCheckSuccess, *check.Success)
	}
	p.addStates(c.failoverRole, failoverRoles(), failover.Role)
	for _, ip := range failover.SharedIPs {
		p.add(c.sharedIPInfo, 1, ip)
	}
	if !failover.LastDataSync.IsZero() {
		p.add(c.lastDataSync, unixSeconds(failover.LastDataSync))
	}
	if failover.LastDataSyncStatus != "" {
		p.add(c.lastDataSyncInfo, 1, failover.LastDataSyncStatus)
	}
	out.put(p)
	return nil
}

// probe exports no answer as a failed probe: that is what it is to a load
// balancer.
func (c *healthCollector) probe(ctx context.Context, out *page) error {
	answer, err := c.health.Probe(ctx)
	p := c.table.page()
	p.addFlag(c.healthProbeSuccess, err == nil && answer.Value == http.StatusOK)
	out.put(p)
	return err
}

func (c *healthCollector) appliances(ctx context.Context, out *page) error {
	answer, err := c.health.Appliances(ctx)
	if err != nil {
		return err
	}
	p := c.table.page()
	for _, member := range answer.Value {
		id := member.ApplianceID
		p.add(c.memberInfo, 1, id, member.Name, member.PublicHostname)
		p.addStates(c.memberRole, clusterRoles(), member.ClusterRole, id)
		p.addStates(c.memberFailoverRole, failoverRoles(), member.FailoverRole, id)
		if member.AcceptingConnections != nil {
			p.addFlag(c.memberAcceptingConnections, *member.AcceptingConnections, id)
		}
	}
	out.put(p)
	return nil
}
