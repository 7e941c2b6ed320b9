// Package compose has nothing but tests: of the set-up for Docker Compose that lies beside it. It
// runs what compose.yml says, without containers: the simulated appliance, the exporter and a
// real Prometheus as processes, with the arguments, the environment and the files that they have
// there. Grafana is not run; its provisioning is compared with the dashboards.
package compose
