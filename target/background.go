package target

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/collector"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/licenses"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/reports"
)

// licensesCollector is the name of the collector that licences are polled for.
const licensesCollector = "licenses"

// poll makes what is polled in the background: licences, and reports of which the cursors and
// counters are kept in the storage directory where one is given.
func (t *Target) poll(options *collector.Options, storage string) {
	intervals := t.config.Intervals()
	polled := make(map[reports.Collector]time.Duration)
	for _, info := range collector.All() {
		if info.Interval == 0 || !t.runs(info) {
			continue
		}
		interval := info.Interval
		if said := intervals[info.Name]; said > 0 {
			interval = said
		}
		if info.Name != licensesCollector {
			polled[reports.Collector(info.Name)] = interval
			continue
		}
		options.LicenseLimits = t.config.LicenseLimits()
		t.licenses = licenses.New(licenses.Config{
			Client:   t.client,
			Info:     t.info,
			Role:     t.health.AskRole,
			Limits:   options.LicenseLimits,
			Interval: interval,
			Logger:   t.logger,
		})
		options.Licenses = t.licenses
	}
	if len(polled) == 0 {
		return
	}
	t.reports = &background{config: reports.Config{
		Client:    t.client,
		Info:      t.info,
		Role:      t.health.AskRole,
		Active:    t.health.Active,
		Intervals: polled,
		Directory: storage,
		Appliance: t.config.Name(),
		Logger:    t.logger,
	}}
	options.Reports = t.reports
}

// background is the reports of an appliance. They are opened when they run and not before: an
// appliance whose settings changed may still be watched by the old ones, and two may not use one
// file.
type background struct {
	config reports.Config
	opened atomic.Pointer[reports.Reports]
}

// View returns what the reports have told so far, nothing before they run.
func (b *background) View() reports.View {
	if r := b.opened.Load(); r != nil {
		return r.View()
	}
	return reports.View{}
}

// run polls until the context ends.
func (b *background) run(ctx context.Context) {
	r, err := reports.New(b.config)
	if err != nil {
		b.config.Logger.Error("Cannot read the reports, the collectors of reports are off until a restart", "err", err)
		return
	}
	b.opened.Store(r)
	_ = r.Run(ctx) // It says no more than that the context ended.
}

// runs tells whether a collector runs on what the appliance is known to be by now.
func (t *Target) runs(info collector.Info) bool {
	on, said := t.config.Collectors()[info.Name]
	return info.On(t.client.Product(), said, on)
}

// info is get_api_info, as good as a scrape has it.
func (t *Target) info(ctx context.Context) (appliance.APIInfo, error) {
	answer, err := t.health.APIInfo(ctx)
	return answer.Value, err
}

// productPatience is how long an appliance that did not tell what it runs is left alone.
const productPatience = 10 * time.Second

// pollLicenses polls licences until the context ends, once it is known that they are polled on
// what the appliance runs.
func (t *Target) pollLicenses(ctx context.Context) {
	for t.client.Product() == appliance.ProductUnknown {
		if _, err := t.info(ctx); err == nil {
			break // It told all it has to tell.
		}
		timer := time.NewTimer(productPatience)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
	}
	for _, info := range collector.All() {
		if info.Name == licensesCollector && !t.runs(info) {
			return
		}
	}
	_ = t.licenses.Run(ctx) // It says no more than that the context ended.
}

// followRole has the state subscribed to at once when a backup has taken over.
func (t *Target) followRole() {
	if t.tookOver() {
		t.retry()
	}
}

// tookOver tells whether the appliance is no backup any more, which it was at the last scrape. It
// says so once: a backup refuses, and must not be asked by each scrape.
func (t *Target) tookOver() bool {
	role, _, _ := t.health.Role()
	was, _ := t.lastRole.Swap(role).(string)
	return was == appliance.RoleBackup && role != appliance.RoleBackup
}
