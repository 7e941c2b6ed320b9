package simulator

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// account is the API account: its tokens, its lock-out and its limits.
type account struct {
	cfg *Config

	mu        sync.Mutex
	tokens    []token // oldest first
	failures  int
	lockedTil time.Time
	second    window
	hour      window
}

type token struct {
	value string
	ends  time.Time
}

// window counts the requests of one span of time, which begins with the first of them.
type window struct {
	began time.Time
	used  int
}

// take counts one request, and tells whether it is within the limit and, if not, when the next span begins.
func (w *window) take(now time.Time, span time.Duration, limit int) (wait time.Duration, ok bool) {
	if now.Sub(w.began) >= span {
		w.began, w.used = now, 0
	}
	if w.used >= limit {
		return span - now.Sub(w.began), false
	}
	w.used++
	return 0, true
}

// serveToken answers POST /oauth2/token (Remote Support API Programmer's Guide, Create a Token).
func (a *account) serveToken(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		answerJSON(w, http.StatusMethodNotAllowed, map[string]any{"error": "invalid_request", "message": "Tokens are made by POST."})
		return
	}
	id, secret, basic := r.BasicAuth()
	value, locked, ok := a.login(id, secret, basic)
	if !ok {
		a.cfg.Logger.Warn("credentials refused", "locked", locked)
		answerJSON(w, http.StatusUnauthorized, map[string]any{"error": "invalid_client", "message": "Client authentication failed"})
		return
	}
	if r.PostFormValue("grant_type") != "client_credentials" {
		answerJSON(w, http.StatusBadRequest, map[string]any{
			"error": "unsupported_grant_type", "message": "The authorization grant type is not supported by the authorization server.",
		})
		return
	}
	answerJSON(w, http.StatusOK, map[string]any{
		"access_token": a.issue(value), "token_type": "Bearer", "expires_in": int(a.cfg.TokenLifetime / time.Second),
	})
}

// login checks credentials. A locked account refuses right ones in the same words as wrong ones.
func (a *account) login(id, secret string, basic bool) (value string, locked, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.cfg.clock()
	if now.Before(a.lockedTil) {
		return "", true, false
	}
	if !basic || !same(id, a.cfg.ClientID) || !same(secret, a.cfg.ClientSecret) {
		a.failures++
		if a.failures >= a.cfg.LockoutAfter {
			a.failures, a.lockedTil = 0, now.Add(a.cfg.LockoutFor)
		}
		return "", false, false
	}
	a.failures = 0
	b := make([]byte, 20)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b), false, true
}

// same compares a credential as it was sent with the right one. RFC 6749 asks for form encoding in basic credentials, and some clients leave
// it out: either will do.
func same(sent, right string) bool {
	encoded := url.QueryEscape(right)
	return subtle.ConstantTimeCompare([]byte(sent), []byte(right))|subtle.ConstantTimeCompare([]byte(sent), []byte(encoded)) == 1
}

// issue makes a token valid. Where the account has too many, the oldest dies without a word.
func (a *account) issue(value string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.cfg.clock()
	living := a.tokens[:0]
	for _, t := range a.tokens {
		if now.Before(t.ends) {
			living = append(living, t)
		}
	}
	living = append(living, token{value, now.Add(a.cfg.TokenLifetime)})
	a.tokens = living
	if extra := len(a.tokens) - a.cfg.MaxTokens; extra > 0 {
		a.tokens = append([]token(nil), a.tokens[extra:]...)
	}
	return value
}

// knows tells whether a token is valid.
func (a *account) knows(value string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.cfg.clock()
	for _, t := range a.tokens {
		if now.Before(t.ends) && subtle.ConstantTimeCompare([]byte(t.value), []byte(value)) == 1 {
			return true
		}
	}
	return false
}

// revoke makes every token invalid, as a new client secret does.
func (a *account) revoke() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tokens = nil
}

// spend counts one request against the limits, and tells how many are left in the hour, or for how long none is.
func (a *account) spend() (remaining int, wait time.Duration, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.cfg.clock()
	if wait, ok = a.second.take(now, time.Second, a.cfg.RequestsPerSecond); ok {
		wait, ok = a.hour.take(now, time.Hour, a.cfg.RequestsPerHour)
	}
	return max(0, a.cfg.RequestsPerHour-a.hour.used), wait, ok
}

// bearer is the token of a request.
func bearer(r *http.Request) string {
	scheme, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "bearer") {
		return ""
	}
	return strings.TrimSpace(value)
}

// answerJSON answers with a JSON document, and closes the connection.
func answerJSON(w http.ResponseWriter, status int, v map[string]any) {
	b, err := json.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Connection", "close")
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(b) // a client that is gone needs no answer
}
