package collector

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// journal tells the log what becomes of the collectors of one appliance, where
// that is not what became of them the last time: an appliance that is down must
// not fill the log. What has one cause is told in one line, which names all
// collectors that it was new to.
type journal struct {
	logger *slog.Logger

	mu       sync.Mutex
	outcomes map[string][]string // the kinds of failure that each collector had last
}

func newJournal(logger *slog.Logger) *journal {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	return &journal{logger: logger, outcomes: make(map[string][]string)}
}

// failure is one cause, and the collectors that failed for it in one scrape.
type failure struct {
	cause      string
	known      bool // to each of the collectors, from the scrape before
	err        error
	collectors []string
}

// tell tells what became of collectors in one scrape.
func (j *journal) tell(works []work) {
	var well []string
	var failures []*failure
	for _, w := range works {
		errs := leaves(w.err)
		before := j.turn(w.name, kinds(errs))
		if w.err == nil && len(before) > 0 {
			well = append(well, w.name)
		}
		for _, err := range errs {
			cause, known := cause(err), slices.Contains(before, kind(err))
			i := slices.IndexFunc(failures, func(f *failure) bool { return f.cause == cause && f.known == known })
			if i < 0 {
				i = len(failures)
				failures = append(failures, &failure{cause: cause, known: known, err: err})
			}
			if f := failures[i]; !slices.Contains(f.collectors, w.name) {
				f.collectors = append(f.collectors, w.name)
			}
		}
	}
	for _, f := range failures {
		level := slog.LevelWarn
		if f.known {
			level = slog.LevelDebug
		}
		j.logger.Log(context.Background(), level, "Cannot collect from the appliance", "collectors", strings.Join(f.collectors, ","), "err", f.err)
	}
	if len(well) > 0 {
		j.logger.Info("Collecting from the appliance again", "collectors", strings.Join(well, ","))
	}
}

// off tells, once, that a collector does not run on the appliance's product.
func (j *journal) off(info Info, product appliance.Product) {
	const off = "off"
	if slices.Contains(j.turn(info.Name, []string{off}), off) {
		return
	}
	reason := "the appliance's product has nothing for it"
	if info.product == appliance.ProductUnknown {
		reason = "it runs on the appliance's product only where it is asked for by name"
	}
	j.logger.Info("Leaving a collector off", "collector", info.Name, "product", string(product), "reason", reason)
}

// turn takes note of a collector's outcome and returns the one before.
func (j *journal) turn(name string, outcome []string) (before []string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	before = j.outcomes[name]
	j.outcomes[name] = outcome
	return before
}

// leaves returns the errors that together made of calls, none where err is nil.
func leaves(err error) []error {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return []error{err}
}

// kinds returns the kind of each error.
func kinds(errs []error) []string {
	var all []string
	for _, err := range errs {
		all = append(all, kind(err))
	}
	return all
}

// kind is a failure in a word or two. It does not change with each try, as what
// the error says in full may.
func kind(err error) string {
	if failed, ok := errors.AsType[*appliance.Error](err); ok {
		return failed.Kind.Error()
	}
	if late(err) {
		return appliance.KindTimeout.Error()
	}
	return "failed"
}

// late says that a scrape was over before its answer came. To a person that is what a request is
// whose own time was up: which of the two comes first is chance.
func late(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, errLate)
}

// cause is what failures are one by to a person, whatever calls they were of.
func cause(err error) string {
	failed, ok := errors.AsType[*appliance.Error](err)
	switch {
	case !ok && late(err):
		return appliance.KindTimeout.Error()
	case !ok:
		return err.Error()
	}
	switch failed.Kind {
	case appliance.KindNetwork, appliance.KindTimeout, appliance.KindCanceled, appliance.KindTLS,
		appliance.KindSecret, appliance.KindCredentials, appliance.KindRateLimited:
		// The way to the appliance, or the account: no single call is to blame.
		return failed.Kind.Error()
	}
	alike := *failed
	alike.API, alike.Action = "", ""
	return alike.Error()
}
