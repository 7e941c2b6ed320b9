package simulator

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestTokens(t *testing.T) {
	c := newClock()
	s := serve(t, Config{Now: c.Now, TokenLifetime: time.Minute})
	token := s.token()
	if a := s.command(token, "action=check_health"); a.StatusCode != http.StatusOK {
		t.Fatalf("a new token: %s", a.Status)
	}
	for name, value := range map[string]string{"none": "", "another": strings.Repeat("f", 40)} {
		a := s.command(value, "action=check_health")
		if a.StatusCode != http.StatusUnauthorized || !strings.Contains(a.body, `"error":"access_denied"`) || a.Header.Get("Content-Type") != "application/json" {
			t.Errorf("token %s: %s %s", name, a.Status, a.body)
		}
	}
	c.advance(time.Minute)
	if a := s.command(token, "action=check_health"); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("a token that has ended: %s", a.Status)
	}
	token = s.token()
	s.RevokeTokens()
	if a := s.command(token, "action=check_health"); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("a token that was revoked: %s", a.Status)
	}
}

func TestTheOldestOfTooManyTokensDies(t *testing.T) {
	s := serve(t, Config{RequestsPerSecond: 1000})
	var tokens []string
	for range 31 {
		tokens = append(tokens, s.token())
	}
	for i, token := range tokens {
		want := 200
		if i == 0 {
			want = 401
		}
		if a := s.command(token, "action=check_health"); a.StatusCode != want {
			t.Errorf("token %d of 31: %s, want %d", i+1, a.Status, want)
		}
	}
}

func TestTheAccountLocks(t *testing.T) {
	c := newClock()
	s := serve(t, Config{Now: c.Now})
	for i := range 5 {
		if a := s.login(s.ClientID(), "wrong"); a.StatusCode != http.StatusUnauthorized || !strings.HasPrefix(a.body, "{") {
			t.Fatalf("failure %d: %s %s", i+1, a.Status, a.body)
		}
	}
	if a := s.login(s.ClientID(), s.ClientSecret()); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("a locked account: %s", a.Status)
	}
	c.advance(5 * time.Minute)
	s.token()
	// One that succeeds now and then is not locked.
	for range 3 {
		for range 4 {
			s.login("nobody", s.ClientSecret())
		}
		s.token()
	}
}

func TestTokensNeedTheRightRequest(t *testing.T) {
	s := serve(t, Config{})
	get := s.request(http.MethodGet, "/oauth2/token", "")
	get.SetBasicAuth(s.ClientID(), s.ClientSecret())
	if a := s.do(get); a.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET: %s", a.Status)
	}
	password := s.request(http.MethodPost, "/oauth2/token", "grant_type=password")
	password.SetBasicAuth(s.ClientID(), s.ClientSecret())
	if a := s.do(password); a.StatusCode != http.StatusBadRequest || !strings.Contains(a.body, "unsupported_grant_type") {
		t.Errorf("another grant: %s %s", a.Status, a.body)
	}
	body := "grant_type=client_credentials&client_id=" + s.ClientID() + "&client_secret=" + s.ClientSecret()
	if a := s.do(s.request(http.MethodPost, "/oauth2/token", body)); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("credentials in the body: %s", a.Status)
	}
}

func TestCredentialsMayBeFormEncoded(t *testing.T) {
	const secret = "a/b%c é+="
	s := serve(t, Config{ClientSecret: secret})
	for name, sent := range map[string]string{"encoded": url.QueryEscape(secret), "as it is": secret} {
		if a := s.login(s.ClientID(), sent); a.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", name, a.Status)
		}
	}
}

func TestTheLimitOfRequests(t *testing.T) {
	c := newClock()
	s := serve(t, Config{Now: c.Now, RequestsPerSecond: 3, RequestsPerHour: 5, RetryAfter: true})
	token := s.token()
	ask := func(want int, remaining string) {
		t.Helper()
		a := s.command(token, "action=check_health")
		if a.StatusCode != want || a.Header.Get("X-RateLimit-Remaining") != remaining || a.Header.Get("X-RateLimit-Limit") != "5" {
			t.Errorf("%s, remaining %q, want %d and %q", a.Status, a.Header.Get("X-RateLimit-Remaining"), want, remaining)
		}
		if seconds, err := strconv.Atoi(a.Header.Get("Retry-After")); (err == nil && seconds > 0) != (want == 429) {
			t.Errorf("%s with Retry-After %q", a.Status, a.Header.Get("Retry-After"))
		}
	}
	ask(200, "4")
	ask(200, "3")
	ask(200, "2")
	ask(429, "2")
	c.advance(time.Second)
	ask(200, "1")
	ask(200, "0")
	ask(429, "0")
	c.advance(10 * time.Second)
	ask(429, "0")
	c.advance(time.Hour)
	token = s.token()
	ask(200, "4")
}
