package world

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// After a restart rows are new: other ids, other created_timestamps. What outlives it is an lsid and a user_id; clients come one by one.
func TestARestartMakesRowsAnew(t *testing.T) {
	w := newWorld(t, Config{Seed: 4, ReturnWithin: 10 * time.Second})
	before := replica{}
	for _, m := range w.Copy() {
		before.take(t, m.Line(nil))
	}
	w.Run(w.Now().Add(time.Second))
	at := w.Now()
	messages := w.Restart()
	if last := messages[len(messages)-1]; !last.Truncate || string(last.Line(nil)) != "{\"type\":\"truncate_model\"}\n" {
		t.Fatalf("a restart ends with %s", last.Line(nil))
	}
	after := replica{}
	var sizes []int
	for range 12 {
		for _, m := range w.Run(w.Now().Add(time.Second)) {
			after.take(t, m.Line(nil))
		}
		sizes = append(sizes, len(after["representative"]))
	}
	if sizes[0] > 12 || sizes[4] < 8 || sizes[4] > 28 || sizes[11] < 28 {
		t.Errorf("representatives that are back, second by second: %v", sizes)
	}
	users, lsids := make(map[string]bool), make(map[string]bool)
	for table, rows := range before {
		for id, fields := range rows {
			// The first row of each lifetime has the largest id there is.
			if after[table][id] != nil && id != strconv.FormatUint(math.MaxUint64, 10) {
				t.Errorf("%s %s has survived", table, id)
			}
			users[fmt.Sprint(fields["user_id"])] = true
			lsids[fmt.Sprint(fields["lsid"])] = true
		}
	}
	known := 0
	for table, rows := range after {
		for id, fields := range rows {
			if made := stamp(fields["created_timestamp"]); made < at.Unix() {
				t.Errorf("%s %s was made at %d, before the restart at %d", table, id, made, at.Unix())
			}
			if table == "representative" && fields["type"] == "normal" && !users[fmt.Sprint(fields["user_id"])] {
				t.Errorf("user %v is new", fields["user_id"])
			}
			if table == "support_session" && lsids[fmt.Sprint(fields["lsid"])] {
				known++
			}
		}
	}
	if n := len(before["support_session"]); known < n*3/4 || known == n {
		t.Errorf("%d of %d sessions are back", known, n)
	}
}

// Ids are unsigned numbers of 64 bits: a reader that takes them for anything smaller must be found out.
func TestIDsNeedAll64Bits(t *testing.T) {
	w := newWorld(t, Config{})
	ids, large, largest := make(map[uint64]bool), 0, false
	for _, r := range w.records() {
		id := r.base().id
		if id == 0 || ids[id] {
			t.Errorf("%s has the id %d", r.table(), id)
		}
		ids[id] = true
		if id > math.MaxInt64 {
			large++
		}
		largest = largest || id == math.MaxUint64
	}
	if large < len(ids)/4 || !largest {
		t.Errorf("%d of %d ids are above 2^63, the largest is there: %t", large, len(ids), largest)
	}
}

// Messages come in order, no later than promised, and never from the future.
func TestMessagesAreInTime(t *testing.T) {
	const late = 20 * time.Second
	w := newWorld(t, Config{FlushEvery: late})
	last := w.Now()
	for range 50 {
		from, until := w.Now(), w.Now().Add(47*time.Second)
		for _, m := range w.Run(until) {
			if m.At.Before(last) || m.At.After(until) || m.At.Before(from) {
				t.Fatalf("a message of %s, after %s, in a run from %s to %s", m.At, last, from, until)
			}
			if gap := m.At.Sub(last); gap > 0 && gap < late {
				t.Errorf("messages are only %s apart", gap)
			}
			last = m.At
		}
		if w.Now().Sub(last) > late+5*time.Second {
			t.Errorf("at %s nothing was sent since %s", w.Now(), last)
		}
	}
}

func TestALinePartly(t *testing.T) {
	w := newWorld(t, Config{CopyMessages: 1})
	line := string(w.Copy()[0].Line(map[Table]bool{TableSkill: true}))
	if !strings.Contains(line, `"support_session_skill":{`) || strings.Contains(line, `"support_session":{`) {
		t.Errorf("only one table was asked for: %.200s", line)
	}
	for _, m := range w.Copy() {
		if line := m.Line(map[Table]bool{}); line != nil {
			t.Errorf("nothing was asked for: %s", line)
		}
	}
}

func TestConfigThatMakesNoSense(t *testing.T) {
	for field, cfg := range map[string]Config{
		"Start": {}, "TimeOfDay": {TimeOfDay: 25 * time.Hour}, "Speed": {Speed: math.NaN()}, "Representatives": {Representatives: MaxRepresentatives + 1},
		"Sessions": {Sessions: MaxSessions + 1}, "Teams": {Teams: -1}, "FlushEvery": {FlushEvery: -1},
	} {
		if field != "Start" {
			cfg.Start = start()
		}
		if _, err := New(cfg); err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestTheLargestDesk(t *testing.T) {
	w := newWorld(t, Config{Representatives: MaxRepresentatives, Sessions: MaxSessions})
	if d := cmp.Diff(MaxSessions, len(w.sessions)); d != "" {
		t.Error(d)
	}
	w.Run(w.Now().Add(30 * time.Second))
	if n := len(w.sessions); n < MaxSessions*9/10 || n > MaxSessions*11/10 {
		t.Errorf("%d sessions after half a minute", n)
	}
}
