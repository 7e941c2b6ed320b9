package statesub

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"unicode/utf8"
)

func decode(t *testing.T, text string) *Message {
	t.Helper()
	var m Message
	if err := NewDecoder().Decode([]byte(text), &m); err != nil {
		t.Fatalf("Decode(%s): %v", text, err)
	}
	return &m
}

func TestDecodeResponses(t *testing.T) {
	for _, tt := range []struct {
		text    string
		kind    MessageKind
		success Flag
		reason  string
		clock   float64
	}{
		{`{"type":"authenticate_response","success":true}`, MessageAuthenticateResponse, Yes, "", 0},
		{`{"success":1,"type":"authenticate_response"}`, MessageAuthenticateResponse, Yes, "", 0},
		{`{"type":"authenticate_response","success":"False","reason":"no \u00fcse"}`, MessageAuthenticateResponse, No, "no üse", 0},
		{`{"type":"authenticate_response"}`, MessageAuthenticateResponse, Unsaid, "", 0},
		{`{"type":"authenticate_response","success":[]}`, MessageAuthenticateResponse, Unsaid, "", 0},
		{`{"type":"subscribe_response","timestamp":1612345678,"success":true}`, MessageSubscribeResponse, Yes, "", 1612345678},
		{`{"type":"subscribe_response","timestamp":"1612345678.25","success":"1"}`, MessageSubscribeResponse, Yes, "", 1612345678.25},
		{`{"type":"subscribe_response","timestamp":"today","success":true}`, MessageSubscribeResponse, Yes, "", 0},
		{`{"type":"truncate_model"}`, MessageTruncateModel, Unsaid, "", 0},
		{`{"type":"model_update"}`, MessageModelUpdate, Unsaid, "", 0},
		{`{"type":"update_model"}`, MessageModelUpdate, Unsaid, "", 0},
		{`{"type":"heartbeat","x":[1,{"y":null}]}`, MessageOther, Unsaid, "", 0},
		{`{"type":null}`, MessageOther, Unsaid, "", 0},
		{`{}`, MessageOther, Unsaid, "", 0},
		{" \t{ } \r", MessageOther, Unsaid, "", 0},
		{`{"t\u0079pe":"truncate\u005fmodel"}`, MessageTruncateModel, Unsaid, "", 0},
		{`{"type":"truncate_model","type":"model_update"}`, MessageModelUpdate, Unsaid, "", 0},
	} {
		m := decode(t, tt.text)
		if m.Kind != tt.kind || m.Success != tt.success || m.Reason != tt.reason || m.Timestamp != tt.clock {
			t.Errorf("%s: got %v, success %v, reason %q, timestamp %v", tt.text, m.Kind, m.Success, m.Reason, m.Timestamp)
		}
	}
}

// updates are the odd forms that appliances send, or may send.
var updates = []struct{ name, text, want string }{
	{"type last", `{"insert":{"attendee":{"1":{"connected":1}}},"type":"model_update"}`,
		"insert Attendees 1: Connected=yes\n"},
	{"every operation, duplicate keys", `{"type":"model_update","delete":{"queue":["3"]},"update":{"queue":{"2":{"name":"b"}}},"insert":{"queue":{"1":{"name":"x","name":"a"}}},"insert":{"queue":{"4":{}}}}`,
		"insert Queues 1: Name=\"a\"\ninsert Queues 4:\nupdate Queues 2: Name=\"b\"\ndelete Queues 3\n"},
	{"largest id", `{"type":"model_update","insert":{"support_session":{"18446744073709551615":{"queue_id":18446744073709551615,"primary_team_queue_id":"18446744073709551614"}}}}`,
		"insert SupportSessions 18446744073709551615: QueueID=18446744073709551615 PrimaryTeamQueueID=18446744073709551614\n"},
	{"ids that are none", `{"type":"model_update","insert":{"support_session":{"18446744073709551616":{"lsid":"a"},"-1":{},"":{},"x":[1],"1.5":{},"7":{}}}}`,
		"insert SupportSessions 7:\nunreadable support_session 5\n"},
	{"references to nothing", `{"type":"model_update","insert":{"support_session_skill":{"1":{"support_session_id":""},"2":{"support_session_id":null},"3":{"support_session_id":0},"4":{"support_session_id":"0"}}}}`,
		"insert SupportSessionSkills 1: SupportSessionID=0\ninsert SupportSessionSkills 2: SupportSessionID=0\ninsert SupportSessionSkills 3: SupportSessionID=0\ninsert SupportSessionSkills 4: SupportSessionID=0\n"},
	{"references that cannot be read", `{"type":"model_update","insert":{"support_session_skill":{"1":{"support_session_id":1e3},"2":{"support_session_id":-4},"3":{"support_session_id":true},"4":{"support_session_id":{"a":[]}}}}}`,
		"insert SupportSessionSkills 1: SupportSessionID=0\ninsert SupportSessionSkills 2: SupportSessionID=0\ninsert SupportSessionSkills 3: SupportSessionID=0\ninsert SupportSessionSkills 4: SupportSessionID=0\nunreadable support_session_skill 4\n"},
	{"timestamps", `{"type":"model_update","insert":{"representative_support_session":{"1":{"created_timestamp":1612345678},"2":{"created_timestamp":"1612345678"},"3":{"created_timestamp":1612345678.5},"4":{"created_timestamp":1.5e9},"5":{"created_timestamp":"15E+8"},"6":{"created_timestamp":null},"7":{"created_timestamp":""},"8":{"created_timestamp":0}}}}`,
		"insert RepresentativeSupportSessions 1: Created=1612345678\ninsert RepresentativeSupportSessions 2: Created=1612345678\ninsert RepresentativeSupportSessions 3: Created=1612345678\ninsert RepresentativeSupportSessions 4: Created=1500000000\ninsert RepresentativeSupportSessions 5: Created=1500000000\ninsert RepresentativeSupportSessions 6: Created=0\ninsert RepresentativeSupportSessions 7: Created=0\ninsert RepresentativeSupportSessions 8: Created=0\n"},
	{"timestamps that cannot be read", `{"type":"model_update","insert":{"representative_support_session":{"1":{"created_timestamp":-1},"2":{"created_timestamp":1e999},"3":{"created_timestamp":"NaN"},"4":{"created_timestamp":"0x10"},"5":{"created_timestamp":"2021-02-03"},"6":{"created_timestamp":true}}}}`,
		strings.Join([]string{"", " 1: Created=0\n", " 2: Created=0\n", " 3: Created=0\n", " 4: Created=0\n", " 5: Created=0\n", " 6: Created=0\n"}, "insert RepresentativeSupportSessions") + "unreadable representative_support_session 6\n"},
	{"flags", `{"type":"model_update","insert":{"representative":{"1":{"connected":1,"console_in_focus":0,"routing_available":true,"routing_busy":false,"routing_enabled":"TRUE","routing_idle":"False"},"2":{"connected":"1","console_in_focus":"0","routing_available":null,"routing_busy":"","routing_enabled":2,"routing_idle":"yes"}}}}`,
		"insert Representatives 1: Connected=yes ConsoleInFocus=no RoutingAvailable=yes RoutingBusy=no RoutingEnabled=yes RoutingIdle=no\ninsert Representatives 2: Connected=yes ConsoleInFocus=no RoutingAvailable=unsaid RoutingBusy=unsaid RoutingEnabled=unsaid RoutingIdle=unsaid\nunreadable representative 2\n"},
	{"a representative", `{"type":"model_update","insert":{"representative":{"1":{"created_timestamp":5,"queue_id":"6","user_id":"7","selected_support_session_id":8,"type":"normal","skill_code_names":"a,b","username":"x"},"2":{"user_id":7}}}}`,
		"insert Representatives 1: Created=5 QueueID=6 UserID=7 SelectedSupportSessionID=8 Type=\"normal\" SkillCodeNames=\"a,b\"\ninsert Representatives 2: UserID=7\n"},
	{"a session", `{"type":"model_update","insert":{"support_session":{"1":{"lsid":"l","queue_id":2,"primary_team_queue_id":3,"created_timestamp":4,"queue_entry_timestamp":5,"estimated_pickup_timestamp":6,"start_method":"rep_list","public_site_name":"Default","issue_code_name":"vpn","priority":"2","customer_name":"x"},"2":{"lsid":12345678901234567890123,"priority":3},"3":{"priority":9999999999}}}}`,
		"insert SupportSessions 1: LSID=\"l\" QueueID=2 PrimaryTeamQueueID=3 Created=4 QueueEntry=5 EstimatedPickup=6 StartMethod=\"rep_list\" PublicSite=\"Default\" Issue=\"vpn\" Priority=2\ninsert SupportSessions 2: LSID=\"12345678901234567890123\" Priority=3\ninsert SupportSessions 3: Priority=0\nunreadable support_session 1\n"},
	{"the other kept tables", `{"type":"model_update","insert":{"customer_client":{"1":{"support_session_id":"2","client_type":"desktop","connected":1,"elevated":0,"hostname":"h"}},"representative_queue":{"1":{"queue_id":2,"representative_id":3,"role":"lead"}},"representative_support_session":{"1":{"representative_id":2,"support_session_id":3}},"representative_support_session_tool":{"1":{"tool":"registry"}},"support_session_skill":{"1":{"code_name":"s"}},"queue":{"1":{"type":"team","code_name":"c","name":"n","support_team_id":12},"2":{"support_team_id":"12"}}}}`,
		"insert CustomerClients 1: SupportSessionID=2 ClientType=\"desktop\" Connected=yes Elevated=no\ninsert Queues 1: Type=\"team\" CodeName=\"c\" Name=\"n\" SupportTeamID=\"12\"\ninsert Queues 2: SupportTeamID=\"12\"\ninsert RepresentativeQueues 1: QueueID=2 RepresentativeID=3 Role=\"lead\"\ninsert RepresentativeSupportSessions 1: RepresentativeID=2 SupportSessionID=3\ninsert RepresentativeSupportSessionTools 1: Tool=\"registry\"\ninsert SupportSessionSkills 1: CodeName=\"s\"\n"},
	{"counted tables", `{"type":"model_update","insert":{"presentation_session":{"1":{"lsid":"x"}},"presenter":{"2":{}},"support_session_attribute":{"3":{"value":"\"}"},"x":{}}},"delete":{"presenter":[2],"support_session_attribute":["3"]}}`,
		"insert PresentationSessions 1:\ninsert Presenters 2:\ndelete Presenters 2\ninsert SupportSessionAttributes 3:\ndelete SupportSessionAttributes 3\nunreadable support_session_attribute 1\n"},
	{"undocumented tables", `{"type":"model_update","insert":{"jump_item":{"a":{"x":1},"b":7}},"update":{"jump_item":{"a":{}}},"delete":{"jump_item":["a",5,null],"vault":null}}`,
		"insert Others 0:\nupdate Others 0:\ndelete Others 0\ndelete Others 0\nunreadable other 2\n"},
	{"tables that are null", `{"type":"model_update","insert":{"queue":null,"attendee":{"1":{}}},"update":null,"delete":{"queue":null}}`,
		"insert Attendees 1:\n"},
	{"tables that are something else", `{"type":"model_update","insert":{"queue":[],"attendee":"x"},"update":7,"delete":{"queue":{"1":{}},"attendee":"1"}}`,
		"unreadable attendee 2\nunreadable queue 2\nunreadable other 1\n"},
	{"rows that are none", `{"type":"model_update","insert":{"queue":{"1":null,"2":"x","3":[{}],"4":{}}}}`,
		"insert Queues 4:\nunreadable queue 3\n"},
	{"deletes", `{"type":"model_update","delete":{"queue":["1",2,"18446744073709551615",18446744073709551615,null,"",-1,[],{}]}}`,
		"delete Queues 1\ndelete Queues 2\ndelete Queues 18446744073709551615\ndelete Queues 18446744073709551615\nunreadable queue 5\n"},
	{"nulls in fields are named", `{"type":"model_update","update":{"support_session":{"1":{"issue_code_name":null,"lsid":null,"priority":null}}}}`,
		"update SupportSessions 1: LSID=\"\" Issue=\"\" Priority=0\n"},
	{"texts that cannot be read", `{"type":"model_update","insert":{"queue":{"1":{"name":{},"code_name":false,"type":[1,2]}}}}`,
		"insert Queues 1: Type=\"\" CodeName=\"\" Name=\"\"\nunreadable queue 3\n"},
	{"escapes", `{"type":"model_update","insert":{"queue":{"1":{"na\u006de":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\ud83dx\udc00"}}}}`,
		"insert Queues 1: Name=\"\\\"\\\\/\\b\\f\\n\\r\\té😀\uFFFDx\uFFFD\"\n"},
	{"white space", " { \"type\" : \"model_update\" ,\t\"insert\" : { \"queue\" : { \"1\" : { \"name\" : \"a\" , \"x\" : [ ] } } } } \r",
		"insert Queues 1: Name=\"a\"\n"},
}

func TestDecodeUpdates(t *testing.T) {
	for _, tt := range updates {
		t.Run(tt.name, func(t *testing.T) {
			m := decode(t, tt.text)
			if m.Kind != MessageModelUpdate {
				t.Fatalf("kind %v", m.Kind)
			}
			if got := showUpdate(&m.Update); got != tt.want {
				t.Errorf("%s\ngot:\n%s\nwant:\n%s", tt.text, got, tt.want)
			}
		})
	}
}

// A decoder and a message that are used again give what new ones give.
func TestDecodeAgain(t *testing.T) {
	d, m := NewDecoder(), new(Message)
	for range 2 {
		for _, tt := range updates {
			if err := d.Decode([]byte(tt.text[:len(tt.text)/2]), m); err == nil {
				t.Fatalf("%s: half a message was taken", tt.name)
			}
			if got := showUpdate(&m.Update); got != "" || m.Kind != MessageOther {
				t.Errorf("%s: half a message left %s", tt.name, got)
			}
			if err := d.Decode([]byte(tt.text), m); err != nil {
				t.Fatal(err)
			}
			if got := showUpdate(&m.Update); got != tt.want {
				t.Errorf("%s: got\n%s", tt.name, got)
			}
		}
	}
}

func TestDecodeCounts(t *testing.T) {
	m := decode(t, `{"type":"model_update","insert":{"queue":{"1":{},"x":{}},"jump_item":{"a":{}}},"update":{"queue":{"2":{}},"attendee":null},"delete":{"queue":[3,"4",null]}}`)
	u := &m.Update
	if u.Sent[TableQueue] != [NumOps]int{1, 1, 2} || u.Sent[TableOther] != [NumOps]int{1, 0, 0} {
		t.Errorf("sent: queue %v, other %v", u.Sent[TableQueue], u.Sent[TableOther])
	}
	if !u.Named[TableQueue] || !u.Named[TableAttendee] || !u.Named[TableOther] || u.Named[TablePresenter] {
		t.Errorf("named: %v", u.Named)
	}
}

func TestDecodeTextLimits(t *testing.T) {
	queue := func(name string) *Queue {
		m := decode(t, `{"type":"model_update","insert":{"queue":{"1":{"name":"`+name+`"}}}}`)
		return m.Update.Queues.Inserts[0].Row
	}
	if got := queue(strings.Repeat("a", 127) + "é").Name; got != strings.Repeat("a", 127) {
		t.Errorf("a character was cut in two: %q", got)
	}
	if got := queue(strings.Repeat("é", 100)).Name; len(got) != 128 {
		t.Errorf("cut to %d bytes", len(got))
	}
	if got := queue("a\xff\xc3").Name; got != "a\uFFFD\uFFFD" {
		t.Errorf("invalid UTF-8 became %q", got)
	}
	lsid := func(s string) (string, int) {
		m := decode(t, `{"type":"model_update","insert":{"support_session":{"1":{"lsid":"`+s+`"}}}}`)
		return m.Update.SupportSessions.Inserts[0].Row.LSID, m.Update.Unreadable[TableSupportSession]
	}
	if got, n := lsid(strings.Repeat("a", 256)); len(got) != 256 || n != 0 {
		t.Errorf("lsid of 256 bytes: %d bytes, unreadable %d", len(got), n)
	}
	if got, n := lsid(strings.Repeat("a", 257)); got != "" || n != 1 {
		t.Errorf("lsid of 257 bytes: %d bytes, unreadable %d", len(got), n)
	}
}

// A long list of skills keeps whole names: a name cut short would be a skill
// that does not exist.
func TestDecodeSkillList(t *testing.T) {
	skills := func(list string) string {
		m := decode(t, `{"type":"model_update","insert":{"representative":{"1":{"skill_code_names":"`+list+`"}}}}`)
		return m.Update.Representatives.Inserts[0].Row.SkillCodeNames.String()
	}
	var names []string
	for i := range 20 {
		names = append(names, fmt.Sprintf("skill_number_%d", i))
	}
	list := strings.Join(names, ",")
	if got := skills(list); got != list {
		t.Errorf("got %q", got)
	}
	if got, want := skills("a,"+strings.Repeat("b", 200)+",c"), "a,"+strings.Repeat("b", 128)+",c"; got != want {
		t.Errorf("got %q", got)
	}
	if got := skills(strings.Repeat("abcdefg,", 5000)); len(got) > maxList || !strings.HasSuffix(got, "abcdefg") {
		t.Errorf("a list without end was cut to %d bytes, ending in %q", len(got), got[len(got)-10:])
	}
}

func TestDecodeOthersApart(t *testing.T) {
	m := decode(t, `{"type":"model_update","insert":{"a":{"b":{},"c":{}},"b":{"a":{},"c":{}}},"delete":{"a":["b"],"c":[5,"5"]}}`)
	ids := map[uint64]bool{}
	for _, row := range m.Update.Others.Inserts {
		ids[row.ID] = true
	}
	if len(ids) != 4 {
		t.Errorf("4 rows of two tables have %d ids", len(ids))
	}
	deletes := m.Update.Others.Deletes
	if deletes[0] != m.Update.Others.Inserts[0].ID {
		t.Error("the id of a row differs from one operation to the other")
	}
	if deletes[1] != deletes[2] {
		t.Error("an id differs as a number and as a string")
	}
}

func TestDecodeMalformed(t *testing.T) {
	for _, text := range []string{
		``, ` `, `null`, `[]`, `"x"`, `1`, `{`, `}`, `{}{}`, `{} x`, "{}\x00", `{"a"}`, `{"a":}`, `{"a":1,}`, `{,"a":1}`, `{"a":1 "b":2}`,
		`{a:1}`, `{'a':1}`, `{"a":01}`, `{"a":1.}`, `{"a":.5}`, `{"a":+1}`, `{"a":1e}`, `{"a":-}`, `{"a":0x1}`, `{"a":tru}`, `{"a":nul}`, `{"a":falsey}`,
		`{"a":NaN}`, `{"a":"\x"}`, `{"a":"\u12g4"}`, `{"a":"\u123"}`, "{\"a\":\"\t\"}", "{\"a\":\"12345678\x1f\"}", `{"a":"b}`, `{"a":"b\"}`, `{"a":[1,]}`, `{"a":[1 2]}`, `{"a":[}`, `{"a":{]}`,
		`{"type":"model_update","insert":{"queue":{"1":{"name":"a"}}}`,
		`{"type":"model_update","insert":{"queue":{"1":{"name":"a"},}}}`,
		`{"type":"model_update","delete":{"queue":[1,]}}`,
		`{"type":"model_update","insert":{"queue":{"1":{"name":tru}}}}`,
		`{"x":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`,
	} {
		var m Message
		err := NewDecoder().Decode([]byte(text), &m)
		if !errors.Is(err, ErrMalformed) {
			t.Errorf("%q: error %v", text, err)
		}
		if showUpdate(&m.Update) != "" {
			t.Errorf("%q: half of it was kept", text)
		}
	}
}

// The error is for a log: it tells the place and nobody's name.
func TestDecodeErrorIsDiscreet(t *testing.T) {
	var m Message
	text := `{"type":"model_update","insert":{"support_session":{"1":{"customer_name":"Jane Roe","secret" 1}}}}`
	err := NewDecoder().Decode([]byte(text), &m)
	if want := fmt.Sprintf("malformed message: no colon at byte %d", strings.Index(text, " 1}")+1); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestParseTimestampLikeStrconv(t *testing.T) {
	for _, text := range []string{"0", "-0", "0.1", "0.30000000000000004", "1612345678.123456", "123456789012345", "12345678901234.5", "1234567890123456789", "1e22", "1e23", "8.5E-3", "0.000001"} {
		got, ok := parseTimestamp([]byte(text))
		var want float64
		_, _ = fmt.Sscan(text, &want)
		if !ok || got != want || math.Signbit(got) {
			t.Errorf("%s: got %v, %v, want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", ".", "1.", ".5", "00", "01", "01.5", "1.5.5", "--1", "1 ", "1_0", "Inf", "-1", "-1e-9"} {
		if got, ok := parseTimestamp([]byte(text)); ok {
			t.Errorf("%q was taken as %v", text, got)
		}
	}
}

func TestSymbolsAreBounded(t *testing.T) {
	d := NewDecoder()
	for i := range 3 * maxSymbols {
		text := fmt.Sprint(i)
		if s := d.intern([]byte(text)); s.String() != text {
			t.Fatalf("%s became %s", text, s)
		}
	}
	if len(d.symbols) > maxSymbols {
		t.Errorf("%d symbols are kept", len(d.symbols))
	}
}

func FuzzText(f *testing.F) {
	f.Add(`abc\u00e9\ud83d\ude00"`)
	f.Add("\xff\\n")
	f.Fuzz(func(t *testing.T, content string) {
		s := scanner{data: []byte(`"` + content + `"`)}
		got := string(s.text())
		want, ok := jsonString(s.data)
		if (s.err == nil && s.pos == len(s.data)) != ok {
			t.Fatalf("%q: error %v, encoding/json takes it: %v", s.data, s.err, ok)
		}
		if ok && got != want {
			t.Errorf("%q: got %q, want %q", s.data, got, want)
		}
		if ok && !utf8.ValidString(got) {
			t.Errorf("%q: %q is no UTF-8", s.data, got)
		}
	})
}
