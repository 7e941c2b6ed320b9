package world

import (
	"maps"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// counts are the numbers of a book's durations.
func counts(of map[string]Durations) map[string]uint64 {
	n := make(map[string]uint64)
	for team, d := range of {
		n[team] = d.Count
	}
	return n
}

// The book and one who reads the messages by the definitions agree on every count, however late the messages are.
func TestTheBookIsWhatTheMessagesTell(t *testing.T) {
	for name, cfg := range map[string]Config{
		"at once":        {Seed: 11, Representatives: 15},
		"late":           {Seed: 12, Representatives: 15, FlushEvery: 20 * time.Second},
		"fast":           {Seed: 13, Representatives: 15, FlushEvery: time.Second / 2, Speed: 10},
		"late rows":      {Seed: 14, Representatives: 15, FlushEvery: time.Second, Scatter: true},
		"evening":        {Seed: 16, Representatives: 15, Teams: 15, TimeOfDay: 16 * time.Hour},
		"numbers, words": {Seed: 15, Representatives: 15, Dialect: Dialect{NumericIDs: true, Booleans: BooleanWords, FractionalTimestamps: true}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, cfg)
			w.Run(start().Add(123456 * time.Millisecond))
			w.Flush()
			w.StartBook()
			h := newHistorian(t)
			h.start, h.copying = w.Now().Unix(), true
			for _, m := range w.Copy() {
				h.take(t, m.Line(nil))
			}
			h.observe()
			h.copying = false
			messages := w.Run(w.wire(5 * 3600 * 1000 / 2))
			for _, m := range append(messages, w.Flush()...) {
				h.tell(m.Line(nil), m.At)
			}
			b := w.Book()
			transfers := b.Transfers.clone()
			for from, to := range b.TransfersByPrimary {
				for to, n := range to {
					for range n {
						transfers.add(from, to)
					}
				}
			}
			for _, c := range []struct {
				name      string
				got, want any
			}{
				{"first copy", h.firstCopy, b.FirstCopy}, {"started", h.started, b.Started}, {"served", h.served, b.Served},
				{"abandoned", h.abandoned, b.Abandoned}, {"pickups", h.pickups, counts(b.Pickup)},
				{"abandonments", h.abandonments, counts(b.Abandonment)}, {"handled", h.handled, counts(b.Handle)},
				{"transfers", h.transfers, transfers}, {"handovers", h.handovers, b.Handovers},
				{"logins", h.logins, b.Logins}, {"logouts", h.logouts, b.Logouts},
			} {
				if d := cmp.Diff(c.want, c.got, cmpopts.EquateEmpty()); d != "" {
					t.Errorf("%s: the book (-) and the reader (+) differ:\n%s", c.name, d)
				}
			}
			closeEnough(t, "pickup", b.Pickup, h.pickupSeconds, 0)
			closeEnough(t, "handle", b.Handle, h.handleSeconds, cfg.FlushEvery)
			closeEnough(t, "abandonment", b.Abandonment, h.abandonSeconds, cfg.FlushEvery)
		})
	}
}

// closeEnough compares the sum of durations: each timestamp is rounded down to a second, and an end is told as late as its message.
func closeEnough(t *testing.T, name string, want map[string]Durations, got map[string]float64, late time.Duration) {
	t.Helper()
	for team, d := range want {
		if bound := float64(d.Count) * (1 + late.Seconds()); math.Abs(d.Sum-got[team]) > bound+1e-6 {
			t.Errorf("%s of %q: the book has %f seconds in %d, the reader %f", name, team, d.Sum, d.Count, got[team])
		}
	}
}

func sum(of map[string]uint64) (n uint64) {
	for _, v := range of {
		n += v
	}
	return n
}

// Whatever happens, restarts included: nothing is lost, and nothing is in two places.
func TestTheBookConserves(t *testing.T) {
	for seed := range uint64(4) {
		w := newWorld(t, Config{Seed: seed, Representatives: 20, Teams: 12, FlushEvery: 5 * time.Second, Speed: 1 + 4*float64(seed%2)})
		w.Run(w.Now().Add(10 * time.Minute))
		w.StartBook()
		people := len(w.reps)
		last := w.Book()
		for i := range 30 {
			w.Run(w.Now().Add(20 * time.Minute))
			if i%7 == 3 {
				w.Restart()
				w.Run(w.Now().Add(15 * time.Second))
			}
			b := w.Book()
			present := uint64(0)
			for _, s := range b.Present.Teams {
				present += uint64(s.Waiting + s.Active)
			}
			if got := b.FirstCopy + sum(b.Started) - sum(b.Served) - sum(b.Abandoned); got != present {
				t.Errorf("seed %d: first copy + started - ended = %d, present %d", seed, got, present)
			}
			loggedIn := uint64(b.Present.Representatives["normal"] + b.Present.Representatives["invited"])
			if got := uint64(people) + sum(b.Logins) - sum(b.Logouts); got != loggedIn {
				t.Errorf("seed %d: logged in at the start + logins - logouts = %d, present %d", seed, got, loggedIn)
			}
			var concurrent float64
			for _, v := range b.ConcurrentSeconds {
				concurrent += v
			}
			if math.Abs(concurrent-b.RepresentativeSeconds["connected"]) > 1e-6*concurrent {
				t.Errorf("seed %d: seconds by concurrency are %f, connected %f", seed, concurrent, b.RepresentativeSeconds["connected"])
			}
			for status, v := range b.RepresentativeSeconds {
				if v > b.RepresentativeSeconds["logged_in"]+1e-6 || v < last.RepresentativeSeconds[status] {
					t.Errorf("seed %d: %s: %f seconds, %f before", seed, status, v, last.RepresentativeSeconds[status])
				}
			}
			if d := cmp.Diff(b.Abandoned, counts(b.Abandonment), cmpopts.EquateEmpty()); d != "" {
				t.Errorf("seed %d: abandoned, and how long they waited: %s", seed, d)
			}
			if d := cmp.Diff(b.Served, counts(b.Handle), cmpopts.EquateEmpty()); d != "" {
				t.Errorf("seed %d: served, and how long: %s", seed, d)
			}
			last = b
		}
		elapsed := last.To.Sub(last.From).Seconds()
		if longest := elapsed * 40; last.RepresentativeSeconds["logged_in"] > longest {
			t.Errorf("seed %d: %f seconds logged in are more than there were people", seed, last.RepresentativeSeconds["logged_in"])
		}
	}
}

// The seconds in the book are those that one finds who looks at the desk again and again.
func TestSecondsAreWhatOneSees(t *testing.T) {
	w := newWorld(t, Config{Seed: 5, Representatives: 20})
	w.StartBook()
	const every = 200 * time.Millisecond
	seen := make(map[string]float64)
	for range int(2 * time.Hour / every) {
		for _, r := range w.reps {
			for status, set := range map[string]bool{
				"logged_in": true, "connected": r.connected, "available": r.available, "busy": r.busy, "idle": r.idle, "auto_assign": r.enabled,
			} {
				if set {
					seen[status] += every.Seconds()
				}
			}
			for _, p := range r.people {
				there, connected := p.session.customerState()
				switch {
				case there && !connected:
					seen["reconnect"] += every.Seconds()
				case connected && p.session.queue == r.personal:
					seen["active"] += every.Seconds()
				}
				if connected && r.focused && !r.idle && r.selected == p.session {
					seen["work"] += every.Seconds()
				}
			}
		}
		w.Run(w.Now().Add(every))
	}
	b := w.Book()
	book := maps.Clone(b.RepresentativeSeconds)
	for name, by := range map[string]map[string]float64{"reconnect": b.ReconnectWaitSeconds, "active": b.ActiveSeconds, "work": b.WorkSeconds} {
		for _, v := range by {
			book[name] += v
		}
	}
	for status, want := range seen {
		if math.Abs(book[status]-want) > 0.005*want+5 {
			t.Errorf("%s: the book has %f seconds, one saw %f", status, book[status], want)
		}
	}
	if len(book) != len(seen) {
		t.Errorf("the book has %v, one saw %v", book, seen)
	}
}

// An hour of a desk must have something to show of everything that is counted.
func TestADeskLives(t *testing.T) {
	w := newWorld(t, Config{Speed: 60})
	w.StartBook()
	w.Run(w.Now().Add(time.Minute))
	b := w.Book()
	if sum(b.Served) < 100 || sum(b.Abandoned) == 0 || len(b.Transfers) == 0 || sum(b.Handovers) == 0 || sum(b.Logins) == 0 {
		t.Errorf("in a minute at 60 times the speed: %d served, %d abandoned, transfers %v, handovers %v, logins %v",
			sum(b.Served), sum(b.Abandoned), b.Transfers, b.Handovers, b.Logins)
	}
	for name, by := range map[string]map[string]float64{"active": b.ActiveSeconds, "work": b.WorkSeconds, "reconnect": b.ReconnectWaitSeconds} {
		if len(by) == 0 {
			t.Errorf("no %s seconds", name)
		}
	}
	if got := b.To.Sub(b.From); got != time.Minute {
		t.Errorf("the book is about %s", got)
	}
	night := newWorld(t, Config{TimeOfDay: 3 * time.Hour})
	if n, day := len(night.sessions), len(w.sessions); n*4 > day {
		t.Errorf("%d sessions at night, %d in the morning", n, day)
	}
}
