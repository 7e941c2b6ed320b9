package reports

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// Collector names one of the collectors that live on reports, as --collector.NAME has it.
type Collector string

// The collectors that live on reports.
const (
	Sessions  Collector = "sessions"
	Surveys   Collector = "surveys"
	Teams     Collector = "teams"
	Vault     Collector = "vault"
	JumpItems Collector = "jump_items"
)

// Collectors returns all of them. The slice is the caller's.
func Collectors() []Collector {
	return []Collector{Sessions, Surveys, Teams, Vault, JumpItems}
}

const (
	// DefaultInterval is how often a collector polls where nothing else is said.
	DefaultInterval = 5 * time.Minute

	// shortestLimit is the least time that a poll gets, however short its interval is.
	shortestLimit = time.Minute

	// longestLimit is the most: an appliance that has sent nothing for so long sends nothing.
	longestLimit = 30 * time.Minute

	// deniedInterval is how often a report is tried that the account may not read.
	deniedInterval = 10 * time.Minute
)

// Client is what is asked of an appliance. *appliance.Client is one.
type Client interface {
	Product() appliance.Product
	Sessions(ctx context.Context, report string, w appliance.Window, each func(*appliance.Session) error) error
	Surveys(ctx context.Context, report string, scope appliance.SurveyScope, w appliance.Window, each func(*appliance.Survey) error) error
	TeamEvents(ctx context.Context, report string, w appliance.Window, each func(appliance.Event) error) error
	Events(ctx context.Context, report string, w appliance.Window, each func(appliance.Event) error) error
}

var _ Client = (*appliance.Client)(nil)

// Config says what to poll and where to keep it. Client, Info and Appliance are needed.
type Config struct {
	// Client is the appliance's client.
	Client Client

	// Info gives the answer to get_api_info, which may be some minutes old: the appliance's
	// clock and the permissions of the account are in it.
	Info func(context.Context) (appliance.APIInfo, error)

	// Role gives the failover role and since when it has been that, by the exporter's clock;
	// known is false where nobody knows. A backup is not asked. Nil is never a backup.
	Role func(context.Context) (role string, since time.Time, known bool)

	// Active gives when the appliance was asked for its role that last told of another than
	// backup, by the exporter's clock. The primary of a pair is read up to then and not further:
	// from when another took over, what happens is that one's to count. Nil bounds nothing.
	Active func() time.Time

	// Intervals has an entry for each collector that is enabled: how often it polls. Zero is
	// DefaultInterval. A poll may take as long as its interval, but at least a minute and at
	// most half an hour.
	Intervals map[Collector]time.Duration

	// Directory is where the file of this appliance is kept. Empty is nowhere: counting then
	// starts with the process.
	Directory string

	// Appliance is the name of the appliance, after which its file is called.
	Appliance string

	// Random gives numbers in [0, 1) for the spread of the polls; it may be called by several
	// goroutines at once. Nil is math/rand/v2.
	Random func() float64

	// Logger takes what no caller is told. Nil discards it.
	Logger *slog.Logger
}

// withDefaults returns the configuration with what was left out.
func (c Config) withDefaults() Config {
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
