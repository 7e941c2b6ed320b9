package appliance

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestReadEvents(t *testing.T) {
	tests := []struct {
		name, answer string
		read         func(io.Reader, func(Event) error) (string, error)
		want         []Event
	}{
		{"teams", `<team_activity_list xmlns="https://www.beyondtrust.com/namespaces/API/reporting"><start_time timestamp="1"/>
<team_activity id="1" name="Network"><logged_in_representatives><representative id="2"><event event_type="no"/></representative></logged_in_representatives>
<events><event timestamp="100" event_type="Chat Message"><body>hello</body><destinations><destination gsnumber="1">Bob</destination></destinations></event>
<event timestamp="2024-12-03T15:26:05+00:00" event_type="Files Shared"/></events></team_activity>
<team_activity id="2" name="Unknown"><events/></team_activity><team_activity id="3"><events><event timestamp="101"/></events></team_activity></team_activity_list>`,
			readTeamEvents, []Event{
				{Time: at(100), Type: "Chat Message", Team: "Network"},
				{Time: at(1733239565), Type: "Files Shared", Team: "Network"},
				{Time: at(101)},
			}},
		{"Vault, the time and type as attributes", `<vault_account_activity_list><vault_account_activity timestamp="5" event_type="Password Changed"><account id="1">x</account>
<performed_by type="system"/><data>Manually Rotated</data></vault_account_activity></vault_account_activity_list>`,
			readEvents, []Event{{Time: at(5), Type: "Password Changed"}}},
		{"Jump Items, the time and type as elements", `<jump_item_event_list><jump_item_event><timestamp timestamp="6">2024-12-03T15:26:05+00:00</timestamp>
<jump_item>1</jump_item><event_type>Jump Item Session Started</event_type><jump_item_type>remote_rdp</jump_item_type>
<jump_group type="personal" id="1">Ann</jump_group><data><timestamp timestamp="7"/></data></jump_item_event></jump_item_event_list>`,
			readEvents, []Event{{Time: at(6), Type: "Jump Item Session Started", JumpItemType: "remote_rdp"}}},
		{"a time that cannot be read", `<vault_account_activity_list><vault_account_activity timestamp="2024-12-03T15:26:05" event_type="x"/><vault_account_activity timestamp="Unknown" event_type="y"/></vault_account_activity_list>`,
			readEvents, []Event{{OddTime: "vault_account_activity 9999-99-99a99:99:99", Type: "x"}, {Type: "y"}}},
		{"no time", `<jump_item_event_list><jump_item_event><event_type>Unknown</event_type></jump_item_event></jump_item_event_list>`, readEvents, []Event{{}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []Event
			if _, err := test.read(strings.NewReader(test.answer), func(e Event) error { got = append(got, e); return nil }); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got, cmpopts.IgnoreFields(Event{}, "ID")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The identity of an event is all that it says but the layout and the team's name, which is
// given as it is now.
func TestEventIdentity(t *testing.T) {
	const first = `<team_activity_list><team_activity id="1" name="Old"><events><event timestamp="1" event_type="a"><body>x</body><data><value name="n" value="v"/></data></event></events></team_activity></team_activity_list>`
	id := func(answer string) EventID {
		t.Helper()
		var ids []EventID
		if _, err := readTeamEvents(strings.NewReader(answer), func(e Event) error { ids = append(ids, e.ID); return nil }); err != nil || len(ids) != 1 {
			t.Fatal(ids, err)
		}
		return ids[0]
	}
	want := id(first)
	tests := []struct {
		name, old, new string
		same           bool
	}{
		{"the team was renamed", `name="Old"`, `name="New"`, true},
		{"other layout", `<body>x</body>`, "\n  <body> x </body>\n", true},
		{"another team", `id="1"`, `id="2"`, false},
		{"another time", `timestamp="1"`, `timestamp="2"`, false},
		{"another text", `>x<`, `>y<`, false},
		{"another value deep inside", `value="v"`, `value="w"`, false},
		{"the same letters cut otherwise", `name="n" value="v"`, `name="nv" value=""`, false},
		{"the same text elsewhere", `<body>x</body>`, `<body/>x`, false},
	}
	for _, test := range tests {
		if got := id(strings.Replace(first, test.old, test.new, 1)); (got == want) != test.same {
			t.Errorf("%s: the same is %t", test.name, got == want)
		}
	}
}

// How an instant is written changes with the appliance's time zone, and the event does not.
func TestEventIdentityOutlivesTimeZones(t *testing.T) {
	id := func(event string) EventID {
		t.Helper()
		var ids []EventID
		if _, err := readEvents(strings.NewReader("<jump_item_event_list>"+event+"</jump_item_event_list>"), func(e Event) error { ids = append(ids, e.ID); return nil }); err != nil || len(ids) != 1 {
			t.Fatal(ids, err)
		}
		return ids[0]
	}
	const (
		attribute = `<vault_account_activity timestamp="TIME" event_type="Password Changed"><account>1</account></vault_account_activity>`
		element   = `<jump_item_event><timestamp timestamp="1733239565">TIME</timestamp><event_type>created</event_type></jump_item_event>`
		within    = `<jump_item_event><timestamp timestamp="1"/><data><value name="until" value="TIME"/><new>TIME</new></data></jump_item_event>`
	)
	for _, event := range []string{attribute, element, within} {
		with := func(time string) EventID { return id(strings.ReplaceAll(event, "TIME", time)) }
		want := with("2024-12-03T15:26:05+00:00")
		for _, same := range []string{"2024-12-03T17:26:05+02:00", "2024-12-03T16:26:05+0100", "2024-12-03T15:26:05+0000", "2024-12-03T15:26:05Z", "2024-12-03T15:26:05.000Z"} {
			if with(same) != want {
				t.Errorf("%s in %s is another event", same, event)
			}
		}
		for _, other := range []string{"2024-12-03T15:26:05+02:00", "2024-12-03T15:26:06+00:00", "2024-12-03T15:26:05.5Z", "2024-12-03T15:26:05", "2024-12-03 15:26:05Z"} {
			if with(other) == want {
				t.Errorf("%s in %s is the same event", other, event)
			}
		}
	}
}

func TestReadSurveys(t *testing.T) {
	const answer = `<exit_survey_list><exit_survey lsid="a" ts="1"><submitted_by type="rep">Bob</submitted_by><primary_rep id="1">Bob</primary_rep><question_list>
<question id="1"><name>q1</name><type>radio</type><label>How?</label><report_header>Rating</report_header><answer_list><answer>Good</answer></answer_list></question>
<question id="2"><answer_list><answer>Red</answer><answer/><answer>Blue</answer></answer_list><report_header>Colours</report_header><type>checkbox</type></question>
<question id="3"><name>Spare name</name><type>select</type><report_header/><answer_list><answer>One</answer></answer_list></question>
<question id="4"><type>text</type><report_header>Words</report_header><answer_list><answer>my name is Ann</answer></answer_list></question>
<question id="5"><type>textarea</type><report_header>More</report_header><answer_list><answer>and more</answer></answer_list></question>
<question id="6"><type>slider</type><report_header>New</report_header><answer_list><answer>typed?</answer></answer_list></question>
<question id="7"><report_header>Bare</report_header><answer_list><answer>typed?</answer></answer_list></question>
</question_list></exit_survey><exit_survey lsid="b"/><exit_survey lsid="c"><submitted_by type="cust">Bob</submitted_by></exit_survey>
<exit_survey lsid="d"><submitted_by type="rep">Bob</submitted_by></exit_survey></exit_survey_list>`
	var got []Survey
	var by, said [][16]byte
	if _, err := readSurveys(strings.NewReader(answer), func(s *Survey) error {
		got, by = append(got, Survey{LSID: s.LSID, Answers: slices.Clone(s.Answers)}), append(by, s.By)
		said = append(said, s.Said)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	want := []Survey{{LSID: "a", Answers: []SurveyAnswer{{"Rating", "Good"}, {"Colours", "Red"}, {"Colours", "Blue"}, {"Spare name", "One"}}}, {LSID: "b"}, {LSID: "c"}, {LSID: "d"}}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	if by[0] != by[3] || by[0] == by[2] || by[0] == by[1] || by[2] == by[1] {
		t.Errorf("who submitted the surveys: %x", by)
	}

	// What was said tells surveys apart, though a person typed it; how it is laid out or asked does not.
	all := said[0]
	for change, same := range map[string]bool{"<label>How?|<label>Why?": true, "<answer>Good|<answer> Good": true, "\n<question|<question": true, "Ann|Bob": false, "Red|Green": false, "<answer>Blue</answer>|": false} {
		before, after, _ := strings.Cut(change, "|")
		said = nil
		if _, err := readSurveys(strings.NewReader(strings.ReplaceAll(answer, before, after)), func(s *Survey) error { said = append(said, s.Said); return nil }); err != nil {
			t.Fatal(err)
		}
		if (said[0] == all) != same {
			t.Errorf("%q: the same is %t", change, !same)
		}
	}
}

func TestReadLicenses(t *testing.T) {
	const usage = `<license_usage><start_time timestamp="1"/><group_by>hour</group_by><license_time_intervals>
<license_time_interval timestamp="200" datetime="x"><license_count license_type="full">9</license_count><license_count license_type="full" reason="login">8</license_count><license_count license_type="chat" reason="extended_contact">many</license_count></license_time_interval>
<license_time_interval timestamp="100"><license_count license_type="full">1</license_count></license_time_interval>
<license_time_interval datetime="Unknown"><license_count license_type="full">2</license_count></license_time_interval>
</license_time_intervals></license_usage>`
	peak, _, err := readLicensePeak(strings.NewReader(usage))
	want := LicensePeak{Time: at(200), Counts: []LicenseCount{{"full", "total", 9}, {"full", "login", 8}}}
	if diff := cmp.Diff(want, peak); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if peak, _, err = readLicensePeak(strings.NewReader(`<license_usage><license_time_intervals/></license_usage>`)); err != nil || !peak.Time.IsZero() {
		t.Error("nothing logged is", peak, err)
	}

	const clients = `<connected_clients><connected_representative id="1"><hostname>h</hostname><support_license>full</support_license></connected_representative>
<connected_support_customer id="2"><support_license>full</support_license></connected_support_customer>
<connected_representative id="3"><client_connections><support_license>no</support_license></client_connections><support_license>chat</support_license></connected_representative>
<connected_representative id="4"><support_license>full</support_license></connected_representative>
<connected_representative id="5"/><connected_representative id="6"><support_license>Unknown</support_license></connected_representative></connected_clients>`
	counts, _, err := readLicensesInUse(strings.NewReader(clients))
	if diff := cmp.Diff(map[string]uint64{"full": 2, "chat": 1, "": 2}, counts); diff != "" || err != nil {
		t.Error(err, diff)
	}
	const many = 30_000
	representatives := "<connected_clients>" + strings.Repeat("<connected_representative><support_license>full</support_license></connected_representative>", many) + "</connected_clients>"
	if counts, _, err = readLicensesInUse(strings.NewReader(representatives)); err != nil || counts["full"] != many {
		t.Error(counts, err)
	}
}

func TestGrants(t *testing.T) {
	tests := []struct {
		report, permission, access string
		granted, denied            bool
	}{
		{"SupportSession", "perm_reporting_support", "1", true, false},
		{"SupportSession", "perm_reporting_support", "0", false, true},
		{"SupportTeam", "perm_reporting_license", "1", false, false},
		{"SupportCustExitSurvey", "perm_reporting_support", "maybe", false, false},
		{"LicenseUsage", "perm_reporting_license", "0", false, true},
		{"VaultAccountActivity", "perm_reporting_vault", "1", true, false},
		{"JumpItem", "perm_reporting_license", "1", true, false},
		{"JumpItem", "perm_reporting_license", "0", false, false},
		{"AccessSession", "perm_reporting_support", "0", false, false},
		{"Team", "perm_reporting_access", "1", true, false},
	}
	for _, test := range tests {
		granted, denied := APIInfo{Permissions: []Permission{{test.permission, test.access}}}.Grants(test.report)
		if granted != test.granted || denied != test.denied {
			t.Errorf("%s with %s=%s: granted %t, denied %t", test.report, test.permission, test.access, granted, denied)
		}
	}
}

func FuzzSessions(f *testing.F) {
	fuzz(f, func(r *bytes.Reader) ([]Session, string, error) {
		var all []Session
		namespace, err := readSessions(r, func(s *Session) error { kept := *s; kept.Events = nil; all = append(all, kept); return nil })
		return all, namespace, err
	}, `<session_list><session lsid="a"><start_time timestamp="100">x</start_time><end_time/><duration>00:00:01</duration><primary_team>T</primary_team><session_details><event timestamp="1" event_type="Conference Owner Changed"><destination type="representative"/></event></session_details></session></session_list>`)
}

func FuzzEvents(f *testing.F) {
	fuzz(f, func(r *bytes.Reader) ([]Event, string, error) {
		var all []Event
		namespace, err := readEvents(r, func(e Event) error { all = append(all, e); return nil })
		return all, namespace, err
	}, `<jump_item_event_list><jump_item_event><timestamp timestamp="6"/><event_type>a</event_type><jump_item_type>b</jump_item_type></jump_item_event></jump_item_event_list>`,
		`<vault_account_activity_list><vault_account_activity timestamp="5" event_type="x"/></vault_account_activity_list>`)
}

func FuzzTeamEvents(f *testing.F) {
	fuzz(f, func(r *bytes.Reader) ([]Event, string, error) {
		var all []Event
		namespace, err := readTeamEvents(r, func(e Event) error { all = append(all, e); return nil })
		return all, namespace, err
	}, `<team_activity_list><team_activity id="1" name="T"><events><event timestamp="1" event_type="a"><body>x</body></event></events></team_activity></team_activity_list>`)
}

func FuzzSurveys(f *testing.F) {
	fuzz(f, func(r *bytes.Reader) ([]SurveyAnswer, string, error) {
		var all []SurveyAnswer
		namespace, err := readSurveys(r, func(s *Survey) error { all = append(all, s.Answers...); return nil })
		return all, namespace, err
	}, `<exit_survey_list><exit_survey lsid="a"><question_list><question><type>radio</type><report_header>R</report_header><answer_list><answer>A</answer></answer_list></question></question_list></exit_survey></exit_survey_list>`)
}

func FuzzLicensePeak(f *testing.F) {
	fuzz(f, func(r *bytes.Reader) (LicensePeak, string, error) { return readLicensePeak(r) },
		`<license_usage><license_time_intervals><license_time_interval timestamp="2"><license_count license_type="full" reason="login">8</license_count></license_time_interval></license_time_intervals></license_usage>`)
}

func FuzzLicensesInUse(f *testing.F) {
	fuzz(f, func(r *bytes.Reader) (map[string]uint64, string, error) { return readLicensesInUse(r) },
		`<connected_clients><connected_representative><support_license>full</support_license></connected_representative></connected_clients>`)
}
