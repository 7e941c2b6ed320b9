package appliance

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestLimiter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter()
		var mu sync.Mutex
		var turns []time.Duration
		var order []string
		start := time.Now()
		var group sync.WaitGroup
		ask := func(name string, background bool) {
			group.Go(func() {
				if _, err := l.wait(t.Context(), background); err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				turns = append(turns, time.Since(start))
				order = append(order, name)
			})
			synctest.Wait()
		}
		for range 50 {
			ask("background", true)
		}
		for range 10 {
			ask("scrape", false)
		}
		group.Wait()
		for i, at := range turns {
			if want := time.Duration(i/20) * time.Second; at != want {
				t.Errorf("turn %d came after %s, want %s", i, at, want)
			}
		}
		// Those of one second wake in any order.
		scrapes := slices.DeleteFunc(slices.Clone(order[20:40]), func(name string) bool { return name != "scrape" })
		if len(scrapes) != 10 {
			t.Errorf("%d of 10 scrapes went before the background work: %q", len(scrapes), order)
		}
	})
}

// Background work that comes just when a turn is due leaves it to a scrape that waits.
func TestLimiterDoesNotJumpTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter()
		for range perSecond - 1 {
			_, _ = l.wait(t.Context(), false)
		}
		scrape := &turn{given: make(chan struct{})}
		l.scrapes = append(l.scrapes, scrape)
		start := time.Now()
		if _, err := l.wait(t.Context(), true); err != nil || time.Since(start) != time.Second {
			t.Errorf("the background work had its turn after %s, %v", time.Since(start), err)
		}
		select {
		case <-scrape.given:
		default:
			t.Error("the scrape still waits")
		}
	})
}

// Whatever asks, no second has more than 20 requests and no hour more than 15 000.
func TestLimiterOverHours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter()
		time.Sleep(30 * time.Second) // Hours do not begin with the minute.
		var turns []time.Time
		for len(turns) < 40_000 {
			if _, err := l.wait(t.Context(), false); err != nil {
				t.Fatal(err)
			}
			turns = append(turns, time.Now())
		}
		for i := range turns {
			if i >= perSecond && turns[i].Sub(turns[i-perSecond]) < time.Second {
				t.Fatalf("%d requests within a second", perSecond+1)
			}
			if i >= perHour && turns[i].Sub(turns[i-perHour]) < time.Hour {
				t.Fatalf("%d requests within an hour", perHour+1)
			}
		}
		if took := turns[len(turns)-1].Sub(turns[0]); took > 2*62*time.Minute+13*time.Minute {
			t.Errorf("it took %s, much more than the limit asks for", took)
		}
	})
}

func TestLimiterGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &inMemory{account: newAccount()}
		c, _ := m.client(t)
		work := WithBackground(t.Context())
		done := 0
		for ; done < perHourBackground-50; done++ {
			if _, err := c.limiter.wait(work, true); err != nil {
				t.Fatal(err)
			}
		}
		for {
			_, err := c.CheckHealth(work)
			if err == nil {
				done++
				continue
			}
			failure, _ := errors.AsType[*Error](err)
			if !errors.Is(err, KindRateLimited) || failure.Status != 0 || time.Until(failure.Until) < time.Minute {
				t.Fatal(err)
			}
			break
		}
		if done != perHourBackground-1 { // One was the token.
			t.Errorf("%d requests for background work in an hour", done)
		}
		if _, err := c.CheckHealth(t.Context()); err != nil {
			t.Errorf("background work left nothing to a scrape: %v", err)
		}
		time.Sleep(3 * time.Hour)
		if _, err := c.CheckHealth(work); err != nil {
			t.Errorf("hours later: %v", err)
		}

		// Who no longer waits gives its turn back.
		l := newLimiter()
		for range perSecond {
			_, _ = l.wait(t.Context(), false)
		}
		short, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		start := time.Now()
		if next, err := l.wait(short, false); err == nil || time.Since(start) != 0 || !next.Equal(start.Add(time.Second)) {
			t.Errorf("a turn that comes too late: %s, %v after %s", next, err, time.Since(start))
		}
		ctx, leave := context.WithCancel(t.Context())
		left := make(chan error)
		go func() {
			_, err := l.wait(ctx, false)
			left <- err
		}()
		synctest.Wait()
		leave()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if l.dispatch != nil {
			t.Error("a timer runs with nobody waiting")
		}
	})
}
