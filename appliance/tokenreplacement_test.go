package appliance

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// scrape makes the calls of a scrape at once, and returns the error of check_health.
func scrape(ctx context.Context, c *Client) (err error) {
	var group sync.WaitGroup
	group.Go(func() { _, err = c.CheckHealth(ctx) })
	group.Go(func() { _, _ = c.Appliances(ctx) })
	group.Go(func() { _, _ = c.ClientSummary(ctx) })
	group.Wait()
	return err
}

// refuses answers as an appliance that does not take the token.
func refuses(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }

// An appliance that takes no token for a while is asked again soon once it does, though none of
// those that it gave meanwhile is any good then.
func TestRecoversFromDeadTokens(t *testing.T) {
	for _, test := range []struct{ outage, within time.Duration }{
		{time.Second, deadWait}, {95 * time.Second, deadWait}, {3 * time.Hour, replacementInterval},
	} {
		for _, every := range []time.Duration{time.Second, 15 * time.Second} {
			t.Run(fmt.Sprintf("%s, a scrape each %s", test.outage, every), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					m := &inMemory{account: newAccount()}
					c, _ := m.client(t)
					if err := scrape(t.Context(), c); err != nil {
						t.Fatal(err)
					}
					well := m.command
					m.command = refuses
					given := m.tokens()
					for began := time.Now(); time.Since(began) < test.outage; time.Sleep(every) {
						err := scrape(t.Context(), c)
						if !errors.Is(err, KindPermission) || !strings.Contains(err.Error(), "it was allowed before") {
							t.Fatalf("got %v", err)
						}
					}
					if most := 29 * (1 + int(test.outage/time.Hour)); m.tokens()-given > most {
						t.Errorf("%d tokens in %s, want %d at most", m.tokens()-given, test.outage, most)
					}
					m.revoke()
					m.command = well
					began := time.Now()
					for scrape(t.Context(), c) != nil && time.Since(began) < time.Hour {
						time.Sleep(every)
					}
					if took := time.Since(began); took > test.within {
						t.Errorf("all is well after %s, want %s", took, test.within)
					}
				})
			})
		}
	}
}

// An account that may not use an API must not use up its thirty tokens by asking.
func TestPermanentRefusalCostsFewTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &inMemory{account: newAccount()}
		denied := true
		m.command = func(w http.ResponseWriter, r *http.Request) {
			if denied && r.URL.Query().Get("action") == "get_appliances" {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			says(recordedHealthCheck)(w, r)
		}
		c, _ := m.client(t)
		for range 360 {
			if _, err := c.Appliances(t.Context()); !errors.Is(err, KindPermission) {
				t.Fatalf("got %v", err)
			}
			if _, err := c.CheckHealth(t.Context()); err != nil {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Second)
		}
		if n := m.tokens(); n > 13 {
			t.Errorf("%d tokens in an hour", n)
		}
		denied = false
		m.command = says(`<appliances/>`)
		if _, err := c.Appliances(t.Context()); err != nil {
			t.Errorf("once it is allowed: %v", err)
		}
	})
}

// Many actions that the account may not do share the tokens that they are tried with, and take
// none from those that it may.
func TestDeniedActionsShareTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &inMemory{account: newAccount()}
		m.command = func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("action") == "check_health" {
				time.Sleep(100 * time.Millisecond) // What is refused is refused first.
				says(recordedHealthCheck)(w, r)
				return
			}
			refuses(w, r)
		}
		c, _ := m.client(t)
		var background sync.WaitGroup
		defer background.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		for i := range 5 {
			background.Go(func() {
				for ctx.Err() == nil {
					_ = c.command(ctx, fmt.Sprintf("action_%d", i), nil, nil)
					time.Sleep(time.Duration(40+i) * time.Second)
				}
			})
		}
		for hour, most := range []int{18, 8, 8} {
			given := m.tokens()
			for range 240 {
				if err := scrape(t.Context(), c); err != nil {
					t.Fatal(err)
				}
				time.Sleep(15 * time.Second)
			}
			if n := m.tokens() - given; n > most {
				t.Errorf("%d tokens in hour %d, want %d at most", n, hour+1, most)
			}
		}
	})
}

// Where tokens die one after the other, as behind a name that leads to two appliances, not every
// refusal costs one.
func TestTokensThatKeepDying(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &inMemory{account: newAccount()}
		m.command = func(w http.ResponseWriter, r *http.Request) {
			says(recordedHealthCheck)(w, r)
			m.revoke()
		}
		c, _ := m.client(t)
		for range 360 {
			_, _ = c.CheckHealth(t.Context())
			token, err := c.Token(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			c.InvalidateToken(token)
			time.Sleep(10 * time.Second)
		}
		if n := m.tokens(); n > 30 {
			t.Errorf("%d tokens in an hour", n)
		}
	})
}
