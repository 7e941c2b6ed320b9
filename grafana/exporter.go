package grafana

// exporter is for whoever runs the exporter: does it see what it is asked to, and at what cost. Where it serves several appliances its
// own series have another instance than theirs, so those are chosen by job alone.
func exporter() *Dashboard {
	d := newDashboard("beyondtrust-exporter", "Exporter",
		"The exporter itself: the subscription to the real-time state, requests to the API with their durations and errors, its collectors, memory and processor time.",
		"now-3h", "30s")

	d.band(4,
		stat(4, "In sync", "The share of the chosen appliances whose real-time state is in sync. A backup refuses the subscription and is left out.",
			now(`avg(beyondtrust_state_synced{$target} unless on (job, instance) beyondtrust_failover_role{$target, role="backup"} == 1)`, "in sync")).unit("percentunit").decimals(0).thresholds(from(red, step(green, 1))).none("no subscription"),
		stat(4, "Failing collectors", "Collectors that did not get all that they asked for.",
			now(`count(beyondtrust_scrape_collector_success{$target} == 0) or 0 * count(beyondtrust_scrape_collector_success{$target})`, "failing")).unit("none").thresholds(fault()),
		stat(4, "API errors", "The share of requests to the API that failed in the time range: no answer, an error, or a status of 400 or more. Errors of the reporting API are left out, since they may say no more than that nothing was found.",
			now(failedRequests, "errors")).unit("percentunit").decimals(1).thresholds(from(green, step(orange, 0.01), step(red, 0.1))).none("no request"),
		stat(4, "Requests left", "The fewest requests that an API account has left of its 15 000 an hour, as the appliance last said.",
			now(`min(beyondtrust_api_rate_limit_remaining{$target})`, "left")).unit("none").thresholds(from(red, step(orange, 1000), step(green, 5000))).none("–"),
		stat(4, "Memory", "Resident memory of the largest exporter.",
			now(`max(`+ofExporter("process_resident_memory_bytes")+`)`, "memory")).unit("bytes").decimals(0).thresholds(from(blue)),
		stat(4, "Slowest scrape", "How long Prometheus last waited for the slowest scrape.",
			now(`max(scrape_duration_seconds{$target})`, "scrape")).unit("s").decimals(2).thresholds(from(green, step(orange, 2), step(red, 8))),
	)
	d.band(6,
		timeline("Was the state in sync?", "The subscription to the real-time state of each appliance through time. A backup refuses it, as it should.",
			query(`max by (instance) (beyondtrust_state_synced{$target} or 2 * (beyondtrust_failover_role{$target, role="backup"} == 1))`, "{{instance}}")).
			states(MappedText{Text: "not in sync", Color: red}, MappedText{Text: "in sync", Color: green}, MappedText{Text: "backup", Color: blue}),
		timeline("Did the collectors succeed?", "Each collector through time: whether it got all that it asked for, from all of the chosen appliances.",
			query(`min by (collector) (beyondtrust_scrape_collector_success{$target})`, "{{collector}}")).
			states(wellOrNot("failed", "succeeded")...),
	)

	d.row("Real-time state")
	d.band(8,
		stacked(8, "Messages", "Messages from the appliances in a second, by type.",
			query(`sum by (type) (rate(beyondtrust_state_messages_total{$target}[$__rate_interval]))`, "{{type}}")).unit("mps"),
		curves(8, "Received", "Bytes in messages from the appliances in a second.",
			query(`sum by (instance) (rate(beyondtrust_state_received_bytes_total{$target}[$__rate_interval]))`, "{{instance}}")).unit("Bps"),
		curves(8, "Silence", "How old the last message was at each scrape, while in sync. After a minute of silence the exporter asks whether the connection still lives.",
			query(silence(), "{{instance}}")).unit("s").thresholds(from("transparent", step(orange, 60))).limit(),
	)
	d.band(8,
		columnsOf(8, "Connections", "Attempts to subscribe, by how they went.",
			query(`sum by (result) (increase(beyondtrust_state_connections_total{$target}[$__interval]))`, "{{result}}")).
			paint("ok", green).paint("refused", blue).paint("auth_failed", red).paint("subscribe_failed", orange).paint("network", yellow),
		columnsOf(8, "Disconnects", "Connections that ended, by why.",
			query(`sum by (reason) (increase(beyondtrust_state_disconnects_total{$target}[$__interval]))`, "{{reason}}")),
		columnsOf(8, "Unreadable, emptied", "Values and rows that could not be read, messages that emptied the model, and restarts of the appliance's processes (not within half an hour after a failover).",
			query(`sum(increase(beyondtrust_state_unreadable_total{$target}[$__interval]))`, "unreadable"),
			query(`sum(increase(beyondtrust_state_truncations_total{$target}[$__interval]))`, "emptied"),
			query(`sum(increase(beyondtrust_state_model_resets_total{$target}[$__interval]) unless on (job, instance) `+failedOver("$__interval")+`) or 0 * sum(beyondtrust_state_model_resets_total{$target})`, "restarts")).
			paint("unreadable", red).paint("emptied", blue).paint("restarts", orange),
	)
	d.band(8,
		curves(12, "Rows held", "Rows of the appliance's tables that the exporter holds.",
			query(`sum by (table) (beyondtrust_state_rows{$target}) > 0`, "{{table}}")).unit("none"),
		stacked(12, "Row changes", "Rows that messages told to insert, update or delete in a second.",
			query(`sum by (op) (rate(beyondtrust_state_row_changes_total{$target}[$__rate_interval]))`, "{{op}}")).
			unit("cps").paint("insert", green).paint("update", blue).paint("delete", orange),
	)

	d.row("API")
	d.band(8,
		stacked(8, "Requests", "Requests to the appliances in a second, by what was asked. An account may make 20 a second and 15 000 an hour, over all its users.",
			query(`sum by (api) (rate(beyondtrust_api_requests_total{$target}[$__rate_interval]))`, "{{api}}")).unit("reqps"),
		curves(8, "Errors", "Requests that failed in a second, by HTTP status, or by why there was none that could be used. An error of the reporting API may say no more than that nothing was found.",
			query(`sum by (api, code) (rate(beyondtrust_api_requests_total{$target, code!~"[123].."}[$__rate_interval])) > 0`, "{{api}} {{code}}")).unit("reqps").reach(0.1).none("no error"),
		curves(8, "Durations", "How long nineteen of twenty requests took, by what was asked.",
			query(`histogram_quantile(0.95, sum by (api, le) (rate(beyondtrust_api_request_duration_seconds_bucket{$target}[$__rate_interval])))`, "{{api}}")).unit("s"),
	)

	d.row("The process")
	d.band(8,
		curves(8, "Collectors", "How long each collector took for a scrape.",
			query(`max by (collector) (beyondtrust_scrape_collector_duration_seconds{$target})`, "{{collector}}")).unit("s"),
		curves(8, "Memory", "Resident memory, and the part of it that is the heap.",
			query(`sum by (instance) (`+ofExporter("process_resident_memory_bytes")+`)`, "resident, {{instance}}"),
			query(`sum by (instance) (`+ofExporter("go_memstats_heap_alloc_bytes")+`)`, "heap, {{instance}}")).unit("bytes"),
		curves(8, "Processor", "Cores that the exporter uses.",
			query(`sum by (instance) (rate(process_cpu_seconds_total{job=~"$job"}[$__rate_interval]) and on (job, instance) beyondtrust_exporter_build_info{job=~"$job"})`, "{{instance}}")).unit("none").decimals(3),
	)
	d.band(7,
		curves(7, "Goroutines and files", "Goroutines, and open files and connections. A line that only rises is a leak.",
			query(`sum by (instance) (`+ofExporter("go_goroutines")+`)`, "goroutines, {{instance}}"),
			query(`sum by (instance) (`+ofExporter("process_open_fds")+`)`, "files, {{instance}}")).unit("none"),
		columnsOf(7, "Scrapes", "Answers to Prometheus in each step, by HTTP status. 503 says that there were more scrapes at once than --web.max-requests.",
			query(`sum by (code) (increase(promhttp_metric_handler_requests_total{job=~"$job"}[$__interval]))`, "{{code}}")).
			paint("200", green).paint("500", red).paint("503", orange),
		table(10, "Versions", "The exporters and what they were built from, and whether the configuration as it is now is in force.",
			[]column{{"instance", "Exporter", nil}, {"version", "Version", width(110)}, {"goversion", "Go", width(90)}, {"revision", "Revision", width(120)},
				{"Value #B", "Configuration", append(width(110), Property{ID: "mappings", Value: configured()}, Property{ID: "custom.cellOptions", Value: map[string]any{"type": "color-text"}})}},
			cells(`max by (instance, version, goversion, revision) (beyondtrust_exporter_build_info{job=~"$job"})`),
			cells(`min by (instance) (beyondtrust_exporter_config_last_reload_successful{job=~"$job"})`)),
	)
	return d
}

// silence is how old the last message was when Prometheus scraped: how old the scrape is has no part in it. A message may come
// within the scrape, after the moment that Prometheus gives it.
func silence() string {
	const last = `beyondtrust_state_last_message_timestamp_seconds{$target}`
	return `max by (instance) (clamp_min(timestamp(` + last + `) - ` + last + `, 0) and on (job, instance) beyondtrust_state_synced{$target} == 1)`
}

// configured names whether the last reading of the configuration succeeded.
func configured() []Mapping {
	return []Mapping{{Type: "value", Options: map[string]MappedText{"0": {Text: "refused", Color: red}, "1": {Text: "in force", Color: green, Index: 1}}}}
}

// ofExporter is a metric of the exporter's process, and of no other that the same job may scrape.
func ofExporter(metric string) string {
	return metric + `{job=~"$job"} and on (job, instance) beyondtrust_exporter_build_info{job=~"$job"}`
}

// failedRequests is the share of requests to the API that brought nothing.
const failedRequests = `sum(
    increase(beyondtrust_api_requests_total{$target, api!="reporting", code!~"[123].."}[$__range])
  or
    increase(beyondtrust_api_requests_total{$target, api="reporting", code!~"[123]..|error"}[$__range])
)
/
(sum(increase(beyondtrust_api_requests_total{$target}[$__range])) > 0)`
