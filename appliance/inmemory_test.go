package appliance

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// inMemory is an appliance without a network, for tests in which time is not real.
type inMemory struct {
	*account
	delay    time.Duration    // of each token
	override http.HandlerFunc // of the token endpoint
	command  http.HandlerFunc

	mu       sync.Mutex
	attempts int // at the token endpoint
}

func (m *inMemory) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	switch r.URL.Path {
	case "/oauth2/token":
		m.mu.Lock()
		m.attempts++
		m.mu.Unlock()
		if m.delay > 0 {
			select {
			case <-time.After(m.delay):
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
		}
		if m.override != nil {
			m.override(w, r)
		} else {
			m.serveToken(w, r)
		}
	default:
		m.guard(m.command)(w, r)
	}
	response := w.Result()
	response.Request = r
	return response, nil
}

func (m *inMemory) tried() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.attempts
}

// client makes a client of m. The secret can be changed through the pointer.
func (m *inMemory) client(t *testing.T) (*Client, *string) {
	t.Helper()
	secret := testSecret
	if m.command == nil {
		m.command = says(recordedHealthCheck)
	}
	c := newClient(t, "https://support.example.com", func(config *Config) {
		config.Timeout = 10 * time.Second
		config.Secret = func() (string, error) {
			if secret == "unreadable" {
				return "", errors.New("permission denied")
			}
			return secret, nil
		}
	})
	c.http.Transport = m
	return c, &secret
}
