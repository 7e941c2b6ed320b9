package world

import (
	"fmt"
	"slices"
	"strings"
)

// JumpItemEvent is one thing that happened to a Jump Item, as the report JumpItem tells it.
type JumpItemEvent struct {
	At    int64 // UNIX timestamp by the appliance's clock
	Type  string
	Item  JumpItem
	Group JumpGroup
	By    Party
	Data  string // of a session that was started the lsid
}

func atJumpItemEvent(e JumpItemEvent) int64 { return e.At }

// JumpItem is a computer that can be jumped to. Items of different types may have the same ID.
type JumpItem struct {
	ID   int
	Type string // jump_client, remote_rdp, …
	Name string
}

const (
	jumpGroupShared   = "shared"
	jumpGroupPersonal = "personal"
)

// listedItem is a Jump Item and where it is: in a shared group, or in the personal group of whoever looks.
type listedItem struct {
	JumpItem
	group JumpGroup
}

// accessTypes are the types of Jump Item that sessions of Privileged Remote Access are started with, the frequent ones more than once.
func accessTypes() []string {
	return []string{
		"jump_client", "jump_client", "jump_client", "remote_rdp", "remote_rdp", "shell_jump", "shell_jump", "remote_jump", "local_jump",
		"remote_vnc", "protocol_tunnel", "webjump",
	}
}

// listJumpItems makes the Jump Items: of each type some, in shared groups.
func (w *World) listJumpItems() {
	groups := []JumpGroup{
		{jumpGroupShared, 1, "Rechenzentrum"}, {jumpGroupShared, 2, "Kassen & Filialen"}, {jumpGroupShared, 3, "Labor (東京)"},
	}
	types := append(accessTypes(), "local_rdp", "local_vnc", "vpro")
	slices.Sort(types)
	for _, kind := range slices.Compact(types) {
		for i := range 5 {
			item := JumpItem{ID: i + 1, Type: kind, Name: fmt.Sprintf("%s %02d", strings.ReplaceAll(kind, "_", "-"), i+1)}
			w.jumpItems = append(w.jumpItems, listedItem{item, choose(w.clerk, groups)})
		}
	}
	w.after(w.wait(600), event{kind: evJumpItem})
	w.jumpItemIDs = 100
}

// wait draws a time for the logs, from an exponential distribution with a mean of so many seconds of the desk.
func (w *World) wait(mean float64) int64 {
	return int64(1000 * mean * w.clerk.ExpFloat64())
}

// noteJumpItem writes an event into the log of Jump Items.
func (w *World) noteJumpItem(e JumpItemEvent) {
	e.At = w.stamp()
	w.archive.jumpItems = filed(w.archive.jumpItems, e, atJumpItemEvent, e.At-w.archive.retention, 10*w.archive.history)
	if w.book != nil {
		w.book.Reports.addJumpItemEvent(e)
	}
}

// userOf is a representative as the logs of vault accounts and Jump Items name one.
func userOf(r *representative) Party {
	return Party{PartyUser, r.user, r.private}
}

// reportJump notes with which Jump Item a session was started.
func (w *World) reportJump(s *session) {
	r, by := s.report, s.queue.rep
	var candidates []listedItem
	for _, i := range w.jumpItems {
		if i.Type == s.method {
			candidates = append(candidates, i)
		}
	}
	item := choose(w.clerk, candidates)
	if w.likely(0.15) {
		item.group = JumpGroup{jumpGroupPersonal, by.user, by.private}
	}
	r.Customer.Name = item.Name
	if w.cfg.Access || w.cfg.JumpGroups {
		r.JumpGroup = item.group
	}
	if strings.HasPrefix(s.method, "remote_") || s.method == "shell_jump" || s.method == "protocol_tunnel" || s.method == "webjump" {
		id := 1 + w.clerk.IntN(3)
		r.Jumpoint = Place{id, fmt.Sprintf("jumpoint-%d", id)}
	}
	w.noteJumpItem(JumpItemEvent{Type: "Jump Item Session Started", Item: item.JumpItem, Group: item.group, By: userOf(by), Data: s.lsid})
	w.borrowCredentials(s, by)
}

// changeJumpItems is one thing that somebody does to a Jump Item; that something was copied or moved is logged twice, in the group that it is from
// and in the one that it is in.
func (w *World) changeJumpItems() {
	w.after(w.wait(600), event{kind: evJumpItem})
	if len(w.accounts) == 0 || !w.likely(w.demand()) {
		return
	}
	i := w.clerk.IntN(len(w.jumpItems))
	item := &w.jumpItems[i]
	e := JumpItemEvent{Item: item.JumpItem, Group: item.group, By: w.actor()}
	to := w.jumpItems[w.clerk.IntN(len(w.jumpItems))].group
	switch draw := w.clerk.Float64(); {
	case draw < 0.4:
		w.jumpItemIDs++
		e.Type, e.Item.ID, e.Item.Name = "Jump Item Created", w.jumpItemIDs, fmt.Sprintf("neu-%d", w.jumpItemIDs)
		w.noteJumpItem(e)
	case draw < 0.6:
		e.Type, e.Item.ID, e.Item.Name = "Jump Item Deleted", w.jumpItemIDs, fmt.Sprintf("neu-%d", w.jumpItemIDs)
		w.noteJumpItem(e)
	case draw < 0.8:
		e.Type = "Jump Item Copied From"
		w.noteJumpItem(e)
		w.jumpItemIDs++
		e.Type, e.Group, e.Item.ID = "Jump Item Copied To", to, w.jumpItemIDs
		w.noteJumpItem(e)
	default:
		e.Type = "Jump Item Moved From"
		w.noteJumpItem(e)
		item.group = to
		e.Type, e.Group = "Jump Item Moved To", to
		w.noteJumpItem(e)
	}
}

// actor is who changes what an administrator configures.
func (w *World) actor() Party {
	switch draw := w.clerk.Float64(); {
	case draw < 0.2:
		return Party{Kind: PartySystem, Name: "System"}
	case draw < 0.5:
		return Party{PartyAPIAccount, 2, "Inventar & CMDB"}
	}
	return userOf(choose(w.clerk, w.accounts))
}

// JumpItemEvents returns what happened to Jump Items from one time on and before another. The slice is the caller's.
func (w *World) JumpItemEvents(v Window) []JumpItemEvent {
	return slices.Clone(between(w.archive.jumpItems, atJumpItemEvent, v.From, v.To))
}
