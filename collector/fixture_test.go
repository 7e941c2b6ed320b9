package collector

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/health"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/licenses"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/reports"
)

// answers is an appliance's client that answers what a test says; a call that
// the test does not speak of fails.
type answers struct {
	check   func(context.Context) (appliance.HealthCheck, error)
	probe   func(context.Context) (int, error)
	members func(context.Context) ([]appliance.Member, error)
	clients func(context.Context) ([]appliance.ClientCount, error)
	info    func(context.Context) (appliance.APIInfo, error)

	reports  *reportsView  // nil: nothing polls reports
	licenses *licensesView // nil: nothing polls licences
	limits   map[string]uint64

	product     appliance.Product
	certificate time.Time
	remaining   int // -1 is for an appliance that does not tell
}

// reportsView is what reports have told, and how often that was looked up.
type reportsView struct {
	told   reports.View
	looked atomic.Int64
}

func (v *reportsView) View() reports.View {
	v.looked.Add(1)
	return v.told
}

// licensesView is what is known of the licences.
type licensesView licenses.View

func (v *licensesView) View() licenses.View { return licenses.View(*v) }

var errUnanswered = errors.New("not answered")

func answer[T any](ctx context.Context, call func(context.Context) (T, error)) (T, error) {
	if call == nil {
		var zero T
		return zero, errUnanswered
	}
	return call(ctx)
}

// is makes a call that is always answered so.
func is[T any](value T) func(context.Context) (T, error) {
	return func(context.Context) (T, error) { return value, nil }
}

// fails makes a call that is always answered with an error.
func fails[T any](err error) func(context.Context) (T, error) {
	return func(context.Context) (T, error) {
		var zero T
		return zero, err
	}
}

// hangs makes a call that is not answered before its context ends.
func hangs[T any](ctx context.Context) (T, error) {
	<-ctx.Done()
	var zero T
	return zero, ctx.Err()
}

func (a *answers) CheckHealth(ctx context.Context) (appliance.HealthCheck, error) {
	return answer(ctx, a.check)
}
func (a *answers) Probe(ctx context.Context) (int, error) { return answer(ctx, a.probe) }
func (a *answers) Appliances(ctx context.Context) ([]appliance.Member, error) {
	return answer(ctx, a.members)
}
func (a *answers) ClientSummary(ctx context.Context) ([]appliance.ClientCount, error) {
	return answer(ctx, a.clients)
}
func (a *answers) APIInfo(ctx context.Context) (appliance.APIInfo, error) {
	return answer(ctx, a.info)
}
func (a *answers) Timeout() time.Duration          { return time.Minute }
func (a *answers) Certificate() (time.Time, bool)  { return a.certificate, !a.certificate.IsZero() }
func (a *answers) RateLimitRemaining() (int, bool) { return a.remaining, a.remaining >= 0 }
func (a *answers) Product() appliance.Product      { return a.product }

// fixture is a Set over an appliance that a test makes up.
type fixture struct {
	*Set
	requests *Requests
	log      *bytes.Buffer
}

// newFixture makes the Set of the collectors named.
func newFixture(tb testing.TB, a *answers, state *liveState, names ...string) *fixture {
	tb.Helper()
	h := health.New(a, health.Config{})
	tb.Cleanup(h.Close)
	f := &fixture{requests: NewRequests(), log: new(bytes.Buffer)}
	options := Options{
		Enabled:  make(map[string]bool),
		Client:   a,
		Health:   h,
		Requests: f.requests,
		Logger:   slog.New(slog.NewTextHandler(f.log, nil)),
	}
	for _, info := range All() {
		options.Enabled[info.Name] = slices.Contains(names, info.Name)
	}
	if a.reports != nil {
		options.Reports = a.reports
	}
	if a.licenses != nil {
		options.Licenses, options.LicenseLimits = a.licenses, a.limits
	}
	if state != nil {
		options.State = state.source()
	}
	f.Set = New(options)
	tb.Cleanup(f.Wait)
	return f
}

// scrape makes one scrape.
func (f *fixture) scrape(ctx context.Context, tb testing.TB) []*dto.MetricFamily {
	tb.Helper()
	families, err := f.Gatherer(ctx).Gather()
	if err != nil {
		tb.Fatalf("a scrape failed: %v", err)
	}
	return families
}

// text returns the exposition of those families whose names begin with one of
// the prefixes, without HELP.
func text(tb testing.TB, families []*dto.MetricFamily, prefixes ...string) string {
	tb.Helper()
	var b strings.Builder
	for _, family := range families {
		for _, prefix := range prefixes {
			if strings.HasPrefix(family.GetName(), prefix) {
				if _, err := expfmt.MetricFamilyToText(&b, family); err != nil {
					tb.Fatal(err)
				}
				break
			}
		}
	}
	var kept strings.Builder
	for line := range strings.Lines(b.String()) {
		if !strings.HasPrefix(line, "# HELP ") {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

// compare fails the test where the text is another than wanted, whose
// indentation and empty lines mean nothing.
func compare(t *testing.T, want, got string) {
	t.Helper()
	var b strings.Builder
	for line := range strings.Lines(want) {
		if line = strings.TrimSpace(line); line != "" {
			fmt.Fprintln(&b, line)
		}
	}
	if diff := cmp.Diff(b.String(), got); diff != "" {
		t.Errorf("the exposition differs (-want +got):\n%s", diff)
	}
}
