package statesub

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// attempts returns when tokens were asked for, in whole seconds.
type attempts struct {
	mu    sync.Mutex
	began time.Time
	at    []int
}

func (a *attempts) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.at)
}

func (a *attempts) token(err error) func(context.Context) (string, error) {
	return func(context.Context) (string, error) {
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.at == nil {
			a.began = time.Now()
		}
		a.at = append(a.at, int(time.Since(a.began).Seconds()))
		return fmt.Sprintf("secret-%d", len(a.at)), err
	}
}

// refuseAccount serves a connection on which the account may not subscribe.
func refuseAccount(p *peer) error {
	m, err := p.receive("authenticate")
	if err != nil {
		return err
	}
	token := m["credentials"].(map[string]any)["bearer_token"].(string)
	_ = p.send(`{"type":"authenticate_response","success":false,"reason":"no such token: ` + token + `"}`)
	p.wait()
	return nil
}

func TestReconnects(t *testing.T) {
	refused := errors.New("invalid client")
	for _, tt := range []struct {
		name   string
		serve  func(*peer) error
		err    error // of the token
		want   []int
		result Result
		told   []string // the tokens that were refused
	}{
		{"lost at once", (*peer).accept, nil, []int{0, 1, 3, 7, 15, 31, 63, 103, 143}, ResultOK, nil},
		{"lost after minutes", func(p *peer) error {
			if err := p.accept(); err != nil {
				return err
			}
			select {
			case <-p.frames:
			case <-time.After(2 * time.Minute):
			}
			return nil
		}, nil, []int{0, 121, 242}, ResultOK, nil},
		{"no connection", func(*peer) error { return nil }, nil, []int{0, 1, 3, 7, 15, 31, 63, 103, 143}, ResultNetwork, nil},
		{"no token", nil, errors.New("no route"), []int{0, 1, 3, 7, 15, 31, 63, 103, 143}, ResultNetwork, nil},
		{"credentials refused", nil, refused, []int{0, 30, 90}, ResultAuthFailed, nil},
		{"account refused", refuseAccount, nil, []int{0, 0, 30, 90}, ResultAuthFailed, []string{"secret-1", "secret-2", "secret-3", "secret-4"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var a attempts
			var told []string
			var logged bytes.Buffer
			change := func(c *Config) {
				c.Token = a.token(tt.err)
				c.Redact = func(text string) string { return strings.ReplaceAll(text, "secret-", "<token>") }
				c.TokenRefused = func(token string) { told = append(told, token) }
				c.Refused = func(err error) bool { return errors.Is(err, refused) }
				c.Logger = slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
			}
			bubble(t, tt.serve, change, func(t *testing.T, s *Subscription, stop func()) {
				time.Sleep(150 * time.Second)
				for range 150 {
					if a.count() >= len(tt.want) {
						break
					}
					time.Sleep(time.Second)
				}
				synctest.Wait()
				stop()
				if !slices.Equal(a.at, tt.want) {
					t.Errorf("attempts at %v, want %v", a.at, tt.want)
				}
				c := s.Stats()
				if n := c.Connections[tt.result]; n != uint64(len(tt.want)) {
					t.Errorf("connections %v", c.Connections)
				}
				if !slices.Equal(told, tt.told) {
					t.Errorf("refused tokens %q", told)
				}
				if strings.Contains(logged.String(), "secret-") || strings.Contains(c.LastError, "secret-") {
					t.Errorf("a token in the log or in %q:\n%s", c.LastError, logged.String())
				}
				warnings := strings.Count(logged.String(), "level=WARN")
				if tt.result != ResultOK && warnings != 1 {
					t.Errorf("%d warnings of one trouble:\n%s", warnings, logged.String())
				}
			})
		})
	}
}

// A token that has just died is no reason to wait: the next one is tried at
// once, each time.
func TestNewTokenAtOnce(t *testing.T) {
	var a attempts
	serve := func(p *peer) error {
		m, err := p.receive("authenticate")
		if err != nil {
			return err
		}
		token := m["credentials"].(map[string]any)["bearer_token"]
		ok := token == "secret-2" || token == "secret-4"
		_ = p.send(fmt.Sprintf(`{"type":"authenticate_response","success":%v}`, ok))
		if !ok {
			p.wait()
			return nil
		}
		_, _ = p.receive("subscribe")
		return p.send(`{"type":"subscribe_response","success":true}`)
	}
	bubble(t, serve, func(c *Config) { c.Token = a.token(nil) }, func(t *testing.T, s *Subscription, stop func()) {
		time.Sleep(3 * time.Second)
		stop()
		if want := []int{0, 0, 1, 1}; len(a.at) < 4 || !slices.Equal(a.at[:4], want) {
			t.Errorf("attempts at %v, want %v", a.at, want)
		}
	})
}

// An account that was taken again is refused for the first time after it.
func TestRefusalsInARowAreCounted(t *testing.T) {
	var a attempts
	serve := func(p *peer) error {
		if a.count() != 4 {
			return refuseAccount(p)
		}
		if err := p.accept(); err != nil {
			return err
		}
		select {
		case <-p.frames:
		case <-time.After(time.Minute):
		}
		return nil
	}
	bubble(t, serve, func(c *Config) { c.Token = a.token(nil) }, func(t *testing.T, s *Subscription, stop func()) {
		time.Sleep(200 * time.Second)
		stop()
		if want := []int{0, 0, 30, 90, 151, 151, 181}; !slices.Equal(a.at, want) {
			t.Errorf("attempts at %v, want %v", a.at, want)
		}
	})
}

// A dead server does not keep Run from ending.
func TestStopWhileDialling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := bubbleServer(t, http.NotFoundHandler())
		server.client.Transport.(*http.Transport).DialContext = (&pipeListener{}).dial
		s := newSubscription(t, server, nil)
		stop := start(t, s)
		time.Sleep(time.Second)
		began := time.Now()
		stop()
		if took := time.Since(began); took > 0 {
			t.Errorf("it took %v", took)
		}
		if c := s.Stats(); c.Connections != [NumResults]uint64{} {
			t.Errorf("connections %v", c.Connections)
		}
	})
}

// A Retry that comes while all is well is none: the next loss waits its turn.
func TestRetryWhileSubscribed(t *testing.T) {
	var a attempts
	serve := func(p *peer) error {
		if err := p.accept(); err != nil {
			return err
		}
		select {
		case <-p.frames:
		case <-time.After(10 * time.Second):
		}
		return nil
	}
	bubble(t, serve, func(c *Config) { c.Token = a.token(nil) }, func(t *testing.T, s *Subscription, stop func()) {
		s.Retry()
		time.Sleep(12 * time.Second)
		stop()
		if want := []int{0, 11}; !slices.Equal(a.at, want) {
			t.Errorf("attempts at %v, want %v", a.at, want)
		}
	})
}

// Whoever learns that a backup has taken over, or that there is a token again,
// need not wait for the back-off. Where the appliance refused the account on the
// connection itself the wait stands, whoever asks.
func TestRetry(t *testing.T) {
	refused := errors.New("invalid client")
	hangUp := func(*peer) error { return nil }
	for _, tt := range []struct {
		name  string
		serve func(*peer) error
		err   error // of the token
		want  []int
	}{
		{"no connection", hangUp, nil, []int{0, 1, 3, 7, 15, 20}},
		{"no token: refused credentials", hangUp, refused, []int{0, 20}},
		{"refused account", refuseAccount, nil, []int{0, 0}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var a attempts
			change := func(c *Config) {
				c.Token = a.token(tt.err)
				c.Refused = func(err error) bool { return errors.Is(err, refused) }
			}
			bubble(t, tt.serve, change, func(t *testing.T, s *Subscription, stop func()) {
				time.Sleep(20 * time.Second)
				s.Retry()
				synctest.Wait()
				stop()
				if !slices.Equal(a.at, tt.want) {
					t.Errorf("attempts at %v, want %v", a.at, tt.want)
				}
			})
		})
	}
}
