package e2e

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
)

// precision is how exactly the counters can be what the simulator's book says, by what was hidden from
// whoever watches.
type precision int

const (
	// nothingHidden: every message came. Every count is the book's.
	nothingHidden precision = iota
	// restarted: the appliance's processes restarted on a living connection. Who comes back may be of another
	// team than before; in all every count is the book's.
	restarted
	// gap: the connection was lost. What came and went meanwhile is in no counter; what else there is, is.
	gap
)

// reckoning compares what an exporter shows with what truly is and was, once the desk stands still.
type reckoning struct {
	body  *body
	book  world.Book
	wrong []string
}

func (r *reckoning) differ(format string, args ...any) {
	r.wrong = append(r.wrong, fmt.Sprintf(format, args...))
}

// equal compares by label; what is 0 may be absent.
func (r *reckoning) equal(what string, got, want map[string]float64) {
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if got[key] != want[key] {
			r.differ("%s %q: %v, truly %v", what, key, got[key], want[key])
		}
	}
	for _, key := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[key]; !ok && got[key] != 0 {
			r.differ("%s %q: %v, truly none", what, key, got[key])
		}
	}
}

// reckon says where what is shown differs from the book. missed is how many sessions can have come and
// gone in the gaps.
func reckon(b *body, book world.Book, p precision, missed int) []string {
	r := &reckoning{body: b, book: book}
	if !synced(b) {
		return []string{"the state is not in sync"}
	}
	r.present()
	r.conserved()
	r.counted(p, missed)
	return r.wrong
}

// present compares what is there now, label by label.
func (r *reckoning) present() {
	b, now := r.body, r.book.Present
	teams, queues := make(map[string]float64), make(map[string]float64)
	for team, s := range now.Teams {
		teams[team+" waiting"], teams[team+" active"] = float64(s.Waiting), float64(s.Active)
	}
	for kind, byName := range now.Queues {
		for name, s := range byName {
			queues[kind+" "+name+" waiting"], queues[kind+" "+name+" active"] = float64(s.Waiting), float64(s.Active)
		}
	}
	r.equal("sessions of the team", b.by("beyondtrust_team_support_sessions", "queue", "state"), teams)
	r.equal("sessions in the queue", b.by("beyondtrust_support_sessions", "queue_type", "queue", "state"), queues)
	r.equal("sessions started by", b.by("beyondtrust_support_sessions_by_start_method", "start_method"), numbers(now.StartMethods))
	r.equal("representatives", b.by("beyondtrust_representatives", "type"), numbers(now.Representatives))
	r.equal("representatives who are", b.by("beyondtrust_representatives_with_status", "status"), numbers(now.Statuses))
	r.equal("representatives by sessions", b.by("beyondtrust_representatives_by_sessions", "sessions"), numbers(now.Concurrency))
	rows := make(map[string]float64)
	for table, n := range now.Rows {
		rows[string(table)] = float64(n)
	}
	r.equal("rows of", b.by("beyondtrust_state_rows", "table"), rows)
	if shown, _ := b.sum("beyondtrust_support_sessions_without_customer"); shown != float64(now.WithoutCustomer) {
		r.differ("%v sessions without a customer, truly %d", shown, now.WithoutCustomer)
	}
}

// conserved holds what must be true however much was hidden: whoever came and did not go is there.
func (r *reckoning) conserved() {
	there, _ := sessionsOf(r.book.Present)
	started, _ := r.body.sum("beyondtrust_support_sessions_started_total")
	ended, _ := r.body.sum("beyondtrust_support_sessions_ended_total")
	if got := float64(r.book.FirstCopy) + started - ended; got != float64(there) {
		r.differ("%d sessions at first, %v started, %v ended, and %d are there", r.book.FirstCopy, started, ended, there)
	}
	came, _ := r.body.sum("beyondtrust_representative_logins_total")
	went, _ := r.body.sum("beyondtrust_representative_logouts_total")
	if got, want := came-went, total(numbers(r.book.Logins))-total(numbers(r.book.Logouts)); got != want {
		r.differ("%v more logins than logouts, truly %v more", got, want)
	}
}

// counted compares the counters with the book.
func (r *reckoning) counted(p precision, missed int) {
	b, book := r.body, r.book
	transfers := make(map[string]float64)
	for from, pairs := range book.Transfers {
		for to, n := range pairs {
			transfers[from+" "+to] = float64(n)
		}
	}
	ended := func(outcome string) map[string]float64 {
		of := make(map[string]float64)
		for key, n := range b.by("beyondtrust_support_sessions_ended_total", "outcome", "queue") {
			if team, ok := strings.CutPrefix(key, outcome+" "); ok {
				of[team] = n
			}
		}
		return of
	}
	for _, c := range []struct {
		what      string
		got, want map[string]float64
		ends      bool // a session that was picked up and ended in a gap was never seen in anybody's hands
	}{
		{"started", b.by("beyondtrust_support_sessions_started_total", "start_method"), numbers(book.Started), false},
		{"served", ended("served"), numbers(book.Served), false},
		{"abandoned", ended("abandoned"), numbers(book.Abandoned), true},
		{"pickups in", b.by("beyondtrust_support_session_pickup_seconds", "queue"), measurements(book.Pickup), false},
		{"abandonments timed in", b.by("beyondtrust_support_session_abandon_seconds", "queue"), measurements(book.Abandonment), true},
		{"handled in", b.by("beyondtrust_support_session_handle_seconds", "queue"), measurements(book.Handle), false},
		{"logins", b.by("beyondtrust_representative_logins_total", "type"), numbers(book.Logins), false},
		{"logouts", b.by("beyondtrust_representative_logouts_total", "type"), numbers(book.Logouts), false},
		{"transfers", b.by("beyondtrust_support_session_transfers_total", "from_queue", "to_queue"), transfers, false},
	} {
		got, want := total(c.got), total(c.want)
		switch p {
		case nothingHidden:
			r.equal(c.what, c.got, c.want)
		case restarted:
			if got != want {
				r.differ("%s: %v in all, truly %v", c.what, got, want)
			}
		case gap:
			if got > want && !c.ends {
				r.differ("%s: %v in all, truly no more than %v", c.what, got, want)
			}
		}
	}
	if p == nothingHidden {
		r.timed()
	}
	if p != gap {
		if n := total(ended("unknown")); n != 0 {
			r.differ("%v sessions ended unknown to how, though nobody was out of sight", n)
		}
		return
	}
	started, _ := b.sum("beyondtrust_support_sessions_started_total")
	if never := total(numbers(book.Started)) - started; never > float64(missed) {
		r.differ("%v sessions were never seen, and no more than %d began while nobody could see them", never, missed)
	}
}

// timed compares the times until sessions were picked up. They are told in whole seconds.
func (r *reckoning) timed() {
	for _, metric := range r.body.families["beyondtrust_support_session_pickup_seconds"].GetMetric() {
		team := metric.GetLabel()[0].GetValue()
		got, want := metric.GetHistogram().GetSampleSum(), r.book.Pickup[team]
		if math.Abs(got-want.Sum) > float64(want.Count) {
			r.differ("%q was picked up after %.1f s in all, truly after %.1f s in %d sessions", team, got, want.Sum, want.Count)
		}
	}
}

func numbers[N int | uint64](counts map[string]N) map[string]float64 {
	converted := make(map[string]float64, len(counts))
	for key, n := range counts {
		converted[key] = float64(n)
	}
	return converted
}

func measurements(of map[string]world.Durations) map[string]float64 {
	counts := make(map[string]float64, len(of))
	for key, d := range of {
		counts[key] = float64(d.Count)
	}
	return counts
}

func total(counts map[string]float64) float64 {
	var sum float64
	for _, n := range counts {
		sum += n
	}
	return math.Round(sum)
}
