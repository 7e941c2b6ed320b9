// Package licenses knows how many licences of one appliance are in use: now, by the
// representatives who are connected, and at the peaks that the appliance logged. It asks in the
// background, at its own pace, and keeps the newest answers until the next poll.
//
// What does not live here: how the answers are read (that is appliance's), what the operator
// says was bought and how all of it becomes metrics (collector's).
package licenses

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

const (
	// DefaultInterval is how often the licences in use are asked for.
	DefaultInterval = time.Minute

	// peakInterval is how often the peaks are, which are logged by the hour; and how often
	// they are tried again by an account that may not read them.
	peakInterval = 10 * time.Minute

	// firstPeaks is how far back the first search for a peak goes.
	firstPeaks = 31 * 24 * time.Hour

	// shortestLimit is the least time that a poll gets.
	shortestLimit = 30 * time.Second

	// maxTypes bounds the types of licences that are told apart.
	maxTypes = 1000

	other = "other"
)

// Licenses polls the licences of one appliance. Run is called once; View may be called at any
// time, by any number of goroutines.
type Licenses struct {
	config Config

	mu   sync.Mutex
	view View

	// Of the goroutine that polls alone.
	seen     map[string]bool
	warned   map[string]bool // limits of types that were not seen
	peaks    time.Time       // when they are next asked for
	peak     appliance.LicensePeak
	answered bool   // LicenseUsage, with its proper root
	peakErr  error  // of the last search for a peak
	outcome  string // what the log was told last of the licences in use
	peakTold string // and of the peaks
}

// New makes Licenses. It asks the appliance for nothing.
func New(config Config) *Licenses {
	return &Licenses{config: config.withDefaults(), seen: make(map[string]bool), warned: make(map[string]bool)}
}

// View returns what is known now.
func (l *Licenses) View() View {
	l.mu.Lock()
	defer l.mu.Unlock()
	v := l.view
	v.InUse = maps.Clone(v.InUse)
	v.Peak.Counts = slices.Clone(v.Peak.Counts)
	return v
}

// Run polls until the context ends, and returns nil when all has come to rest.
func (l *Licenses) Run(ctx context.Context) error {
	limit := max(l.config.Interval, shortestLimit)
	wait := time.Duration(l.config.Random() * float64(min(l.config.Interval/10, 10*time.Second)))
	for {
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil
		}
		start := time.Now()
		polling, cancel := context.WithTimeout(appliance.WithBackground(ctx), limit)
		view := l.poll(polling)
		cancel()
		if ctx.Err() != nil {
			return nil // What failed, failed because of that.
		}
		view.Took = time.Since(start)
		l.mu.Lock()
		l.view = view
		l.mu.Unlock()
		const spread = 0.1
		next := l.config.Interval
		next += time.Duration((l.config.Random() - 0.5) * spread * float64(next))
		wait = max(next-view.Took, time.Second)
	}
}

// poll asks for what is due.
func (l *Licenses) poll(ctx context.Context) View {
	view := View{Polled: true, Success: true}
	counts, err := l.config.Client.LicensesInUse(ctx)
	if errors.Is(ctx.Err(), context.Canceled) {
		return view
	}
	l.tellInUse(err)
	if err != nil {
		view.Success = false
	} else {
		view.InUse = l.count(counts)
		l.warnOfLimits(counts)
	}

	role, _, known := l.config.Role(ctx)
	switch now := time.Now(); {
	case known && role == appliance.RoleBackup:
		// What it knew as a primary is no longer its to tell. The search is due, so
		// that there is a peak soon after it takes over.
		l.peak, l.peakErr, l.peaks = appliance.LicensePeak{}, nil, time.Time{}
		l.tellPeak(nil)
	case !now.Before(l.peaks):
		l.peakErr = l.searchPeak(ctx, now)
		if l.peakErr == nil || errors.Is(l.peakErr, appliance.KindPermission) {
			l.peaks = now.Add(peakInterval)
		}
		l.tellPeak(l.peakErr)
	}
	switch {
	case l.peakErr == nil:
		view.Peak, view.PeakKnown = l.peak, !l.peak.Time.IsZero()
	case !errors.Is(l.peakErr, appliance.KindPermission):
		view.Success = false
	}
	return view
}

// count returns how many are in use of each type that is known.
func (l *Licenses) count(counts map[string]uint64) map[string]uint64 {
	inUse := make(map[string]uint64, len(l.seen))
	for kind := range l.config.Limits {
		inUse[kind] = 0
	}
	for kind := range l.seen {
		inUse[kind] = 0
	}
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		n := counts[kind]
		if _, limited := l.config.Limits[kind]; !l.seen[kind] && !limited && len(l.seen) >= maxTypes {
			kind = other
		}
		l.seen[kind] = true
		inUse[kind] += n
	}
	return inUse
}

// warnOfLimits warns once of each limit whose type has not been seen when others have: it may
// be misspelt.
func (l *Licenses) warnOfLimits(counts map[string]uint64) {
	if len(counts) == 0 {
		return
	}
	for _, kind := range slices.Sorted(maps.Keys(l.config.Limits)) {
		if l.seen[kind] || l.warned[kind] {
			continue
		}
		l.warned[kind] = true
		l.config.Logger.Warn("Cannot find a licence that has a limit, no representative has been seen with one: check how its type is spelt in --license.limit, or license_limits in a file",
			"license_type", kind, "types_seen", slices.Sorted(maps.Keys(l.seen)))
	}
}

// searchPeak asks for the newest peak.
func (l *Licenses) searchPeak(ctx context.Context, now time.Time) error {
	info, err := l.config.Info(ctx)
	if err != nil && !errors.Is(err, appliance.KindPermission) && !errors.Is(err, appliance.KindAnswer) {
		return err
	}
	granted, denied := info.Grants(appliance.LicenseReport)
	if denied {
		return appliance.KindPermission
	}
	since := l.peak.Time
	if since.IsZero() {
		since = now.Add(-firstPeaks)
	}
	peak, found, err := l.config.Client.LicensePeak(ctx, since)
	switch {
	case err == nil:
		l.answered = true
	case errors.Is(err, appliance.KindAnswer) && (granted || l.answered):
		return nil // Nothing was logged since.
	default:
		return err
	}
	if found && !peak.Time.Before(l.peak.Time) {
		l.peak = peak
	}
	return nil
}

// tellInUse tells the log how asking for the licences in use went, where that is new.
func (l *Licenses) tellInUse(err error) {
	l.outcome = l.tell(l.outcome, err, "Cannot read the licences in use", "Reading the licences in use again")
}

// tellPeak does the same for the peaks.
func (l *Licenses) tellPeak(err error) {
	message := "Cannot read the peaks of the licences"
	if errors.Is(err, appliance.KindPermission) {
		message = "Cannot read the peaks of the licences, the API account may not; they are tried again every ten minutes: tick " +
			appliance.ReportBox(appliance.LicenseReport) + " for it in /login > Management > API Configuration"
	}
	l.peakTold = l.tell(l.peakTold, err, message, "Reading the peaks of the licences again")
}

// tell tells the log of an outcome that is not that of before, and returns it.
func (l *Licenses) tell(before string, err error, message, well string) string {
	outcome := ""
	if err != nil {
		outcome = "failed"
		if failure, ok := errors.AsType[*appliance.Error](err); ok {
			outcome = failure.Kind.Error()
		}
		if errors.Is(err, appliance.KindPermission) {
			outcome = "denied"
		}
	}
	switch {
	case outcome == before:
	case outcome == "":
		l.config.Logger.Info(well)
	default:
		l.config.Logger.Warn(message, "err", err)
	}
	return outcome
}
