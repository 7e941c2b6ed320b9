package collector

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/desk"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/statesub"
)

// liveState is a subscription without a network: a real model and a real desk
// that a test tells messages at times of its choosing.
type liveState struct {
	tb        testing.TB
	desk      *desk.Desk
	durations *Durations

	mu      sync.Mutex
	decoder *statesub.Decoder
	message statesub.Message
	model   *statesub.Model
	now     statesub.Instant

	statsMu sync.Mutex // for stats; taken after mu
	stats   statesub.Stats
}

// deskTime is when the liveState's clock starts, in Unix seconds.
const deskTime = 1_700_000_000

func newLiveState(tb testing.TB) *liveState {
	tb.Helper()
	l := &liveState{
		tb:        tb,
		durations: NewDurations(),
		decoder:   statesub.NewDecoder(),
		now:       statesub.Instant{Appliance: deskTime},
	}
	l.desk = desk.New(desk.Config{ResyncGrace: time.Minute, Durations: l.durations})
	l.model = statesub.NewModel(l.desk)
	return l
}

func (l *liveState) source() *StateSource {
	return &StateSource{Subscription: l, Desk: l.desk, Durations: l.durations}
}

// Look implements Subscription.
func (l *liveState) Look(f func(statesub.Instant, *statesub.Model)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.model.Advance(l.now)
	f(l.now, l.model)
}

// Stats implements Subscription. Like that of a real one it may be called
// within Look and without.
func (l *liveState) Stats() statesub.Stats {
	l.statsMu.Lock()
	defer l.statsMu.Unlock()
	return l.stats
}

// lock keeps everybody from looking.
func (l *liveState) lock() (unlock func()) {
	l.mu.Lock()
	l.statsMu.Lock()
	return func() {
		l.statsMu.Unlock()
		l.mu.Unlock()
	}
}

// subscribe subscribes and takes in a full copy.
func (l *liveState) subscribe(lines ...string) {
	l.tb.Helper()
	l.begin()
	l.tell(lines...)
	l.pass(2)
}

// begin subscribes: a full copy is to come.
func (l *liveState) begin() {
	defer l.lock()()
	l.model.Subscribed(l.now)
	l.stats.Connections[statesub.ResultOK]++
	l.stats.SubscribedSince = time.Unix(deskTime, 0)
}

// tell takes in messages, without time passing.
func (l *liveState) tell(lines ...string) {
	l.tb.Helper()
	defer l.lock()()
	for _, line := range lines {
		if err := l.decoder.Decode([]byte(line), &l.message); err != nil {
			l.tb.Fatalf("decoding %s: %v", line, err)
		}
		l.stats.Messages[l.message.Kind]++
		l.stats.ReceivedBytes += uint64(len(line))
		l.stats.LastMessage = time.Unix(deskTime, 0).Add(l.now.Elapsed)
		for table, ops := range l.message.Update.Sent {
			for op, n := range ops {
				l.stats.RowChanges[table][op] += uint64(n)
			}
			l.stats.Unreadable[table] += uint64(l.message.Update.Unreadable[table])
		}
		switch l.message.Kind {
		case statesub.MessageModelUpdate:
			l.model.Apply(l.now, &l.message.Update)
		case statesub.MessageTruncateModel:
			l.model.Truncate(l.now)
			l.stats.Truncations++
		default:
			l.tb.Fatalf("a %s is for nobody here", l.message.Kind)
		}
	}
}

// pass lets seconds pass on the desk.
func (l *liveState) pass(seconds float64) {
	defer l.lock()()
	l.now = l.now.Add(time.Duration(seconds * float64(time.Second)))
	l.model.Advance(l.now)
}

// lose ends the connection.
func (l *liveState) lose(reason string) {
	defer l.lock()()
	l.model.Disconnected(l.now)
	l.stats.Disconnects[statesub.Network]++
	l.stats.SubscribedSince = time.Time{}
	l.stats.LastError = reason
}

// insert returns a message that inserts one row.
func insert(table string, id int, fields string) string {
	return fmt.Sprintf(`{"type":"model_update","insert":{%q:{"%d":{%s}}}}`, table, id, fields)
}

// update returns a message that updates one row.
func update(table string, id int, fields string) string {
	return fmt.Sprintf(`{"type":"model_update","update":{%q:{"%d":{%s}}}}`, table, id, fields)
}

// remove returns a message that deletes one row.
func remove(table string, id int) string {
	return fmt.Sprintf(`{"type":"model_update","delete":{%q:["%d"]}}`, table, id)
}
