// Package prometheus has nothing but tests: of the scrape configuration, the recording and
// alert rules that lie beside it, and the runbooks in docs/runbooks. It runs them through
// promtool and a real Prometheus.
package prometheus
