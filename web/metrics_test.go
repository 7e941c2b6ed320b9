package web

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

func TestExporterMetrics(t *testing.T) {
	options := testOptions()
	handler := newTestHandler(t, options)
	ask(handler, "GET", "/metrics")
	body := ask(handler, "GET", "/metrics").Body.String()
	for _, want := range []string{
		"beyondtrust_up 1\n", "beyondtrust_exporter_build_info{", "go_goroutines ", "process_cpu_seconds_total ",
		`promhttp_metric_handler_requests_total{code="200"} 1`, `promhttp_metric_handler_errors_total{cause="gathering"} 0`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("there is no %q in the body", want)
		}
	}

	options.DisableExporterMetrics = true
	body = ask(newTestHandler(t, options), "GET", "/metrics").Body.String()
	for _, name := range []string{"go_", "process_", "promhttp_"} {
		if strings.Contains(body, "\n"+name) {
			t.Errorf("there is a metric that begins with %s in the body, though they are disabled", name)
		}
	}
	if !strings.Contains(body, "beyondtrust_exporter_build_info{") || !strings.Contains(body, "beyondtrust_up 1") {
		t.Errorf("the build or the appliance is missing: %s", body)
	}
}

func TestNegotiation(t *testing.T) {
	handler := newTestHandler(t, testOptions())
	for _, test := range []struct{ accept, want string }{
		{"", "text/plain; version=0.0.4"},
		{"application/openmetrics-text; version=1.0.0", "application/openmetrics-text; version=1.0.0"},
		{"application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited", "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"},
	} {
		got := ask(handler, "GET", "/metrics", "Accept", test.accept)
		if kind := got.Header().Get("Content-Type"); !strings.HasPrefix(kind, test.want) {
			t.Errorf("accepting %q got %q; want %q", test.accept, kind, test.want)
		}
	}
	got := ask(handler, "GET", "/metrics", "Accept-Encoding", "gzip")
	unzipped, err := gzip.NewReader(got.Body)
	if err != nil {
		t.Fatalf("a body that should be compressed: %v", err)
	}
	if text, err := io.ReadAll(unzipped); err != nil || !strings.Contains(string(text), "beyondtrust_up 1") {
		t.Errorf("unzipped: %.100q, %v", text, err)
	}
}

// Prometheus would throw everything away that comes too late.
func TestScrapeEndsInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		options := testOptions()
		options.TimeoutOffset = 500 * time.Millisecond
		var deadline time.Time
		theAppliance(options).gather = func(ctx context.Context, metrics chan<- prometheus.Metric) {
			deadline, _ = ctx.Deadline()
			<-ctx.Done() // an appliance that never answers
			metrics <- up(0)
		}
		start := time.Now()
		got := ask(newTestHandler(t, options), "GET", "/metrics", "X-Prometheus-Scrape-Timeout-Seconds", "3")
		if want := start.Add(2500 * time.Millisecond); !deadline.Equal(want) || !time.Now().Equal(want) {
			t.Errorf("the deadline was after %s and the end after %s; want 2.5s", deadline.Sub(start), time.Since(start))
		}
		if got.Code != http.StatusOK || !strings.Contains(got.Body.String(), "beyondtrust_up 0") {
			t.Errorf("got %d %s; want what the appliance had", got.Code, got.Body)
		}
	})
}

func TestMaxRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		options := testOptions()
		options.MaxRequests = 2
		release := make(chan struct{})
		theAppliance(options).gather = func(_ context.Context, metrics chan<- prometheus.Metric) {
			<-release
			metrics <- up(1)
		}
		handler := newTestHandler(t, options)
		codes := make(chan int, 2)
		for range 2 {
			go func() { codes <- ask(handler, "GET", "/metrics").Code }()
		}
		synctest.Wait()
		if got := ask(handler, "GET", "/metrics"); got.Code != http.StatusServiceUnavailable || !strings.Contains(got.Body.String(), "--web.max-requests") {
			t.Errorf("the third scrape got %d %q; want 503", got.Code, got.Body)
		}
		if got := ask(handler, "GET", "/-/healthy"); got.Code != http.StatusOK {
			t.Errorf("/-/healthy got %d beside too many scrapes; want 200", got.Code)
		}
		close(release)
		for range 2 {
			if code := <-codes; code != http.StatusOK {
				t.Errorf("a scrape within the limit got %d", code)
			}
		}
		if got := ask(handler, "GET", "/metrics"); got.Code != http.StatusOK {
			t.Errorf("a scrape after the others got %d; want 200", got.Code)
		}
	})
}

// A metric that is broken must not take the others with it, and must not pass unseen.
func TestBrokenMetric(t *testing.T) {
	options := testOptions()
	var log strings.Builder
	options.Logger = slog.New(slog.NewTextHandler(&log, nil))
	theAppliance(options).gather = func(_ context.Context, metrics chan<- prometheus.Metric) {
		metrics <- prometheus.NewInvalidMetric(prometheus.NewDesc("broken", "Broken.", nil, nil), errors.New("no such thing"))
		metrics <- up(1)
	}
	handler := newTestHandler(t, options)
	ask(handler, "GET", "/metrics")
	body := ask(handler, "GET", "/metrics").Body.String()
	if !strings.Contains(body, "beyondtrust_up 1") || !strings.Contains(body, `promhttp_metric_handler_errors_total{cause="gathering"} 1`) {
		t.Errorf("the rest or the count of errors is missing: %s", body)
	}
	if !strings.Contains(log.String(), "no such thing") {
		t.Errorf("the log does not say what is broken: %s", log.String())
	}
}

// brokenPipe is an answer that nobody takes.
type brokenPipe struct {
	*httptest.ResponseRecorder
	err error
}

func (b brokenPipe) Write([]byte) (int, error) { return 0, b.err }

// A Prometheus whose time is up leaves, and that is no error of ours: it is told of once, not for
// each metric, and to nobody who does not ask for it. What is truly wrong is told all the same.
func TestAbortedScrape(t *testing.T) {
	broken := errors.New("no such thing")
	for _, test := range []struct {
		name string
		err  error // of sending
		bad  error // of gathering
		want []string
	}{
		{"gone", fmt.Errorf("write tcp 127.0.0.1:1->127.0.0.1:2: %w", syscall.EPIPE), nil, []string{"level=DEBUG"}},
		{"reset", syscall.ECONNRESET, nil, []string{"level=DEBUG"}},
		{"slow", fmt.Errorf("write: %w", os.ErrDeadlineExceeded), nil, []string{"level=WARN"}},
		{"gone, and a metric is broken", syscall.EPIPE, broken, []string{"level=ERROR", "level=DEBUG"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			options := testOptions()
			var log strings.Builder
			options.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			theAppliance(options).gather = func(_ context.Context, metrics chan<- prometheus.Metric) {
				for i := range 100 {
					metrics <- prometheus.MustNewConstMetric(prometheus.NewDesc(fmt.Sprintf("beyondtrust_%d", i), "One of many.", nil, nil), prometheus.GaugeValue, 1)
				}
				if test.bad != nil {
					metrics <- prometheus.NewInvalidMetric(prometheus.NewDesc("broken", "Broken.", nil, nil), test.bad)
				}
			}
			newTestHandler(t, options).ServeHTTP(brokenPipe{httptest.NewRecorder(), test.err}, httptest.NewRequest(http.MethodGet, "/metrics", nil))
			lines := strings.Split(strings.TrimSuffix(log.String(), "\n"), "\n")
			if len(lines) != len(test.want) {
				t.Fatalf("the log has %d lines, want %d:\n%.2000s", len(lines), len(test.want), log.String())
			}
			for i, want := range test.want {
				if !strings.Contains(lines[i], want) {
					t.Errorf("line %d of the log: %s; want %s", i, lines[i], want)
				}
			}
			if test.bad != nil && !strings.Contains(lines[0], test.bad.Error()) {
				t.Errorf("the log does not say what is broken: %s", lines[0])
			}
			if last := lines[len(lines)-1]; !strings.Contains(last, test.err.Error()) {
				t.Errorf("the log does not say why it was not sent: %s", last)
			}
		})
	}
}
