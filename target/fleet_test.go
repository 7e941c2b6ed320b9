package target

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/config"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/simulatortest"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
)

// simulate serves a simulated appliance until the test ends, and returns it and its address.
func simulate(t *testing.T, seed uint64) (*simulator.Appliance, string) {
	t.Helper()
	simulated, address := simulatortest.New(t, simulator.Config{World: world.Config{Seed: seed, Speed: 10, FlushEvery: 1200 * time.Millisecond}})
	return simulated, address.String()
}

// entry is an appliance of a configuration, with its name, changed by further functions.
func entry(t *testing.T, name, url string, simulated *simulator.Appliance, change ...func(*config.Options)) config.Appliance {
	t.Helper()
	o := config.Options{
		Name: name, URL: url, ClientID: "a", ClientSecret: config.NewSecret("hunter2"), Timeout: 5 * time.Second,
		Collectors: map[string]bool{"health": true, "clients": true, "state": true},
		State:      config.State{MaxMessageBytes: 1 << 20, IdleTimeout: time.Minute, ResyncGrace: time.Minute},
	}
	if simulated != nil {
		o.ClientID, o.ClientSecret, o.CA = simulated.ClientID(), config.NewSecret(simulated.ClientSecret()), simulated.CACertificatePEM()
	}
	for _, f := range change {
		f(&o)
	}
	appliance, err := o.Validate()
	if err != nil {
		t.Fatal(err)
	}
	return appliance
}

func labelled(o *config.Options)  { o.Labels = map[string]string{"pair": "hq"} }
func patienter(o *config.Options) { o.Timeout = 6 * time.Second }

// newFleet runs a fleet until the test ends.
func newFleet(t *testing.T, shard config.Shard, log io.Writer) *Fleet {
	t.Helper()
	fleet := NewFleet(shard, "", slog.New(slog.NewTextHandler(log, nil)))
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		fleet.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
		fleet.Close()
	})
	return fleet
}

func apply(t *testing.T, fleet *Fleet, appliances ...config.Appliance) {
	t.Helper()
	if err := fleet.Apply(appliances); err != nil {
		t.Fatal(err)
	}
}

// scrape returns the values of all series of some metrics, added up.
func scrape(t *testing.T, fleet *Fleet, name string) map[string]float64 {
	t.Helper()
	watched, release, err := fleet.Acquire(name)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	families, err := watched.Gatherer(context.Background()).Gather()
	if err != nil {
		t.Fatal(err)
	}
	sums := make(map[string]float64)
	for _, family := range families {
		for _, m := range family.GetMetric() {
			key := family.GetName()
			for _, pair := range m.GetLabel() {
				key += " " + pair.GetName() + "=" + pair.GetValue()
			}
			value := m.GetGauge().GetValue() + m.GetCounter().GetValue()
			sums[key] += value
			if family.GetType() == dto.MetricType_COUNTER && key != family.GetName() {
				sums[family.GetName()] += value
			}
		}
	}
	return sums
}

// scrapeUntil scrapes until the condition holds.
func scrapeUntil(t *testing.T, fleet *Fleet, name, what string, holds func(map[string]float64) bool) map[string]float64 {
	t.Helper()
	var last map[string]float64
	until(t, what, func() bool {
		last = scrape(t, fleet, name)
		return holds(last)
	})
	return last
}

func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); <-time.After(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within a minute", what)
		}
	}
}

func isSynced(sums map[string]float64) bool { return sums["beyondtrust_state_synced"] == 1 }

const (
	started     = "beyondtrust_support_sessions_started_total"
	connections = "beyondtrust_state_connections_total result=ok"
	tokens      = "beyondtrust_api_requests_total action=token api=token code=200"
)

// What did not change keeps its subscription, counters and token, labels or not; what changed
// starts anew; what is gone is closed.
func TestApply(t *testing.T) {
	a, aURL := simulate(t, 1)
	b, bURL := simulate(t, 2)
	c, cURL := simulate(t, 3)
	var log syncBuffer
	fleet := newFleet(t, config.Shard{}, &log)
	apply(t, fleet, entry(t, "a", aURL, a), entry(t, "b", bURL, b))
	before := scrapeUntil(t, fleet, "a", "a is in sync and counts", func(s map[string]float64) bool { return isSynced(s) && s[started] > 0 })
	scrapeUntil(t, fleet, "b", "b is in sync", isSynced)

	apply(t, fleet, entry(t, "c", cURL, c), entry(t, "a", aURL, a, labelled))
	after := scrape(t, fleet, "a")
	if after[connections] != 1 || after[started] < before[started] || after[tokens] != before[tokens] || !isSynced(after) {
		t.Errorf("a, whose labels alone changed, has %v connections, %v sessions started after %v, %v tokens after %v",
			after[connections], after[started], before[started], after[tokens], before[tokens])
	}
	if got := fleet.Listings(); len(got) != 2 || got[0].Name != "c" || got[1].Name != "a" || got[1].Labels["pair"] != "hq" {
		t.Errorf("the appliances are %v; want c and a, with its label", got)
	}
	if statuses := fleet.Statuses(context.Background()); len(statuses) != 2 || statuses[0].Name != "c" || !statuses[1].Reachable || statuses[1].Labels["pair"] != "hq" {
		t.Errorf("the statuses are %+v; want those of c and a", statuses)
	}
	if _, _, err := fleet.Acquire("b"); !errors.Is(err, ErrNotWatched) || strings.Contains(err.Error(), "hq") {
		t.Errorf("b, which is gone: got %v; want ErrNotWatched", err)
	}
	until(t, "the subscription of b is closed", func() bool { return b.Subscribers() == 0 })
	scrapeUntil(t, fleet, "c", "c is in sync", isSynced)

	apply(t, fleet, entry(t, "a", aURL, a, patienter), entry(t, "c", cURL, c))
	anew := scrapeUntil(t, fleet, "a", "a is in sync anew", isSynced)
	if anew[connections] != 1 || anew[tokens] != 1 {
		t.Errorf("a, which changed, has %v connections and %v tokens; want counters that began anew", anew[connections], anew[tokens])
	}
	until(t, "the former subscription of a is closed", func() bool { return a.Subscribers() == 1 })
	for line := range strings.Lines(log.String()) {
		if n := strings.Count(line, "appliance="); n > 1 {
			t.Errorf("the log names an appliance %d times in one line: %s", n, line)
		}
	}
}

// A configuration that cannot be put into force changes nothing. There is none that validation
// lets pass but after the end.
func TestApplyAfterTheEnd(t *testing.T) {
	fleet := NewFleet(config.Shard{}, "", slog.New(slog.DiscardHandler))
	apply(t, fleet, entry(t, "a", "https://127.0.0.1:1", nil))
	fleet.Close()
	if err := fleet.Apply([]config.Appliance{entry(t, "b", "https://127.0.0.1:1", nil)}); err == nil {
		t.Error("a configuration was taken after the end")
	}
	if got := fleet.Listings(); len(got) != 1 || got[0].Name != "a" {
		t.Errorf("the appliances are %v; want what there was", got)
	}
}

// Scrapes and reloads at once: every scrape of an appliance that is in all configurations is
// answered, however often it is made anew meanwhile.
func TestApplyDuringScrapes(t *testing.T) {
	fleet := newFleet(t, config.Shard{}, io.Discard)
	stays := entry(t, "stays", "https://127.0.0.1:1", nil)
	apply(t, fleet, stays)
	var done atomic.Bool
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for !done.Load() {
				watched, release, err := fleet.Acquire("stays")
				if err != nil {
					t.Errorf("an appliance that stays: %v", err)
					return
				}
				if families, err := watched.Gatherer(context.Background()).Gather(); err != nil || len(families) == 0 {
					t.Errorf("a scrape during a reload: %d families, %v", len(families), err)
				}
				release()
				fleet.Statuses(context.Background())
			}
		})
	}
	for i := range 50 {
		change := func(o *config.Options) { o.Timeout += time.Duration(i%2) * time.Second }
		apply(t, fleet, entry(t, "stays", "https://127.0.0.1:1", nil, change), entry(t, fmt.Sprint("passes", i), "https://127.0.0.1:1", nil))
	}
	done.Store(true)
	group.Wait()
}

// An appliance that is acquired stays until it is released, even when it is taken out.
func TestAcquireKeeps(t *testing.T) {
	a, url := simulate(t, 1)
	fleet := newFleet(t, config.Shard{}, io.Discard)
	apply(t, fleet, entry(t, "a", url, a))
	watched, release, err := fleet.Acquire("a")
	if err != nil {
		t.Fatal(err)
	}
	apply(t, fleet)
	if s := watched.Status(context.Background()); !s.Reachable || s.Trouble != "" {
		t.Errorf("the status of an appliance that was acquired is %+v; want it to answer", s)
	}
	release()
}

// Three exporters with one file: each appliance is watched by one, and the others say which.
func TestShards(t *testing.T) {
	var all []config.Appliance
	for i := range 12 {
		all = append(all, entry(t, fmt.Sprintf("appliance-%d", i), "https://127.0.0.1:1", nil))
	}
	// By their names alone these two would be watched by two.
	all = append(all, entry(t, "hq-a", "https://127.0.0.1:1", nil, labelled), entry(t, "hq-b", "https://127.0.0.1:1", nil, labelled))
	seen := make(map[string]int)
	for index := range 3 {
		shard, err := config.NewShard(index, 3)
		if err != nil {
			t.Fatal(err)
		}
		fleet := NewFleet(shard, "", slog.New(slog.DiscardHandler))
		apply(t, fleet, all...)
		for _, listing := range fleet.Listings() {
			seen[listing.Name]++
		}
		if _, a := fleet.now().members["hq-a"]; a != (fleet.now().members["hq-b"] != nil) {
			t.Errorf("shard %d watches one of a pair alone", index)
		}
		for _, appliance := range all {
			_, release, err := fleet.Acquire(appliance.Name())
			if err == nil {
				release()
			}
			if here := slices.ContainsFunc(fleet.Listings(), func(l Listing) bool { return l.Name == appliance.Name() }); here != (err == nil) {
				t.Errorf("shard %d lists %s: %t; acquiring it: %v", index, appliance.Name(), here, err)
			} else if want := fmt.Sprintf("is in shard %d of 3", shard.Of(appliance)); !here && !strings.Contains(err.Error(), want) {
				t.Errorf("shard %d about %s: %v; want %q", index, appliance.Name(), err, want)
			}
		}
		fleet.Close()
	}
	if len(seen) != len(all) || slices.Max(slices.Collect(maps.Values(seen))) != 1 {
		t.Errorf("appliances by how many watch them: %v; want each by one", seen)
	}
}

// An appliance that turns out to run Privileged Remote Access is not asked for a state that it
// does not have: not once where it tells before, and no more once it has told.
func TestPrivilegedRemoteAccessFoundOut(t *testing.T) {
	for _, down := range []bool{false, true} {
		t.Run(fmt.Sprintf("down at first: %t", down), func(t *testing.T) {
			var dials atomic.Int32
			var unreachable atomic.Bool
			unreachable.Store(down)
			server := httptest.NewTLSServer(privilegedRemoteAccess(&dials, &unreachable))
			defer server.Close()
			var log syncBuffer
			fleet := newFleet(t, config.Shard{}, &log)
			apply(t, fleet, entry(t, "pra", server.URL, nil, func(o *config.Options) {
				o.CA = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
			}))
			if down {
				until(t, "a first attempt fails", func() bool { return dials.Load() > 0 })
				unreachable.Store(false)
			}
			until(t, "the log says why nothing is subscribed to", func() bool {
				return strings.Contains(log.String(), "Privileged Remote Access, which has no real-time state API")
			})
			before := dials.Load()
			if !down && before != 0 {
				t.Errorf("the real-time state API was dialled %d times; want none", before)
			}
			watched, release, err := fleet.Acquire("pra")
			if err != nil {
				t.Fatal(err)
			}
			defer release()
			if s := watched.Status(context.Background()); s.State.Enabled || s.Product != "privileged_remote_access" {
				t.Errorf("the status is %+v; want no subscription", s)
			}
			sums := scrape(t, fleet, "pra")
			for name := range sums {
				if strings.HasPrefix(name, "beyondtrust_state_") {
					t.Errorf("%s is there; want nothing of a state", name)
				}
			}
			if n := strings.Count(log.String(), "Not subscribing"); n != 1 || dials.Load() != before {
				t.Errorf("said %d times, dialled %d times after %d; want once and no more", n, dials.Load(), before)
			}
		})
	}
}

// privilegedRemoteAccess answers as such an appliance does, and counts who asks for its state.
// Its commands fail as long as it is unreachable.
func privilegedRemoteAccess(dials *atomic.Int32, unreachable *atomic.Bool) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /oauth2/token", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"access_token":"token","token_type":"Bearer","expires_in":3600}`)
	})
	mux.HandleFunc("/api/command", func(w http.ResponseWriter, r *http.Request) {
		if unreachable.Load() {
			http.Error(w, "Service Unavailable", http.StatusServiceUnavailable)
			return
		}
		root := "api_information"
		if r.FormValue("action") == "check_health" {
			root = "health_check"
		}
		fmt.Fprintf(w, `<%s xmlns="http://www.beyondtrust.com/sra/namespaces/API/command"><success>1</success></%s>`, root, root)
	})
	mux.HandleFunc("/nw", func(w http.ResponseWriter, _ *http.Request) {
		dials.Add(1)
		http.NotFound(w, nil)
	})
	return mux
}

// syncBuffer is a log that is read while it is written.
type syncBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write implements io.Writer.
func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

// String returns all of it.
func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
