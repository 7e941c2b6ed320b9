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

// Appliance is a watched appliance, as this package needs it.
type Appliance interface {
	// Gatherer returns the metrics of one scrape, which ends when the context does.
	Gatherer(ctx context.Context) prometheus.Gatherer
	// Status tells how the appliance stands, and asks it where nobody did lately.
	Status(ctx context.Context) target.Status
}

// Options say what is served, and how.
type Options struct {
	// Appliance is whose metrics are served.
	Appliance Appliance
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
	if o.TelemetryPath == "/" {
		mux.Handle("GET /{$}", newMetricsHandler(o))
	} else {
		mux.Handle("GET "+o.TelemetryPath, newMetricsHandler(o))
		mux.Handle("GET /{$}", landingPage{o})
	}
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
	case p == "/-" || strings.HasPrefix(p, "/-/") || strings.HasPrefix(p, "/debug/pprof"):
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
