package e2e

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/processtest"
)

// exporter is a running exporter.
type exporter struct {
	*process
	root string // http://127.0.0.1:port
}

// startExporter runs the exporter on an appliance, with further flags. The cache is off, so
// that each scrape shows what the appliance says now.
func startExporter(t *testing.T, a *appliance, args ...string) *exporter {
	t.Helper()
	return startExporterWith(t, a, a.ClientSecret(), args...)
}

// startExporterWith runs the exporter with a client secret of the caller's.
func startExporterWith(t *testing.T, a *appliance, secret string, args ...string) *exporter {
	t.Helper()
	p := start(t, e2eBinary(),
		[]string{"BEYONDTRUST_URL=" + a.url(), "BEYONDTRUST_CLIENT_ID=" + a.ClientID(), "BEYONDTRUST_CLIENT_SECRET=" + secret},
		append([]string{
			"--appliance.ca-file=" + a.caFile, "--appliance.cache-ttl=0s", "--web.listen-address=127.0.0.1:0", "--log.level=debug",
		}, args...)...)
	return &exporter{process: p, root: "http://" + p.Stderr.Find(`msg="Listening on" address=(\S+)`)}
}

// get asks the exporter for a page, within a time limit, with a header where it is not "".
func (e *exporter) get(limit time.Duration, path, header, value string) (int, string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, e.root+path, nil)
	if err != nil {
		return 0, "", err
	}
	if header != "" {
		request.Header.Set(header, value)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response.StatusCode, string(body), err
}

// scrape is one scrape with plenty of time.
func (e *exporter) scrape() *body {
	e.t.Helper()
	code, text, err := e.get(patience, "/metrics", "", "")
	if err != nil || code != http.StatusOK {
		e.t.Fatalf("scraping: status %d, %v\n%s", code, err, text)
	}
	return parse(e.t, text)
}

// scrapeUntil scrapes until the condition holds of a body, and returns that one.
func (e *exporter) scrapeUntil(what string, holds func(*body) bool) *body {
	e.t.Helper()
	var last *body
	processtest.Eventually(e.t, what, func() (bool, string) {
		last = e.scrape()
		return holds(last), last.text
	})
	return last
}

// synced says that the real-time state is in sync.
func synced(b *body) bool { return b.is(1, "beyondtrust_state_synced") }

// body is what one scrape brought.
type body struct {
	text     string
	families map[string]*dto.MetricFamily
}

func parse(t *testing.T, text string) *body {
	t.Helper()
	b, err := read(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return b
}

// read is parse for whoever can do something about an error.
func read(text string) (*body, error) {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("reading the metrics: %w", err)
	}
	return &body{text: text, families: families}, nil
}

// values returns the values of the series of a metric that have the labels, given as names and
// values in turn.
func (b *body) values(name string, labels ...string) []float64 {
	var values []float64
	for _, metric := range b.families[name].GetMetric() {
		has := make(map[string]string)
		for _, pair := range metric.GetLabel() {
			has[pair.GetName()] = pair.GetValue()
		}
		matches := true
		for i := 0; i < len(labels); i += 2 {
			matches = matches && has[labels[i]] == labels[i+1]
		}
		if matches {
			values = append(values, valueOf(metric))
		}
	}
	return values
}

// is says that there is one such series, and that it has the value.
func (b *body) is(want float64, name string, labels ...string) bool {
	values := b.values(name, labels...)
	return len(values) == 1 && values[0] == want
}

// by returns the values of a metric by the values of some of its labels, added up over the others, and
// leaves out what is 0.
func (b *body) by(name string, labels ...string) map[string]float64 {
	sums := make(map[string]float64)
	for _, metric := range b.families[name].GetMetric() {
		has := make(map[string]string)
		for _, pair := range metric.GetLabel() {
			has[pair.GetName()] = pair.GetValue()
		}
		values := make([]string, len(labels))
		for i, label := range labels {
			values[i] = has[label]
		}
		if value := valueOf(metric); value != 0 {
			sums[strings.Join(values, " ")] += value
		}
	}
	return sums
}

// valueOf is the value of a gauge or a counter, and how many observations a histogram has.
func valueOf(metric *dto.Metric) float64 {
	return metric.GetGauge().GetValue() + metric.GetCounter().GetValue() + float64(metric.GetHistogram().GetSampleCount())
}

// sum adds such series up; ok is false where there is none.
func (b *body) sum(name string, labels ...string) (sum float64, ok bool) {
	values := b.values(name, labels...)
	for _, value := range values {
		sum += value
	}
	return sum, len(values) > 0
}

// wants fails the test unless each series is there with its value.
func (b *body) wants(t *testing.T, want float64, series ...[]string) {
	t.Helper()
	for _, s := range series {
		if !b.is(want, s[0], s[1:]...) {
			t.Errorf("%v is %v; want %v", s, b.values(s[0], s[1:]...), want)
		}
	}
}

// lacks fails the test if there is any series of these metrics.
func (b *body) lacks(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		if family := b.families[name]; family != nil {
			t.Errorf("%s is there: %v", name, family.GetMetric())
		}
	}
}
