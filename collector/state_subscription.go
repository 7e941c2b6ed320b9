package collector

import "github.com/beyondtrust-exporter/beyondtrust_exporter/statesub"

// subscriptionMetrics are about the connection and the model, not the desk.
type subscriptionMetrics struct {
	synced, connections, disconnects, messages, receivedBytes *metric
	rows, rowChanges, unreadable, truncations, modelResets    *metric
	lastMessage, observedSeconds                              *metric
}

func newSubscriptionMetrics(t *table) subscriptionMetrics {
	return subscriptionMetrics{
		synced: t.extreme("beyondtrust_state_synced",
			"1 where the real-time state API is subscribed to and its full copy has been taken in; where 0, all live gauges of the state are absent."),
		connections: t.counter("beyondtrust_state_connections_total",
			"Attempts to subscribe to the real-time state API, by how they ended.",
			"result").fixed("result"),
		disconnects: t.counter("beyondtrust_state_disconnects_total",
			"Connections to the real-time state API that ended, by why.",
			"reason").fixed("reason"),
		messages: t.counter("beyondtrust_state_messages_total",
			"Whole messages from the real-time state API, by type; other is for types that the vendor does not document.",
			"type").fixed("type"),
		receivedBytes: t.counter("beyondtrust_state_received_bytes_total",
			"Bytes of messages received from the real-time state API."),
		rows: t.gauge("beyondtrust_state_rows",
			"Rows held of each table of the real-time state model; other is for tables that the vendor does not document.",
			"table").fixed("table"),
		rowChanges: t.counter("beyondtrust_state_row_changes_total",
			"Rows that messages of the real-time state API told to insert, update or delete, as sent.",
			"table", "op").fixed("table", "op"),
		unreadable: t.counter("beyondtrust_state_unreadable_total",
			"Values and rows in messages of the real-time state API that could not be read and were passed over.",
			"table").fixed("table"),
		truncations: t.counter("beyondtrust_state_truncations_total",
			"Messages of the real-time state API that emptied the model (truncate_model)."),
		modelResets: t.counter("beyondtrust_state_model_resets_total",
			"Times that the appliance began its model anew, as it does when its processes restart: a truncate, or row ids that changed over a reconnect."),
		lastMessage: t.extreme("beyondtrust_state_last_message_timestamp_seconds",
			"When the last message came from the real-time state API, in Unix seconds by the exporter's clock."),
		observedSeconds: t.counter("beyondtrust_state_observed_seconds_total",
			"Seconds for which the real-time state was in sync: what to divide by the seconds that this exporter counts on the support desk."),
	}
}

func (c *subscriptionMetrics) add(p *page, s *snapshot) {
	p.addFlag(c.synced, s.synced)
	for result, n := range s.stats.Connections {
		p.add(c.connections, float64(n), statesub.Result(result).String())
	}
	for reason, n := range s.stats.Disconnects {
		p.add(c.disconnects, float64(n), statesub.DisconnectReason(reason).String())
	}
	for kind, n := range s.stats.Messages {
		p.add(c.messages, float64(n), statesub.MessageKind(kind).String())
	}
	p.add(c.receivedBytes, float64(s.stats.ReceivedBytes))
	for t := range statesub.Table(statesub.NumTables) {
		if s.synced {
			p.add(c.rows, float64(s.rows[t]), t.String())
		}
		for op, n := range s.stats.RowChanges[t] {
			p.add(c.rowChanges, float64(n), t.String(), statesub.Op(op).String())
		}
		p.add(c.unreadable, float64(s.stats.Unreadable[t]), t.String())
	}
	p.add(c.truncations, float64(s.stats.Truncations))
	p.add(c.modelResets, float64(s.view.Totals.ModelResets))
	if !s.stats.LastMessage.IsZero() {
		p.add(c.lastMessage, unixSeconds(s.stats.LastMessage))
	}
	p.add(c.observedSeconds, s.view.Totals.ObservedSeconds)
}
