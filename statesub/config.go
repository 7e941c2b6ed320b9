package statesub

import (
	"cmp"
	"context"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"time"
)

// Config says what to subscribe to and how. URL, Token, HTTPClient and Watcher
// are needed.
type Config struct {
	// URL is the address of the appliance, such as https://support.example.com.
	URL *url.URL

	// Token returns a bearer token for the API account. It bounds its own time
	// and returns early when the context ends.
	Token func(context.Context) (string, error)
	// TokenRefused is told of a token that the appliance did not take, so that
	// the next one is another. It may be nil.
	TokenRefused func(token string)
	// Refused tells whether an error of Token says that the appliance refused
	// the credentials: then attempts are few, since failures lock the account.
	// Where it is nil, none says so.
	Refused func(error) bool

	// Redact takes secrets out of a text that the appliance wrote part of. Nil leaves it as it is.
	Redact func(string) string
	// HTTPClient makes the connection, by its Transport, which is not nil.
	// Redirects are never followed, so that the token goes nowhere else.
	HTTPClient *http.Client

	// MaxMessageBytes bounds a message; 256 MiB where it is 0.
	MaxMessageBytes int64
	// MaxMessageName is how the operator spells that limit, for errors.
	MaxMessageName string
	// IdleTimeout is the silence after which the appliance has to answer a
	// ping; a minute where it is 0.
	IdleTimeout time.Duration
	// ClockOffset returns the appliance's clock minus the local one in seconds,
	// and whether it is known. It is asked where a subscribe_response does not
	// tell the time, and may be nil.
	ClockOffset func() (seconds float64, known bool)

	// Watcher is told what happens to the model. Its methods are called under
	// the lock that Look takes, and must not call Look.
	Watcher Watcher
	// Logger may be nil.
	Logger *slog.Logger
}

const (
	defaultMaxMessageBytes = 256 << 20
	defaultIdleTimeout     = time.Minute

	// stepTimeout bounds the upgrade, the authentication and the subscription,
	// each by itself.
	stepTimeout = 10 * time.Second
	// pingTimeout is the time that the appliance has to answer a ping.
	pingTimeout = 10 * time.Second
	// closeTimeout is the time that the appliance has to answer a close frame.
	// The whole process has to be gone within five seconds.
	closeTimeout = 2 * time.Second
)

// withDefaults returns the configuration with what was left out.
func (c Config) withDefaults() Config {
	if c.TokenRefused == nil {
		c.TokenRefused = func(string) {}
	}
	if c.Refused == nil {
		c.Refused = func(error) bool { return false }
	}
	if c.Redact == nil {
		c.Redact = func(text string) string { return text }
	}
	if c.MaxMessageBytes <= 0 {
		c.MaxMessageBytes = defaultMaxMessageBytes
	}
	c.MaxMessageBytes = min(c.MaxMessageBytes, math.MaxInt-1)
	c.MaxMessageName = cmp.Or(c.MaxMessageName, "the largest message that is taken")
	if c.IdleTimeout <= 0 {
		c.IdleTimeout = defaultIdleTimeout
	}
	if c.ClockOffset == nil {
		c.ClockOffset = func() (float64, bool) { return 0, false }
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}
