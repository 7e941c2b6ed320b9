// Package health knows whether one appliance is well: what it says of itself, which role it
// has in a failover pair, who is in its cluster, and who is connected. It wraps the calls of
// package appliance with what scrapes need: those that come together share one call, and what
// it brought is kept for a few seconds, failures as well as answers. It turns nothing into
// metrics; that is collector's.
package health

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// DefaultInfoTTL is how long the answer to get_api_info is kept, which hardly changes.
const DefaultInfoTTL = 5 * time.Minute

// Client is what is asked of an appliance. *appliance.Client is one.
type Client interface {
	CheckHealth(context.Context) (appliance.HealthCheck, error)
	Probe(context.Context) (int, error)
	Appliances(context.Context) ([]appliance.Member, error)
	ClientSummary(context.Context) ([]appliance.ClientCount, error)
	APIInfo(context.Context) (appliance.APIInfo, error)
	Timeout() time.Duration
}

var _ Client = (*appliance.Client)(nil)

// Config says for how long outcomes are kept.
type Config struct {
	// TTL is for how long an outcome is kept. 0 keeps nothing.
	TTL time.Duration

	// InfoTTL is for how long an answer to get_api_info is kept; its failures are kept for
	// TTL, so that one that passes does not hide what the appliance is for minutes.
	InfoTTL time.Duration
}

// Health is what is known of one appliance. All its methods may be called at the same time.
type Health struct {
	timeout time.Duration

	check   *cached[appliance.HealthCheck]
	probe   *cached[int]
	members *cached[[]appliance.Member]
	clients *cached[[]appliance.ClientCount]
	info    *cached[appliance.APIInfo]

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	group  sync.WaitGroup

	mu         sync.Mutex
	closed     bool
	role       string
	roleSince  time.Time
	active     time.Time
	reached    bool
	reachSince time.Time
	lastErr    error
}

// New makes a Health of an appliance. It asks for nothing before somebody wants to know. The
// caller must Close it, and only then the client.
func New(client Client, config Config) *Health {
	h := &Health{timeout: client.Timeout()}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	h.check = newCached("check_health", config.TTL, config.TTL, h.run, func(ctx context.Context) (appliance.HealthCheck, error) {
		asked := time.Now()
		answer, err := client.CheckHealth(ctx)
		h.learn(answer, err, asked)
		return answer, err
	})
	h.probe = newCached("the probe /check_health", config.TTL, config.TTL, h.run, client.Probe)
	h.members = newCached("get_appliances", config.TTL, config.TTL, h.run, client.Appliances)
	h.clients = newCached("get_connected_client_list", config.TTL, config.TTL, h.run, client.ClientSummary)
	h.info = newCached("get_api_info", config.InfoTTL, config.TTL, h.run, client.APIInfo)
	return h
}

// Close ends the calls that are under way and returns when they have ended.
func (h *Health) Close() {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	h.cancel()
	h.group.Wait()
}

// run runs a call in a goroutine that ends with h, under the client's time limit for a request.
func (h *Health) run(call func(context.Context)) {
	bounded := func() {
		ctx, cancel := context.WithTimeout(h.ctx, h.timeout)
		defer cancel()
		call(ctx)
	}
	h.mu.Lock()
	closed := h.closed
	if !closed {
		h.group.Go(bounded)
	}
	h.mu.Unlock()
	if closed {
		// Close no longer waits for goroutines. The context has ended, so the call is over
		// at once.
		bounded()
	}
}

// CheckHealth returns what the appliance says of its health. Errors are those of
// appliance.Client.CheckHealth, or of ctx.
func (h *Health) CheckHealth(ctx context.Context) (Answer[appliance.HealthCheck], error) {
	return h.check.Get(ctx)
}

// Probe returns the HTTP status of /check_health, asked for without a token: 200 is well, any
// other is not. Errors are those of appliance.Client.Probe, or of ctx.
func (h *Health) Probe(ctx context.Context) (Answer[int], error) {
	return h.probe.Get(ctx)
}

// Appliances returns the appliances of the pair or cluster. Errors are those of
// appliance.Client.Appliances, or of ctx.
func (h *Health) Appliances(ctx context.Context) (Answer[[]appliance.Member], error) {
	return h.members.Get(ctx)
}

// ClientSummary returns how many clients are connected. Errors are those of
// appliance.Client.ClientSummary, or of ctx.
func (h *Health) ClientSummary(ctx context.Context) (Answer[[]appliance.ClientCount], error) {
	return h.clients.Get(ctx)
}

// APIInfo returns the version of the API, the account's permissions and the clock skew. Errors
// are those of appliance.Client.APIInfo, or of ctx.
func (h *Health) APIInfo(ctx context.Context) (Answer[appliance.APIInfo], error) {
	return h.info.Get(ctx)
}

// AskRole is Role after check_health was asked for, unless it answered within the last second: what
// goes by the role in the background neither waits for a scrape nor goes by what was kept for one.
func (h *Health) AskRole(ctx context.Context) (role string, since time.Time, known bool) {
	_, _ = h.check.newer(ctx, time.Second) // An appliance that does not tell has the role last known.
	return h.Role()
}

// Role returns the failover role that check_health last told of: none, primary or backup, or
// what the vendor has not documented; and since when it has been that, by the exporter's clock
// and as far as the exporter saw. It stays through failures. known is false before the first.
func (h *Health) Role() (role string, since time.Time, known bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.role, h.roleSince, h.role != ""
}

// Active returns when check_health was asked for that last told of a role other than backup, by
// the exporter's clock: up to then the appliance was no backup, whatever it has become since. It is
// zero before the first.
func (h *Health) Active() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.active
}

// Reachable says whether the appliance answered when check_health was last asked for, in
// whatever way: one that refuses the account is reachable. since is from when that has been
// so, by the exporter's clock; zero before the first time. lastErr is what check_health last
// failed with, nil where it did not.
func (h *Health) Reachable() (ok bool, since time.Time, lastErr error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.reached, h.reachSince, h.lastErr
}

// learn takes note of what check_health brought that was asked for at a time.
func (h *Health) learn(answer appliance.HealthCheck, err error, asked time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return // It failed because of Close, which says nothing of the appliance.
	}
	now := time.Now()
	h.lastErr = err
	if reached, told := tellsReachable(err); told && (reached != h.reached || h.reachSince.IsZero()) {
		h.reached, h.reachSince = reached, now
	}
	role := answer.Failover.Role
	if err != nil || role == "" {
		return
	}
	if role != h.role {
		h.role, h.roleSince = role, now
	}
	if role != appliance.RoleBackup {
		h.active = asked
	}
}

// tellsReachable says whether an outcome means that the appliance was reached, and whether it
// tells at all: a request that was held back on this side does not.
func tellsReachable(err error) (reached, told bool) {
	if err == nil {
		return true, true
	}
	failure, ok := errors.AsType[*appliance.Error](err)
	if !ok {
		return false, false
	}
	switch failure.Kind {
	case appliance.KindNetwork, appliance.KindTimeout, appliance.KindTLS:
		return false, true
	case appliance.KindCanceled, appliance.KindSecret:
		return false, false
	case appliance.KindRateLimited, appliance.KindCredentials:
		return true, failure.Status != 0 // 0: nothing was sent, the pause goes on
	default:
		return true, true
	}
}
