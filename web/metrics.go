package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/collectors/version"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// probePath is where each appliance is scraped by its name.
const probePath = "/probe"

// scrapes serves the exporter's own metrics and those of the appliances. All of it shares the
// limit of scrapes that may run at once.
type scrapes struct {
	options  Options
	registry *prometheus.Registry // the exporter's own
	running  chan struct{}        // has as many places as scrapes may run; nil is any number
}

func newScrapes(o Options) *scrapes {
	s := &scrapes{options: o, registry: prometheus.NewRegistry()}
	if o.MaxRequests > 0 {
		s.running = make(chan struct{}, o.MaxRequests)
	}
	s.registry.MustRegister(version.NewCollector("beyondtrust_exporter"))
	s.registry.MustRegister(o.Collectors...)
	if !o.DisableExporterMetrics {
		s.registry.MustRegister(
			collectors.NewGoCollector(),
			collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		)
	}
	return s
}

// instrument returns the handler of a scrape, which keeps to the limit, and which counts its
// requests unless the exporter's metrics are disabled.
func (s *scrapes) instrument(serve http.HandlerFunc) http.Handler {
	limited := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.running != nil {
			select {
			case s.running <- struct{}{}:
				defer func() { <-s.running }()
			default:
				http.Error(w, fmt.Sprintf("%d scrapes are running already, which is all that --web.max-requests allows: try again later",
					s.options.MaxRequests), http.StatusServiceUnavailable)
				return
			}
		}
		serve(w, r)
	})
	if s.options.DisableExporterMetrics {
		return limited
	}
	return promhttp.InstrumentMetricHandler(s.registry, limited)
}

// serveOwn is a scrape of the exporter itself, and of the appliance where there is one that
// needs no discovery.
func (s *scrapes) serveOwn(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := s.scrapeContext(r)
	defer cancel()
	gatherers := prometheus.Gatherers{s.registry}
	if !s.options.Discovered {
		for _, listing := range s.options.Fleet.Listings() {
			watched, release, err := s.options.Fleet.Acquire(listing.Name)
			if err != nil {
				continue // It left just now.
			}
			defer release()
			gatherers = append(gatherers, watched.Gatherer(ctx))
		}
	}
	s.serve(w, r, gatherers)
}

// serveProbe is a scrape of one appliance, which the request names. Nothing of the exporter is
// in it, nor of any other appliance.
func (s *scrapes) serveProbe(w http.ResponseWriter, r *http.Request) {
	names := r.URL.Query()["target"]
	if len(names) != 1 || names[0] == "" {
		http.Error(w, "name the appliance to scrape, by its name in the configuration file: "+probePath+"?target=NAME", http.StatusBadRequest)
		return
	}
	watched, release, err := s.options.Fleet.Acquire(names[0])
	if err != nil {
		http.Error(w, "there is nothing to scrape: "+err.Error()+"; /sd lists those that are", http.StatusNotFound)
		return
	}
	defer release()
	ctx, cancel := s.scrapeContext(r)
	defer cancel()
	s.serve(w, r, watched.Gatherer(ctx))
}

func (s *scrapes) scrapeContext(r *http.Request) (context.Context, context.CancelFunc) {
	return context.WithTimeout(r.Context(), scrapeTime(r.Header, s.options.TimeoutOffset))
}

// serve answers a scrape. What the appliance did not tell in time is not in it, and neither is
// what could not be gathered: the rest is.
func (s *scrapes) serve(w http.ResponseWriter, r *http.Request, gatherer prometheus.Gatherer) {
	sent := &sending{ResponseWriter: w}
	troubles := &scrapeTroubles{sent: sent}
	defer troubles.tell(s.options.Logger)
	options := promhttp.HandlerOpts{
		ErrorLog:          troubles,
		ErrorHandling:     promhttp.ContinueOnError,
		EnableOpenMetrics: true,
	}
	if !s.options.DisableExporterMetrics {
		options.Registry = s.registry
	}
	promhttp.HandlerFor(gatherer, options).ServeHTTP(sent, r)
}

// scrapeTroubles gathers what went wrong in one scrape, so that the log is told once: promhttp
// complains of each metric family that it cannot send, though they all fail by one connection.
type scrapeTroubles struct {
	sent  *sending
	first string // what could not be gathered or encoded
	more  int
}

// Println takes the words of promhttp.
func (t *scrapeTroubles) Println(v ...any) {
	switch {
	case t.sent.err != nil: // tell knows that already
	case t.first == "":
		t.first = strings.TrimSpace(fmt.Sprintln(v...))
	default:
		t.more++
	}
}

// tell tells the log. Whoever asks and goes away before the answer, as a Prometheus does whose
// time is up, is no trouble of the exporter; whoever takes the answer too slowly may be.
func (t *scrapeTroubles) tell(logger *slog.Logger) {
	if t.first != "" {
		logger.Error("Cannot gather the whole of a scrape", "err", t.first, "more_errors", t.more)
	}
	switch err := t.sent.err; {
	case err == nil:
	case errors.Is(err, os.ErrDeadlineExceeded):
		logger.Warn("Cannot send a scrape in time: whoever asked for it takes it too slowly", "err", err)
	default:
		logger.Debug("Cannot send the whole of a scrape: whoever asked for it went away", "err", err)
	}
}

// sending is an answer that remembers why it could not be sent.
type sending struct {
	http.ResponseWriter
	err error // the first
}

// Write implements http.ResponseWriter.
func (s *sending) Write(data []byte) (int, error) {
	n, err := s.ResponseWriter.Write(data)
	if err != nil && s.err == nil {
		s.err = err
	}
	return n, err
}

// Unwrap lets an http.ResponseController through.
func (s *sending) Unwrap() http.ResponseWriter { return s.ResponseWriter }
