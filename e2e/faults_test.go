package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/processtest"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
)

// trouble is something that goes wrong for a while.
type trouble struct {
	name       string
	begin, end func(*rig)
	// shows says that /metrics shows it: a trouble that nobody notices tests nothing.
	shows func(*body) bool
	// hides is what of the desk nobody can see because of it.
	hides precision
	// blind says that the desk cannot be compared meanwhile: so much happens at once.
	blind bool
	// lasts is for how long the soak lets it go on at least.
	lasts time.Duration
	// slow is how long it may take longer than backInTime until the exporter is right again.
	slow time.Duration
}

// anything is what a trouble shows that /metrics does not tell of.
func anything(*body) bool { return true }

// nothing is the end of a trouble that ends by itself.
func nothing(*rig) {}

// more says that a metric's series have a sum of n or more.
func more(n float64, name string, labels ...string) func(*body) bool {
	return func(b *body) bool {
		sum, _ := b.sum(name, labels...)
		return sum >= n
	}
}

// down says that the appliance does not answer.
func down(b *body) bool { return b.is(0, "beyondtrust_up") }

// both says that two things are shown.
func both(one, other func(*body) bool) func(*body) bool {
	return func(b *body) bool { return one(b) && other(b) }
}

// unsynced says that the state is known not to be known.
func unsynced(b *body) bool { return !synced(b) }

// toxic is a trouble by one of the proxy's toxics.
func toxic(name, kind string, attributes map[string]any, hides precision, shows func(*body) bool) trouble {
	return trouble{
		name: name, hides: hides, shows: shows,
		begin: func(r *rig) { r.proxy.poison(kind, attributes) },
		end:   func(r *rig) { r.proxy.cure(kind) },
	}
}

// refusal is a trouble of the appliance's answers: the exporter is told nothing of use, and knows it.
func refusal(kind simulator.FaultKind, shows func(*body) bool) trouble {
	return trouble{
		name: "every answer: " + string(kind), shows: shows,
		begin: func(r *rig) { r.a.fault(kind, time.Hour) },
		end:   func(r *rig) { r.a.ClearFaults() },
	}
}

// spoiled is a trouble of one message of the real-time state API.
func spoiled(kind simulator.FaultKind, shows func(*body) bool) trouble {
	return trouble{
		name: "one message: " + string(kind), hides: gap, shows: shows, end: nothing,
		begin: func(r *rig) {
			if err := r.a.Fault(simulator.Fault{Kind: kind, Count: 1}); err != nil {
				r.t.Fatal(err)
			}
		},
	}
}

// restart is a restart of the appliance's processes.
func restart(mode simulator.RestartMode, hides precision, shows func(*body) bool) trouble {
	return trouble{
		name: "restart: " + string(mode), hides: hides, shows: shows, end: nothing,
		begin: func(r *rig) {
			if err := r.a.Restart(mode); err != nil {
				r.t.Fatal(err)
			}
		},
	}
}

// disconnected says that a connection was lost for a reason.
func disconnected(reason string) func(*body) bool {
	return more(1, "beyondtrust_state_disconnects_total", "reason", reason)
}

// answered says that a request ended with a code.
func answered(code string) func(*body) bool {
	return more(1, "beyondtrust_api_requests_total", "code", code)
}

// Whatever goes wrong between the exporter and the appliance, or in the appliance: every scrape is in
// time and says nothing that is not so; after it the exporter is right again in the time that
// docs/reliability.md promises, its counters are the book's of the simulated desk, and nothing is
// left behind.
func TestFaults(t *testing.T) {
	t.Parallel()
	for _, suffered := range []struct {
		name     string
		config   rigConfig
		troubles []trouble
	}{
		{"slow", rigConfig{}, []trouble{
			toxic("latency of 800 ms", "latency", map[string]any{"latency": 700, "jitter": 100}, nothingHidden,
				more(0.7, "beyondtrust_scrape_collector_duration_seconds", "collector", "health")),
			toxic("packets of 20 bytes", "slicer", map[string]any{"average_size": 20, "size_variation": 10, "delay": 100}, nothingHidden, anything),
		}},
		{"narrow", rigConfig{}, []trouble{
			toxic("bandwidth of 4 kB/s", "bandwidth", map[string]any{"rate": 4}, nothingHidden,
				more(0.5, "beyondtrust_scrape_collector_duration_seconds", "collector", "health")),
		}},
		{"cut", rigConfig{}, []trouble{
			{name: "no connection", hides: gap, begin: func(r *rig) { r.proxy.cut() }, end: func(r *rig) { r.proxy.mend() }, shows: both(down, unsynced)},
		}},
		{"away at the start", rigConfig{away: true}, nil},
		{"reset", rigConfig{hardClose: true}, []trouble{
			toxic("connections reset", "reset_peer", map[string]any{"timeout": 0}, gap, both(down, disconnected("network"))),
		}},
		{"half open", rigConfig{args: []string{"--state.idle-timeout=2s"}}, []trouble{
			{name: "connections dead without a word, new ones live", hides: gap, slow: 12 * time.Second, shows: disconnected("idle"),
				begin: func(r *rig) { r.proxy.kill(); r.proxy.revive() }, end: nothing},
		}},
		{"black hole", rigConfig{args: []string{"--state.idle-timeout=2s"}}, []trouble{
			{name: "nothing comes through, nothing ends", hides: gap, slow: 12 * time.Second, shows: down,
				begin: func(r *rig) { r.proxy.kill() }, end: func(r *rig) { r.proxy.revive() }},
		}},
		{"corrupt", rigConfig{}, []trouble{
			toxic("one bit in 1000 bytes flipped", "corrupt", map[string]any{"every": 1000}, gap, both(down, unsynced)),
		}},
		{"short", rigConfig{}, []trouble{
			// Answers fit in, a full copy does not.
			toxic("each connection ends after 3000 bytes", "limit_data", map[string]any{"bytes": 3000}, gap,
				both(unsynced, more(3, "beyondtrust_state_connections_total", "result", "ok"))),
		}},
		{"restarts", rigConfig{}, []trouble{
			restart(simulator.RestartTruncate, restarted, more(1, "beyondtrust_state_truncations_total")),
		}},
		{"restarts that hang up", rigConfig{}, []trouble{
			restart(simulator.RestartClose, gap, disconnected("closed_by_appliance")),
			restart(simulator.RestartBoth, gap, more(2, "beyondtrust_state_disconnects_total", "reason", "closed_by_appliance")),
		}},
		{"messages", rigConfig{}, []trouble{
			spoiled(simulator.FaultCut, disconnected("closed_by_appliance")),
			spoiled(simulator.FaultMalformed, disconnected("malformed")),
			spoiled(simulator.FaultDropState, more(2, "beyondtrust_state_disconnects_total", "reason", "closed_by_appliance")),
		}},
		{"answers", rigConfig{}, []trouble{
			{name: "every message twice", begin: func(r *rig) { r.a.fault(simulator.FaultDuplicate, 0) }, end: func(r *rig) { r.a.ClearFaults() }, shows: anything},
			refusal(simulator.FaultUnavailable, both(down, answered("503"))),
			refusal(simulator.FaultGarbage, both(down, answered("error"))),
		}},
		{"no answers", rigConfig{args: []string{"--appliance.timeout=1s"}}, []trouble{
			refusal(simulator.FaultSlow, both(down, answered("timeout"))),
			refusal(simulator.FaultDrop, both(down, answered("network"))),
			refusal(simulator.FaultUnhealthy, func(b *body) bool { return b.is(0, "beyondtrust_health_check_success") }),
		}},
		{"limits", rigConfig{}, []trouble{
			refusal(simulator.FaultRateLimit, both(down, answered("429"))),
		}},
		{"tokens", rigConfig{}, []trouble{
			{name: "all tokens revoked", begin: func(r *rig) { r.a.RevokeTokens() }, end: nothing, shows: answered("401")},
			refusal(simulator.FaultToken, both(down, answered("401"))),
		}},
		{"failover", rigConfig{appliance: simulator.Config{Role: simulator.RolePrimary}}, []trouble{
			{name: "a backup for a while", hides: gap, begin: func(r *rig) { r.a.SetRole(simulator.RoleBackup) }, end: func(r *rig) { r.a.SetRole(simulator.RolePrimary) },
				shows: both(unsynced, func(b *body) bool {
					return b.is(1, "beyondtrust_failover_role", "role", "backup") && b.is(1, "beyondtrust_up")
				})},
		}},
		{"clock", rigConfig{}, []trouble{
			{name: "the appliance's clock is set forward by 20 s", blind: true, begin: func(r *rig) { r.jumped.Add(int64(20 * time.Second)) }, end: nothing, shows: anything},
		}},
	} {
		t.Run(suffered.name, func(t *testing.T) {
			t.Parallel()
			const grace = 5 * time.Second
			c := suffered.config
			c.appliance.World = world.Config{Seed: 1, Speed: 10, FlushEvery: 1200 * time.Millisecond, ReturnWithin: 2 * time.Second}
			c.args = append(c.args, "--appliance.cache-ttl=0s", fmt.Sprint("--state.resync-grace=", grace))
			c.every, c.tell = time.Second, suffered.name
			r := newRig(t, c)
			hidden := nothingHidden
			for _, trouble := range suffered.troubles {
				r.suffer(trouble)
				hidden = max(hidden, trouble.hides)
			}
			r.reckon(hidden, grace)
		})
	}
}

// suffer lets a trouble come, waits until it shows and three more scrapes have seen it, lets it end,
// and waits until the exporter is right again.
func (r *rig) suffer(c trouble) {
	r.t.Helper()
	r.watch.disturb(c.name, c.blind)
	began := time.Now()
	c.begin(r)
	processtest.Within(r.t, backInTime, c.name+" shows on /metrics", func() (bool, string) {
		b, _ := r.watch.seen()
		return c.shows(b), b.text
	})
	r.threeScrapes()
	lasted := time.Since(began)
	c.end(r)
	back := r.right(c.name, backInTime+c.slow)
	r.watch.calm()
	r.t.Logf("%-48s lasted %5.1f s, right again after %5.1f s", c.name, lasted.Seconds(), back.Seconds())
}
