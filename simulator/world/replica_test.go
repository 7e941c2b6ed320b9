package world

import (
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"testing"
)

// replica is a model as one keeps it who knows the documents and nothing of this package: tables of rows of fields.
type replica map[string]map[string]map[string]any

// take applies one message.
func (m replica) take(t *testing.T, line []byte) {
	t.Helper()
	if len(line) == 0 || line[len(line)-1] != '\n' {
		t.Fatalf("message does not end with a newline: %.80q", line)
	}
	var msg struct {
		Type   string
		Insert map[string]map[string]map[string]any
		Update map[string]map[string]map[string]any
		Delete map[string][]any
	}
	d := json.NewDecoder(strings.NewReader(string(line)))
	d.UseNumber()
	if err := d.Decode(&msg); err != nil {
		t.Fatalf("message is not JSON: %v: %.200s", err, line)
	}
	switch msg.Type {
	case "truncate_model":
		clear(m)
		return
	case "model_update", "update_model":
	default:
		t.Fatalf("message of type %q", msg.Type)
	}
	for _, rows := range []map[string]map[string]map[string]any{msg.Insert, msg.Update} {
		for table, byID := range rows {
			for id, fields := range byID {
				m.row(table, id, fields)
			}
		}
	}
	for table, ids := range msg.Delete {
		for _, id := range ids {
			delete(m[table], fmt.Sprint(id))
		}
	}
}

func (m replica) row(table, id string, fields map[string]any) {
	if m[table] == nil {
		m[table] = make(map[string]map[string]any)
	}
	if m[table][id] == nil {
		m[table][id] = make(map[string]any)
	}
	maps.Copy(m[table][id], fields)
}

// flag reads a flag in any spelling; one that is not sent is unset.
func flag(v any) bool {
	switch fmt.Sprint(v) {
	case "1", "true":
		return true
	}
	return false
}

// ref reads a reference; "" is none.
func ref(v any) string {
	if s := fmt.Sprint(v); v != nil && s != "0" {
		return s
	}
	return ""
}

// state reads the replica as metrics do.
func (m replica) state(old bool) State {
	st := State{
		Queues: map[string]map[string]Sessions{"prewait": {}, "team": {}, "personal": {}, "unknown": {}}, Teams: map[string]Sessions{},
		StartMethods: map[string]int{}, Representatives: map[string]int{}, Statuses: map[string]int{}, Concurrency: map[string]int{}, Rows: map[Table]int{},
	}
	for table, rows := range m {
		if len(rows) > 0 && table != "x_placement" {
			st.Rows[Table(table)] = len(rows)
		}
	}
	label := func(id string) (kind, label string) {
		q, there := m["queue"][id]
		if !there {
			return "unknown", ""
		}
		if kind = fmt.Sprint(q["type"]); kind == "personal" {
			return kind, ""
		}
		if label = fmt.Sprint(q["code_name"]); label == "" {
			label = fmt.Sprint(q["name"])
		}
		return kind, label
	}
	for id := range m["queue"] {
		if kind, label := label(id); kind != "personal" {
			st.Queues[kind][label] = Sessions{}
			st.Teams[label] = Sessions{}
		}
	}
	in, busy := map[string]int{}, map[string]int{}
	for _, p := range m["representative_support_session"] {
		in[ref(p["support_session_id"])]++
		busy[ref(p["representative_id"])]++
	}
	connected := map[string]bool{}
	for _, c := range m["customer_client"] {
		if old || flag(c["connected"]) {
			connected[ref(c["support_session_id"])] = true
		}
	}
	for id, s := range m["support_session"] {
		kind, name := label(ref(s["queue_id"]))
		team := name
		if kind == "personal" || kind == "unknown" {
			team = ""
			if primary := ref(s["primary_team_queue_id"]); primary != "" {
				_, team = label(primary)
			}
		}
		st.Queues[kind][name] = st.Queues[kind][name].with(in[id] == 0)
		st.Teams[team] = st.Teams[team].with(in[id] == 0)
		st.StartMethods[fmt.Sprint(s["start_method"])]++
		if !connected[id] {
			st.WithoutCustomer++
		}
	}
	for id, r := range m["representative"] {
		st.Representatives[fmt.Sprint(r["type"])]++
		n := strconv.Itoa(busy[id])
		if busy[id] >= 5 {
			n = "5+"
		}
		st.Concurrency[n]++
		for status, set := range map[string]bool{
			"available": flag(r["routing_available"]), "busy": flag(r["routing_busy"]), "idle": flag(r["routing_idle"]),
			"auto_assign": flag(r["routing_enabled"]), "disconnected": !old && !flag(r["connected"]), "in_session": busy[id] > 0,
		} {
			if set {
				st.Statuses[status]++
			}
		}
	}
	for _, a := range m["attendee"] {
		if flag(a["connected"]) {
			st.Attendees++
		}
	}
	return st
}
