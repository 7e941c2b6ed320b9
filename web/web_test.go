package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"sync/atomic"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/target"
)

// TestMain looks for what the tests leave behind, unless this process is the simulated
// appliances of a benchmark.
func TestMain(m *testing.M) {
	if os.Getenv(simulateVariable) != "" {
		if err := simulateFleet(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "simulating appliances:", err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

// fakeFleet has appliances by their names, in no order but that of listings.
type fakeFleet struct {
	listings []target.Listing
	watched  map[string]*fakeAppliance
	acquired atomic.Int32 // less those released
}

// Listings implements Fleet.
func (f *fakeFleet) Listings() []target.Listing { return f.listings }

// Statuses implements Fleet.
func (f *fakeFleet) Statuses(ctx context.Context) []target.Status {
	var statuses []target.Status
	for _, listing := range f.listings {
		statuses = append(statuses, f.watched[listing.Name].Status(ctx))
	}
	return statuses
}

// Acquire implements Fleet.
func (f *fakeFleet) Acquire(name string) (target.Watched, func(), error) {
	watched := f.watched[name]
	if watched == nil {
		return nil, nil, target.ErrNotWatched
	}
	f.acquired.Add(1)
	return watched, func() { f.acquired.Add(-1) }, nil
}

// fakeAppliance has one metric, or whatever its gather does, and a status.
type fakeAppliance struct {
	gather func(ctx context.Context, metrics chan<- prometheus.Metric)
	status target.Status
}

// Gatherer implements target.Watched.
func (f *fakeAppliance) Gatherer(ctx context.Context) prometheus.Gatherer {
	registry := prometheus.NewRegistry()
	registry.MustRegister(gatherFunc(func(metrics chan<- prometheus.Metric) {
		if f.gather != nil {
			f.gather(ctx, metrics)
			return
		}
		metrics <- up(1)
	}))
	return registry
}

// Status implements target.Watched.
func (f *fakeAppliance) Status(context.Context) target.Status { return f.status }

type gatherFunc func(chan<- prometheus.Metric)

func (gatherFunc) Describe(chan<- *prometheus.Desc)           {}
func (g gatherFunc) Collect(metrics chan<- prometheus.Metric) { g(metrics) }

func up(value float64) prometheus.Metric {
	desc := prometheus.NewDesc("beyondtrust_up", "Whether check_health was answered.", nil, nil)
	return prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value)
}

// testOptions are those of a freshly started exporter.
func testOptions() Options {
	const name = "support.example.com"
	return Options{
		Fleet: &fakeFleet{
			listings: []target.Listing{{Name: name}},
			watched: map[string]*fakeAppliance{name: {status: target.Status{
				Name: name, URL: &url.URL{Scheme: "https", Host: name},
			}}},
		},
		TelemetryPath: "/metrics",
		MaxRequests:   40,
		Logger:        slog.New(slog.DiscardHandler),
	}
}

// theAppliance is the one of testOptions.
func theAppliance(o Options) *fakeAppliance {
	return o.Fleet.(*fakeFleet).watched["support.example.com"]
}

func newTestHandler(t *testing.T, o Options) http.Handler {
	t.Helper()
	handler, err := NewHandler(o)
	if err != nil {
		t.Fatal(err)
	}
	return handler
}

// ask sends one request, with headers given as names and values in turn.
func ask(handler http.Handler, method, path string, header ...string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	return recorder
}
