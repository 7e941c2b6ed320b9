package appliance

import (
	"context"
	"crypto/sha256"
	"errors"
	"sync"
	"time"

	"golang.org/x/oauth2"
)

const (
	// assumedLife is how long a token lives that does not say; the documents say an hour.
	assumedLife = time.Hour

	// renewAgain is when an early renewal that failed is tried again.
	renewAgain = 30 * time.Second

	firstRefusal   = 30 * time.Second
	longestRefusal = 10 * time.Minute
)

// tokens keeps the one OAuth token of an appliance. Those who need a token share the request
// for it, which runs on under the client's own time limit when they no longer wait. A token is
// renewed after four fifths of its life, behind the back of those who still use it.
//
// Refused credentials are not tried again for thirty seconds, doubled each time up to ten
// minutes, since the appliance locks an account after repeated failures. A secret that has
// changed since is tried at once.
type tokens struct {
	client *Client

	ctx    context.Context // ends with the client
	cancel context.CancelFunc
	group  sync.WaitGroup

	mu       sync.Mutex
	closed   bool
	token    string
	renew    time.Time
	expiry   time.Time
	fetching *fetch
	refusal  refusal
	barred   bool // no token has come since credentials were refused or not readable

	replacements replacements

	secrets []string // that were sent lately, for redaction alone
}

// fetch is one request for a token. Its result may be read once done is closed.
type fetch struct {
	done  chan struct{}
	token string
	err   *Error
}

// refusal is what is known of credentials that were refused.
type refusal struct {
	err   *Error
	of    [sha256.Size]byte
	wait  time.Duration
	until time.Time
}

func newTokens(c *Client) *tokens {
	t := &tokens{client: c}
	t.ctx, t.cancel = context.WithCancel(context.Background())
	return t
}

// fail completes an error that no request led to.
func (t *tokens) fail(e *Error) *Error {
	return t.client.complete(request{api: apiToken, action: actionToken}, e)
}

// get returns a token that is good by all that is known.
func (t *tokens) get(ctx context.Context) (string, error) {
	t.mu.Lock()
	now := time.Now()
	if t.closed {
		t.mu.Unlock()
		return "", t.fail(&Error{Kind: KindCanceled, Err: errClosed})
	}
	if t.token != "" && now.Before(t.expiry) {
		if !now.Before(t.renew) && t.fetching == nil {
			t.start()
		}
		token := t.token
		t.mu.Unlock()
		return token, nil
	}
	f := t.fetching
	if f == nil {
		f = t.start()
	}
	t.mu.Unlock()

	select {
	case <-f.done:
		if f.err != nil {
			return "", f.err
		}
		return f.token, nil
	case <-ctx.Done():
		return "", t.fail(transportError(ctx.Err()))
	}
}

// start begins a fetch. The caller holds the lock.
func (t *tokens) start() *fetch {
	f := &fetch{done: make(chan struct{})}
	t.fetching = f
	t.group.Go(func() {
		defer close(f.done)
		token, err := t.fetch()
		if readmitted := t.finish(f, token, err); readmitted && t.client.config.Readmitted != nil {
			t.client.config.Readmitted()
		}
	})
	return f
}

// fetch asks for a token, unless these credentials were refused a short while ago.
func (t *tokens) fetch() (*oauth2.Token, *Error) {
	secret, err := t.client.config.Secret()
	if err == nil && secret == "" {
		err = errors.New("it is empty")
	}
	if err != nil {
		return nil, t.fail(&Error{Kind: KindSecret, Err: err})
	}
	sum := sha256.Sum256([]byte(secret))

	t.mu.Lock()
	t.sent(secret)
	r := t.refusal
	t.mu.Unlock()
	if r.err != nil && r.of == sum && time.Now().Before(r.until) {
		held := *r.err
		held.Status = 0 // Nothing was sent this time.
		return nil, &held
	}

	token, failure := t.client.requestToken(t.ctx, secret)

	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case failure == nil:
		t.refusal = refusal{}
	case failure.Kind == KindCredentials:
		wait := min(max(2*r.wait, firstRefusal), longestRefusal)
		until := time.Now().Add(wait)
		failure.Until = until
		t.refusal = refusal{err: failure, of: sum, wait: wait, until: until}
	}
	return token, failure
}

// finish takes in the result of a fetch. readmitted says that it ends a time without a token for
// want of good credentials.
func (t *tokens) finish(f *fetch, token *oauth2.Token, err *Error) (readmitted bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fetching = nil
	now := time.Now()
	if err != nil {
		f.err = err
		t.barred = t.barred || err.Kind == KindCredentials || err.Kind == KindSecret
		if t.token != "" && now.Before(t.expiry) {
			t.renew = now.Add(renewAgain)
			// Nobody waits for an early renewal, so nobody is told but the log.
			t.client.logger.Warn("Cannot renew the token, the old one is still good", "err", err)
		}
		return false
	}
	life := token.Expiry.Sub(now)
	if token.Expiry.IsZero() || life <= 0 {
		life = assumedLife
	}
	f.token = token.AccessToken
	t.sent(token.AccessToken)
	t.token = token.AccessToken
	t.replacements.arrived(now)
	t.expiry = now.Add(life)
	t.renew = now.Add(life / 5 * 4)
	readmitted, t.barred = t.barred, false
	return readmitted
}

// replace forgets a token that an API refused for an action, where another may do better, and
// reports whether there is reason to try again. A token that was replaced already is not
// replaced once more, so several requests that fail at once lead to one new token.
func (t *tokens) replace(token, action string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token != token {
		return true
	}
	if !t.replacements.worthwhile(action, time.Now()) {
		return false
	}
	t.token = ""
	return true
}

// taken takes note that an API took a token for an action.
func (t *tokens) taken(action string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.replacements.taken(action)
}

// denied takes note that a token stays in use which was refused for an action, and reports
// whether that action ever worked.
func (t *tokens) denied(token, action string) (worked bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token != token {
		return t.replacements.of(action).worked // Nothing is known of the token that took its place.
	}
	return t.replacements.denied(action)
}

// close ends a fetch that is under way, and returns when it has ended.
func (t *tokens) close() {
	t.mu.Lock()
	t.closed = true
	t.mu.Unlock()
	t.cancel()
	t.group.Wait()
}

// Token returns an OAuth token of the appliance's API account, which is good by all that is
// known and shared by all that the client does. The real-time state API takes the same
// tokens. Errors are of type *Error.
func (c *Client) Token(ctx context.Context) (string, error) {
	return c.tokens.get(ctx)
}

// InvalidateToken says that the appliance refused a token that Token gave, so that the next
// call of Token gets another. It does nothing where that has happened already, and where too many
// were refused lately: an account has thirty. How soon to try again is the caller's affair.
func (c *Client) InvalidateToken(token string) {
	c.tokens.mu.Lock()
	defer c.tokens.mu.Unlock()
	if c.tokens.token == token && c.tokens.replacements.spend(time.Now()) {
		c.tokens.token = ""
	}
}
