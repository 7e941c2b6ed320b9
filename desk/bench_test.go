package desk

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/statesub"
)

// large returns a model and a desk in sync with as many sessions, each with a
// customer, of ten teams; every other one is in hand.
func large(sessions int) (*statesub.Model, *Desk, statesub.Instant) {
	d := New(Config{ResyncGrace: time.Minute, Durations: unheard{}})
	m := statesub.NewModel(d)
	now := statesub.Instant{Appliance: 1e6}
	m.Subscribed(now)
	var u statesub.Update
	for i := range uint64(10) {
		u.Queues.Inserts = append(u.Queues.Inserts, statesub.RowUpdate[statesub.Queue]{
			ID:  1 + i,
			Row: &statesub.Queue{Type: statesub.Intern("team"), CodeName: fmt.Sprint("team", i)},
		})
	}
	for i := range uint64(100) {
		u.Representatives.Inserts = append(u.Representatives.Inserts, statesub.RowUpdate[statesub.Representative]{
			ID:  1 + i,
			Row: &statesub.Representative{UserID: 1 + i, Type: statesub.Intern("normal"), Created: 1e6},
		})
	}
	for i := range uint64(sessions) {
		u.SupportSessions.Inserts = append(u.SupportSessions.Inserts, newSession(i))
	}
	m.Apply(now, &u)
	now = now.Add(2 * time.Second)
	m.Advance(now)
	return m, d, now
}

func newSession(i uint64) statesub.RowUpdate[statesub.SupportSession] {
	return statesub.RowUpdate[statesub.SupportSession]{
		ID: 1<<63 + i,
		Row: &statesub.SupportSession{
			LSID:        fmt.Sprintf("%032x", i),
			QueueID:     1 + i%10,
			Created:     1e6 + float64(i)/1000,
			QueueEntry:  1e6 + float64(i)/1000,
			StartMethod: statesub.Intern("session_key"),
			PublicSite:  statesub.Intern("Default"),
			Issue:       statesub.Intern("printer"),
			Priority:    2,
		},
	}
}

func liveHeap() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// BenchmarkHeapPerSession reports what each session row takes in the model and
// the desk together.
func BenchmarkHeapPerSession(b *testing.B) {
	const sessions = 50_000
	for b.Loop() {
		before := liveHeap()
		m, d, _ := large(sessions)
		after := liveHeap()
		b.ReportMetric((after-before)/sessions, "B/session")
		runtime.KeepAlive(m)
		runtime.KeepAlive(d)
	}
}

// BenchmarkChange measures a session that comes and goes, in desks of two
// sizes: it should cost the same in both.
func BenchmarkChange(b *testing.B) {
	for _, sessions := range []int{50, 50_000} {
		b.Run(fmt.Sprint("sessions=", sessions), func(b *testing.B) {
			m, _, now := large(sessions)
			b.ReportAllocs()
			i := uint64(1 << 40)
			for b.Loop() {
				i++
				m.Apply(now, &statesub.Update{SupportSessions: statesub.TableUpdate[statesub.SupportSession]{
					Inserts: []statesub.RowUpdate[statesub.SupportSession]{newSession(i)},
				}})
				m.Apply(now, &statesub.Update{SupportSessions: statesub.TableUpdate[statesub.SupportSession]{
					Deletes: []uint64{1<<63 + i},
				}})
			}
		})
	}
}

// BenchmarkView measures a look at desks of two sizes with as many series: it
// should cost the same for both.
func BenchmarkView(b *testing.B) {
	for _, sessions := range []int{50, 50_000} {
		b.Run(fmt.Sprint("sessions=", sessions), func(b *testing.B) {
			_, d, now := large(sessions)
			b.ReportAllocs()
			for b.Loop() {
				d.View(now)
			}
		})
	}
}

// unheard takes in durations that nobody looks at.
type unheard struct{}

func (unheard) TeamKnown(string)        {}
func (unheard) Pickup(string, float64)  {}
func (unheard) Abandon(string, float64) {}
func (unheard) Handle(string, float64)  {}
