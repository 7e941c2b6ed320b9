package reports

import (
	"fmt"
	"maps"
	"slices"
)

// book is all that one collector keeps: how far it read, what it must not count again, and
// what it counted. Once published a book is never changed; a poll works on a clone.
type book struct {
	// Began is when counting starts, in Unix milliseconds by the exporter's clock: what the
	// appliance's clock showed then may be learnt much later.
	Began int64 `json:"began"`
	// Dormant is true from when the appliance was seen to be a backup until it is asked again.
	Dormant bool `json:"dormant,omitempty"`
	// Streams are by the key of their source.
	Streams map[string]*stream `json:"streams"`
	// Counted has what was counted, by report.
	Counted map[string]ledger `json:"counted"`
	// Counters and Histograms are by the name of their metric.
	Counters   map[string]*counter   `json:"counters"`
	Histograms map[string]histograms `json:"histograms"`
}

// metric is one family of counters.
type metric struct {
	name   string
	labels int
	// within is how many values the last label may have beside the same others, 0 where it is
	// bounded as the others are.
	within int
}

func sessionsTotal() metric  { return metric{"report_sessions_total", 5, 0} }
func sessionEvents() metric  { return metric{"report_session_events_total", 1, 0} }
func filesTotal() metric     { return metric{"report_files_total", 1, 0} }
func surveyAnswers() metric  { return metric{"survey_answers_total", 3, maxAnswers} }
func teamEvents() metric     { return metric{"team_events_total", 2, 0} }
func vaultEvents() metric    { return metric{"vault_account_events_total", 1, 0} }
func jumpItemEvents() metric { return metric{"jump_item_events_total", 2, 0} }

const (
	durationSeconds = "report_session_duration_seconds"
	pickupSeconds   = "report_session_pickup_seconds"
)

// counters returns the families of a collector.
func (c Collector) counters() []metric {
	switch c {
	case Sessions:
		return []metric{sessionsTotal(), sessionEvents(), filesTotal()}
	case Surveys:
		return []metric{surveyAnswers()}
	case Teams:
		return []metric{teamEvents()}
	case Vault:
		return []metric{vaultEvents()}
	case JumpItems:
		return []metric{jumpItemEvents()}
	default:
		return nil
	}
}

// newBook returns a book in which nothing was counted.
func newBook(c Collector) *book {
	b := &book{
		Streams:    make(map[string]*stream),
		Counted:    make(map[string]ledger),
		Counters:   make(map[string]*counter),
		Histograms: make(map[string]histograms),
	}
	for _, m := range c.counters() {
		b.Counters[m.name] = newCounter(m.labels, m.within)
	}
	if c == Sessions {
		b.Histograms[durationSeconds] = make(histograms)
		b.Histograms[pickupSeconds] = make(histograms)
	}
	return b
}

// fit makes what was read from a file the book of a collector, or tells why it is none.
func (b *book) fit(c Collector) (*book, error) {
	made := newBook(c)
	made.Began, made.Dormant = b.Began, b.Dormant
	for key, s := range b.Streams {
		if s == nil {
			return nil, fmt.Errorf("the report %q has no cursor", key)
		}
		made.Streams[key] = s
	}
	for report, l := range b.Counted {
		made.Counted[report] = l.clone()
	}
	for _, m := range c.counters() {
		kept := b.Counters[m.name]
		if kept == nil {
			continue
		}
		fitting, err := kept.fit(m)
		if err != nil {
			return nil, err
		}
		made.Counters[m.name] = fitting
	}
	for name, h := range b.Histograms {
		if made.Histograms[name] == nil {
			continue
		}
		if err := h.check(bucketsOf(name)); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		made.Histograms[name] = h.clone()
	}
	return made, nil
}

func bucketsOf(name string) []float64 {
	if name == pickupSeconds {
		return PickupBuckets()
	}
	return DurationBuckets()
}

// clone returns a book that shares nothing with b but the ledgers, which nobody may change.
func (b *book) clone() *book {
	c := &book{
		Began:      b.Began,
		Dormant:    b.Dormant,
		Streams:    make(map[string]*stream, len(b.Streams)),
		Counted:    maps.Clone(b.Counted),
		Counters:   make(map[string]*counter, len(b.Counters)),
		Histograms: make(map[string]histograms, len(b.Histograms)),
	}
	for key, s := range b.Streams {
		copied := *s
		c.Streams[key] = &copied
	}
	for name, counts := range b.Counters {
		c.Counters[name] = counts.clone()
	}
	for name, h := range b.Histograms {
		c.Histograms[name] = h.clone()
	}
	return c
}

// answered reports whether a report came with its proper root before, however it was selected.
func (b *book) answered(report string, sources []source) bool {
	return slices.ContainsFunc(sources, func(src source) bool {
		s := b.Streams[src.key]
		return src.report == report && s != nil && s.Answered
	})
}

// forget forgets what no window of any source of a report can have again.
func (b *book) forget(report string, sources []source, now int64) {
	var froms []int64
	for _, src := range sources {
		if s := b.Streams[src.key]; s != nil && src.report == report {
			froms = append(froms, s.window(src.overlap, now, 0).from)
		}
	}
	if len(froms) > 0 {
		b.Counted[report].forget(slices.Min(froms))
	}
}
