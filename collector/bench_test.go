package collector

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// benchmarkState is a desk of 20 teams with so many sessions, of which half are
// in hand and the others wait. The number of series does not depend on it.
func benchmarkState(b *testing.B, sessions int) *fixture {
	b.Helper()
	const teams, representatives = 20, 40
	var lines []string
	for team := range teams {
		lines = append(lines, insert("queue", team+1, fmt.Sprintf(`"type":"team","code_name":"team_%d","name":"Team %d","support_team_id":"%d"`, team, team, team)))
	}
	for id := range representatives {
		lines = append(lines,
			insert("representative", id+1, fmt.Sprintf(`"type":"normal","user_id":"%d","queue_id":"%d","created_timestamp":%d,"connected":1,"routing_available":1`, id, 1000+id, deskTime)),
			insert("representative_queue", id+1, fmt.Sprintf(`"queue_id":"%d","representative_id":"%d","role":"member"`, id%teams+1, id+1)),
		)
	}
	for id := range sessions {
		queue := id%teams + 1
		if id%2 == 0 {
			queue = 1000 + id%representatives
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

// BenchmarkScrape times a scrape of the state with 50 sessions and with 50 000,
// and both in turn, so that they see the same machine. x_of_50_sessions is how many
// times as long the median scrape of the larger desk takes.
func BenchmarkScrape(b *testing.B) {
	b.Run("sessions=50", func(b *testing.B) { benchmarkScrape(b, benchmarkState(b, 50)) })
	b.Run("sessions=50000", func(b *testing.B) { benchmarkScrape(b, benchmarkState(b, 50_000)) })
	b.Run("ratio", func(b *testing.B) {
		small, large := benchmarkState(b, 50), benchmarkState(b, 50_000)
		var took [2][]time.Duration
		for b.Loop() {
			for i, f := range []*fixture{small, large} {
				before := b.Elapsed()
				f.scrape(b.Context(), b)
				took[i] = append(took[i], b.Elapsed()-before)
			}
		}
		median := func(d []time.Duration) float64 {
			slices.Sort(d)
			return d[len(d)/2].Seconds()
		}
		b.ReportMetric(median(took[1])/median(took[0]), "x_of_50_sessions")
	})
}

func benchmarkScrape(b *testing.B, f *fixture) {
	b.Helper()
	b.ReportAllocs()
	series := 0
	for b.Loop() {
		series = countSeries(f.scrape(b.Context(), b))
	}
	b.ReportMetric(float64(series), "series")
}

// BenchmarkConstantMetrics compares a page with a registry of the client library
// and as many constant metrics, both from rows to metric families.
func BenchmarkConstantMetrics(b *testing.B) {
	const n = 500
	queues := make([]string, n)
	for i := range queues {
		queues[i] = fmt.Sprintf("queue-%03d", i)
	}
	b.Run("page", func(b *testing.B) {
		b.ReportAllocs()
		var table table
		m := table.gauge("beyondtrust_things", "Things.", "queue", "state").fixed("state")
		for b.Loop() {
			p := table.page()
			for _, queue := range queues {
				p.add(m, 1, queue, "waiting")
			}
			if got := countSeries(p.families()); got != n {
				b.Fatalf("there are %d series, want %d", got, n)
			}
		}
	})
	b.Run("client_golang", func(b *testing.B) {
		b.ReportAllocs()
		registry := prometheus.NewRegistry()
		registry.MustRegister(constant{
			desc:   prometheus.NewDesc("beyondtrust_things", "Things.", []string{"queue", "state"}, nil),
			queues: queues,
		})
		for b.Loop() {
			families, err := registry.Gather()
			if err != nil {
				b.Fatal(err)
			}
			if got := countSeries(families); got != n {
				b.Fatalf("there are %d series, want %d", got, n)
			}
		}
	})
}

// constant is a collector of the client library with a constant metric for each
// queue.
type constant struct {
	desc   *prometheus.Desc
	queues []string
}

func (c constant) Describe(ch chan<- *prometheus.Desc) { ch <- c.desc }
func (c constant) Collect(ch chan<- prometheus.Metric) {
	for _, queue := range c.queues {
		ch <- prometheus.MustNewConstMetric(c.desc, prometheus.GaugeValue, 1, queue, "waiting")
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
