package web

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/pprof"
	"path"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/target"
)

// Fleet is the watched appliances, as this package needs them. *target.Fleet is one.
type Fleet interface {
	// Listings tells which appliances are watched, and Statuses how each of them stands.
	Listings() []target.Listing
	Statuses(ctx context.Context) []target.Status
	// Acquire returns one by its name, which stays until release is called.
	Acquire(name string) (watched target.Watched, release func(), err error)
}

// Options say what is served, and how.
type Options struct {
	// Fleet is whose metrics are served.
	Fleet Fleet
	// Discovered says that each appliance is scraped by its name at /probe, where /sd sends
	// Prometheus. Else there is one, and its metrics are those of the exporter as well.
	Discovered bool
	// TelemetryPath is where the metrics are, such as /metrics. At / there is no landing
	// page.
	TelemetryPath string
	// MaxRequests is how many scrapes may run at once; 0 is any number.
	MaxRequests int
	// TimeoutOffset is taken off the time that Prometheus allows for a scrape.
	TimeoutOffset time.Duration
	// EnablePprof serves Go's profiles below /debug/pprof/.
	EnablePprof bool
	// DisableExporterMetrics leaves out what the exporter tells of its own process and of
	// the scrapes.
	DisableExporterMetrics bool
	// Collectors are shown with the exporter's own metrics.
	Collectors []prometheus.Collector
	// Reload reads the configuration again. EnableLifecycle lets whoever reaches the exporter
	// ask for it.
	Reload          func() error
	EnableLifecycle bool
	// Logger is told what goes wrong in a scrape.
	Logger *slog.Logger
}

// NewHandler returns everything that the exporter serves. An error says what is wrong with
// TelemetryPath.
func NewHandler(o Options) (http.Handler, error) {
	if err := checkPath(o.TelemetryPath); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	scrapes := newScrapes(o)
	if o.TelemetryPath == "/" {
		mux.Handle("GET /{$}", scrapes.instrument(scrapes.serveOwn))
	} else {
		mux.Handle("GET "+o.TelemetryPath, scrapes.instrument(scrapes.serveOwn))
		mux.Handle("GET /{$}", landingPage{o})
	}
	mux.Handle("GET "+probePath, scrapes.instrument(scrapes.serveProbe))
	mux.Handle("GET /sd", discovery{o})
	mux.HandleFunc("POST /-/reload", reload(o))
	mux.HandleFunc("GET /-/healthy", plain("The exporter is alive.\n"))
	mux.HandleFunc("GET /-/ready", plain("The exporter serves.\n"))
	if o.EnablePprof {
		mux.HandleFunc("/debug/pprof/", pprof.Index)
		mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
		mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
		mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
		mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	}
	return mux, nil
}

// checkPath says what is wrong with a path for the metrics.
func checkPath(p string) error {
	switch {
	case !strings.HasPrefix(p, "/"):
		return fmt.Errorf("%q does not begin with a slash: give a path such as /metrics", p)
	case path.Clean(p) != p || strings.ContainsAny(p, "{}?#% \t\n"):
		return fmt.Errorf("%q is no plain path: give one such as /metrics", p)
	case p == probePath || p == "/sd" || p == "/-" || strings.HasPrefix(p, "/-/") || strings.HasPrefix(p, "/debug/pprof"):
		return fmt.Errorf("%q is taken: give a path such as /metrics", p)
	default:
		return nil
	}
}

// plain serves a sentence.
func plain(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, text)
	}
}
