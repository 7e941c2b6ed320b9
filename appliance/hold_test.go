package appliance

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

func TestTooManyRequests(t *testing.T) {
	date := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // Where synctest begins.
	tests := []struct {
		name   string
		header http.Header
		waits  []time.Duration // of 429s that follow each other
	}{
		{"nothing said", nil, []time.Duration{5 * time.Second, 10 * time.Second, 20 * time.Second, 40 * time.Second, time.Minute, time.Minute}},
		{"not understood", http.Header{"Retry-After": {"soon"}}, []time.Duration{5 * time.Second, 10 * time.Second}},
		{"seconds", http.Header{"Retry-After": {"7"}}, []time.Duration{7 * time.Second, 7 * time.Second}},
		{"no seconds", http.Header{"Retry-After": {"0"}}, []time.Duration{time.Second}},
		{"for ever", http.Header{"Retry-After": {"18446744073709551615"}}, []time.Duration{time.Hour}},
		{"a date", http.Header{"Retry-After": {date.Add(90 * time.Second).Format(http.TimeFormat)}}, []time.Duration{90 * time.Second}},
		{"a date by the appliance's clock", http.Header{
			"Retry-After": {date.Add(-time.Hour).Format(http.TimeFormat)},
			"Date":        {date.Add(-time.Hour - 20*time.Second).Format(http.TimeFormat)},
		}, []time.Duration{20 * time.Second}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := &inMemory{account: newAccount()}
				requests := 0
				m.command = func(w http.ResponseWriter, _ *http.Request) {
					requests++
					maps.Copy(w.Header(), test.header)
					w.WriteHeader(http.StatusTooManyRequests)
				}
				c, _ := m.client(t)
				for i, wait := range test.waits {
					_, err := c.CheckHealth(t.Context())
					failure, _ := errors.AsType[*Error](err)
					if !errors.Is(err, KindRateLimited) || failure.Status != 429 || !failure.Until.Equal(time.Now().Add(wait)) {
						t.Fatalf("refusal %d: %v", i+1, err)
					}
					time.Sleep(wait - time.Millisecond)
					if _, err := c.APIInfo(t.Context()); !errors.Is(err, KindRateLimited) || requests != i+1 {
						t.Fatalf("a moment too early: %v after %d requests", err, requests)
					}
					time.Sleep(time.Millisecond)
				}
				m.command = says(recordedHealthCheck)
				if _, err := c.CheckHealth(t.Context()); err != nil {
					t.Fatal(err)
				}
				if c.apiHold.wait != 0 {
					t.Error("an answer does not end the doubling")
				}
			})
		})
	}
}

// Four calls of one scrape that are refused together are one refusal.
func TestRefusalsTogetherAreOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var h hold
		for range 4 {
			if until := h.tooMany(nil); !until.Equal(time.Now().Add(5 * time.Second)) {
				t.Errorf("held for %s", time.Until(until))
			}
		}
		h.answered() // To a request that was sent before.
		time.Sleep(5 * time.Second)
		if until := h.tooMany(nil); !until.Equal(time.Now().Add(10 * time.Second)) {
			t.Errorf("then held for %s", time.Until(until))
		}
	})
}

// A request that waits for its turn is not sent after all where another was refused meanwhile.
func TestRefusedWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &inMemory{account: newAccount()}
		sent := false
		m.command = func(http.ResponseWriter, *http.Request) { sent = true }
		c, _ := m.client(t)
		for range perSecond - 1 {
			_, _ = c.limiter.wait(t.Context(), false)
		}
		told := make(chan error)
		go func() {
			_, err := c.CheckHealth(t.Context())
			told <- err
		}()
		synctest.Wait()
		c.apiHold.tooMany(nil)
		if err := <-told; !errors.Is(err, KindRateLimited) || sent {
			t.Errorf("got %v", err)
		}
	})
}

// The probe has no API account, so a 429 to the account does not stop it, nor the other way
// round.
func TestProbeHasItsOwnLimit(t *testing.T) {
	status := http.StatusOK
	mux := http.NewServeMux()
	mux.HandleFunc("/oauth2/token", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) })
	mux.HandleFunc("/check_health", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "100")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "well")
	})
	server, ca := serve(t, mux)
	var seen observed
	c := newClient(t, server.URL, func(config *Config) {
		config.TLS.RootCAs = ca.pool()
		config.Observer = &seen
	})
	if _, err := c.CheckHealth(t.Context()); !errors.Is(err, KindRateLimited) {
		t.Errorf("got %v", err)
	}
	if got, err := c.Probe(t.Context()); got != 200 || err != nil {
		t.Errorf("got %d, %v", got, err)
	}
	status = http.StatusTooManyRequests
	for range 2 {
		if _, err := c.Probe(t.Context()); !errors.Is(err, KindRateLimited) {
			t.Errorf("got %v", err)
		}
	}
	if got, want := fmt.Sprint(seen.take()), "[token token 429 probe check_health 200 probe check_health 429]"; got != want {
		t.Errorf("the observer was told %s, want %s", got, want)
	}
}
