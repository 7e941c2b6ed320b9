package appliance

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestTokenIsRenewedEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &inMemory{account: newAccount()}
		c, _ := m.client(t)
		first, err := c.Token(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(47 * time.Minute)
		if again, _ := c.Token(t.Context()); again != first || m.tokens() != 1 {
			t.Errorf("after 47 minutes: %q, %d tokens", again, m.tokens())
		}
		time.Sleep(2 * time.Minute)
		m.delay = time.Second
		if again, _ := c.Token(t.Context()); again != first {
			t.Errorf("the renewal was waited for: %q", again)
		}
		time.Sleep(2 * time.Second)
		if renewed, _ := c.Token(t.Context()); renewed == first || m.tokens() != 2 {
			t.Errorf("after the renewal: %q, %d tokens", renewed, m.tokens())
		}
		// Where the renewal fails the token is used to its end, and not beyond it.
		time.Sleep(49 * time.Minute)
		m.override = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }
		second, err := c.Token(t.Context())
		if err != nil || second == first {
			t.Errorf("while the renewal fails: %q, %v", second, err)
		}
		time.Sleep(11 * time.Minute)
		if _, err := c.Token(t.Context()); !errors.Is(err, KindStatus) {
			t.Errorf("after the end of the token: %v", err)
		}
	})
}

func TestTokenForms(t *testing.T) {
	tests := []struct {
		name, answer string
		kind         Kind // empty: no error
		life         time.Duration
	}{
		{"recorded", `{"access_token":"t","token_type":"Bearer","expires_in":3600}`, "", time.Hour},
		{"small letters, a number in quotes", `{"access_token":"t","token_type":"bearer","expires_in":"600"}`, "", 10 * time.Minute},
		{"no life", `{"access_token":"t","token_type":"Bearer"}`, "", time.Hour},
		{"a life with a fraction", `{"access_token":"t","token_type":"Bearer","expires_in":3600.0}`, "", time.Hour},
		{"a life with an exponent, in quotes", `{"access_token":"t","expires_in":"1.2e3"}`, "", 20 * time.Minute},
		{"a negative life", `{"access_token":"t","token_type":"Bearer","expires_in":-5}`, "", time.Hour},
		{"no token", `{"token_type":"Bearer"}`, KindMalformed, 0},
		{"a token that no header carries", `{"access_token":"a\nb"}`, KindMalformed, 0},
		{"a token of two words", `{"access_token":"a b"}`, KindMalformed, 0},
		{"a page", `<html></html>`, KindMalformed, 0},
		{"an error with status 200", `{"error":"invalid_client"}`, KindCredentials, 0},
		{"too much", `{"access_token":"` + strings.Repeat("x", 1<<20) + `"}`, KindTooLarge, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := &inMemory{account: newAccount(), override: says(test.answer)}
				c, _ := m.client(t)
				token, err := c.Token(t.Context())
				if test.kind != "" {
					if !errors.Is(err, test.kind) {
						t.Errorf("got %v, want kind %q", err, test.kind)
					}
					return
				}
				if token != "t" || err != nil {
					t.Fatalf("got %q, %v", token, err)
				}
				if got := time.Until(c.tokens.expiry); got != test.life {
					t.Errorf("it is good for %s, want %s", got, test.life)
				}
			})
		})
	}
}

func TestRefusedCredentialsBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &inMemory{account: newAccount()}
		c, secret := m.client(t)
		*secret = "wrong"
		start := time.Now()
		for i, wait := range []time.Duration{30, 60, 120, 240, 480, 600, 600} {
			wait *= time.Second
			_, err := c.CheckHealth(t.Context())
			failure, _ := errors.AsType[*Error](err)
			if !errors.Is(err, KindCredentials) || failure.Status != 401 || !failure.Until.Equal(time.Now().Add(wait)) {
				t.Fatalf("attempt %d, after %s: %v", i+1, time.Since(start), err)
			}
			time.Sleep(wait - time.Second)
			_, err = c.CheckHealth(t.Context())
			held, _ := errors.AsType[*Error](err)
			if !errors.Is(err, KindCredentials) || held.Status != 0 || !strings.Contains(err.Error(), failure.Until.UTC().Format(time.RFC3339)) {
				t.Errorf("within the back-off: %v", err)
			}
			if m.tried() != i+1 {
				t.Fatalf("%d attempts where %d were due", m.tried(), i+1)
			}
			time.Sleep(time.Second)
		}
		// A new secret is tried at once, and ends it.
		_, _ = c.CheckHealth(t.Context())
		*secret = testSecret
		if _, err := c.CheckHealth(t.Context()); err != nil {
			t.Errorf("with the right secret: %v", err)
		}
		*secret = "wrong again"
		m.revoke()
		_, err := c.CheckHealth(t.Context())
		if failure, _ := errors.AsType[*Error](err); failure == nil || !failure.Until.Equal(time.Now().Add(30*time.Second)) {
			t.Errorf("a first refusal after a success: %v", err)
		}
		*secret = "unreadable"
		if _, err := c.CheckHealth(t.Context()); !errors.Is(err, KindSecret) || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("got %v", err)
		}
		*secret = ""
		if _, err := c.CheckHealth(t.Context()); !errors.Is(err, KindSecret) {
			t.Errorf("got %v", err)
		}
	})
}

// Whoever gave up for want of good credentials is told when there are some, once, and has a
// token then.
func TestReadmitted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &inMemory{account: newAccount()}
		c, secret := m.client(t)
		told := make(chan struct{}, 100)
		c.config.Readmitted = func() { told <- struct{}{} }
		for i, step := range []struct {
			secret string
			told   int
		}{
			{testSecret, 0}, {"wrong", 0}, {"wrong", 0}, {testSecret, 1}, {testSecret, 0}, {"unreadable", 0}, {testSecret, 1},
		} {
			*secret = step.secret
			m.revoke()
			_, _ = c.CheckHealth(t.Context()) // It fails where the secret is of no use.
			synctest.Wait()
			if n := len(told); n != step.told {
				t.Errorf("step %d, with the secret %q: told %d times, want %d", i, step.secret, n, step.told)
			}
			for range step.told {
				<-told
				if _, err := c.Token(t.Context()); err != nil {
					t.Errorf("step %d: told, and there is no token: %v", i, err)
				}
			}
		}
	})
}

// The client secret outlives many tokens, and is kept out of what an appliance wrote all the same.
func TestSecretOutlivesTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &inMemory{account: newAccount()}
		c, _ := m.client(t)
		for range 3 * maxSent {
			m.revoke()
			time.Sleep(replacementInterval)
			if _, err := c.CheckHealth(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := c.Redact("you sent " + testSecret + "!"); got != "you sent <secret>!" {
				t.Fatalf("got %q", got)
			}
		}
	})
}

// What is not the fault of the credentials must not keep them from being tried.
func TestOtherTokenFailuresDoNotBackOff(t *testing.T) {
	for status, kind := range map[int]Kind{500: KindStatus, 502: KindStatus, 404: KindStatus, 302: KindRedirect} {
		synctest.Test(t, func(t *testing.T) {
			m := &inMemory{account: newAccount(), override: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }}
			c, _ := m.client(t)
			if _, err := c.CheckHealth(t.Context()); !errors.Is(err, kind) {
				t.Errorf("%d: got %v", status, err)
			}
			m.override = nil
			if _, err := c.CheckHealth(t.Context()); err != nil {
				t.Errorf("after %d: %v", status, err)
			}
		})
	}
}

func TestTokenIsSharedWhileItIsFetched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &inMemory{account: newAccount(), delay: 3 * time.Second}
		c, _ := m.client(t)
		hasty, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var group sync.WaitGroup
		group.Go(func() {
			if _, err := c.Token(hasty); !errors.Is(err, KindTimeout) {
				t.Errorf("who waits one second got %v", err)
			}
		})
		for range 20 {
			group.Go(func() {
				if token, err := c.Token(t.Context()); token != "token-number-1" || err != nil {
					t.Errorf("got %q, %v", token, err)
				}
			})
		}
		group.Wait()
		if m.tried() != 1 {
			t.Errorf("%d requests for a token", m.tried())
		}
	})
}

// Over a real connection: the tokens die, ten calls fail together, and one new token serves them.
func TestOneNewTokenForAllThatFail(t *testing.T) {
	a := newAccount()
	var mu sync.Mutex
	refused, all := 0, make(chan struct{})
	old := func(w http.ResponseWriter) {
		mu.Lock()
		if refused++; refused == 10 {
			close(all)
		}
		mu.Unlock()
		<-all // Each has been refused before any retries.
		w.WriteHeader(http.StatusUnauthorized)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/oauth2/token", a.serveToken)
	mux.HandleFunc("/api/command", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer token-number-1" {
			old(w)
			return
		}
		a.guard(says(recordedHealthCheck))(w, r)
	})
	server, ca := serve(t, mux)
	c := newClient(t, server.URL, func(config *Config) { config.TLS.RootCAs = ca.pool() })
	var group sync.WaitGroup
	for range 10 {
		group.Go(func() {
			if _, err := c.CheckHealth(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if a.tokens() != 2 {
		t.Errorf("%d tokens were made, want 2", a.tokens())
	}
	c.InvalidateToken("token-number-1")
	if token, _ := c.Token(t.Context()); token != "token-number-2" {
		t.Errorf("the refusal of an old token took the new one: %q", token)
	}
	c.InvalidateToken("token-number-2")
	if token, _ := c.Token(t.Context()); token != "token-number-3" {
		t.Errorf("a refused token is given again: %q", token)
	}
}
