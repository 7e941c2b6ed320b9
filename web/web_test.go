package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/target"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fakeAppliance has one metric, or whatever its gather does, and a status.
type fakeAppliance struct {
	gather func(ctx context.Context, metrics chan<- prometheus.Metric)
	status target.Status
}

// Gatherer implements Appliance.
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

// Status implements Appliance.
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
	return Options{
		Appliance: &fakeAppliance{status: target.Status{
			Name: "support.example.com", URL: &url.URL{Scheme: "https", Host: "support.example.com"},
		}},
		TelemetryPath: "/metrics",
		MaxRequests:   40,
		Logger:        slog.New(slog.DiscardHandler),
	}
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
