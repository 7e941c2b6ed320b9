package collector

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"
)

// benchmarkState is a desk of so many teams, of two representatives each, and
// sessions, of which half are in hand and the others wait. The number of series
// depends on the teams alone.
func benchmarkState(b *testing.B, teams, sessions int) *fixture {
	b.Helper()
	representatives := 2 * teams
	var lines []string
	for team := range teams {
		lines = append(lines, insert("queue", team+1, fmt.Sprintf(`"type":"team","code_name":"team_%d","name":"Team %d","support_team_id":"%d"`, team, team, team)))
	}
	for id := range representatives {
		lines = append(lines,
			insert("representative", id+1, fmt.Sprintf(`"type":"normal","user_id":"%d","queue_id":"%d","created_timestamp":%d,"connected":1,"routing_available":1`, id, 1_000_000+id, deskTime)),
			insert("representative_queue", id+1, fmt.Sprintf(`"queue_id":"%d","representative_id":"%d","role":"member"`, id%teams+1, id+1)),
		)
	}
	for id := range sessions {
		queue := id%teams + 1
		if id%2 == 0 {
			queue = 1_000_000 + id%representatives
		}
		lines = append(lines,
			insert("support_session", id+1, fmt.Sprintf(`"lsid":"l%d","queue_id":"%d","primary_team_queue_id":"%d","created_timestamp":%d,"queue_entry_timestamp":%d,"start_method":"session_key","priority":%d,"public_site_name":"site-%d","issue_code_name":"issue-%d"`,
				id, queue, id%teams+1, deskTime, deskTime+id%600, id%3+1, id%5, id%10)),
			insert("customer_client", id+1, fmt.Sprintf(`"support_session_id":"%d","client_type":"desktop","connected":1,"elevated":0`, id+1)),
		)
		if id%2 == 0 {
			lines = append(lines, insert("representative_support_session", id+1, fmt.Sprintf(`"support_session_id":"%d","representative_id":"%d","created_timestamp":%d`, id+1, id%representatives+1, deskTime)))
		}
	}
	state := newLiveState(b)
	state.subscribe(lines...)
	return newFixture(b, &answers{}, state, "state")
}

// countSeries returns the number of series, a histogram's as one.
func countSeries(families []*dto.MetricFamily) int {
	n := 0
	for _, family := range families {
		n += len(family.GetMetric())
	}
	return n
}

// BenchmarkScrape makes the page of the state for desks with ever more sessions
// and with ever more teams, beside the page that client_golang makes of as many
// constant metrics with the same names and labels. They take turns, so that
// they see the same machine, and the figures are medians.
func BenchmarkScrape(b *testing.B) {
	desks := []struct{ teams, sessions int }{
		{20, 50}, {20, 5000}, {20, 50_000},
		{1, 1000}, {10, 1000}, {100, 1000},
	}
	for _, d := range desks {
		b.Run(fmt.Sprintf("teams=%d/sessions=%d", d.teams, d.sessions), func(b *testing.B) {
			f := benchmarkState(b, d.teams, d.sessions)
			families := f.scrape(b.Context(), b)
			page := promhttp.HandlerFor(f.Gatherer(b.Context()), promhttp.HandlerOpts{})
			registry := prometheus.NewRegistry()
			registry.MustRegister(constantsOf(families))
			constants := promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
			small := promhttp.HandlerFor(benchmarkState(b, d.teams, 50).Gatherer(b.Context()), promhttp.HandlerOpts{})

			var bytes, compressed int
			took := inTurn(b,
				func() { bytes = get(b, page, "identity") },
				func() { get(b, constants, "identity") },
				func() { get(b, small, "identity") },
				func() { compressed = get(b, page, "gzip") },
			)
			b.ReportMetric(float64(countSeries(families)), "series")
			b.ReportMetric(float64(bytes), "page-B")
			b.ReportMetric(float64(compressed), "gzip-B")
			b.ReportMetric(1e3*took[0], "page-ms")
			b.ReportMetric(1e3*took[3], "gzip-ms")
			b.ReportMetric(took[0]/took[1], "x-of-constants")
			b.ReportMetric(took[0]/took[2], "x-of-50-sessions")
		})
	}
}

// inTurn calls the functions in turn for as long as the benchmark lasts, and
// returns the median of the seconds that each of them took.
func inTurn(b *testing.B, calls ...func()) []float64 {
	b.Helper()
	took := make([][]float64, len(calls))
	for b.Loop() {
		for i, call := range calls {
			before := b.Elapsed()
			call()
			took[i] = append(took[i], (b.Elapsed() - before).Seconds())
		}
	}
	medians := make([]float64, len(calls))
	for i, t := range took {
		slices.Sort(t)
		medians[i] = t[len(t)/2]
	}
	return medians
}

// get asks for a page and returns the number of its bytes.
func get(b *testing.B, page http.Handler, encoding string) int {
	b.Helper()
	r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/metrics", nil)
	r.Header.Set("Accept-Encoding", encoding)
	w := &counted{header: http.Header{}}
	page.ServeHTTP(w, r)
	if w.code != 0 && w.code != http.StatusOK {
		b.Fatalf("the page answered %d", w.code)
	}
	return w.bytes
}

// counted is an answer of which only the bytes are counted.
type counted struct {
	header http.Header
	code   int
	bytes  int
}

func (w *counted) Header() http.Header  { return w.header }
func (w *counted) WriteHeader(code int) { w.code = code }
func (w *counted) Write(p []byte) (int, error) {
	w.bytes += len(p)
	return io.Discard.Write(p)
}

// constants is a collector as one writes it with client_golang: descriptions
// that were made once, and at each scrape a constant metric for each series.
type constants []constant

type constant struct {
	desc   *prometheus.Desc
	values []string
	metric *dto.Metric
	kind   prometheus.ValueType
}

// constantsOf returns a collector of the same series. Of a histogram it makes
// the classic buckets alone.
func constantsOf(families []*dto.MetricFamily) constants {
	var all constants
	for _, family := range families {
		kind := prometheus.GaugeValue
		if family.GetType() == dto.MetricType_COUNTER {
			kind = prometheus.CounterValue
		}
		var desc *prometheus.Desc
		for _, m := range family.GetMetric() {
			var names, values []string
			for _, label := range m.GetLabel() {
				names, values = append(names, label.GetName()), append(values, label.GetValue())
			}
			if desc == nil {
				desc = prometheus.NewDesc(family.GetName(), family.GetHelp(), names, nil)
			}
			all = append(all, constant{desc, values, m, kind})
		}
	}
	return all
}

func (c constants) Describe(ch chan<- *prometheus.Desc) {
	for _, s := range c {
		ch <- s.desc
	}
}

func (c constants) Collect(ch chan<- prometheus.Metric) {
	for _, s := range c {
		h := s.metric.GetHistogram()
		if h == nil {
			ch <- prometheus.MustNewConstMetric(s.desc, s.kind, s.metric.GetGauge().GetValue()+s.metric.GetCounter().GetValue(), s.values...)
			continue
		}
		buckets := make(map[float64]uint64, len(h.GetBucket()))
		for _, bucket := range h.GetBucket() {
			buckets[bucket.GetUpperBound()] = bucket.GetCumulativeCount()
		}
		ch <- prometheus.MustNewConstHistogram(s.desc, h.GetSampleCount(), h.GetSampleSum(), buckets, s.values...)
	}
}

// The number of series must not depend on the number of sessions, or the
// benchmark would compare two different things.
func TestSeriesDoNotGrowWithSessions(t *testing.T) {
	count := func(sessions int) string {
		state := newLiveState(t)
		lines := smallDesk()
		for id := range sessions {
			lines = append(lines, insert("support_session", 1000+id, fmt.Sprintf(`"lsid":"x%d","queue_id":"1","start_method":"session_key","priority":1,"public_site_name":"Default"`, id)))
		}
		state.subscribe(lines...)
		exposition := text(t, newFixture(t, &answers{}, state, "state").scrape(t.Context(), t), "")
		return fmt.Sprint(strings.Count(exposition, "\n"))
	}
	if few, many := count(1), count(500); few != many {
		t.Errorf("%s lines with few sessions, %s with many", few, many)
	}
}
