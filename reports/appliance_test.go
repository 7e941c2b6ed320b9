package reports

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pretend is an appliance as the reports see it: what happened, from when on its reports have
// it, and what it answers. It knows nothing of cursors or overlaps.
type pretend struct {
	skew        time.Duration // its clock minus the real one
	product     appliance.Product
	permissions []appliance.Permission
	infoErr     error
	noError     bool // an empty answer is an empty list, not an <error>

	mu       sync.Mutex
	sessions []session
	surveys  []survey
	events   []event // of teams, Vault and Jump Items alike
	asked    []string
	// endOf is when a session ended whose end nobody can read. Nil is none such.
	endOf func(appliance.Session) time.Time
	// fault is asked before each answer, and after each thing in it. Nil is none.
	fault func(report string, given int) error
}

type session struct {
	appliance.Session
	late time.Duration // after its end, before reports have it
}

type survey struct {
	appliance.Survey
	ended         time.Time
	byRep, byTeam bool
	late          time.Duration
}

type event struct {
	appliance.Event
	late time.Duration
}

func (p *pretend) now() time.Time { return time.Now().Add(p.skew) }

func (p *pretend) info(context.Context) (appliance.APIInfo, error) {
	// The appliance tells whole seconds.
	p.mu.Lock()
	defer p.mu.Unlock()
	return appliance.APIInfo{Timestamp: p.now().Truncate(time.Second), Answered: time.Now(), Permissions: p.permissions}, p.infoErr
}

func (p *pretend) Product() appliance.Product { return p.product }

// answer gives the nth of things that were in the window, as long as there are any.
func (p *pretend) answer(report, scope string, w appliance.Window, n int, at func(i int) (happened, known time.Time, selected bool), give func(i int) error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, strings.TrimSpace(fmt.Sprintf("%s %s %s=%d duration=%d", report, scope, w.By, w.From.Unix(), int(w.Duration.Seconds()))))
	given := 0
	fail := func() error {
		if p.fault == nil {
			return nil
		}
		return p.fault(report, given)
	}
	if err := fail(); err != nil {
		return err
	}
	until := w.From.Add(w.Duration)
	for i := range n {
		happened, known, selected := at(i)
		// The second of the end is taken into the window.
		if !selected || happened.Before(w.From) || happened.After(until) || known.After(p.now()) {
			continue
		}
		if err := give(i); err != nil {
			return err
		}
		given++
		if err := fail(); err != nil {
			return err
		}
	}
	if given == 0 && !p.noError {
		return answerError("Es wurde nichts gefunden.")
	}
	return nil
}

func answerError(text string) error {
	return &appliance.Error{Kind: appliance.KindAnswer, API: "reporting", Text: text}
}

func (p *pretend) Sessions(_ context.Context, report string, w appliance.Window, each func(*appliance.Session) error) error {
	return p.answer(report, "", w, len(p.sessions), func(i int) (time.Time, time.Time, bool) {
		s := p.sessions[i]
		if w.By == appliance.ByEnd && s.EndUnread {
			return p.endOf(s.Session), p.endOf(s.Session), true
		}
		if w.By == appliance.ByEnd {
			return s.End, s.End.Add(s.late), !s.End.IsZero()
		}
		return s.Start, s.Start, true
	}, func(i int) error {
		shown := p.sessions[i].Session
		if !shown.End.IsZero() && shown.End.After(p.now()) {
			shown.End, shown.EndEvent, shown.EndedAt = time.Time{}, false, time.Time{}
		}
		if shown.EndEvent && shown.EndedAt.After(p.now()) {
			shown.EndEvent, shown.EndedAt = false, time.Time{}
		}
		return each(&shown)
	})
}

func (p *pretend) Surveys(_ context.Context, report string, scope appliance.SurveyScope, w appliance.Window, each func(*appliance.Survey) error) error {
	return p.answer(report, string(scope), w, len(p.surveys), func(i int) (time.Time, time.Time, bool) {
		s := p.surveys[i]
		return s.ended, s.ended.Add(s.late), scope == appliance.ByTeam && s.byTeam || scope == appliance.ByRepresentative && s.byRep
	}, func(i int) error { return each(&p.surveys[i].Survey) })
}

func (p *pretend) TeamEvents(ctx context.Context, report string, w appliance.Window, each func(appliance.Event) error) error {
	return p.Events(ctx, report, w, each)
}

func (p *pretend) Events(_ context.Context, report string, w appliance.Window, each func(appliance.Event) error) error {
	return p.answer(report, "", w, len(p.events), func(i int) (time.Time, time.Time, bool) {
		return p.events[i].Time, p.events[i].Time.Add(p.events[i].late), true
	}, func(i int) error { return each(p.events[i].Event) })
}

func (p *pretend) takeAsked() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	asked := p.asked
	p.asked = nil
	return asked
}

// happen makes an event.
func happen(at time.Time, kind, content string) appliance.Event {
	id := sha256.Sum256(fmt.Appendf(nil, "%d %s %s", at.Unix(), kind, content))
	return appliance.Event{ID: appliance.EventID(id[:16]), Time: at, Type: kind, Team: "Network", JumpItemType: "remote_rdp"}
}

var errCut = errors.New("the connection was cut")

// cut is a connection that was cut.
func cut() error { return &appliance.Error{Kind: appliance.KindNetwork, Err: errCut} }

// lines collects what is logged from a level on, a line each, without the time.
type lines struct {
	mu  sync.Mutex
	all strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(p)
}

func (l *lines) count(text string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.all.String(), text)
}

func (l *lines) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelInfo}))
}

// all enables some collectors, or all.
func all(collectors ...Collector) map[Collector]time.Duration {
	if len(collectors) == 0 {
		collectors = Collectors()
	}
	enabled := make(map[Collector]time.Duration)
	for _, c := range collectors {
		enabled[c] = 0
	}
	return enabled
}

// begin makes Reports whose pollers the test drives by itself, as if they began now.
func begin(t *testing.T, config Config) *Reports {
	t.Helper()
	config.Appliance = "hq/a"
	r, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range r.pollers {
		p.start(time.Now())
	}
	return r
}

// poll polls all collectors once, and returns their errors together.
func (r *Reports) poll(ctx context.Context) error {
	var all error
	for _, p := range r.pollers {
		err := p.poll(ctx)
		p.end(err, 0)
		all = errors.Join(all, err)
	}
	return all
}

// sum adds up series by one label.
func sum(series []Series, label int) map[string]uint64 {
	sums := make(map[string]uint64)
	for _, s := range series {
		sums[s.Labels[label]] += s.Value
	}
	return sums
}
