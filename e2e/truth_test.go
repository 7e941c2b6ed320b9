package e2e

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
)

// truth remembers what was at an appliance's desk, to hold a scrape against.
type truth struct {
	mu      sync.Mutex
	samples []figures // oldest first
}

// figures are what is at a desk at one moment, in sums that every change moves by one at a time.
type figures struct {
	at                                 time.Time
	sessions, waiting, representatives int
	started                            int // since the book was begun
}

// remembered is for how long: longer than the exporter may show an old state.
const remembered = 5 * time.Minute

// watchTruth looks at the desk again and again until the test ends.
func watchTruth(t *testing.T, a *appliance) *truth {
	t.Helper()
	tr := new(truth)
	stop, stopped := make(chan struct{}), make(chan struct{})
	tr.sample(a)
	go func() {
		defer close(stopped)
		tick := time.NewTicker(40 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				tr.sample(a)
			}
		}
	}()
	t.Cleanup(func() {
		close(stop)
		<-stopped
	})
	return tr
}

func (tr *truth) sample(a *appliance) {
	book := a.Book()
	state := book.Present
	f := figures{at: time.Now(), started: int(total(numbers(book.Started)))}
	f.sessions, f.waiting = sessionsOf(state)
	for _, n := range state.Representatives {
		f.representatives += n
	}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.samples = append(tr.samples, f)
	if f.at.Sub(tr.samples[0].at) > 2*remembered {
		old := 0
		for f.at.Sub(tr.samples[old].at) > remembered {
			old++
		}
		tr.samples = append([]figures(nil), tr.samples[old:]...)
	}
}

// begun is how many sessions began since a moment.
func (tr *truth) begun(since time.Time) int {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	last := tr.samples[len(tr.samples)-1]
	for _, s := range tr.samples {
		if s.at.After(since) {
			return last.started - s.started
		}
	}
	return 0
}

// sessionsOf is how many sessions there are, and how many of them wait.
func sessionsOf(state world.State) (all, waiting int) {
	for _, s := range state.Teams {
		all += s.Waiting + s.Active
		waiting += s.Waiting
	}
	return all, waiting
}

// slack is by how many a figure may be beside those that were looked at: two things may happen
// between two looks.
const slack = 3

// wrong says what in a body is nothing that was at the desk between two moments. The sums only, since
// a message may be half of what a moment brought.
func (tr *truth) wrong(b *body, from, to time.Time) []string {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	var lo, hi *figures
	for i := range tr.samples {
		s := tr.samples[i]
		// What was there when the time began was looked at before.
		began := i+1 < len(tr.samples) && !tr.samples[i+1].at.After(from)
		if began || s.at.After(to) {
			continue
		}
		if lo == nil {
			lo, hi = &figures{sessions: s.sessions, waiting: s.waiting, representatives: s.representatives}, new(figures)
		}
		lo.sessions, hi.sessions = min(lo.sessions, s.sessions), max(hi.sessions, s.sessions)
		lo.waiting, hi.waiting = min(lo.waiting, s.waiting), max(hi.waiting, s.waiting)
		lo.representatives, hi.representatives = min(lo.representatives, s.representatives), max(hi.representatives, s.representatives)
	}
	if lo == nil {
		return []string{fmt.Sprintf("nothing is known of the desk from %s to %s", from, to)}
	}
	var wrong []string
	check := func(what string, shown float64, lo, hi int) {
		if shown < float64(lo-slack) || shown > float64(hi+slack) {
			wrong = append(wrong, fmt.Sprintf("%v %s are shown, truly there were %d to %d in the %.1f s that it can be of", shown, what, lo, hi, to.Sub(from).Seconds()))
		}
	}
	sessions, _ := b.sum("beyondtrust_team_support_sessions")
	waiting, _ := b.sum("beyondtrust_team_support_sessions", "state", "waiting")
	representatives, _ := b.sum("beyondtrust_representatives")
	check("sessions", sessions, lo.sessions, hi.sessions)
	check("waiting sessions", waiting, lo.waiting, hi.waiting)
	check("representatives", representatives, lo.representatives, hi.representatives)
	return wrong
}
