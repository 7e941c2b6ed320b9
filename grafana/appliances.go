package grafana

// appliances is for whoever runs them: do they answer, are they well, which one is the primary, and what ends soon.
func appliances() *Dashboard {
	d := newDashboard("beyondtrust-appliances", "Appliances",
		"Do the appliances answer, are they well, which of a pair is the primary, how old is its data sync, when does the certificate end.",
		"now-6h", "30s")

	d.band(4,
		stat(4, "Reachable", "The share of the chosen appliances that answer check_health with a well-formed answer to valid credentials.",
			now(`avg(beyondtrust_up{$target})`, "reachable")).unit("percentunit").decimals(0).thresholds(from(red, step(green, 1))).none("no appliance"),
		stat(4, "Not well", "Appliances that say they are not well, by check_health or by the page that a load balancer asks, /check_health. The page of a backup does not count: it is to say no. The alert goes by the same.",
			now(`count(beyondtrust_health_check_success{$target} == 0 or `+pageSaysNo+`) or 0 * count(beyondtrust_up{$target})`, "not well")).unit("none").thresholds(fault()),
		stat(4, "Primaries", "Appliances of the chosen that have the role of the primary, each counted once. A pair has one: red where there is none, and two are one too many where you chose one pair. A dash where no appliance says that it has a failover.",
			now(primaries, "primaries")).unit("none").thresholds(from(blue, step(red, 0), step(green, 1))).none("–"),
		stat(4, "Oldest data sync", "How long ago the pair last synchronised its data. What is newer is lost if the backup has to take over. The alert is at two hours. A dash where there is no failover.",
			now(`max(time() - beyondtrust_failover_last_data_sync_timestamp_seconds{$target})`, "age")).unit(clock).thresholds(from(green, step(orange, 3600), step(red, 7200))).none("–"),
		stat(4, "Certificate, days left", "Days until the first certificate of the chosen appliances ends. The alerts are at 21 days and at 7.",
			now(`min(beyondtrust_tls_certificate_not_after_timestamp_seconds{$target} - time()) / 86400`, "days")).unit("none").decimals(0).thresholds(certificateDays()),
		stat(4, "Restarts", "How often the processes of an appliance began anew in the time range. Everybody who was connected was cut off for a moment. What lies within half an hour after a failover is left out, and the newest is counted within five minutes.",
			now(restarted(), "restarts")).unit("none").decimals(0).thresholds(from(green, step(orange, 1))),
	)

	d.band(6,
		timeline("Who was the primary?", "The failover role of each appliance through time.",
			query(`max by (instance) (
    beyondtrust_failover_role{$target, role="none"}
  or
    2 * beyondtrust_failover_role{$target, role="backup"}
  or
    3 * beyondtrust_failover_role{$target, role="primary"}
)`, "{{instance}}")).
			states(MappedText{Text: "unknown to the vendor", Color: red}, MappedText{Text: "no failover", Color: grey}, MappedText{Text: "backup", Color: blue}, MappedText{Text: "primary", Color: green}),
		timeline("Was it there, and well?", "Reachable by the API and well, reachable but not well by check_health or by the page /check_health (but for that of a backup), or not reachable.",
			query(`min by (instance) (
    1 + `+pageSaysNo+`
  or
    beyondtrust_up{$target} + beyondtrust_health_check_success{$target}
  or
    beyondtrust_up{$target}
)`, "{{instance}}")).
			states(MappedText{Text: "not reachable", Color: red}, MappedText{Text: "not well", Color: orange}, MappedText{Text: "well", Color: green}),
	)

	d.band(5,
		table(24, "The appliances", "Each appliance with its software, its product, and its role now. The API's version tells what it may be asked for.",
			[]column{
				{"instance", "Appliance", nil}, {"hostname", "Host name", nil}, {"role", "Role", width(80)}, {"version", "Version", width(90)},
				{"product", "Product", width(130)}, {"api_version", "API", width(70)}, {"appliance_id", "Appliance ID", width(idWidth)},
				{"Value #C", "Certificate (days)", append(width(135), append(number("none", certificateDays()), Property{ID: "decimals", Value: 0})...)},
				{"Value #D", "Clock ahead", append(width(105), append(number("s", from(red, step(green, -5), step(red, 5))), Property{ID: "decimals", Value: 1})...)},
			},
			cells(`max by (instance, hostname, version, appliance_id) (beyondtrust_appliance_info{$target})`),
			cells(`max by (instance, product, api_version) (beyondtrust_api_info{$target})`),
			cells(`min by (instance) (beyondtrust_tls_certificate_not_after_timestamp_seconds{$target} - time()) / 86400`),
			cells(`max by (instance) (beyondtrust_clock_skew_seconds{$target})`),
			cells(`max by (instance, role) (beyondtrust_failover_role{$target}) == 1`)),
	)

	d.row("Through time")
	d.band(8,
		stacked(12, "Connected clients", "Clients connected to the chosen appliances, by type.",
			query(`sum by (type) (max by (job, appliance_id, type) (beyondtrust_connected_clients{$target}))`, "{{type}}")).unit("none"),
		curves(12, "Age of the last data sync", "How long ago the pair last synchronised its data. The alert is at the dashed line.",
			query(`max by (instance) (time() - beyondtrust_failover_last_data_sync_timestamp_seconds{$target})`, "{{instance}}"),
			threshold("beyondtrust:threshold:data_sync_age_seconds", "7200", "alert")).
			unit("s").decimals(1).dashed("alert", red),
	)
	d.band(8,
		curves(12, "How fast they answer", "How long the appliance took to answer a request of the command API: the average, and nineteen out of twenty.",
			query(`sum(rate(beyondtrust_api_request_duration_seconds_sum{$target, api="command"}[$__rate_interval])) / (sum(rate(beyondtrust_api_request_duration_seconds_count{$target, api="command"}[$__rate_interval])) > 0)`, "average"),
			query(`histogram_quantile(0.95, sum by (le) (rate(beyondtrust_api_request_duration_seconds_bucket{$target, api="command"}[$__rate_interval])))`, "19 of 20")).unit("s"),
		curves(12, "Clock", "The appliance's clock minus the exporter's. The alert is at five seconds either way.",
			query(`max by (instance) (beyondtrust_clock_skew_seconds{$target})`, "{{instance}}")).unit("s").below().reach(2).reachDown(-2),
	)

	d.row("The pair or cluster")
	d.band(7,
		table(24, "Members", "The appliances of the pair or cluster, as each appliance that is watched tells them.",
			[]column{
				{"instance", "Told by", nil}, {"name", "Member", nil}, {"public_hostname", "Public host name", nil}, {"role", "Role in the cluster", width(160)},
				{"appliance_id", "Appliance ID", width(idWidth)},
				{"Value #C", "Takes connections", append(width(160), Property{ID: "mappings", Value: yesOrNo()}, Property{ID: "custom.cellOptions", Value: map[string]any{"type": "color-text"}})},
			},
			cells(`max by (instance, appliance_id, name, public_hostname) (beyondtrust_cluster_member_info{$target})`),
			cells(`max by (instance, appliance_id, role) (beyondtrust_cluster_member_role{$target}) == 1`),
			cells(`max by (instance, appliance_id) (beyondtrust_cluster_member_accepting_connections{$target})`)),
	)
	d.band(7,
		table(8, "What the account may do", "The permissions of the API account, as get_api_info tells them.",
			[]column{{"instance", "Appliance", nil}, {"permission", "Permission", width(210)}, {"access", "Access", width(80)}},
			cells(`max by (instance, permission, access) (beyondtrust_api_permission_info{$target})`)),
		table(8, "Shared addresses", "The shared addresses that are enabled on an appliance.",
			[]column{{"instance", "Appliance", nil}, {"ip", "Address", nil}},
			cells(`max by (instance, ip) (beyondtrust_failover_shared_ip_info{$target})`)).none("no shared address"),
		table(8, "How the last data sync went", "In the appliance's own words.",
			[]column{{"instance", "Appliance", nil}, {"status", "Status", nil}},
			cells(`max by (instance, status) (beyondtrust_failover_last_data_sync_info{$target})`)),
	)
	return d
}

// primaries counts them. One that is watched by two names is one; of two that do not tell their ids the host names differ.
const primaries = `count(count by (appliance_id, hostname) (
  beyondtrust_appliance_info{$target}
  and on (job, instance)
  beyondtrust_failover_role{$target, role="primary"} == 1
))
or
0 * count(beyondtrust_failover_role{$target, role=~"primary|backup"} == 1)`

// pageSaysNo is 0 for each appliance that answers the API and whose page for load balancers says that it is not to be sent anybody.
const pageSaysNo = `(
  beyondtrust_health_probe_success{$target} == 0
  and on (job, instance) beyondtrust_up{$target} == 1
  unless on (job, instance) beyondtrust_failover_role{$target, role="backup"} == 1
)`

// idWidth is how many pixels the ID of an appliance takes.
const idWidth = 270

// certificateDays are where the alerts about a certificate are.
func certificateDays() *Thresholds { return from(red, step(orange, 7), step(green, 21)) }

// yesOrNo names the values 0 and 1.
func yesOrNo() []Mapping {
	return []Mapping{{Type: "value", Options: map[string]MappedText{"0": {Text: "no", Color: orange}, "1": {Text: "yes", Color: green, Index: 1}}}}
}
