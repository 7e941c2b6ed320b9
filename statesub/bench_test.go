package statesub

import (
	"bytes"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
)

// newDesk returns a simulated desk with so many sessions, always the same one.
func newDesk(b *testing.B, sessions int) *world.World {
	b.Helper()
	w, err := world.New(world.Config{Seed: 1, Start: deskStart(), Representatives: sessions / 5, Sessions: sessions})
	if err != nil {
		b.Fatal(err)
	}
	return w
}

func deskStart() time.Time { return time.Date(2025, time.March, 4, 10, 0, 0, 0, time.UTC) }

// texts returns messages as the Subscription takes them from the wire, and the
// number of their bytes.
func texts(messages []world.Message) (texts [][]byte, size int64) {
	for _, m := range messages {
		text := bytes.TrimSuffix(m.Line(nil), []byte("\n"))
		texts = append(texts, text)
		size += int64(len(text))
	}
	return texts, size
}

// decodeAndApply decodes messages and applies them to a model, and returns the number of
// rows that they changed.
func decodeAndApply(b *testing.B, d *Decoder, m *Message, model *Model, texts [][]byte) (rows int) {
	b.Helper()
	for _, text := range texts {
		if err := d.Decode(text, m); err != nil {
			b.Fatal(err)
		}
		model.Apply(Instant{}, &m.Update)
		rows += m.Update.sent()
	}
	return rows
}

// BenchmarkFullCopy decodes a full copy of 10 000 sessions, with all that
// belongs to them, and applies it to an empty model.
func BenchmarkFullCopy(b *testing.B) {
	copied, size := texts(newDesk(b, 10_000).Copy())
	d, m := NewDecoder(), new(Message)
	b.SetBytes(size)
	b.ReportAllocs()
	rows := 0
	for b.Loop() {
		model := NewModel(ignore{})
		model.Subscribed(Instant{})
		rows = decodeAndApply(b, d, m, model, copied)
		if model.Rows(TableSupportSession) != 10_000 {
			b.Fatal("the sessions are not all there")
		}
	}
	b.ReportMetric(float64(rows), "rows")
}

// BenchmarkChanges decodes and applies what a desk of 10 000 sessions sends in
// two minutes, each change in a message of its own, to a model that has its full
// copy.
func BenchmarkChanges(b *testing.B) {
	w := newDesk(b, 10_000)
	copied, _ := texts(w.Copy())
	changes, size := texts(w.Run(deskStart().Add(2 * time.Minute)))
	d, m := NewDecoder(), new(Message)
	model := NewModel(ignore{})
	model.Subscribed(Instant{})
	decodeAndApply(b, d, m, model, copied)
	b.SetBytes(size)
	b.ReportAllocs()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	rows := 0
	for b.Loop() {
		rows += decodeAndApply(b, d, m, model, changes)
	}
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(len(changes)), "messages")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rows), "ns/row")
	b.ReportMetric(float64(after.Mallocs-before.Mallocs)/float64(rows), "allocs/row")
	b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(rows), "B/row")
}

// BenchmarkHeap reports the live heap that a row of each table takes in a model
// that has the full copy of a desk of 50 000 sessions.
func BenchmarkHeap(b *testing.B) {
	const made = 50_000
	copied := newDesk(b, world.MaxSessions).Copy()
	d, m := NewDecoder(), new(Message)
	for t := range TableOther {
		b.Run(t.String(), func(b *testing.B) {
			var texts [][]byte
			for _, message := range copied {
				if text := message.Line(map[world.Table]bool{world.Table(t.String()): true}); text != nil {
					texts = append(texts, text)
				}
			}
			if texts == nil {
				// There is none at that hour of the desk's day.
				texts = [][]byte{madeUp(t, made)}
			}
			for b.Loop() {
				before := liveHeap()
				model := NewModel(ignore{})
				model.Subscribed(Instant{})
				rows := decodeAndApply(b, d, m, model, texts)
				m.reset()
				after := liveHeap()
				if rows != model.Rows(t) {
					b.Fatalf("%d rows were sent, there are %d", rows, model.Rows(t))
				}
				b.ReportMetric(float64(rows), "rows")
				b.ReportMetric(float64(after-before)/float64(rows), "live-B/row")
			}
		})
	}
}

// madeUp returns a message with rows of a table that has at most the fields
// connected and tool.
func madeUp(t Table, rows int) []byte {
	text := fmt.Appendf(nil, `{"insert":{%q:{`, t.String())
	for id := range rows {
		text = fmt.Appendf(text, `"%d":{"connected":1,"tool":"screen_sharing"},`, id)
	}
	return append(text[:len(text)-1], `}}}`...)
}

func liveHeap() uint64 {
	runtime.GC()
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return s.HeapAlloc
}
