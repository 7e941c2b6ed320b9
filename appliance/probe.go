package appliance

import (
	"context"
	"net/http"
	"time"
)

// Probe asks for /check_health without a token, as a load balancer does, and returns the HTTP
// status: 200 where the appliance finds itself well, 500 where it does not (Programmer's
// Guide, check_health, "HTTP Status Check"). Any status is an answer and no error, but for
// 429, which is obeyed. Redirects are not followed. Errors are of type *Error.
func (c *Client) Probe(ctx context.Context) (status int, err error) {
	r := request{api: apiProbe, action: "check_health"}
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	if failure := c.admit(ctx, &c.probeHold); failure != nil {
		return 0, c.complete(r, failure)
	}
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url("/check_health", nil), nil)
	if err != nil {
		return 0, c.complete(r, &Error{Kind: KindMalformed, Err: err})
	}
	ask.Header.Set("User-Agent", userAgent)
	start := time.Now()
	response, err := c.http.Do(ask)
	if err != nil {
		failure := c.complete(r, transportError(err))
		c.observe(r, failure, time.Since(start))
		return 0, failure
	}
	defer response.Body.Close()
	// The message in the body is for people; closing the connection without it costs nothing.
	status = response.StatusCode
	var outcome *Error
	if status != statusOK {
		outcome = &Error{Status: status}
	}
	c.observe(r, outcome, time.Since(start))
	if status == http.StatusTooManyRequests {
		return 0, c.complete(r, &Error{Kind: KindRateLimited, Status: status, Until: c.probeHold.tooMany(response.Header)})
	}
	c.probeHold.answered()
	return status, nil
}
