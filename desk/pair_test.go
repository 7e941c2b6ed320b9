package desk

import (
	"slices"
	"testing"
	"time"
)

// newPlayer returns a player of rows on an appliance of a pair.
func newPlayer(t *testing.T, pair *Pair) *chaos {
	t.Helper()
	c := newChaos(t, 1)
	c.desk.SetPair(pair)
	return c
}

// at lets it be so many seconds after the start.
func (c *chaos) at(seconds float64) {
	c.elapsed = seconds
	c.now.Appliance = 1e6 + seconds
	c.now.Elapsed = time.Duration(seconds * float64(time.Second))
	c.model.Advance(c.now)
}

// A session that lives through a failover started once and is picked up once,
// though its rows on the other appliance are new and come late.
func TestFailoverCountsOnce(t *testing.T) {
	for name, pair := range map[string]*Pair{"a pair": NewPair(), "strangers": nil} {
		t.Run(name, func(t *testing.T) {
			a, b := newPlayer(t, pair), newPlayer(t, pair)
			a.model.Subscribed(a.now)
			a.at(2)
			a.send("+queue 10 type=team code_name=net", "+rep 5 user_id=50 type=normal",
				"+session 1 lsid=waits q=10 created=1000002", "+session 2 lsid=held q=10 created=1000002",
				"+session 3 lsid=early q=10 created=1000009", "+part 1 s=2 r=5 created=1000004")
			a.at(10)
			a.model.Disconnected(a.now)

			b.at(12)
			b.model.Subscribed(b.now)
			b.send("+queue 10 type=team code_name=net", "+rep 5 user_id=50 type=normal")
			b.at(15)
			b.send("+session 7 lsid=waits q=10 created=1000015", "+session 8 lsid=held q=10 created=1000015",
				"+part 9 s=8 r=5 created=1000015", "+session 9 lsid=new q=10 created=1000015", "+session 6 lsid=early q=10 created=1000008", "+part 12 s=6 r=5 created=1000015")
			b.at(20)
			b.send("+part 10 s=7 r=5 created=1000020", "+part 11 s=9 r=5 created=1000020")
			b.send("-session 6 7 8 9")

			started := sum(a.desk.View(a.now).Totals.Started) + sum(b.desk.View(b.now).Totals.Started)
			pickups := slices.Concat(a.seen.seen, b.seen.seen)
			pickups = slices.DeleteFunc(pickups, func(s string) bool { return s[:6] != "pickup" })
			wantStarted, wantPickups := 4, 4
			if pair == nil {
				wantStarted, wantPickups = 6, 5
			}
			if started != wantStarted || len(pickups) != wantPickups {
				t.Errorf("started %d, want %d; picked up %q, want %d", started, wantStarted, pickups, wantPickups)
			}
			if pair != nil && !slices.Contains(pickups, `pickup "net" 18.000`) {
				t.Errorf("picked up %q: the wait of 18 s was cut in two", pickups)
			}
			if pair != nil && !slices.Contains(pickups, `pickup "net" 7.000`) {
				t.Errorf("picked up %q: the earlier of two starts is not the one that counts", pickups)
			}
			if served := b.desk.team("net").ended[Served]; served != 4 {
				t.Errorf("%d were served, want 4", served)
			}
		})
	}
}

// What a desk of a pair counted itself it forgets after a day, as one alone does.
func TestPairForgetsLikeADesk(t *testing.T) {
	a := newPlayer(t, NewPair())
	a.model.Subscribed(a.now)
	a.at(2)
	a.send("+session 1 lsid=a created=1000002")
	a.at(10)
	a.send("-session 1")
	a.at(90_000)
	a.send("+session 2 lsid=a created=1090000")
	if n := sum(a.desk.View(a.now).Totals.Started); n != 2 {
		t.Errorf("%d started, want 2", n)
	}
}
