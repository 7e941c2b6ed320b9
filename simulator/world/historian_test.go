package world

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"
)

// historian reads the messages as the metric definitions have it, and keeps a book of its own. It knows nothing of a World.
type historian struct {
	replica
	t       *testing.T
	start   int64
	copying bool
	seen    map[string]*past // by lsid
	logged  map[string]bool  // by type and user
	labels  map[string][2]string

	started, served, abandoned, handovers, logins, logouts map[string]uint64
	pickups, abandonments, handled                         map[string]uint64
	transfers                                              Pairs
	firstCopy                                              uint64
	pickupSeconds, abandonSeconds, handleSeconds           map[string]float64
	now                                                    float64
}

// past is what the historian remembers of a session.
type past struct {
	method  string
	picked  bool
	team    string
	sat     string
	holders map[string]bool
	made    int64
	pickup  int64
}

func newHistorian(t *testing.T) *historian {
	seconds := func() map[string]float64 { return make(map[string]float64) }
	counts := func() map[string]uint64 { return make(map[string]uint64) }
	return &historian{
		replica: replica{}, t: t, seen: make(map[string]*past), logged: make(map[string]bool), labels: make(map[string][2]string),
		started: counts(), served: counts(), abandoned: counts(), handovers: counts(), logins: counts(), logouts: counts(),
		pickups: counts(), abandonments: counts(), handled: counts(), transfers: make(Pairs),
		pickupSeconds: seconds(), abandonSeconds: seconds(), handleSeconds: seconds(),
	}
}

// tell takes in one message: what it inserts and updates is observed before what it deletes.
func (h *historian) tell(line []byte, at time.Time) {
	h.now = float64(at.UnixMilli()) / 1000
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(line, &parts); err != nil {
		h.t.Fatal(err)
	}
	deletes := parts["delete"]
	delete(parts, "delete")
	h.part(parts)
	h.observe()
	if deletes != nil {
		h.part(map[string]json.RawMessage{"type": parts["type"], "delete": deletes})
		h.observe()
	}
}

func (h *historian) part(parts map[string]json.RawMessage) {
	line, err := json.Marshal(parts)
	if err != nil {
		h.t.Fatal(err)
	}
	h.take(h.t, append(line, '\n'))
}

// observe compares what there is with what there was.
func (h *historian) observe() {
	for id, q := range h.replica["queue"] {
		label := fmt.Sprint(q["code_name"])
		if label == "" {
			label = fmt.Sprint(q["name"])
		}
		h.labels[id] = [2]string{fmt.Sprint(q["type"]), label}
	}
	in := make(map[string]map[string]bool)
	firstIn := make(map[string]int64)
	for _, p := range h.replica["representative_support_session"] {
		s := ref(p["support_session_id"])
		r, there := h.replica["representative"][ref(p["representative_id"])]
		if !there {
			continue // it is observed when the representative comes
		}
		if in[s] == nil {
			in[s] = make(map[string]bool)
		}
		in[s][fmt.Sprint(r["type"], r["user_id"])] = true
		if at := stamp(p["created_timestamp"]); firstIn[s] == 0 || at < firstIn[s] {
			firstIn[s] = at
		}
	}
	there := make(map[string]bool)
	for id, s := range h.replica["support_session"] {
		lsid := fmt.Sprint(s["lsid"])
		there[lsid] = true
		h.session(lsid, s, in[id], firstIn[id])
	}
	for lsid, p := range h.seen {
		if there[lsid] {
			continue
		}
		delete(h.seen, lsid)
		if p.picked {
			h.served[p.team]++
			h.handled[p.team]++
			h.handleSeconds[p.team] += h.now - float64(p.pickup)
			continue
		}
		h.abandoned[p.team]++
		h.abandonments[p.team]++
		h.abandonSeconds[p.team] += h.now - float64(p.made)
	}
	h.people()
}

func (h *historian) session(lsid string, s map[string]any, in map[string]bool, firstIn int64) {
	method := fmt.Sprint(s["start_method"])
	p := h.seen[lsid]
	if p == nil {
		p = &past{method: method, made: stamp(s["created_timestamp"])}
		h.seen[lsid] = p
		if stamp(s["created_timestamp"]) >= h.start {
			h.started[method]++
		} else {
			h.firstCopy++
		}
	}
	kind, label := h.labels[ref(s["queue_id"])][0], h.labels[ref(s["queue_id"])][1]
	p.team = ""
	switch primary := h.labels[ref(s["primary_team_queue_id"])]; {
	case kind != "personal":
		p.team = label
	case primary[0] == "team":
		p.team = primary[1]
	}
	if kind == "team" {
		if p.sat != "" && p.sat != label {
			h.transfers.add(p.sat, label)
		}
		p.sat = label
	} else if h.copying && p.sat == "" {
		p.sat = p.team
	}
	if len(in) == 0 {
		return
	}
	if !p.picked {
		p.picked, p.pickup = true, firstIn
		byRepresentative := strings.Contains(method, "jump") || strings.Contains(method, "rdp") || strings.Contains(method, "vnc") || method == "vpro"
		if firstIn >= h.start && !byRepresentative {
			h.pickups[p.team]++
			h.pickupSeconds[p.team] += float64(firstIn - p.made)
		}
	}
	for who := range in {
		if p.holders[who] {
			return
		}
	}
	if p.holders != nil {
		h.handovers[p.team]++
	}
	p.holders = maps.Clone(in)
}

func (h *historian) people() {
	now := make(map[string]bool)
	for _, r := range h.replica["representative"] {
		who := fmt.Sprint(r["type"], r["user_id"])
		now[who] = true
		if !h.logged[who] && (!h.copying || stamp(r["created_timestamp"]) >= h.start) {
			h.logins[fmt.Sprint(r["type"])]++
		}
	}
	for who := range h.logged {
		if !now[who] {
			h.logouts[strings.TrimRight(who, "0123456789")]++
		}
	}
	h.logged = now
}

func stamp(v any) int64 {
	var at float64
	_, _ = fmt.Sscan(fmt.Sprint(v), &at)
	return int64(at)
}
