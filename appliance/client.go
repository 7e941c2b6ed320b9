// Package appliance is the client of one BeyondTrust appliance: its token, how requests are
// made (one connection each, time limits, the vendor's rate limit, one retry with a new
// token), and what is asked for as typed calls, with errors that a caller can tell apart. It
// only reads: no command that changes an appliance is here. Answers are not kept (that is
// health's), and nothing here knows metrics or labels (those are collector's).
//
// The calls are those of the Remote Support API Programmer's Guide and of its counterpart for
// Privileged Remote Access. All that an appliance sends is taken as untrusted: it is bounded in
// size here, and xmlanswer, which reads it, bounds its depth and makes it valid UTF-8.
package appliance

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"
)

const (
	apiToken   = "token"
	apiCommand = "command"
	apiProbe   = "probe"

	actionToken = "token"

	userAgent = "beyondtrust_exporter"
)

// errClosed is the cause of each error after Close.
var errClosed = errors.New("the client of this appliance was closed")

// Client asks one appliance. All its methods may be called at the same time.
type Client struct {
	config      Config
	host        string
	logger      *slog.Logger
	certificate *certificate
	http        *http.Client
	tokens      *tokens
	limiter     *limiter
	apiHold     hold // 429s to what the API account asks
	probeHold   hold // 429s to the probe, which has no account

	mu        sync.Mutex
	product   Product
	productBy ProductSource
	remaining int
	limited   bool // remaining was seen
}

// New makes a Client. It asks the appliance for nothing yet, so an appliance that is down is
// no error. The caller must Close it.
func New(config Config) (*Client, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	if config.Timeout == 0 {
		config.Timeout = DefaultTimeout
	}
	config.Names = config.Names.withDefaults()
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	c := &Client{
		config:      config,
		host:        config.URL.Host,
		logger:      config.Logger,
		certificate: newCertificate(config.URL.Hostname(), config.TLS),
		limiter:     newLimiter(),
	}
	c.http = &http.Client{Transport: newTransport(c.certificate, config.ProxyURL), CheckRedirect: refuseRedirect}
	c.tokens = newTokens(c)
	if config.TLS.InsecureSkipVerify {
		c.logger.Warn("Not verifying the appliance's certificate: anybody on the way can read the client secret")
	}
	return c, nil
}

// Close ends a request for a token that is under way and returns when that has ended. Calls
// after it fail; those under way end with their contexts.
func (c *Client) Close() {
	c.tokens.close()
	c.http.CloseIdleConnections()
}

// String names the appliance. Nothing else of a client is for printing.
func (c *Client) String() string { return "appliance " + c.host }

// GoString is String: %#v would print the secret.
func (c *Client) GoString() string { return c.String() }

// Timeout returns the time that one request may take.
func (c *Client) Timeout() time.Duration { return c.config.Timeout }

// Names returns how the operator spells the settings, for whoever tells to look at one.
func (c *Client) Names() Names { return c.config.Names }

// HTTPClient returns the HTTP client that requests are made with, for the dial of a websocket:
// it goes through the same proxy and verifies the same certificate. It sends no token by
// itself, has no time limit, follows no redirect, and must not be changed.
func (c *Client) HTTPClient() *http.Client { return c.http }

// Certificate returns when the certificate of the newest handshake ends: of the verified chain
// that lasts longest the first end, or the leaf's where verification failed or is off. ok is
// false before the first handshake.
func (c *Client) Certificate() (notAfter time.Time, ok bool) { return c.certificate.end() }

// RateLimitRemaining returns how many requests the API account has left, as the newest answer
// said that told; ok is false before that.
func (c *Client) RateLimitRemaining() (n int, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.remaining, c.limited
}

// url returns the address of something on the appliance.
func (c *Client) url(path string, query url.Values) string {
	u := url.URL{Scheme: c.config.URL.Scheme, Host: c.config.URL.Host, Path: path, RawQuery: query.Encode()}
	return u.String()
}
