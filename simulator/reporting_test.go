package simulator

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
)

// Who reads every report in windows that overlap, and counts each thing once, has the book.
func TestReportsAddUpToTheBook(t *testing.T) {
	for name, cfg := range map[string]Config{
		"remote support":           {},
		"jump groups, empty lists": {World: world.Config{JumpGroups: true}, Reports: ReportDialect{EmptyLists: true, Milliseconds: true}},
		"privileged remote access": {Product: PrivilegedRemoteAccess, Reports: ReportDialect{Language: German, ErrorCodes: true}},
	} {
		t.Run(name, func(t *testing.T) {
			c := newClock()
			cfg.Now, cfg.RequestsPerSecond, cfg.TokenLifetime = c.Now, 1000, 24*time.Hour
			cfg.World.Seed, cfg.World.Representatives, cfg.World.Speed = 5, 20, 3
			s := serve(t, cfg)
			c.advance(10 * time.Minute)
			from := s.StartBook().Unix()
			token := s.token()
			a := newAuditor(t, from)
			for range 12 {
				last := c.Now()
				c.advance(5 * time.Minute)
				a.read(s, token, last.Add(-7*time.Minute).Unix(), c.Now().Unix()+1)
			}
			book := s.Book().Reports
			if len(book.Sessions) < 5 || len(book.VaultEvents) < 3 {
				t.Errorf("too little happened: %v", book.Sessions)
			}
			if d := cmp.Diff(book, a.total, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(world.Reports{}, "PickupOfJumps")); d != "" {
				t.Errorf("the book (-) and the reader (+) differ:\n%s", d)
			}
			if d := cmp.Diff(book, s.Reports(time.Unix(from, 0), c.Now().Add(time.Second)), cmpopts.EquateEmpty()); d != "" {
				t.Errorf("the book (-) and the window (+) differ:\n%s", d)
			}
		})
	}
}

func TestOpenSessionsAreFoundByTheirStart(t *testing.T) {
	for product, report := range map[Product]string{RemoteSupport: "SupportSession", PrivilegedRemoteAccess: "AccessSession"} {
		c := newClock()
		s := serve(t, Config{Now: c.Now, Product: product, World: world.Config{AbnormalEnds: 0.3, Speed: 5}})
		c.advance(time.Hour)
		root := s.report(s.token(), fmt.Sprintf("generate_report=%s&start_time=%d&duration=0", report, c.Now().Add(-24*time.Hour).Unix()))
		open := make(map[string]int)
		for _, session := range root.all("session") {
			end := session.all("end_time")
			ended := false
			for _, e := range session.first("session_details").all("event") {
				ended = ended || e.attr("event_type") == "Session End"
			}
			if len(end) != 1 || (end[0].Text == "") == ended || end[0].Text == "" && len(end[0].Attrs) > 0 {
				t.Errorf("%s: end %+v, ended: %t", session.attr("lsid"), end, ended)
			}
			if !ended {
				group := session.text("jump_group")
				if session.first("jump_group").attr("type") == "personal" {
					group = "personal"
				}
				open[group]++
			}
		}
		book := s.Book()
		if d := cmp.Diff(book.SeemingOpen, open); d != "" || len(open) == 0 {
			t.Errorf("%s: the book (-) and the reader (+) differ:\n%s", product, d)
		}
		if cmp.Equal(book.SeemingOpen, book.OpenSessions) {
			t.Errorf("%s: no session ended abnormally", product)
		}
	}
}

// The spelling of a session, element by element.
func TestASessionIsSpeltAsAppliancesDo(t *testing.T) {
	c := newClock()
	c.now = time.Date(2024, 12, 3, 15, 0, 0, 0, time.UTC)
	s := serve(t, Config{Now: c.Now, Product: PrivilegedRemoteAccess, CertificateLifetime: 100 * 365 * 24 * time.Hour, World: world.Config{Speed: 10}})
	c.advance(20 * time.Minute)
	a := s.reporting(s.token(), "generate_report=AccessSession&end_date=2024-12-03&duration=1")
	for _, want := range []string{
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\n<session_list xmlns=\"http://www.beyondtrust.com/sra/namespaces/API/reporting\"",
		"<session_type>support</session_type>", "<end_time timestamp=\"17332", "\">2024-12-03T15:1", "+00:00</end_time>", "<jump_group type=\"shared\" id=\"",
		"<primary_rep gsnumber=\"", "<os>Unknown</os>", "]:56722</public_ip>", "<private_ip>Unknown</private_ip>", "<destination type=\"system\" gsnumber=\"0\">Pre-start Conference</destination>",
		"<value name=\"owner\" value=\"Pre-start Conference\"></value>", "<filename>", "<session_owner>1</session_owner>",
	} {
		if !strings.Contains(a.body, want) {
			t.Errorf("no %s in\n%.3000s", want, a.body)
		}
	}
	for _, unwanted := range []string{"<primary_team", "<public_site", "<cust_survey_list", "<team_list"} {
		if strings.Contains(a.body, unwanted) {
			t.Errorf("Privileged Remote Access has no %s", unwanted)
		}
	}
	if !a.Close || len(a.TransferEncoding) != 1 || a.TransferEncoding[0] != "chunked" {
		t.Errorf("close %t, transfer encoding %v", a.Close, a.TransferEncoding)
	}
}

func TestParametersOfReports(t *testing.T) {
	c := newClock()
	s := serve(t, Config{Now: c.Now, RequestsPerSecond: 1000, World: world.Config{Speed: 3}})
	c.advance(30 * time.Minute)
	token := s.token()
	all := fmt.Sprintf("&start_time=%d&duration=0", c.Now().Add(-24*time.Hour).Unix())
	sessions := s.report(token, "generate_report=SupportSession"+all).all("session")
	if len(sessions) < 50 {
		t.Fatalf("%d sessions", len(sessions))
	}
	matching := func(chosen func(element) bool) (n int) {
		for _, x := range sessions {
			if chosen(x) {
				n++
			}
		}
		return n
	}
	one, two := sessions[0].attr("lsid"), sessions[len(sessions)-1].attr("lsid")
	rep := sessions[0].first("primary_rep").attr("id")
	for query, want := range map[string]int{
		"&lsid=" + one:                              1,
		"&lsid=" + one + "&limit=site:9":            1,
		"&lsids=" + one + ",%20" + two + ",nothing": 2,
		all + "&limit=all":                          len(sessions),
		all + "&limit=team:all":                     matching(func(e element) bool { return e.text("primary_team") != "" }),
		all + "&limit=team:1":                       matching(func(e element) bool { return e.first("primary_team").attr("id") == "1" }),
		all + "&limit=site:2":                       matching(func(e element) bool { return e.first("public_site").attr("id") == "2" }),
		all + "&limit=rep:" + rep:                   matching(func(e element) bool { return e.first("primary_rep").attr("id") == rep }),
		fmt.Sprintf("&start_date=%s&duration=2", c.Now().UTC().Add(-24*time.Hour).Format("2006-01-02")): len(sessions),
		fmt.Sprintf("&end_time=%d&duration=0", c.Now().Add(-24*time.Hour).Unix()):                       matching(func(e element) bool { return e.text("end_time") != "" }),
	} {
		root := s.report(token, "generate_report=SupportSession"+query)
		if n := len(root.all("session")); n != want || want == 0 {
			t.Errorf("%s: %d sessions, want %d (%s)", query, n, want, root.XMLName.Local)
		}
	}
	if n := len(s.report(token, "generate_report=SupportSession"+all+"&limit=members:1").all("session")); n == 0 || n >= len(sessions) {
		t.Errorf("%d of %d sessions are of members of a team", n, len(sessions))
	}
	if teams := s.report(token, "generate_report=SupportTeam"+all+"&team_id=2").all("team_activity"); len(teams) != 1 || teams[0].attr("id") != "2" {
		t.Errorf("teams %+v", teams)
	}
	items := s.report(token, "generate_report=JumpItem"+all).all("jump_item_event")
	want := items[0].text("jump_item") + ":" + items[0].text("jump_item_type")
	if some := s.report(token, "generate_report=JumpItem"+all+"&jump_item="+want).all("jump_item_event"); len(some) == 0 || len(some) >= len(items) {
		t.Errorf("%d of %d events are of %s", len(some), len(items), want)
	}
	by := s.report(token, "generate_report=SupportRepExitSurvey"+all+"&report_type=rep&id="+rep)
	for _, survey := range by.all("exit_survey") {
		if survey.first("primary_rep").attr("id") != rep {
			t.Errorf("a survey of %v, asked for %s", survey.first("primary_rep"), rep)
		}
	}
	posted := s.request(http.MethodPost, "/api/reporting", "generate_report=SupportSession&lsid="+one)
	posted.Header.Set("Authorization", "Bearer "+token)
	if a := s.do(posted); strings.Count(a.body, "<session lsid=") != 1 {
		t.Errorf("by POST: %.500s", a.body)
	}
}

func TestReportsThatAreRefused(t *testing.T) {
	for name, test := range map[string]struct {
		cfg   Config
		query string
		want  string
	}{
		"no report":         {Config{}, "", "'generate_report' was not specified."},
		"no such report":    {Config{}, "generate_report=Everything", "Invalid value"},
		"another product's": {Config{}, "generate_report=AccessSession&start_time=0&duration=0", "Invalid value"},
		"no time":           {Config{}, "generate_report=SupportTeam&duration=0", "was not specified."},
		"no duration":       {Config{}, "generate_report=JumpItem&start_time=0", "'duration'"},
		"a bad date":        {Config{}, "generate_report=SupportSession&start_date=today&duration=1", "'start_date'"},
		"two times":         {Config{}, "generate_report=SupportSession&start_time=0&end_time=0&duration=1", "at once"},
		"a bad limit":       {Config{}, "generate_report=SupportSession&start_time=0&duration=0&limit=moon:1", "'limit'"},
		"no report type":    {Config{}, "generate_report=SupportCustExitSurvey&start_time=0&duration=0&id=all", "'report_type'"},
		"no grouping":       {Config{}, "generate_report=LicenseUsage&start_time=0&duration=0", "'group_by'"},
		"no sessions":       {Config{Permissions: Permissions{NoSessionReports: true}}, "generate_report=SupportTeam&start_time=0&duration=0", ">Document Not Found</error>"},
		"no licences": {
			Config{Permissions: Permissions{NoLicenseReports: true}, Reports: ReportDialect{Language: French}},
			"generate_report=LicenseUsage&start_time=0&duration=0&group_by=hour", ">Document introuvable</error>",
		},
		"no vault":      {Config{Permissions: Permissions{NoVaultReports: true}}, "generate_report=VaultAccountActivity&start_time=0&duration=0", ">Document Not Found</error>"},
		"nothing found": {Config{}, "generate_report=SupportSession&end_time=1000&duration=60", "No report data matching your chosen criteria is available."},
		"in German": {
			Config{Reports: ReportDialect{Language: German, ErrorCodes: true}, NamespaceBase: "http://www.bomgar.com/namespaces/API"},
			"generate_report=SupportTeam&end_time=1000&duration=60", `<error xmlns="http://www.bomgar.com/namespaces/API/reporting" code="1">Es sind keine Daten`,
		},
		"an empty list": {Config{Reports: ReportDialect{EmptyLists: true}}, "generate_report=SupportTeam&end_time=1000&duration=60", "<team_activity_list"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, test.cfg)
			a := s.reporting(s.token(), test.query)
			if a.StatusCode != http.StatusOK || !strings.Contains(strings.ReplaceAll(a.body, "&#39;", "'"), test.want) {
				t.Errorf("%s: %s", a.Status, a.body)
			}
			if err := xml.Unmarshal([]byte(a.body), new(element)); err != nil {
				t.Error(err)
			}
		})
	}
	denied := serve(t, Config{Permissions: Permissions{NoSessionReports: true, NoVaultReports: true}})
	info := denied.command(denied.token(), "action=get_api_info").body
	for name, want := range map[string]string{"support": "0", "vault": "0", "license": "1"} {
		if !strings.Contains(info, `name="perm_reporting_`+name+`">`+want+"<") {
			t.Errorf("perm_reporting_%s is not %s in %s", name, want, info)
		}
	}
	s := serve(t, Config{RequestsPerHour: 1})
	if a := s.reporting("nobody's", "generate_report=SupportTeam"); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("without a token: %s", a.Status)
	}
	token := s.token()
	s.command(token, "action=check_health")
	if a := s.reporting(token, "generate_report=SupportTeam"); a.StatusCode != http.StatusTooManyRequests {
		t.Errorf("over the limit: %s", a.Status)
	}
}

func TestLicenseUsageIsReported(t *testing.T) {
	c := newClock()
	s := serve(t, Config{Now: c.Now, World: world.Config{Licenses: 20, TimeOfDay: 5 * time.Hour}})
	c.advance(6 * time.Hour)
	token := s.token()
	root := s.report(token, fmt.Sprintf("generate_report=LicenseUsage&start_time=%d&duration=0&group_by=hour", c.Now().Add(-24*time.Hour).Unix()))
	intervals := root.first("license_time_intervals").all("license_time_interval")
	if root.XMLName.Local != "license_usage" || root.text("group_by") != "hour" || len(intervals) < 2 {
		t.Fatalf("%+v", root)
	}
	got := map[string]string{}
	for _, n := range intervals[len(intervals)-1].all("license_count") {
		got[n.attr("license_type")+" "+n.attr("reason")] = n.Text
	}
	want := map[string]string{}
	for _, n := range s.Book().LicensePeak.Counts {
		want[n.Type+" "+n.Reason] = fmt.Sprint(n.Count)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("the book (-) and the report (+) differ:\n%s", d)
	}
	connected := map[string]int{}
	var clients element
	if err := xml.Unmarshal([]byte(s.command(token, "action=get_connected_clients&type=representative").body), &clients); err != nil {
		t.Fatal(err)
	}
	for _, r := range clients.all("connected_representative") {
		connected[r.text("support_license")]++
	}
	if d := cmp.Diff(s.Book().LicensesInUse, connected); d != "" || len(connected) < 2 {
		t.Errorf("the book (-) and get_connected_clients (+) differ:\n%s", d)
	}
}
