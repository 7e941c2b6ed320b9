package world

import (
	"math"
	"math/rand/v2"
	"time"
)

// World is a desk and the model of it that an appliance keeps. Its methods must not be called by several goroutines at once.
type World struct {
	cfg      Config
	rng      *rand.Rand // what happens
	spelling *rand.Rand // how it is told: so that a dialect does not change what happens
	clerk    *rand.Rand // what is logged beside: nor do logs

	now    int64 // the desk's milliseconds since Start
	agenda agenda
	step   uint64

	ids      uint64 // row ids given out
	lifetime uint64 // restarts so far
	limbo    int64  // until when clients come back after a restart
	lastUser uint64

	catalogue catalogue
	prewait   *queue
	teams     []*queue
	accounts  []*representative // everybody who may log in
	reps      []*representative // those who are logged in, whether the model has them or not
	sessions  []*session
	shows     []*presentation
	peak      float64 // customers a second in the busiest hour
	capacity  int     // sessions that a representative takes at once
	surge     *queue

	changes ledger
	meters  meters
	book    *Book

	archive     archive
	sequence    uint64 // of sessions
	connections uint64 // gsnumbers given out
	jumpItems   []listedItem
	jumpItemIDs int // given out
}

// New makes a desk that is already at work: representatives are logged in, sessions wait and are in hand.
func New(cfg Config) (*World, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	w := &World{
		cfg:      cfg,
		rng:      rand.New(rand.NewPCG(cfg.Seed, 0x6465736b)),
		spelling: rand.New(rand.NewPCG(cfg.Seed, 0x77697265)),
		clerk:    rand.New(rand.NewPCG(cfg.Seed, 0x636c6572)),
		archive:  newArchive(cfg),
	}
	w.found()
	w.populate()
	w.changes.discard()
	return w, nil
}

// Now is the time, by the appliance's clock, up to which everything has happened.
func (w *World) Now() time.Time {
	return w.wire(w.now)
}

// Run lets everything happen that happens up to a time, by the appliance's clock, and returns the messages that were sent by then, in
// order. A time that is past changes nothing.
func (w *World) Run(until time.Time) []Message {
	end := w.desk(until)
	var sent []Message
	for {
		next := w.agenda.next()
		if flush, due := w.changes.due(); due && flush <= min(next, end) {
			w.now = max(w.now, flush)
			sent = w.flush(sent)
			continue
		}
		if next > end {
			break
		}
		e := w.agenda.pop()
		w.now = max(w.now, e.at)
		w.begin()
		w.happen(e)
		w.commit()
	}
	w.now = max(w.now, end)
	return sent
}

// Flush returns what happened and was not sent yet. An appliance does so before it gives somebody a full copy, so that nothing which is in
// the copy is told again.
func (w *World) Flush() []Message {
	return w.flush(nil)
}

// happen does what an event says.
func (w *World) happen(e event) {
	if w.postponed(e) {
		return
	}
	switch e.kind {
	case evArrive:
		w.arrive()
	case evSurge:
		w.toggleSurge()
	case evRoute:
		w.route(e.session, e.turn)
	case evOffer:
		w.offer(e.session, e.turn)
	case evGiveUp:
		w.giveUp(e.session, e.turn)
	case evMidway:
		w.midway(e.session, e.turn)
	case evReconnect:
		w.reconnect(e.session)
	case evRelease:
		w.release(e.session, e.rep, e.turn)
	case evFinish:
		w.finish(e.session, e.turn)
	case evClose:
		w.close(e.session, e.turn)
	case evLogin:
		w.login(e.rep, e.turn)
	case evLogout:
		w.logout(e.rep, e.turn)
	case evConsole:
		w.console(e.rep, e.turn)
	case evRegain:
		w.regain(e.rep, e.turn)
	case evPresent:
		w.present(e.presentation)
	case evDeactivate:
		w.deactivate(e.queue)
	case evReturnRep:
		w.returnRepresentative(e.rep)
	case evReturnSession:
		w.returnSession(e.session)
	case evGiveUpHope:
		w.giveUpHope(e.session)
	case evJumpItem:
		w.changeJumpItems()
	case evVault:
		w.changeVault()
	}
}

// wire turns a moment of the desk into the appliance's time.
func (w *World) wire(at int64) time.Time {
	return w.cfg.Start.Add(time.Duration(float64(at) / w.cfg.Speed * float64(time.Millisecond)))
}

// desk turns the appliance's time into a moment of the desk.
func (w *World) desk(at time.Time) int64 {
	return w.span(at.Sub(w.cfg.Start))
}

// span turns a duration by the appliance's clock into the desk's milliseconds.
func (w *World) span(d time.Duration) int64 {
	return int64(math.Floor(float64(d) / float64(time.Millisecond) * w.cfg.Speed))
}

// newID gives out a row id: one of all unsigned 64-bit numbers but 0, half of them above 2^63, and the largest of all to the first row of
// each of the model's lifetimes.
func (w *World) newID() uint64 {
	w.ids++
	if w.ids == 1 {
		return math.MaxUint64
	}
	// Each step is a bijection of 64-bit numbers, so that no two rows share an id.
	x := w.ids + w.lifetime<<40 + w.cfg.Seed<<52
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	x ^= x >> 31
	return x
}

// chance is true with a probability.
func (w *World) chance(p float64) bool {
	return w.rng.Float64() < p
}

// between draws a time between two numbers of seconds.
func (w *World) between(low, high float64) int64 {
	return int64(1000 * (low + (high-low)*w.rng.Float64()))
}

// around draws a time from an exponential distribution with a mean of so many seconds.
func (w *World) around(mean float64) int64 {
	return int64(1000 * mean * w.rng.ExpFloat64())
}

// after puts an event on the agenda.
func (w *World) after(wait int64, e event) {
	e.at = w.now + wait
	w.agenda.push(e)
}
