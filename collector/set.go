package collector

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/health"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/reports"
)

// Options say what a Set shows.
type Options struct {
	// Enabled tells by name which collectors run. One that it does not name runs
	// where its Info says so.
	Enabled map[string]bool

	// Client and Health are those of the appliance. Both are needed.
	Client Client
	Health *health.Health

	// State is the live state. Where it is nil the collector state does not run.
	State *StateSource

	// Reports is what the reports have told. Where it is nil, which a nil pointer
	// is not, no collector of reports runs.
	Reports Reports

	// Licenses is how many licences are in use. Where it is nil, which a nil
	// pointer is not, the collector licenses does not run.
	Licenses Licenses

	// LicenseLimits is how many licences were bought, by type, as the operator
	// says. The map must not be changed.
	LicenseLimits map[string]uint64

	// Requests is what observes Client. It is needed.
	Requests *Requests

	// Logger is told when collectors begin to fail, and when they are well again.
	// Nil discards that.
	Logger *slog.Logger
}

// Set is the collectors of one appliance. Scrapes of it may overlap.
type Set struct {
	client      Client
	health      *health.Health
	target      *target
	collectors  []collector
	enabled     map[string]bool
	state       *StateSource // nil where nothing is subscribed to
	reports     Reports      // nil where no collector of reports runs
	reportTimes *reportTimes
	direct      *prometheus.Registry
	journal     *journal

	// running has a count for each goroutine of a scrape: one that is late
	// outlives its scrape by a moment.
	running sync.WaitGroup
}

// New makes a Set. It asks the appliance for nothing before the first scrape.
func New(options Options) *Set {
	s := &Set{
		client:      options.Client,
		health:      options.Health,
		target:      newTarget(options.Client, options.Health),
		enabled:     maps.Clone(options.Enabled),
		state:       options.State,
		reports:     options.Reports,
		reportTimes: newReportTimes(),
		direct:      prometheus.NewPedanticRegistry(),
		journal:     newJournal(options.Logger),
	}
	s.direct.MustRegister(options.Requests)
	asked := []call{{"token", "token"}, {"command", "check_health"}, {"command", "get_api_info"}}
	for _, c := range collectors(options) {
		if info := c.info(); s.on(info, appliance.ProductUnknown) && options.feeds(info) {
			s.collectors = append(s.collectors, c)
			asked = append(asked, info.asks...)
		}
	}
	for _, a := range asked {
		options.Requests.expect(a.api, a.action)
	}
	return s
}

// feeds tells whether there is what a collector looks things up in.
func (o Options) feeds(info Info) bool {
	switch info.Name {
	case stateName:
		return o.State != nil
	case licensesName:
		return o.Licenses != nil
	}
	return o.Reports != nil || !slices.Contains(reports.Collectors(), reports.Collector(info.Name))
}

// Gatherer returns one scrape, to be gathered once. It ends when ctx does, with
// what it has by then; what the appliance did not answer is no error of it.
func (s *Set) Gatherer(ctx context.Context) prometheus.Gatherer {
	return prometheus.GathererFunc(func() ([]*dto.MetricFamily, error) { return s.gather(ctx) })
}

// Wait returns when no collector is at work any more. It is for the way out,
// after the last scrape.
func (s *Set) Wait() { s.running.Wait() }

// on tells whether a collector runs on a product.
func (s *Set) on(info Info, product appliance.Product) bool {
	on, said := s.enabled[info.Name]
	return info.On(product, said, on)
}

// runs tells whether a collector runs on the appliance's product. As long as the
// product is not known it does.
func (s *Set) runs(info Info) bool {
	product := s.client.Product()
	if s.on(info, product) {
		return true
	}
	s.journal.off(info, product)
	return false
}

// stateSkew returns the appliance's clock minus the exporter's in seconds, as
// the connection to the real-time state API learnt it.
func (s *Set) stateSkew() (seconds float64, known bool) {
	if s.state == nil {
		return 0, false
	}
	stats := s.state.Subscription.Stats()
	return stats.ClockOffset, stats.ClockOffsetKnown && !stats.SubscribedSince.IsZero()
}
