package appliance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance/xmlanswer"
)

const (
	// maxCommandBody is how much of a command's answer is read.
	maxCommandBody = 16 << 20

	// maxErrorBody is how much is read of an answer that is only looked at for what went wrong.
	maxErrorBody = 64 << 10
)

// errTooLarge is what a body ends with that is longer than allowed.
var errTooLarge = errors.New("the answer is longer than the exporter takes")

// request is one thing to ask an API for.
type request struct {
	api, action string
	path        string
	query       url.Values
	limit       int64 // of the answer, in bytes

	// unhurried says that the context alone bounds the time: the limit of a request is for
	// answers that come at once, and a report may be worked at for minutes.
	unhurried bool

	// read takes in an answer with status 200. at is the middle of the time from the
	// request to the start of the answer: the appliance gave it somewhere in between.
	read func(body io.Reader, at time.Time) error
}

// name is what an error calls the request.
func (r request) name() string {
	if r.api == r.action {
		return r.api
	}
	return r.api + " " + r.action
}

// background marks the contexts of background work.
type background struct{}

// WithBackground marks what is asked for under a context as background work: it lets scrapes
// go first when requests have to wait for the rate limit, and leaves the last fifth of what an
// hour allows to them.
func WithBackground(ctx context.Context) context.Context {
	return context.WithValue(ctx, background{}, true)
}

// send makes one request with a token and takes in its answer, within the time limit of a
// request unless that one is unhurried. It returns nil, or an error that is complete.
func (c *Client) send(ctx context.Context, r request, token string) *Error {
	if !r.unhurried {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.config.Timeout)
		defer cancel()
	}
	if err := c.admit(ctx, &c.apiHold); err != nil {
		return c.complete(r, err)
	}
	start := time.Now()
	failure := c.exchange(ctx, r, token)
	if failure != nil {
		failure = c.complete(r, failure)
	}
	c.observe(r, failure, time.Since(start))
	return failure
}

// admit waits for the turn of a request, and fails while the appliance has asked for a pause.
func (c *Client) admit(ctx context.Context, h *hold) *Error {
	if c.tokens.ctx.Err() != nil {
		return &Error{Kind: KindCanceled, Err: errClosed}
	}
	if until, held := h.held(); held {
		return &Error{Kind: KindRateLimited, Until: until, Err: errors.New("the appliance answered 429 Too Many Requests")}
	}
	isBackground, _ := ctx.Value(background{}).(bool)
	next, err := c.limiter.wait(ctx, isBackground)
	switch {
	case err == nil:
	case errors.Is(err, context.Canceled):
		return transportError(err)
	default:
		return &Error{
			Kind: KindRateLimited, Until: next, Err: err,
			Remedy: "the exporter keeps to 20 requests a second and 15000 an hour: ask for less, less often",
		}
	}
	// Somebody else may have been refused in the meantime.
	if until, held := h.held(); held {
		return &Error{Kind: KindRateLimited, Until: until, Err: errors.New("the appliance answered 429 Too Many Requests")}
	}
	return nil
}

// exchange sends a request and takes in its answer.
func (c *Client) exchange(ctx context.Context, r request, token string) *Error {
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url(r.path, r.query), nil)
	if err != nil {
		return &Error{Kind: KindMalformed, Err: err}
	}
	ask.Header.Set("User-Agent", userAgent)
	ask.Header.Set("Authorization", "Bearer "+token)
	start := time.Now()
	response, err := c.http.Do(ask)
	if err != nil {
		return transportError(err)
	}
	at := start.Add(time.Since(start) / 2)
	defer response.Body.Close()
	if response.StatusCode != statusOK {
		failure := c.statusError(response.StatusCode, response.Header, &c.apiHold)
		failure.Text = refusalText(response.Body)
		if response.StatusCode == http.StatusNotFound && meansNoPermission(failure.Text) {
			failure.Kind = KindPermission
		}
		if response.StatusCode == http.StatusUnauthorized {
			failure.Err = errTokenRefused
		}
		return failure
	}
	c.tookAnswer(&c.apiHold, response.Header)

	body := &boundedBody{body: response.Body, left: r.limit}
	err = r.read(body, at)
	switch {
	case err == nil:
		return nil
	case body.err != nil:
		return withStatus(transportError(body.err), statusOK)
	case ctx.Err() != nil:
		// While the connection is being closed an appliance may still end its answer in
		// order, half of it or not.
		return withStatus(transportError(ctx.Err()), statusOK)
	}
	return answerError(err)
}

func withStatus(e *Error, status int) *Error {
	e.Status = status
	return e
}

// answerError says what is wrong with an answer that came whole, with status 200.
func answerError(err error) *Error {
	answer, ok := errors.AsType[*xmlanswer.Error](err)
	switch {
	case !ok:
		return &Error{Kind: KindMalformed, Status: statusOK, Err: err}
	case answer.Code == "access_denied":
		return &Error{Kind: KindPermission, Status: statusOK, Text: answer.Text, Err: errTokenRefused}
	case meansNoPermission(answer.Text):
		return &Error{Kind: KindPermission, Status: statusOK, Text: answer.Text}
	default:
		return &Error{Kind: KindAnswer, Status: statusOK, Text: answer.String()}
	}
}

// refusalText returns what an answer with a status other than 200 says: the text of its JSON or
// of its <error>. Of a page only the words that tell of a missing permission are worth keeping.
func refusalText(r io.Reader) string {
	body, err := io.ReadAll(io.LimitReader(r, maxErrorBody))
	if err != nil {
		return ""
	}
	if answer := xmlanswer.ErrorIn(body); answer != nil {
		return answer.String()
	}
	if meansNoPermission(string(body)) {
		return documentNotFound
	}
	return ""
}

// documentNotFound is how a missing permission can read: Programmer's Guide, "Test Scenario".
const documentNotFound = "document not found"

func meansNoPermission(text string) bool {
	return strings.Contains(strings.ToLower(text), documentNotFound)
}

// statusError says what an HTTP status other than 200 means.
func (c *Client) statusError(status int, header http.Header, h *hold) *Error {
	failure := &Error{Kind: KindStatus, Status: status}
	if status == http.StatusTooManyRequests {
		failure.Kind = KindRateLimited
		failure.Until = h.tooMany(header)
		c.learnRemaining(header)
		return failure
	}
	c.tookAnswer(h, header)
	switch {
	case status == http.StatusForbidden:
		failure.Kind = KindPermission
	case status >= 300 && status < 400:
		failure.Kind = KindRedirect
		if to, err := url.Parse(header.Get("Location")); err == nil && to.Host != "" {
			failure.Err = fmt.Errorf("it points to %q", xmlanswer.Cut(to.Scheme+"://"+to.Host, maxErrorText))
		}
	}
	return failure
}

// tookAnswer takes note of the header of an answer that was no 429.
func (c *Client) tookAnswer(h *hold, header http.Header) {
	h.answered()
	c.learnRemaining(header)
}

func (c *Client) learnRemaining(header http.Header) {
	if n, ok := remaining(header); ok {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.remaining, c.limited = n, true
	}
}

// complete fills in what was asked of whom and what to do, and takes secrets out.
func (c *Client) complete(r request, e *Error) *Error {
	e.API, e.Action, e.Host = r.api, r.action, c.host
	if e.Remedy == "" {
		e.Remedy = c.remedy(r, e)
	}
	e.Text = xmlanswer.Cut(c.Redact(e.Text), maxErrorText)
	if e.Err != nil {
		if text := e.Err.Error(); c.Redact(text) != text {
			e.Err = errors.New(c.Redact(text))
		}
	}
	return e
}

// observe tells the observer and the log of a request that has ended.
func (c *Client) observe(r request, failure *Error, took time.Duration) {
	code := strconv.Itoa(statusOK)
	if failure != nil {
		code = failure.Code()
	}
	c.logger.Debug("Asked the appliance", "api", r.api, "action", r.action, "code", code, "took", took)
	if c.config.Observer != nil {
		c.config.Observer.ObserveRequest(r.api, r.action, code, took)
	}
}

// boundedBody reads a body up to a limit, and remembers what reading failed with: an answer
// that was cut off on the way must not be taken for one that is malformed.
type boundedBody struct {
	body io.ReadCloser
	left int64
	err  error
}

// Read reads up to the limit and fails with errTooLarge past it.
func (b *boundedBody) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.body.Read(p)
	if int64(n) > b.left {
		n, err = int(b.left), errTooLarge
	}
	b.left -= int64(n)
	if err != nil && err != io.EOF {
		b.err = err
	}
	return n, err
}

// Close closes the body.
func (b *boundedBody) Close() error { return b.body.Close() }
