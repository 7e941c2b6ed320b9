package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/collectors/version"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metricsHandler serves the exporter's own metrics and the appliance's in one body.
type metricsHandler struct {
	options  Options
	registry *prometheus.Registry // the exporter's own
	running  chan struct{}        // has as many places as scrapes may run; nil is any number
}

// newMetricsHandler returns the handler of the metrics, which counts its own requests unless
// the exporter's metrics are disabled.
func newMetricsHandler(o Options) http.Handler {
	h := &metricsHandler{options: o, registry: prometheus.NewRegistry()}
	if o.MaxRequests > 0 {
		h.running = make(chan struct{}, o.MaxRequests)
	}
	h.registry.MustRegister(version.NewCollector("beyondtrust_exporter"))
	if o.DisableExporterMetrics {
		return h
	}
	h.registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return promhttp.InstrumentMetricHandler(h.registry, h)
}

// ServeHTTP is one scrape. What the appliance did not tell in time is not in it, and neither is
// what could not be gathered: the rest is.
func (h *metricsHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.running != nil {
		select {
		case h.running <- struct{}{}:
			defer func() { <-h.running }()
		default:
			http.Error(w, fmt.Sprintf("%d scrapes are running already, which is all that --web.max-requests allows: try again later",
				h.options.MaxRequests), http.StatusServiceUnavailable)
			return
		}
	}
	ctx, cancel := context.WithTimeout(r.Context(), scrapeTime(r.Header, h.options.TimeoutOffset))
	defer cancel()
	handler := promhttp.HandlerOpts{
		ErrorLog:          scrapeErrors{h.options.Logger},
		ErrorHandling:     promhttp.ContinueOnError,
		EnableOpenMetrics: true,
	}
	if !h.options.DisableExporterMetrics {
		handler.Registry = h.registry
	}
	both := prometheus.Gatherers{h.registry, h.options.Appliance.Gatherer(ctx)}
	promhttp.HandlerFor(both, handler).ServeHTTP(w, r)
}

// scrapeErrors tells the log what promhttp could not gather or send.
type scrapeErrors struct{ logger *slog.Logger }

// Println takes the words of promhttp.
func (l scrapeErrors) Println(v ...any) {
	l.logger.Error("a scrape is not complete", "err", fmt.Sprint(v...))
}
