package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/target"
)

// fleetOptions are those of an exporter that watches several appliances, the first of which is
// up.
func fleetOptions(names ...string) Options {
	options := testOptions()
	fleet := &fakeFleet{watched: make(map[string]*fakeAppliance)}
	for i, name := range names {
		value := float64(i)
		fleet.listings = append(fleet.listings, target.Listing{Name: name, Labels: map[string]string{"pair": "hq"}})
		fleet.watched[name] = &fakeAppliance{
			gather: func(_ context.Context, metrics chan<- prometheus.Metric) { metrics <- up(value) },
			status: target.Status{Name: name, URL: &url.URL{Scheme: "https", Host: name + ".example.com"}, Labels: map[string]string{"pair": "hq"}},
		}
	}
	options.Fleet, options.Discovered = fleet, true
	return options
}

func TestProbe(t *testing.T) {
	options := fleetOptions("hq-a", "hq-b", "a:8443")
	handler := newTestHandler(t, options)
	for _, test := range []struct {
		path   string
		status int
		want   string
	}{
		{"/probe?target=hq-a", http.StatusOK, "beyondtrust_up 0\n"},
		{"/probe?target=hq-b", http.StatusOK, "beyondtrust_up 1\n"},
		{"/probe?target=a%3A8443", http.StatusOK, "beyondtrust_up 2\n"},
		{"/probe", http.StatusBadRequest, "/probe?target=NAME"},
		{"/probe?target=", http.StatusBadRequest, "/probe?target=NAME"},
		{"/probe?target=hq-a&target=hq-b", http.StatusBadRequest, "/probe?target=NAME"},
		{"/probe?target=hq-c", http.StatusNotFound, "nothing to scrape"},
		{"/probe?target=%3Cscript%3E%00", http.StatusNotFound, "nothing to scrape"},
	} {
		got := ask(handler, "GET", test.path)
		if got.Code != test.status || !strings.Contains(got.Body.String(), test.want) {
			t.Errorf("%s: got %d %.200q; want %d and %q", test.path, got.Code, got.Body, test.status, test.want)
		}
		for _, absent := range []string{"go_goroutines", "build_info", "promhttp_"} {
			if strings.Contains(got.Body.String(), absent) {
				t.Errorf("%s has %s of the exporter itself: %s", test.path, absent, got.Body)
			}
		}
		if test.status == http.StatusNotFound && strings.Contains(got.Body.String(), "hq-") {
			t.Errorf("%s names other appliances: %s", test.path, got.Body)
		}
	}
	if n := options.Fleet.(*fakeFleet).acquired.Load(); n != 0 {
		t.Errorf("%d appliances were acquired and not released", n)
	}
	own := ask(handler, "GET", "/metrics").Body.String()
	if strings.Contains(own, "beyondtrust_up") || !strings.Contains(own, `promhttp_metric_handler_requests_total{code="404"} 2`) {
		t.Errorf("the exporter's own metrics have those of an appliance, or do not count the probes: %s", own)
	}
}

// A probe keeps to the limit of scrapes and to the time that Prometheus allows.
func TestProbeIsAScrape(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		options := fleetOptions("hq-a")
		options.MaxRequests, options.TimeoutOffset = 1, 500*time.Millisecond
		options.Fleet.(*fakeFleet).watched["hq-a"].gather = func(ctx context.Context, metrics chan<- prometheus.Metric) {
			<-ctx.Done()
			metrics <- up(0)
		}
		handler := newTestHandler(t, options)
		start := time.Now()
		first := make(chan *httptest.ResponseRecorder, 1)
		go func() {
			first <- ask(handler, "GET", "/probe?target=hq-a", scrapeTimeoutHeader, "3")
		}()
		synctest.Wait()
		if got := ask(handler, "GET", "/metrics"); got.Code != http.StatusServiceUnavailable {
			t.Errorf("a scrape beyond the limit got %d; want 503", got.Code)
		}
		if got := <-first; got.Code != http.StatusOK || time.Since(start) != 2500*time.Millisecond {
			t.Errorf("got %d after %s; want what there was after 2.5s", got.Code, time.Since(start))
		}
	})
}

func TestDiscovery(t *testing.T) {
	options := fleetOptions("hq-a", "a:8443")
	// What the operator says must not redirect the scrape, even if validation let it pass.
	options.Fleet.(*fakeFleet).listings[1].Labels = map[string]string{"site": "<berlin>", "instance": "x"}
	got := ask(newTestHandler(t, options), "GET", "/sd")
	var groups []targetGroup
	if err := json.Unmarshal(got.Body.Bytes(), &groups); err != nil {
		t.Fatalf("reading %s: %v", got.Body, err)
	}
	want := []targetGroup{
		{[]string{"example.com"}, map[string]string{
			"__metrics_path__": "/probe", "__param_target": "hq-a", "instance": "hq-a", "appliance": "hq-a", "pair": "hq",
		}},
		{[]string{"example.com"}, map[string]string{
			"__metrics_path__": "/probe", "__param_target": "a:8443", "instance": "a:8443", "appliance": "a:8443", "site": "<berlin>",
		}},
	}
	if diff := cmp.Diff(want, groups); diff != "" {
		t.Errorf("discovery differs from what is wanted (-want +got):\n%s", diff)
	}
	if kind := got.Header().Get("Content-Type"); kind != "application/json" {
		t.Errorf("the type is %q; want application/json, or Prometheus refuses it", kind)
	}
	for name, o := range map[string]Options{"of flags": testOptions(), "of no appliance": fleetOptions()} {
		if got := ask(newTestHandler(t, o), "GET", "/sd").Body.String(); got != "[]\n" {
			t.Errorf("discovery %s is %q; want []", name, got)
		}
	}
}

func TestReload(t *testing.T) {
	for _, test := range []struct {
		name    string
		enabled bool
		method  string
		err     error
		status  int
		want    string
	}{
		{"not enabled", false, "POST", nil, http.StatusForbidden, "--web.enable-lifecycle"},
		{"enabled", true, "POST", nil, http.StatusOK, "read again"},
		{"refused", true, "POST", errors.New("beyondtrust.yml:3: no such key"), http.StatusInternalServerError, "beyondtrust.yml:3: no such key"},
		{"by a link", true, "GET", nil, http.StatusMethodNotAllowed, ""},
	} {
		options := testOptions()
		calls := 0
		options.EnableLifecycle = test.enabled
		options.Reload = func() error { calls++; return test.err }
		got := ask(newTestHandler(t, options), test.method, "/-/reload")
		if got.Code != test.status || !strings.Contains(got.Body.String(), test.want) {
			t.Errorf("%s: got %d %q; want %d and %q", test.name, got.Code, got.Body, test.status, test.want)
		}
		if wanted := test.status == http.StatusOK || test.status == http.StatusInternalServerError; (calls == 1) != wanted {
			t.Errorf("%s: %d reloads", test.name, calls)
		}
	}
}

// What is told of the configuration is among the exporter's own metrics, not among an
// appliance's.
func TestFurtherCollectors(t *testing.T) {
	options := fleetOptions("hq-a")
	gauge := prometheus.NewGauge(prometheus.GaugeOpts{Name: "further", Help: "Further."})
	options.Collectors, options.DisableExporterMetrics = []prometheus.Collector{gauge}, true
	handler := newTestHandler(t, options)
	if own := ask(handler, "GET", "/metrics").Body.String(); !strings.Contains(own, "further 0") {
		t.Errorf("it is not among the exporter's own: %s", own)
	}
	if probed := ask(handler, "GET", "/probe?target=hq-a").Body.String(); strings.Contains(probed, "further") {
		t.Errorf("it is among an appliance's: %s", probed)
	}
}

// The page has a row for each of two hundred appliances, says how many have trouble, and links
// to the metrics of each.
func TestLandingPageOfAFleet(t *testing.T) {
	var names []string
	for i := range 200 {
		names = append(names, fmt.Sprintf("a%d:8443", i))
	}
	options := fleetOptions(names...)
	fleet := options.Fleet.(*fakeFleet)
	for i, name := range names {
		fleet.watched[name].status.Asked, fleet.watched[name].status.Reachable = true, i >= 3
	}
	// One that refuses the credentials has not been asked anything, and is in trouble all the same.
	refusing := &fleet.watched[names[7]].status
	refusing.Asked, refusing.Trouble = false, "credentials refused"
	page := ask(newTestHandler(t, options), "GET", "/").Body.String()
	if n := strings.Count(page, `<th scope="row">`); n != 200 {
		t.Errorf("the page has %d rows; want 200", n)
	}
	for _, want := range []string{"200 watched appliances, 4 of them with trouble", `href="/probe?target=a199%3A8443"`, "pair=hq", `href="/sd"`, "color-scheme: light dark"} {
		if !strings.Contains(page, want) {
			t.Errorf("there is no %q in the page:\n%.3000s", want, page)
		}
	}
	if strings.Contains(page, "<script") {
		t.Error("the page has a script")
	}
	if empty := ask(newTestHandler(t, fleetOptions()), "GET", "/").Body.String(); !strings.Contains(empty, "No appliance is watched here") {
		t.Errorf("the page of no appliance does not say so: %s", empty)
	}
}
