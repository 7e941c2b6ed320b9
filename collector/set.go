package collector

import (
	"context"
	"log/slog"
	"maps"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/health"
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
	state       *StateSource // nil where the collector does not run
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
		reports:     options.Reports,
		reportTimes: newReportTimes(),
		direct:      prometheus.NewPedanticRegistry(),
		journal:     newJournal(options.Logger),
	}
	s.direct.MustRegister(options.Requests)
	options.Requests.expect("token", "token")
	options.Requests.expect("command", "check_health")
	options.Requests.expect("command", "get_api_info")

	enabled := func(info Info) bool { return s.on(info, appliance.ProductUnknown) }
	if enabled(healthInfo()) {
		s.collectors = append(s.collectors, newHealthCollector(options.Health))
		options.Requests.expect("command", "get_appliances")
		options.Requests.expect("probe", "check_health")
	}
	if enabled(clientsInfo()) {
		s.collectors = append(s.collectors, newClientsCollector(options.Health))
		options.Requests.expect("command", "get_connected_client_list")
	}
	if enabled(stateInfo()) && options.State != nil {
		s.state = options.State
		s.collectors = append(s.collectors, newStateCollector(*options.State))
	}
	if enabled(licensesInfo()) && options.Licenses != nil {
		s.collectors = append(s.collectors, newLicensesCollector(options.Licenses, options.LicenseLimits))
		options.Requests.expect("command", "get_connected_clients")
	}
	if options.Reports == nil {
		return s
	}
	for _, c := range []collector{
		newSessionsCollector(), newSurveysCollector(), newTeamsCollector(), newVaultCollector(), newJumpItemsCollector(),
	} {
		if enabled(c.info()) {
			s.collectors = append(s.collectors, c)
		}
	}
	return s
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
