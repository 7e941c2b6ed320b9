package statesub

import "time"

// The full copy carries no mark at its end. It is taken to be in after
// copySilence without a message, and at the latest copyLimit after it began. The
// first copy of a connection that has brought nothing yet has copyLimit: an
// appliance that is slow to begin is not an empty desk.
const (
	copySilence = time.Second
	copyLimit   = 5 * time.Second
)

// Model is the copy of the appliance's system state: its tables, whether they
// are in sync, and a Watcher that learns of each change. It is driven by the
// messages and their instants alone and is not safe for use by several
// goroutines at once.
//
// A model is out of sync until the first copy after a subscribe_response is in
// and again from the end of the connection. A truncate_model on a living
// connection empties the tables but leaves a model in sync that was in sync.
type Model struct {
	watcher Watcher
	changes Changes // used again for each message

	attendees                         table[Attendee, *Attendee]
	customerClients                   table[CustomerClient, *CustomerClient]
	queues                            table[Queue, *Queue]
	representatives                   table[Representative, *Representative]
	representativeQueues              table[RepresentativeQueue, *RepresentativeQueue]
	representativeSupportSessions     table[RepresentativeSupportSession, *RepresentativeSupportSession]
	representativeSupportSessionTools table[RepresentativeSupportSessionTool, *RepresentativeSupportSessionTool]
	supportSessions                   table[SupportSession, *SupportSession]
	supportSessionSkills              table[SupportSessionSkill, *SupportSessionSkill]
	counted                           [NumTables]idSet

	named [NumTables]bool

	subscribed bool
	synced     bool
	copying    bool
	copyBegan  Instant
	// begun is true once silence can be the end of the copy: it has brought
	// something, or the model shows it as it comes.
	begun bool
	// heard is when the appliance was last heard during the copy.
	heard Instant
	// unreadSince and unreadLast are from when to when bytes came that nobody could
	// read yet, by the monotonic clock; 0 where there are none.
	unreadSince, unreadLast time.Duration
	// partial is true while a message has come in part.
	partial bool
	last    Instant
}

// NewModel returns an empty model, not subscribed, whose changes go to w.
func NewModel(w Watcher) *Model {
	m := &Model{watcher: w}
	m.clear()
	return m
}

func (m *Model) clear() {
	m.attendees = table[Attendee, *Attendee]{}
	m.customerClients = table[CustomerClient, *CustomerClient]{}
	m.queues = table[Queue, *Queue]{}
	m.representatives = table[Representative, *Representative]{}
	m.representativeQueues = table[RepresentativeQueue, *RepresentativeQueue]{}
	m.representativeSupportSessions = table[RepresentativeSupportSession, *RepresentativeSupportSession]{}
	m.representativeSupportSessionTools = table[RepresentativeSupportSessionTool, *RepresentativeSupportSessionTool]{}
	m.supportSessions = table[SupportSession, *SupportSession]{}
	m.supportSessionSkills = table[SupportSessionSkill, *SupportSessionSkill]{}
	for _, t := range countedTables {
		m.counted[t] = idSet{}
	}
}

// countedTables are the tables of which only the number of rows is kept.
var countedTables = [...]Table{
	TablePresentationSession,
	TablePresenter,
	TableSupportSessionAttribute,
	TableOther,
}

// Subscribed takes in a successful subscribe_response: a new copy begins.
func (m *Model) Subscribed(at Instant) {
	at = m.advance(at)
	m.clear()
	m.subscribed = true
	m.beginCopy(at, false)
}

// Truncate takes in a truncate_model: all rows go, and a new copy begins.
func (m *Model) Truncate(at Instant) {
	at = m.advance(at)
	m.clear()
	m.beginCopy(at, true)
}

func (m *Model) beginCopy(at Instant, truncated bool) {
	m.copying = true
	m.copyBegan = at
	m.begun = m.synced
	m.heard = at
	m.partial = false
	m.watcher.CopyBegan(at, truncated)
}

// Receiving says that a message has come in part. While that is so a copy is
// not in, however slow the network: an empty desk must not be shown because
// its first message is a long one.
func (m *Model) Receiving(at Instant) {
	at = m.advance(at)
	m.partial = true
	m.heard = at
}

// Arriving says from when to when bytes came that nobody can read yet, as those
// of half a record of TLS; both are zero where all that came was read. Until
// they are, a copy is not in, unless nothing more of them comes for copyLimit.
func (m *Model) Arriving(since, last Instant) {
	m.unreadSince, m.unreadLast = since.Elapsed, last.Elapsed
}

// Heard takes in that a whole message came that changes no row.
func (m *Model) Heard(at Instant) {
	at = m.advance(at)
	m.partial = false
	m.heard = at
}

// Apply takes in an update and hands what it changed to the watcher. The model
// keeps the update's rows.
func (m *Model) Apply(at Instant, u *Update) {
	at = m.advance(at)
	m.partial = false
	m.begun = true
	m.heard = at
	for t, named := range &u.Named {
		m.named[t] = m.named[t] || named
	}

	up := &m.changes.Upserts
	up.Attendees = m.attendees.upsert(&u.Attendees, up.Attendees[:0])
	up.CustomerClients = m.customerClients.upsert(&u.CustomerClients, up.CustomerClients[:0])
	up.Queues = m.queues.upsert(&u.Queues, up.Queues[:0])
	up.Representatives = m.representatives.upsert(&u.Representatives, up.Representatives[:0])
	up.RepresentativeQueues = m.representativeQueues.upsert(&u.RepresentativeQueues, up.RepresentativeQueues[:0])
	up.RepresentativeSupportSessions = m.representativeSupportSessions.upsert(&u.RepresentativeSupportSessions, up.RepresentativeSupportSessions[:0])
	up.RepresentativeSupportSessionTools = m.representativeSupportSessionTools.upsert(&u.RepresentativeSupportSessionTools, up.RepresentativeSupportSessionTools[:0])
	up.SupportSessions = m.supportSessions.upsert(&u.SupportSessions, up.SupportSessions[:0])
	up.SupportSessionSkills = m.supportSessionSkills.upsert(&u.SupportSessionSkills, up.SupportSessionSkills[:0])
	m.counted[TablePresentationSession].apply(&u.PresentationSessions)
	m.counted[TablePresenter].apply(&u.Presenters)
	m.counted[TableSupportSessionAttribute].apply(&u.SupportSessionAttributes)
	m.counted[TableOther].apply(&u.Others)

	down := &m.changes.Deletes
	down.Attendees = m.attendees.remove(u.Attendees.Deletes, down.Attendees[:0])
	down.CustomerClients = m.customerClients.remove(u.CustomerClients.Deletes, down.CustomerClients[:0])
	down.Queues = m.queues.remove(u.Queues.Deletes, down.Queues[:0])
	down.Representatives = m.representatives.remove(u.Representatives.Deletes, down.Representatives[:0])
	down.RepresentativeQueues = m.representativeQueues.remove(u.RepresentativeQueues.Deletes, down.RepresentativeQueues[:0])
	down.RepresentativeSupportSessions = m.representativeSupportSessions.remove(u.RepresentativeSupportSessions.Deletes, down.RepresentativeSupportSessions[:0])
	down.RepresentativeSupportSessionTools = m.representativeSupportSessionTools.remove(u.RepresentativeSupportSessionTools.Deletes, down.RepresentativeSupportSessionTools[:0])
	down.SupportSessions = m.supportSessions.remove(u.SupportSessions.Deletes, down.SupportSessions[:0])
	down.SupportSessionSkills = m.supportSessionSkills.remove(u.SupportSessionSkills.Deletes, down.SupportSessionSkills[:0])
	m.counted[TablePresentationSession].remove(u.PresentationSessions.Deletes)
	m.counted[TablePresenter].remove(u.Presenters.Deletes)
	m.counted[TableSupportSessionAttribute].remove(u.SupportSessionAttributes.Deletes)
	m.counted[TableOther].remove(u.Others.Deletes)

	m.watcher.Changed(at, &m.changes)
	if u.sent() > maxChangesKept {
		// A full copy of a large desk must not be held twice for ever.
		m.changes = Changes{}
	}
}

// maxChangesKept is the number of rows in a message above which the room for
// its changes is given back.
const maxChangesKept = 1024

// Disconnected takes in the end of the connection. It does nothing on a model
// that is not subscribed.
func (m *Model) Disconnected(at Instant) {
	at = m.advance(at)
	if !m.subscribed {
		return
	}
	m.clear()
	m.subscribed, m.synced, m.copying, m.partial = false, false, false, false
	m.watcher.Lost(at)
}

// Advance says that it is at now. It is called before anybody looks, so that a
// copy that came in meanwhile is seen to be in.
func (m *Model) Advance(at Instant) {
	m.watcher.Advance(m.advance(at))
}

// advance moves the model on to at, never back, and takes a copy that came in
// meanwhile to be in at the instant when it was.
func (m *Model) advance(at Instant) Instant {
	if at.Elapsed < m.last.Elapsed {
		at = at.At(m.last.Elapsed)
	}
	if m.copying && !m.partial {
		in := m.copyBegan.Elapsed + copyLimit
		if m.begun {
			in = min(in, m.heard.Elapsed+copySilence)
		}
		// A copy whose last message was a slow one can be past its limit already.
		in = max(in, m.heard.Elapsed)
		if m.unreadSince > 0 && in >= m.unreadSince {
			in = max(in, m.unreadLast+copyLimit)
		}
		// Somebody may have looked meanwhile and found it not in, for bytes that
		// were a pong.
		in = max(in, m.last.Elapsed)
		if at.Elapsed >= in {
			m.copying = false
			m.synced = true
			m.watcher.CopyIn(at.At(in))
		}
	}
	m.last = at
	return at
}

// Synced tells whether the model is in sync: subscribed, and its first copy in.
func (m *Model) Synced() bool { return m.synced }

// Named tells whether the appliance ever named the table.
func (m *Model) Named(t Table) bool { return m.named[t] }

// Rows returns the number of rows held of the table.
func (m *Model) Rows(t Table) int {
	switch t {
	case TableAttendee:
		return len(m.attendees)
	case TableCustomerClient:
		return len(m.customerClients)
	case TableQueue:
		return len(m.queues)
	case TableRepresentative:
		return len(m.representatives)
	case TableRepresentativeQueue:
		return len(m.representativeQueues)
	case TableRepresentativeSupportSession:
		return len(m.representativeSupportSessions)
	case TableRepresentativeSupportSessionTool:
		return len(m.representativeSupportSessionTools)
	case TableSupportSession:
		return len(m.supportSessions)
	case TableSupportSessionSkill:
		return len(m.supportSessionSkills)
	default:
		return len(m.counted[t])
	}
}
