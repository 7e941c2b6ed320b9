// Package e2e has nothing but tests, which run the exporter as a process: the binary is built
// once, watches a simulated appliance over TLS, and is looked at from outside alone, by its
// metrics, pages, output and exit status, and by a real Prometheus. TestFaults and TestSoak have a
// proxy in between that does what networks do: docs/reliability.md.
package e2e
