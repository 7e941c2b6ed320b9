package collector

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	dto "github.com/prometheus/client_model/go"
)

// unrest changes a live state at random: sessions come, are taken and go,
// representatives log in and out, the model is truncated and the connection
// lost, and each copy comes in pieces and in any order.
type unrest struct {
	*liveState
	random *rand.Rand
	next   int
	rows   map[string]map[int]string // the fields of what is there, by table
}

func newUnrest(l *liveState) *unrest {
	u := &unrest{liveState: l, random: rand.New(rand.NewPCG(1, 2)), next: 100, rows: map[string]map[int]string{}}
	for _, table := range []string{"queue", "representative", "support_session", "representative_support_session", "customer_client", "support_session_skill"} {
		u.rows[table] = map[int]string{}
	}
	for id := range 5 {
		u.rows["queue"][id+1] = fmt.Sprintf(`"type":"team","code_name":"team_%d"`, id%4)
	}
	return u
}

func (u *unrest) add(table, fields string) {
	u.next++
	u.rows[table][u.next] = fields
	u.tell(insert(table, u.next, fields))
}

// any returns the id of some row of a table, 0 where there is none.
func (u *unrest) any(table string) int {
	for id := range u.rows[table] {
		return id
	}
	return 0
}

func (u *unrest) drop(table string) {
	if id := u.any(table); id != 0 {
		delete(u.rows[table], id)
		u.tell(remove(table, id))
	}
}

// copyAgain sends everything anew, each row in a message of its own.
func (u *unrest) copyAgain() {
	for table, rows := range u.rows {
		for id, fields := range rows {
			u.tell(insert(table, id, fields))
		}
	}
	u.pass(1)
}

func (u *unrest) step() {
	switch n := u.random.IntN(100); {
	case n < 25:
		u.add("support_session", fmt.Sprintf(`"lsid":"l%d","queue_id":"%d","created_timestamp":%f,"start_method":"session_key","priority":%d,"public_site_name":"site-%d"`,
			u.next, u.random.IntN(7), u.now.Appliance, u.random.IntN(4), u.random.IntN(3)))
	case n < 40:
		u.drop("support_session")
	case n < 50:
		u.add("representative", fmt.Sprintf(`"user_id":"%d","type":"normal","connected":%d,"routing_idle":%d,"created_timestamp":%f`,
			u.next, u.random.IntN(2), u.random.IntN(2), u.now.Appliance))
	case n < 55:
		u.drop("representative")
	case n < 70:
		u.add("representative_support_session", fmt.Sprintf(`"support_session_id":"%d","representative_id":"%d","created_timestamp":%f`,
			u.any("support_session"), u.any("representative"), u.now.Appliance))
	case n < 75:
		u.drop("representative_support_session")
	case n < 85:
		u.add("customer_client", fmt.Sprintf(`"support_session_id":"%d","client_type":"desktop","connected":%d`, u.any("support_session"), u.random.IntN(2)))
	case n < 90:
		u.drop("customer_client")
	case n < 95:
		u.pass(u.random.Float64())
	case n < 98:
		u.tell(`{"type":"truncate_model"}`)
		u.copyAgain()
	default:
		u.lose("a test")
		u.begin()
		u.copyAgain()
	}
}

// Every scrape is of one moment: whatever happens while it is made, its numbers
// agree with each other.
func TestEveryBodyAgreesWithItself(t *testing.T) {
	state := newLiveState(t)
	state.subscribe()
	u := newUnrest(state)
	u.copyAgain()
	f := newFixture(t, &answers{}, state, "state")

	const scrapers, scrapes = 2, 300
	var group sync.WaitGroup
	var ended, synced atomic.Int64
	for range scrapers {
		group.Go(func() {
			defer ended.Add(1)
			for range scrapes {
				families, err := f.Gatherer(t.Context()).Gather()
				if err != nil {
					t.Errorf("a scrape failed: %v", err)
					return
				}
				if agrees(t, families) {
					synced.Add(1)
				}
			}
		})
	}
	for ended.Load() < scrapers {
		u.step()
	}
	group.Wait()
	if synced.Load() == 0 {
		t.Error("no scrape was in sync, so nothing was compared")
	}
}

// agrees compares what has to be equal in a scrape, and tells whether it was in
// sync.
func agrees(t *testing.T, families []*dto.MetricFamily) bool {
	t.Helper()
	sum := func(name string, match ...string) float64 {
		var sum float64
		for _, family := range families {
			if family.GetName() != name {
				continue
			}
			for _, m := range family.GetMetric() {
				if len(match) == 2 && !has(m, match[0], match[1]) {
					continue
				}
				sum += m.GetGauge().GetValue() + m.GetCounter().GetValue() + float64(m.GetHistogram().GetSampleCount())
			}
		}
		return sum
	}
	equal := func(what string, want float64, got map[string]float64) {
		t.Helper()
		for name, n := range got {
			if math.Abs(n-want) > 1e-6 {
				t.Errorf("%s: %s are %v, want %v", what, name, n, want)
			}
		}
	}
	equal("served sessions", sum("beyondtrust_support_sessions_ended_total", "outcome", "served"), map[string]float64{
		"handle times": sum("beyondtrust_support_session_handle_seconds"),
	})
	equal("abandoned sessions", sum("beyondtrust_support_sessions_ended_total", "outcome", "abandoned"), map[string]float64{
		"abandon times": sum("beyondtrust_support_session_abandon_seconds"),
	})
	equal("seconds connected", sum("beyondtrust_representative_seconds_total", "status", "connected"), map[string]float64{
		"seconds by concurrency": sum("beyondtrust_representative_concurrent_seconds_total"),
	})
	if sum("beyondtrust_state_synced") == 0 {
		equal("live gauges out of sync", 0, map[string]float64{
			"sessions": sum("beyondtrust_support_sessions"), "rows": sum("beyondtrust_state_rows"),
		})
		return false
	}
	equal("sessions", sum("beyondtrust_state_rows", "table", "support_session"), map[string]float64{
		"by queue":        sum("beyondtrust_support_sessions"),
		"by team":         sum("beyondtrust_team_support_sessions"),
		"by start method": sum("beyondtrust_support_sessions_by_start_method"),
		"by priority":     sum("beyondtrust_support_sessions_by_priority"),
		"by public site":  sum("beyondtrust_support_sessions_by_public_site"),
		"by issue":        sum("beyondtrust_support_sessions_by_issue"),
	})
	equal("representatives", sum("beyondtrust_state_rows", "table", "representative"), map[string]float64{
		"by type":     sum("beyondtrust_representatives"),
		"by sessions": sum("beyondtrust_representatives_by_sessions"),
	})
	equal("customer clients", sum("beyondtrust_state_rows", "table", "customer_client"), map[string]float64{
		"by kind": sum("beyondtrust_customer_clients"),
	})
	return true
}

func has(m *dto.Metric, label, value string) bool {
	for _, pair := range m.GetLabel() {
		if pair.GetName() == label {
			return pair.GetValue() == value
		}
	}
	return false
}
