package reports

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// clockPatience is for how long a refusal to tell the time is taken for a passing failure.
// A poll that goes by the wrong clock may begin to count too late, or read on too far; one that
// fails is caught up.
const clockPatience = 30 * time.Minute

// clock tells the time on the appliance: what get_api_info last told and what has passed since by
// the monotonic clock, so that nothing depends on whether the exporter's own clock is right or
// stays so. All pollers of an appliance share it.
type clock struct {
	info   func(context.Context) (appliance.APIInfo, error)
	logger *slog.Logger

	mu      sync.Mutex
	shown   time.Time // what the appliance's clock showed, zero where it never told
	when    time.Time // when that was by the exporter's clock
	refused time.Time // since when the answer has been a refusal
	told    bool      // that nobody tells the time
}

// ask returns what the appliance tells of itself, and the time there. An account that may not
// ask, or an appliance that leaves the time out, is no reason not to count: the newest time
// that it told is gone by, and the exporter's own clock where it told none. The windows overlap by
// more than clocks that are kept right differ.
func (c *clock) ask(ctx context.Context) (appliance.APIInfo, time.Time, error) {
	info, err := c.info(ctx)
	switch {
	case err == nil && !info.Timestamp.IsZero():
		c.mu.Lock()
		c.shown, c.when, c.refused, c.told = info.Timestamp, info.Answered, time.Time{}, false
		c.mu.Unlock()
	case ambiguous(err) && c.mayPass():
		return appliance.APIInfo{}, time.Time{}, err
	case err == nil, errors.Is(err, appliance.KindPermission), errors.Is(err, appliance.KindAnswer):
		c.mu.Lock()
		told := c.told
		c.told = true
		c.mu.Unlock()
		if !told {
			c.logger.Warn("Counting reports by the exporter's clock, get_api_info does not tell the appliance's time: "+
				"tick Command API: Read-Only Access for the API account in /login > Management > API Configuration", "err", err)
		}
		info = appliance.APIInfo{}
	default:
		return appliance.APIInfo{}, time.Time{}, err
	}
	return info, c.at(time.Now()), nil
}

// ambiguous reports whether a refusal may mean that the account may not ask, or something else that
// passes: an <error> in words that are not known, or a token that was refused twice.
func ambiguous(err error) bool {
	failure, ok := errors.AsType[*appliance.Error](err)
	return ok && (failure.Kind == appliance.KindAnswer || failure.Kind == appliance.KindPermission && failure.Status == http.StatusUnauthorized)
}

// mayPass reports whether such a refusal may be a passing failure that is worth waiting for the
// end of.
func (c *clock) mayPass() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refused.IsZero() {
		c.refused = time.Now()
	}
	return c.shown.IsZero() && time.Since(c.refused) < clockPatience
}

// whose says whose clock it is, the appliance's or the exporter's.
func (c *clock) whose() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.shown.IsZero() {
		return "exporter's"
	}
	return "appliance's"
}

// at returns what the appliance's clock shows at a time by the exporter's.
func (c *clock) at(t time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.shown.IsZero() {
		return t
	}
	return c.shown.Add(t.Sub(c.when))
}
