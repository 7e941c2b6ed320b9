package licenses

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// Client is what is asked of an appliance. *appliance.Client is one.
type Client interface {
	LicensesInUse(context.Context) (map[string]uint64, error)
	LicensePeak(ctx context.Context, since time.Time) (appliance.LicensePeak, bool, error)
}

var _ Client = (*appliance.Client)(nil)

// Config says what to poll. Client and Info are needed.
type Config struct {
	// Client is the appliance's client.
	Client Client

	// Info gives the answer to get_api_info, which may be some minutes old.
	Info func(context.Context) (appliance.APIInfo, error)

	// Role gives the failover role; known is false where nobody knows. A backup is not asked
	// for peaks, which are a report. Nil is never a backup.
	Role func(context.Context) (role string, since time.Time, known bool)

	// Limits is what the operator says was bought, by type. It makes their types known, and
	// one that is never seen is warned of. The map must not be changed.
	Limits map[string]uint64

	// Interval is how often the licences in use are asked for; 0 is DefaultInterval.
	Interval time.Duration

	// Random gives numbers in [0, 1) for the spread of the polls. Nil is math/rand/v2.
	Random func() float64

	// Logger takes what no caller is told. Nil discards it.
	Logger *slog.Logger
}

// withDefaults returns the configuration with what was left out.
func (c Config) withDefaults() Config {
	if c.Interval <= 0 {
		c.Interval = DefaultInterval
	}
	if c.Role == nil {
		c.Role = func(context.Context) (string, time.Time, bool) { return "", time.Time{}, false }
	}
	if c.Random == nil {
		c.Random = rand.Float64
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}
