package world

import (
	"testing"
	"time"
)

// BenchmarkDay lives through a day of a desk with forty representatives and spells all its messages.
func BenchmarkDay(b *testing.B) {
	for b.Loop() {
		w := newWorld(b, Config{Seed: 1, FlushEvery: time.Second})
		w.StartBook()
		bytes, messages := 0, 0
		for _, m := range w.Run(start().Add(24 * time.Hour)) {
			bytes += len(m.Line(nil))
			messages++
		}
		b.ReportMetric(float64(bytes), "wire-B/op")
		b.ReportMetric(float64(messages), "messages/op")
	}
}

// BenchmarkCopy spells the full copy of the largest desk.
func BenchmarkCopy(b *testing.B) {
	w := newWorld(b, Config{Seed: 1, Representatives: MaxRepresentatives, Sessions: MaxSessions})
	for b.Loop() {
		bytes := 0
		for _, m := range w.Copy() {
			bytes += len(m.Line(nil))
		}
		b.SetBytes(int64(bytes))
	}
}
