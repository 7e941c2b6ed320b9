// Package web is the HTTP face of the exporter: the landing page, the metrics, and the pages
// that tell an orchestrator that the process lives.
//
// What lives here: how long a scrape may take and how many there may be at once, what the
// exporter tells of itself, and what a person sees who opens it in a browser. What does not
// live here: what is measured (package collector), and listening, TLS and authentication, which
// are those of every Prometheus exporter (github.com/prometheus/exporter-toolkit).
package web
