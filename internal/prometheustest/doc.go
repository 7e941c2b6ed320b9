// Package prometheustest lets a test ask the real thing: it runs Prometheus with the
// configuration that the test is about, and promtool, both as tools/install builds them, and
// reads from docs/metrics.md what a query may name. Only tests import it. What is asked, and of
// which exporter, is the business of the test.
package prometheustest
