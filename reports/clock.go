package reports

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// clock tells the time on the appliance, as get_api_info last told it. All pollers of an
// appliance share it.
type clock struct {
	info   func(context.Context) (appliance.APIInfo, error)
	logger *slog.Logger

	mu   sync.Mutex
	skew time.Duration // the appliance's clock minus the exporter's
	told bool          // that nobody tells the time
}

// ask returns what the appliance tells of itself, and the time there. An account that may not
// ask, or an appliance that leaves the time out, is no reason not to count: the newest skew
// that is known is used, and the exporter's own clock where none is. The windows overlap by
// more than clocks that are kept right differ.
func (c *clock) ask(ctx context.Context) (appliance.APIInfo, time.Time, error) {
	info, err := c.info(ctx)
	switch {
	case err == nil && info.ClockSkew != nil:
		c.mu.Lock()
		c.skew, c.told = *info.ClockSkew, false
		c.mu.Unlock()
	case err == nil, errors.Is(err, appliance.KindPermission), errors.Is(err, appliance.KindAnswer):
		c.mu.Lock()
		told := c.told
		c.told = true
		c.mu.Unlock()
		if !told {
			c.logger.Warn("get_api_info does not tell the appliance's time, reports go by the exporter's clock: "+
				"tick Command API: Read-Only Access for the API account in /login > Management > API Configuration", "err", err)
		}
		info = appliance.APIInfo{}
	default:
		return appliance.APIInfo{}, time.Time{}, err
	}
	return info, c.at(time.Now()), nil
}

// at returns what the appliance's clock shows at a time by the exporter's.
func (c *clock) at(t time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return t.Add(c.skew)
}
