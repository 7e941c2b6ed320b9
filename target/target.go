package target

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/collector"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/config"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/desk"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/health"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/licenses"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/statesub"
)

// stateCollector is the name of the collector that the subscription is for.
const stateCollector = "state"

// Target is one watched appliance. Run does what goes on in the background, Gatherer and Status
// may be called from any number of goroutines, and Close comes last.
type Target struct {
	config       config.Appliance
	client       *appliance.Client
	health       *health.Health
	subscription *statesub.Subscription // nil where the state is not subscribed to
	desk         *desk.Desk             // what watches it, nil where there is none
	licenses     *licenses.Licenses     // nil where they are not polled
	reports      *background            // nil where none is polled
	collectors   *collector.Set
	logger       *slog.Logger
	lastRole     atomic.Value // the failover role at the last scrape, a string

	// subscribing is the life of the subscription, which unsubscribe ends.
	subscribing context.Context
	unsubscribe context.CancelFunc
}

// New wires an appliance. It asks it for nothing: one that is down is no error. An error means
// that the configuration asks for what cannot be. What the reports have told is kept in the
// storage directory, where one is given. Whatever is logged of the appliance has its name beside
// it.
func New(cfg config.Appliance, storage string, logger *slog.Logger) (*Target, error) {
	logger = logger.With("appliance", cfg.Name())
	requests := collector.NewRequests()
	t := &Target{config: cfg, logger: logger}
	asked := ClientConfig(cfg)
	asked.Logger, asked.Observer, asked.Readmitted = logger, requests, t.retry
	client, err := appliance.New(asked)
	if err != nil {
		return nil, fmt.Errorf("making the client of %s: %w", cfg.Name(), err)
	}
	t.client = client
	t.health = health.New(client, health.Config{TTL: cfg.CacheTTL(), InfoTTL: health.DefaultInfoTTL})
	t.subscribing, t.unsubscribe = context.WithCancel(context.Background())
	options := collector.Options{
		Enabled:  cfg.Collectors(),
		Client:   client,
		Health:   t.health,
		Requests: requests,
		Logger:   logger,
	}
	// Privileged Remote Access has no real-time state API.
	on, said := options.Enabled[stateCollector]
	if (on || !said) && cfg.Product() != config.PrivilegedRemoteAccess {
		options.State = t.subscribe()
	}
	t.poll(&options, storage)
	t.collectors = collector.New(options)
	return t, nil
}

// subscribe makes the subscription and the desk that watches it.
func (t *Target) subscribe() *collector.StateSource {
	state := t.config.State()
	durations := collector.NewDurations()
	t.desk = desk.New(desk.Config{ResyncGrace: state.ResyncGrace, Durations: durations})
	t.subscription = statesub.New(statesub.Config{
		URL:             t.config.URL(),
		Token:           t.stateToken,
		TokenRefused:    t.client.InvalidateToken,
		Refused:         func(err error) bool { return errors.Is(err, appliance.KindCredentials) },
		Redact:          t.client.Redact,
		HTTPClient:      t.client.HTTPClient(),
		MaxMessageBytes: int64(state.MaxMessageBytes),
		MaxMessageName:  t.config.Spell(config.SettingMaxMessageBytes),
		IdleTimeout:     state.IdleTimeout,
		ClockOffset:     t.clockOffset,
		Watcher:         t.desk,
		Logger:          t.logger,
	})
	return &collector.StateSource{Subscription: t.subscription, Desk: t.desk, Durations: durations}
}

// retry has the state subscribed to at once, where that is waited for.
func (t *Target) retry() {
	if t.subscription != nil {
		t.subscription.Retry()
	}
}

// setPair makes the appliance one of a failover pair, or of none where pair is nil: a session
// that lives through a failover is counted once.
func (t *Target) setPair(pair *desk.Pair) {
	if t.subscription != nil {
		t.subscription.Look(func(statesub.Instant, *statesub.Model) { t.desk.SetPair(pair) })
	}
}

// infoPatience is how long a subscription waits to learn from get_api_info what the appliance
// did not tell by itself.
const infoPatience = 2 * time.Second

// clockOffset returns the appliance's clock minus the exporter's in seconds, as get_api_info
// tells it, and whether it did.
func (t *Target) clockOffset() (seconds float64, known bool) {
	ctx, cancel := context.WithTimeout(t.subscribing, infoPatience)
	defer cancel()
	answer, err := t.health.APIInfo(ctx)
	if err != nil || answer.Value.ClockSkew == nil {
		return 0, false
	}
	return answer.Value.ClockSkew.Seconds(), true
}

// errNoStateAPI is why nothing is subscribed to where there is nothing to subscribe to.
var errNoStateAPI = errors.New("the appliance runs Privileged Remote Access, which has no real-time state API")

// stateToken returns the token for an attempt to subscribe. As long as nobody knows what the
// appliance runs it finds out first: where that is Privileged Remote Access, this ends the
// subscription instead.
func (t *Target) stateToken(ctx context.Context) (string, error) {
	if t.client.Product() == appliance.ProductUnknown {
		patient, cancel := context.WithTimeout(ctx, infoPatience)
		// An appliance that does not tell now is asked again before the next attempt.
		_, _ = t.health.APIInfo(patient)
		cancel()
	}
	if t.client.Product() == appliance.PrivilegedRemoteAccess {
		t.unsubscribe()
		return "", errNoStateAPI
	}
	return t.client.Token(ctx)
}

// Run keeps the subscription to the real-time state, and polls, until the context ends. It
// returns within seconds after that, when the subscription has been closed. It is called once.
func (t *Target) Run(ctx context.Context) {
	var polling sync.WaitGroup
	defer polling.Wait()
	if t.licenses != nil {
		polling.Go(func() { t.pollLicenses(ctx) })
	}
	if t.reports != nil {
		polling.Go(func() { t.reports.run(ctx) })
	}
	if t.subscription != nil {
		stop := context.AfterFunc(ctx, t.unsubscribe)
		defer stop()
		_ = t.subscription.Run(t.subscribing) // It says no more than that the context ended.
		if ctx.Err() == nil {
			t.logger.Info("Not subscribing to the real-time state API", "reason", errNoStateAPI)
		}
	}
	<-ctx.Done()
}

// Gatherer returns the metrics of one scrape, which ends when the context does.
func (t *Target) Gatherer(ctx context.Context) prometheus.Gatherer {
	scrape := t.collectors.Gatherer(ctx)
	return prometheus.GathererFunc(func() ([]*dto.MetricFamily, error) {
		families, err := scrape.Gather()
		t.followRole()
		return families, err
	})
}

// Close ends the requests that are under way and returns when nothing of the target is at work
// any more. It comes after Run has returned and after the last scrape.
func (t *Target) Close() {
	t.unsubscribe()
	t.health.Close()
	t.collectors.Wait()
	t.client.Close()
}

// Status tells how the appliance stands. It asks for its health as a scrape does, which is no
// request where one was made within the cache time, and waits for the answer until the context
// ends.
func (t *Target) Status(ctx context.Context) Status {
	s := Status{Name: t.config.Name(), URL: t.config.URL()}
	answer, err := t.health.CheckHealth(ctx)
	if err == nil {
		s.Version = answer.Value.Version
	}
	reachable, since, lastErr := t.health.Reachable()
	s.Asked, s.Reachable, s.ReachableSince = !since.IsZero(), reachable, since
	switch {
	case lastErr != nil:
		s.Trouble = lastErr.Error()
	case !s.Asked && (errors.Is(err, appliance.KindCredentials) || errors.Is(err, appliance.KindSecret)):
		// The appliance was not even asked, for want of a token.
		s.Trouble = err.Error()
	}
	if role, since, known := t.health.Role(); known {
		s.Role, s.RoleSince = role, since
	}
	s.Product = string(t.client.Product())
	s.State = t.stateStatus()
	return s
}

// stateStatus tells how the subscription stands.
func (t *Target) stateStatus() StateStatus {
	if t.subscription == nil || t.client.Product() == appliance.PrivilegedRemoteAccess {
		return StateStatus{}
	}
	s := StateStatus{Enabled: true}
	t.subscription.Look(func(_ statesub.Instant, m *statesub.Model) {
		stats := t.subscription.Stats()
		s.Synced = m.Synced()
		s.Connected, s.ConnectedSince = !stats.SubscribedSince.IsZero(), stats.SubscribedSince
		s.Trouble, s.TroubleAt, s.Unreached = stats.LastError, stats.LastErrorAt, stats.LastUnreached
	})
	return s
}
