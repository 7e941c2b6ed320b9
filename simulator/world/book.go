package world

import (
	"maps"
	"time"
)

// Book is what truly happened between From and To. All times are by the appliance's clock. Teams are told apart by label: the code name of a
// queue, else its display name; the empty label is no team.
//
// The team of a session is the team's queue or the prewait queue that it sits in; in a personal queue it is the last team that owned the
// session, if there was one. Every team in the book is the session's at the moment of what is counted.
//
// What was before From is known as far as rows tell of it then: a session that is there is of the first copy; its first pickup is the
// oldest row of a representative who is in it, and one that waits is taken for never picked up. Timestamps are compared as whole
// seconds, as they are sent: a session, a pickup or a login whose timestamp is the second of From counts.
type Book struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`

	// FirstCopy is the number of sessions that were there at From and are not in Started.
	FirstCopy uint64 `json:"first_copy"`
	// Started counts sessions by start method.
	Started map[string]uint64 `json:"started"`
	// Served and Abandoned count the sessions that ended, by team: served are those that had ever been picked up.
	Served    map[string]uint64 `json:"served"`
	Abandoned map[string]uint64 `json:"abandoned"`

	// Pickup is from the start to the first representative, Abandonment from the start to the end of a session never picked up; neither
	// has sessions that a representative started. Handle is from the first representative to the end.
	Pickup      map[string]Durations `json:"pickup"`
	Abandonment map[string]Durations `json:"abandonment"`
	Handle      map[string]Durations `json:"handle"`

	// Transfers counts, from team to team, the sessions that came to sit in another team's queue than the last that they sat in, since
	// From or at From. Personal and prewait queues on the way are passed over.
	Transfers Pairs `json:"transfers"`
	// TransfersByPrimary counts those whose former team was only known from primary_team_queue_id at From. They are not in Transfers.
	TransfersByPrimary Pairs `json:"transfers_by_primary"`
	// Handovers counts, by team, each time when a session that had representatives before is in the hands of others only, all
	// of those who had it having left. One who is back changes nothing: neither after a restart nor after a new login.
	Handovers map[string]uint64 `json:"handovers"`
	// HandoversAfterWaiting counts those of the Handovers before which nobody was in the session for a while.
	HandoversAfterWaiting map[string]uint64 `json:"handovers_after_waiting"`

	// Logins and Logouts count by type of representative.
	Logins  map[string]uint64 `json:"logins"`
	Logouts map[string]uint64 `json:"logouts"`

	// RepresentativeSeconds is by status: logged_in, connected, available, busy, idle, auto_assign.
	RepresentativeSeconds map[string]float64 `json:"representative_seconds"`
	// ConcurrentSeconds is of connected representatives, by how many sessions they were in: 0, 1, 2, 3, 4, 5+.
	ConcurrentSeconds map[string]float64 `json:"concurrent_seconds"`
	// ActiveSeconds, WorkSeconds and ReconnectWaitSeconds are, by team, what the vendor calls total active time, work time and time
	// waiting for a customer to reconnect (Remote Support API Programmer's Guide, Use Cases). A customer is connected if any of
	// the session's clients is, and waited for where there are clients and none is.
	ActiveSeconds        map[string]float64 `json:"active_seconds"`
	WorkSeconds          map[string]float64 `json:"work_seconds"`
	ReconnectWaitSeconds map[string]float64 `json:"reconnect_wait_seconds"`

	// Reports is what was logged and ended since From; a timestamp that is the second of From counts. GivenUp are the sessions that ended
	// abnormally and whose first 24 hours were over since From: until then they look open, and they are not in Reports.
	Reports Reports `json:"reports"`
	GivenUp Reports `json:"given_up"`
	// OpenSessions counts the sessions that are open at To, by Jump Group; SeemingOpen those that began in the 24 hours before To and have no
	// end, whether they are open or ended abnormally.
	OpenSessions map[string]int `json:"open_sessions"`
	SeemingOpen  map[string]int `json:"seeming_open"`
	// LicensesInUse counts the representatives connected at To, by type of licence. LicensePeak is the peak of the newest hour in which at least
	// 90 of 100 licences were in use, whether before From or since; nil if there was none.
	LicensesInUse map[string]int `json:"licenses_in_use"`
	LicensePeak   *LicensePeak   `json:"license_peak"`

	// Present is what is there at To.
	Present State `json:"present"`
}

// Durations is how many times something was measured, and the sum of it in seconds by the appliance's clock.
type Durations struct {
	Count uint64  `json:"count"`
	Sum   float64 `json:"sum"`
}

// Pairs counts by two teams: from, to.
type Pairs map[string]map[string]uint64

func (p Pairs) add(from, to string) {
	if p[from] == nil {
		p[from] = make(map[string]uint64)
	}
	p[from][to]++
}

func (p Pairs) clone() Pairs {
	c := make(Pairs, len(p))
	for from, to := range p {
		c[from] = maps.Clone(to)
	}
	return c
}

// StartBook begins to count, now: what happened before is forgotten, as it is by one who subscribes for the first time. Call it
// while nobody is on the way back from a restart.
func (w *World) StartBook() {
	w.book = &Book{
		From:    w.Now(),
		Started: make(map[string]uint64), Served: make(map[string]uint64), Abandoned: make(map[string]uint64),
		Pickup: make(map[string]Durations), Abandonment: make(map[string]Durations), Handle: make(map[string]Durations),
		Transfers: make(Pairs), TransfersByPrimary: make(Pairs),
		Handovers: make(map[string]uint64), HandoversAfterWaiting: make(map[string]uint64),
		Logins: make(map[string]uint64), Logouts: make(map[string]uint64),
		Reports: w.Reports(w.stamp(), w.stamp()+1), GivenUp: newReports(),
	}
	w.meters.reset(w.now)
	for _, s := range w.sessions {
		w.openAccount(s)
	}
	for _, r := range w.reps {
		if w.counts(r.made) {
			w.book.Logins[r.kind()]++
		}
	}
}

// Book returns what happened since StartBook, up to now; the caller owns it. Without StartBook it has only what is present.
func (w *World) Book() Book {
	if w.book == nil {
		b := Book{From: w.Now(), To: w.Now(), Reports: newReports(), GivenUp: newReports(), Present: w.State()}
		w.readLogs(&b)
		return b
	}
	b := *w.book
	b.Reports, b.GivenUp = w.book.Reports.clone(), w.book.GivenUp.clone()
	w.readLogs(&b)
	b.To = w.Now()
	for _, m := range []*map[string]uint64{&b.Started, &b.Served, &b.Abandoned, &b.Handovers, &b.HandoversAfterWaiting, &b.Logins, &b.Logouts} {
		*m = maps.Clone(*m)
	}
	for _, m := range []*map[string]Durations{&b.Pickup, &b.Abandonment, &b.Handle} {
		*m = maps.Clone(*m)
	}
	b.Transfers, b.TransfersByPrimary = b.Transfers.clone(), b.TransfersByPrimary.clone()
	w.meters.read(w, &b)
	b.Present = w.State()
	return b
}

// readLogs puts what can be read off the logs now into a book.
func (w *World) readLogs(b *Book) {
	b.OpenSessions, b.SeemingOpen = w.openSessions()
	b.LicensesInUse, b.LicensePeak = w.licensesInUse(), w.newestPeak()
}
