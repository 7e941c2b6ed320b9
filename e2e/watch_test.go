package e2e

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
)

// allowed is the time that the watch allows for a scrape, in which the exporter answers early by as
// much as leaves a busy machine time to hand the answer over.
const (
	allowed       = 5 * time.Second
	timeoutOffset = 2 * time.Second
)

// watch scrapes an exporter all the while, as a Prometheus does, and holds each scrape against what
// must be true of it whatever the network and the appliance do.
type watch struct {
	t     *testing.T
	e     *exporter
	truth *truth
	every time.Duration
	began time.Time
	tell  string // what to say of it where something is wrong

	mu        sync.Mutex
	last      *body
	counters  map[string]float64
	scrapes   int
	slowest   time.Duration
	wrong     []string
	disturbed time.Time // since when something is wrong; zero where nothing is
	by        string    // what it is
	blind     bool      // the desk cannot be compared: its clock jumps

	copies   float64   // full copies that came
	heard    time.Time // when the newest message came
	missable int       // sessions that began while nobody could see them, and may have been gone by the next copy
}

// startWatch scrapes until the test ends, or until stop is called.
func startWatch(t *testing.T, e *exporter, tr *truth, every time.Duration, tell string) (w *watch, stop func()) {
	t.Helper()
	w = &watch{t: t, e: e, truth: tr, every: every, began: time.Now(), tell: tell, counters: make(map[string]float64)}
	over, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			next := time.Now().Add(every)
			w.look()
			select {
			case <-over:
				return
			case <-time.After(time.Until(next)):
			}
		}
	}()
	stop = sync.OnceFunc(func() {
		close(over)
		<-ended
	})
	t.Cleanup(stop)
	return w, stop
}

// disturb says that something is wrong from now on, and what.
func (w *watch) disturb(by string, blind bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.disturbed.IsZero() {
		w.disturbed = time.Now()
	}
	w.by, w.blind = by, w.blind || blind
}

// calm says that all is well again.
func (w *watch) calm() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.disturbed, w.by, w.blind = time.Time{}, "", false
}

// seen is the newest scrape and how many there were; nil where there was none.
func (w *watch) seen() (*body, int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last, w.scrapes
}

// verdict fails the test where a scrape was wrong or late.
func (w *watch) verdict() {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.scrapes == 0 {
		w.t.Error("there was no scrape at all")
	}
	for i, wrong := range w.wrong {
		if i == 20 {
			w.t.Errorf("and %d more", len(w.wrong)-i)
			break
		}
		w.t.Error(wrong)
	}
}

// look makes one scrape.
func (w *watch) look() {
	began := time.Now()
	code, text, err := w.e.get(allowed, "/metrics", scrapeTimeoutHeader, fmt.Sprint(allowed.Seconds()))
	took := time.Since(began)
	var wrong []string
	var b *body
	switch {
	case err != nil:
		wrong = append(wrong, fmt.Sprintf("the scrape failed after %s: %v", took, err))
	case code != http.StatusOK:
		wrong = append(wrong, fmt.Sprintf("the scrape has the status %d: %s", code, text))
	default:
		if b, err = read(text); err != nil {
			wrong = append(wrong, err.Error())
		}
	}

	w.mu.Lock()
	defer w.mu.Unlock()
	w.scrapes++
	w.slowest = max(w.slowest, took)
	if b != nil {
		w.last = b
		wrong = slices.Concat(wrong, contradictions(b), w.stale(b), w.backwards(b))
		w.count(b)
	}
	for _, what := range wrong {
		w.wrong = append(w.wrong, fmt.Sprintf("%s, %.1f s after the start, during %q: %s", w.tell, time.Since(w.began).Seconds(), w.by, what))
	}
}

// contradictions says where a body does not agree with itself or with the contract.
func contradictions(b *body) []string {
	var wrong []string
	flag := func(name string, labels ...string) bool {
		values := b.values(name, labels...)
		if len(values) != 1 || values[0] != 0 && values[0] != 1 {
			wrong = append(wrong, fmt.Sprintf("%s%v is %v; want one series that is 0 or 1", name, labels, values))
			return false
		}
		return values[0] == 1
	}
	there := func(must bool, why string, names ...string) {
		for _, name := range names {
			if has := b.families[name] != nil; has != must {
				wrong = append(wrong, fmt.Sprintf("%s is there: %t, while %s", name, has, why))
			}
		}
	}
	up, synced := flag("beyondtrust_up"), flag("beyondtrust_state_synced")
	healthy := flag("beyondtrust_scrape_collector_success", "collector", "health")
	clients := flag("beyondtrust_scrape_collector_success", "collector", "clients")
	state := flag("beyondtrust_scrape_collector_success", "collector", "state")
	there(up, fmt.Sprintf("beyondtrust_up is %t", up), "beyondtrust_health_check_success", "beyondtrust_appliance_info", "beyondtrust_failover_role")
	there(clients, fmt.Sprintf("the clients are known: %t", clients), "beyondtrust_connected_clients")
	there(true, "it always is", "beyondtrust_health_probe_success", "beyondtrust_state_connections_total", "beyondtrust_state_disconnects_total")
	if healthy && !up {
		wrong = append(wrong, "the health is known of an appliance that is not up")
	}
	if synced && !state {
		wrong = append(wrong, "the state is in sync, and its collector without success")
	}
	there(synced, fmt.Sprintf("the state is in sync: %t", synced), "beyondtrust_representatives", "beyondtrust_representatives_with_status", "beyondtrust_state_rows")
	// After a truncate there is no team to show until it comes again.
	queues, _ := b.sum("beyondtrust_state_rows", "table", "queue")
	there(queues > 0, fmt.Sprintf("the state is in sync: %t, with %v queues", synced, queues),
		"beyondtrust_support_sessions", "beyondtrust_team_support_sessions", "beyondtrust_queue_oldest_wait_seconds")
	if synced {
		rows, _ := b.sum("beyondtrust_state_rows", "table", "support_session")
		for _, name := range []string{
			"beyondtrust_support_sessions", "beyondtrust_team_support_sessions", "beyondtrust_support_sessions_by_start_method",
			"beyondtrust_support_sessions_by_public_site", "beyondtrust_support_sessions_by_priority",
		} {
			if sum, _ := b.sum(name); sum != rows {
				wrong = append(wrong, fmt.Sprintf("%v sessions by %s, and %v rows of them", sum, name, rows))
			}
		}
		people, _ := b.sum("beyondtrust_representatives")
		if sum, _ := b.sum("beyondtrust_representatives_by_sessions"); sum != people {
			wrong = append(wrong, fmt.Sprintf("%v representatives by sessions, and %v of them", sum, people))
		}
	}
	return wrong
}

// held is how long a message may be held back at the appliance, and by a busy machine.
const held = 3 * time.Second

// heardAt is when the newest message came that a body knows of.
func heardAt(b *body) (time.Time, bool) {
	stamp, ok := b.sum("beyondtrust_state_last_message_timestamp_seconds")
	return time.UnixMicro(int64(stamp * 1e6)), ok
}

// count takes in whether a connection was lost since the state was last in sync, and how many sessions
// began from its last message until now.
func (w *watch) count(b *body) {
	if !synced(b) {
		return
	}
	copies, _ := b.sum("beyondtrust_state_connections_total", "result", "ok")
	if copies != w.copies && !w.heard.IsZero() {
		w.missable += w.truth.begun(w.heard.Add(-held))
	}
	w.copies = copies
	w.heard, _ = heardAt(b)
}

// stale says where live figures are not those of the moment that the exporter says it knows: that of
// the last message. What is wrong at the time may have held messages back.
func (w *watch) stale(b *body) []string {
	if !synced(b) || w.blind || w.truth == nil {
		return nil
	}
	at, ok := heardAt(b)
	if !ok {
		return []string{"the state is in sync, and there is no time of the last message"}
	}
	const round = 200 * time.Millisecond
	from := at.Add(-held)
	if !w.disturbed.IsZero() && w.disturbed.Before(at) {
		from = w.disturbed.Add(-held)
	}
	return w.truth.wrong(b, from, at.Add(round))
}

// backwards says which counters went back or away since the last scrape.
func (w *watch) backwards(b *body) []string {
	var wrong []string
	now := make(map[string]float64)
	for name, family := range b.families {
		if kind := family.GetType(); kind != dto.MetricType_COUNTER && kind != dto.MetricType_HISTOGRAM {
			continue
		}
		for _, metric := range family.GetMetric() {
			key := seriesKey(name, metric)
			now[key] = valueOf(metric)
			if h := metric.GetHistogram(); h != nil {
				now[key+" sum"] = h.GetSampleSum()
				for _, bucket := range h.GetBucket() {
					now[fmt.Sprint(key, " le ", bucket.GetUpperBound())] = float64(bucket.GetCumulativeCount())
				}
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(w.counters)) {
		if value, ok := now[key]; !ok || value < w.counters[key] {
			wrong = append(wrong, fmt.Sprintf("the counter %s went from %v to %v (there: %t)", key, w.counters[key], value, ok))
		}
	}
	w.counters = now
	return wrong
}

func seriesKey(name string, metric *dto.Metric) string {
	var key strings.Builder
	key.WriteString(name)
	for _, pair := range metric.GetLabel() {
		fmt.Fprintf(&key, " %s=%q", pair.GetName(), pair.GetValue())
	}
	return key.String()
}
