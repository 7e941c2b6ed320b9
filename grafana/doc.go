// Package grafana makes the dashboards that lie beside it as JSON, ready to import.
//
// What lives here: the six dashboards, the panels and queries that recur in them, and the shape of Grafana's JSON as far as
// they need it. What does not: alerts and recording rules (deploy/prometheus), and the meaning of the numbers (docs/support-desk.md).
// The exporter itself does not import it.
//
// The files are written anew by
//
//	UPDATE_GOLDEN=1 go test ./grafana -run TestFiles
//
// and looked at by the tool in preview/. The tests run every expression against a real Prometheus that watches the demo.
package grafana
