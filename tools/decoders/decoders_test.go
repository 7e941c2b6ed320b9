package decoders

import (
	"encoding/json"
	"errors"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/bytedance/sonic"
	jsonv2 "github.com/go-json-experiment/json"
	goccy "github.com/goccy/go-json"
	"github.com/minio/simdjson-go"
	"github.com/valyala/fastjson"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/statesub"
)

// decoder is one of those that are compared. decode takes messages one after the
// other; where it keeps rows, found is how many support sessions they had.
type decoder struct {
	name   string
	decode func(text []byte) (found int, err error)
}

// decoders returns those that are compared, all with what they can use again.
func decoders() []decoder {
	var (
		d    = statesub.NewDecoder()
		m    = new(statesub.Message)
		tape *simdjson.ParsedJson
		tree fastjson.Parser
	)
	// into decodes into structs, as one does by hand.
	into := func(unmarshal func([]byte, any) error) func([]byte) (int, error) {
		return func(text []byte) (int, error) {
			var u update
			err := unmarshal(text, &u)
			return len(u.Insert.SupportSession) + len(u.Update.SupportSession), err
		}
	}
	maps := func(unmarshal func([]byte, any) error) func([]byte) (int, error) {
		return func(text []byte) (int, error) {
			var u map[string]any
			err := unmarshal(text, &u)
			found := 0
			for _, op := range []string{"insert", "update"} {
				tables, _ := u[op].(map[string]any)
				rows, _ := tables["support_session"].(map[string]any)
				found += len(rows)
			}
			return found, err
		}
	}
	return []decoder{
		{"statesub-decode", func(text []byte) (int, error) {
			err := d.Decode(text, m)
			return len(m.Update.SupportSessions.Inserts) + len(m.Update.SupportSessions.Updates), err
		}},
		{"sonic-valid", func(text []byte) (int, error) {
			if !sonic.Valid(text) {
				return 0, errors.New("not valid")
			}
			return anyNumber, nil
		}},
		{"simdjson-tape", func(text []byte) (_ int, err error) {
			tape, err = simdjson.Parse(text, tape, simdjson.WithCopyStrings(false))
			return anyNumber, err
		}},
		{"fastjson-tree", func(text []byte) (int, error) {
			v, err := tree.ParseBytes(text)
			if err != nil {
				return 0, err
			}
			found := 0
			for _, op := range []string{"insert", "update"} {
				if rows := v.GetObject(op, "support_session"); rows != nil {
					found += rows.Len()
				}
			}
			return found, nil
		}},
		{"sonic-structs", into(sonic.ConfigDefault.Unmarshal)},
		{"goccy-structs", into(goccy.Unmarshal)},
		{"jsonv2-structs", into(func(text []byte, v any) error { return jsonv2.Unmarshal(text, v) })},
		{"encoding-json-structs", into(json.Unmarshal)},
		{"sonic-maps", maps(sonic.ConfigDefault.Unmarshal)},
		{"encoding-json-maps", maps(json.Unmarshal)},
	}
}

// anyNumber is what a decoder finds that does not know what it reads.
const anyNumber = -1

// TestAllDecode has each decoder find all sessions of a full copy, and refuse
// one that breaks off, so that none is quick because it leaves something out.
func TestAllDecode(t *testing.T) {
	full, _ := ofDesk(t)
	for _, d := range decoders() {
		found := 0
		for _, text := range full {
			n, err := d.decode(text)
			if err != nil {
				t.Fatalf("%s: %v", d.name, err)
			}
			found += n
			if _, err := d.decode(text[:len(text)-1]); err == nil {
				t.Errorf("%s takes a message that breaks off", d.name)
			}
		}
		if found != sessions && found != anyNumber*len(full) {
			t.Errorf("%s found %d sessions, want %d", d.name, found, sessions)
		}
	}
}

// BenchmarkFullCopy has the decoders take a full copy of the desk.
func BenchmarkFullCopy(b *testing.B) {
	full, _ := ofDesk(b)
	d, m := statesub.NewDecoder(), new(statesub.Message)
	compare(b, full, func() error {
		model := statesub.NewModel(unwatched{})
		return take(d, m, model, full)
	})
}

// BenchmarkChanges has the decoders take two minutes of changes, each a message.
func BenchmarkChanges(b *testing.B) {
	full, changes := ofDesk(b)
	d, m, model := statesub.NewDecoder(), new(statesub.Message), statesub.NewModel(unwatched{})
	if err := take(d, m, model, full); err != nil {
		b.Fatal(err)
	}
	compare(b, changes, func() error { return take(d, m, model, changes) })
}

// take decodes messages and applies them to the model: all that the exporter
// does with them before the desk sees them.
func take(d *statesub.Decoder, m *statesub.Message, model *statesub.Model, texts messages) error {
	for _, text := range texts {
		if err := d.Decode(text, m); err != nil {
			return err
		}
		model.Apply(statesub.Instant{}, &m.Update)
	}
	return nil
}

// unwatched takes in changes that nobody looks at.
type unwatched struct{}

func (unwatched) CopyBegan(statesub.Instant, bool)            {}
func (unwatched) Changed(statesub.Instant, *statesub.Changes) {}
func (unwatched) CopyIn(statesub.Instant)                     {}
func (unwatched) Lost(statesub.Instant)                       {}
func (unwatched) Advance(statesub.Instant)                    {}

// spent is what one pass over the messages took.
type spent struct{ processor, elapsed, allocations float64 }

// compare has apply and all decoders take the messages in turn for as long as
// the benchmark lasts, and reports the medians.
func compare(b *testing.B, texts messages, apply func() error) {
	b.Helper()
	names := []string{"statesub"}
	calls := []func() error{apply}
	for _, d := range decoders() {
		names = append(names, d.name)
		calls = append(calls, func() error {
			for _, text := range texts {
				if _, err := d.decode(text); err != nil {
					return err
				}
			}
			return nil
		})
	}
	took := make([][]spent, len(calls))
	for b.Loop() {
		for i, call := range calls {
			took[i] = append(took[i], measure(b, names[i], call))
		}
	}
	size := float64(texts.bytes()) / 1e6
	for i, name := range names {
		b.ReportMetric(size/median(took[i], func(s spent) float64 { return s.processor }), name+"-MB/s")
		b.ReportMetric(size/median(took[i], func(s spent) float64 { return s.elapsed }), name+"-elapsed-MB/s")
		b.ReportMetric(median(took[i], func(s spent) float64 { return s.allocations }), name+"-allocs")
	}
	b.ReportMetric(size, "MB")
	b.ReportMetric(float64(len(texts)), "messages")
}

func measure(b *testing.B, name string, call func() error) spent {
	b.Helper()
	var before, after runtime.MemStats
	runtime.GC() // what the one before left behind
	runtime.ReadMemStats(&before)
	processor, began := processorTime(b), time.Now()
	if err := call(); err != nil {
		b.Fatalf("%s: %v", name, err)
	}
	elapsed := time.Since(began)
	processor = processorTime(b) - processor
	runtime.ReadMemStats(&after)
	return spent{processor.Seconds(), elapsed.Seconds(), float64(after.Mallocs - before.Mallocs)}
}

// processorTime returns what the process has had of all processors.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func median(all []spent, of func(spent) float64) float64 {
	values := make([]float64, len(all))
	for i, s := range all {
		values[i] = of(s)
	}
	slices.Sort(values)
	return values[len(values)/2]
}
