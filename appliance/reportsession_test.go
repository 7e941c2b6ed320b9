package appliance

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func at(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }

func TestReadSessions(t *testing.T) {
	tests := []struct {
		name, answer string
		want         []Session
	}{
		{"as documented, Remote Support", `<?xml version="1.0" encoding="UTF-8"?>
<session_list xmlns="https://www.beyondtrust.com/namespaces/API/reporting">
 <session lsid="c69a8e10bea9428f816cfababe9815fe">
  <session_type>support</session_type><lseq>7</lseq>
  <start_time timestamp="1733239565">2024-12-03T15:26:05+00:00</start_time>
  <end_time timestamp="1733240165">2024-12-03T15:36:05+00:00</end_time>
  <duration>00:10:00</duration>
  <public_site id="1">Default</public_site><jumpoint id="3">Berlin</jumpoint><external_key/>
  <file_transfer_count>2</file_transfer_count><file_move_count>1</file_move_count><file_delete_count>0</file_delete_count>
  <primary_customer gsnumber="9">Ann</primary_customer><primary_rep gsnumber="4" id="12">Bob</primary_rep>
  <primary_team id="2">Network</primary_team>
  <rep_list><representative gsnumber="4" id="12"><primary_rep>1</primary_rep><username>bob</username></representative></rep_list>
  <team_list><team id="1" primary_team="0">First</team><team id="2" primary_team="1">Network</team></team_list>
  <cust_survey_list><cust_exit_survey><end_time timestamp="5">no</end_time></cust_exit_survey></cust_survey_list>
  <session_details>
   <event timestamp="1733239565" event_type="Session Start"><performed_by type="system">System</performed_by></event>
   <event timestamp="1733239570" event_type="Conference Owner Changed"><destination type="system">Queue</destination></event>
   <event timestamp="1733239595" event_type="Conference Owner Changed"><data><value name="x" value="y"/></data><destination type="representative" gsnumber="4">Bob</destination></event>
   <event timestamp="1733239600" event_type="Conference Owner Changed"><destination type="representative">Eve</destination></event>
   <event timestamp="1733239601" event_type="Chat Message"><encoded_body>AAEC</encoded_body></event>
   <event timestamp="1733240165" event_type="Session End"/>
  </session_details>
 </session></session_list>`, []Session{{
			LSID: "c69a8e10bea9428f816cfababe9815fe", LSEQ: "7", Start: at(1733239565), End: at(1733240165), Duration: 10 * time.Minute,
			PublicSite: "Default", Jumpoint: "Berlin", Team: "Network", Taken: true, PickedUp: at(1733239595),
			EndEvent: true, EndedAt: at(1733240165), FilesTransferred: 2, FilesMoved: 1,
			Events: map[string]uint64{"Session Start": 1, "Conference Owner Changed": 3, "Chat Message": 1, "Session End": 1},
		}}},
		{"Privileged Remote Access, open, a personal Jump Group", `<session_list xmlns="http://www.beyondtrust.com/sra/namespaces/API/reporting">
 <session lsid="a"><start_time timestamp="100">x</start_time><end_time></end_time>
 <jump_group type="personal" id="4">Ann Other</jump_group><primary_rep id="1"/></session></session_list>`,
			[]Session{{LSID: "a", Start: at(100), JumpGroup: "Ann Other", PersonalJumpGroup: true, Taken: true}}},
		{"nobody took it, all unknown", `<session_list><session lsid="b"><start_time>Unknown</start_time><end_time timestamp="">Unknown</end_time>
 <duration>Unknown</duration><public_site>Unknown</public_site><primary_team>unknown</primary_team><jumpoint>Unknown</jumpoint>
 <primary_rep id="Unknown">Unknown</primary_rep><file_transfer_count>Unknown</file_transfer_count></session></session_list>`,
			[]Session{{LSID: "b"}}},
		{"both spellings of dates without an attribute", `<session_list><session lsid="c"><start_time>2019-10-07T00:32:50.877+0000</start_time>
 <end_time>2024-12-03T17:26:05+02:00</end_time></session></session_list>`,
			[]Session{{LSID: "c", Start: time.Date(2019, 10, 7, 0, 32, 50, 877e6, time.UTC), End: time.Date(2024, 12, 3, 15, 26, 5, 0, time.UTC)}}},
		{"the attribute before the text", `<session_list><session lsid="c"><start_time timestamp="7">2024-12-03T17:26:05+02:00</start_time></session></session_list>`,
			[]Session{{LSID: "c", Start: at(7)}}},
		{"the team from the list, odd bytes, unknown elements, nothing left over from the one before", "<session_list><new><session lsid='no'/></new>" +
			"<session lsid='d'><team_list><team>One</team><team primary_team='1'>B\xFCro \x01zwei</team></team_list><primary_rep>x</primary_rep><deep><end_time timestamp='9'/></deep></session><session lsid='e'/></session_list>",
			[]Session{{LSID: "d", Team: "B\uFFFDro zwei", Taken: true}, {LSID: "e"}}},
		{"long hours, the lsid as an element, an event that ends a session without a time", `<session_list><session><lsid>f</lsid><duration>100:00:01</duration>
 <session_details><event event_type="Session End"/></session_details></session></session_list>`,
			[]Session{{LSID: "f", Duration: 100*time.Hour + time.Second, EndEvent: true, Events: map[string]uint64{"Session End": 1}}}},
		{"personal in another spelling, ends that cannot be read and that are none", `<session_list><session lsid="a"><jump_group type="Personal">Ann</jump_group><end_time>03.12.2024 3:26 PM</end_time></session>
<session lsid="b"><start_time timestamp="soon 5"/><end_time timestamp="6"/></session><session lsid="c"><end_time timestamp="0">--</end_time></session></session_list>`,
			[]Session{{LSID: "a", JumpGroup: "Ann", PersonalJumpGroup: true, EndUnread: true, OddTime: "end_time 99.99.9999 9:99 aa"}, {LSID: "b", End: at(6), OddTime: "start_time aaaa 9"}, {LSID: "c"}}},
		{"none", `<session_list/>`, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []Session
			_, err := readSessions(strings.NewReader(test.answer), func(s *Session) error {
				kept := *s
				kept.Events = maps.Clone(s.Events)
				if len(kept.Events) == 0 {
					kept.Events = nil
				}
				got = append(got, kept)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A session with any number of types of events takes bounded memory, and none is lost.
func TestReadSessionWithManyEventTypes(t *testing.T) {
	var b strings.Builder
	b.WriteString(`<session_list><session lsid="a"><session_details>`)
	for i := range 5 * maxEventTypes {
		b.WriteString(`<event event_type="T` + strings.Repeat("x", i) + `"/>`)
	}
	b.WriteString(`</session_details></session></session_list>`)
	_, err := readSessions(strings.NewReader(b.String()), func(s *Session) error {
		var total uint64
		for _, n := range s.Events {
			total += n
		}
		if len(s.Events) > maxEventTypes+1 || total != 5*maxEventTypes || s.Events["other"] != 4*maxEventTypes {
			t.Errorf("%d types, %d events, %d other", len(s.Events), total, s.Events["other"])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
