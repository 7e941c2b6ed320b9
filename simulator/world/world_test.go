package world

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func start() time.Time {
	return time.Date(2025, 3, 4, 10, 0, 0, 0, time.UTC)
}

func newWorld(t testing.TB, cfg Config) *World {
	t.Helper()
	if cfg.Start.IsZero() {
		cfg.Start = start()
	}
	w, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// transcript is everything that a desk tells in some hours, a restart and two copies included.
func transcript(w *World) []byte {
	var b bytes.Buffer
	tell := func(messages []Message) {
		for _, m := range messages {
			fmt.Fprintf(&b, "%s %s", m.At.Format(time.RFC3339Nano), m.Line(nil))
		}
	}
	tell(w.Copy())
	for i := range 8 {
		tell(w.Run(w.Now().Add(11 * time.Minute)))
		if i == 3 {
			tell(w.Restart())
		}
		if i == 5 {
			tell(w.Flush())
			tell(w.Copy())
		}
	}
	return b.Bytes()
}

func TestSameSeedSameBytes(t *testing.T) {
	cfg := Config{Seed: 7, Representatives: 25, FlushEvery: 2 * time.Second}
	one, two := transcript(newWorld(t, cfg)), transcript(newWorld(t, cfg))
	if !bytes.Equal(one, two) {
		t.Error("two desks of one seed tell different stories")
	}
	cfg.Seed = 8
	if bytes.Equal(one, transcript(newWorld(t, cfg))) {
		t.Error("two seeds give the same desk")
	}
}

// dialects are the spellings that were met, and all of the odd ones together.
func dialects() map[string]Dialect {
	return map[string]Dialect{
		"today":           {},
		"numeric ids":     {NumericIDs: true, FractionalTimestamps: true},
		"words":           {Booleans: BooleanWords, NoReference: NoReferenceNull},
		"digit strings":   {Booleans: BooleanDigitStrings, NoReference: NoReferenceEmpty, TextTeamIDs: true},
		"old build":       {Old: true, UpdateModel: true},
		"extras":          {Extras: true, NullTables: true},
		"everything else": {NumericIDs: true, Booleans: BooleanWordStrings, NullTables: true, UpdateModel: true, Old: true, Extras: true, TextTeamIDs: true},
	}
}

// A reader of the messages must see the model as it is, after changes, copies and restarts, in every dialect.
func TestMessagesTellTheState(t *testing.T) {
	for name, dialect := range dialects() {
		for _, coalesce := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/coalesce=%t", name, coalesce), func(t *testing.T) {
				w := newWorld(t, Config{Seed: 3, Representatives: 12, Teams: 12, TimeOfDay: 15 * time.Hour, FlushEvery: 15 * time.Second, Dialect: dialect, Coalesce: coalesce})
				m := replica{}
				take := func(messages []Message) {
					for _, message := range messages {
						m.take(t, message.Line(nil))
					}
				}
				check := func(when string) {
					t.Helper()
					want := w.State()
					got := m.state(dialect.Old)
					if dialect.Old {
						delete(want.Statuses, "disconnected")
						want.WithoutCustomer, got.WithoutCustomer = 0, 0
					}
					if d := cmp.Diff(want, got, cmpopts.IgnoreFields(State{}, "At"), cmpopts.EquateEmpty()); d != "" {
						t.Fatalf("%s: the world (-) and the reader (+) differ:\n%s", when, d)
					}
				}
				take(w.Copy())
				check("after the first copy")
				for i := range 12 {
					take(w.Run(w.Now().Add(17 * time.Minute)))
					take(w.Flush())
					check(fmt.Sprintf("after step %d", i))
					switch i {
					case 2, 6:
						take(w.Restart())
						take(w.Flush())
						check("right after a restart")
						take(w.Run(w.Now().Add(4 * time.Second)))
						take(w.Flush())
						clear(m)
						take(w.Copy())
						check("on the way back from a restart")
					case 4:
						clear(m)
						take(w.Copy())
						check("after a second copy")
					}
				}
			})
		}
	}
}
