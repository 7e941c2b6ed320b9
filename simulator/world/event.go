package world

// kind is what is to happen.
type kind uint8

const (
	evArrive        kind = iota // a customer may come
	evSurge                     // an outage sends customers to one team, or ends
	evRoute                     // a session leaves the prewait queue
	evOffer                     // somebody looks into the queue that the session waits in
	evGiveUp                    // the customer's patience is over
	evMidway                    // something happens in a session that is in hand
	evReconnect                 // the customer's client is back, or not
	evRelease                   // the one who handed a session over leaves it
	evFinish                    // the work is done
	evClose                     // a session that its customer left is closed
	evLogin                     // a shift begins
	evLogout                    // a shift ends
	evConsole                   // a representative does something at the console
	evRegain                    // a representative's connection is back, or not
	evPresent                   // something happens in a presentation
	evDeactivate                // a team's queue closes, if nobody needs it
	evReturnRep                 // after a restart a representative's console comes back
	evReturnSession             // after a restart a customer's client comes back
	evGiveUpHope                // a session that ended abnormally is not taken for open any more
	evJumpItem                  // somebody changes a Jump Item
	evVault                     // somebody changes an account in the vault
)

// event is something that will happen at a time. Where turn is not that of its session or representative any more, it does not happen.
type event struct {
	at   int64
	seq  uint64
	kind kind
	turn uint32

	session      *session
	rep          *representative
	presentation *presentation
	queue        *queue
}

// agenda is a heap of events by time; those of one time in the order in which they were made.
type agenda struct {
	heap []event
	seq  uint64
}

func (a *agenda) less(i, j int) bool {
	if a.heap[i].at != a.heap[j].at {
		return a.heap[i].at < a.heap[j].at
	}
	return a.heap[i].seq < a.heap[j].seq
}

func (a *agenda) push(e event) {
	a.seq++
	e.seq = a.seq
	a.heap = append(a.heap, e)
	for i := len(a.heap) - 1; i > 0; {
		parent := (i - 1) / 2
		if !a.less(i, parent) {
			return
		}
		a.heap[i], a.heap[parent] = a.heap[parent], a.heap[i]
		i = parent
	}
}

// next returns the time of the first event. There is always one: customers never cease to come.
func (a *agenda) next() int64 {
	return a.heap[0].at
}

func (a *agenda) pop() event {
	first := a.heap[0]
	last := len(a.heap) - 1
	a.heap[0] = a.heap[last]
	a.heap[last] = event{}
	a.heap = a.heap[:last]
	for i := 0; ; {
		child := 2*i + 1
		if child >= last {
			return first
		}
		if child+1 < last && a.less(child+1, child) {
			child++
		}
		if !a.less(child, i) {
			return first
		}
		a.heap[i], a.heap[child] = a.heap[child], a.heap[i]
		i = child
	}
}
