package reports

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// wired is an appliance on the wire, written from the vendor's documents: OAuth, get_api_info
// and reports in XML.
type wired struct {
	clock func() time.Time

	mu   sync.Mutex
	rows map[string]string // the XML of a report's things at the appliance's start
	bad  bool
}

func (a *wired) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	w.Header().Set("Connection", "close")
	if r.URL.Path == "/oauth2/token" {
		_, _ = io.WriteString(w, `{"access_token":"abcdefghij0123456789abcdefghij0123456789","token_type":"Bearer","expires_in":3600}`)
		return
	}
	if r.Header.Get("Authorization") == "" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	w.Header().Set("Content-Type", "text/xml; charset=UTF-8")
	query := r.URL.Query()
	if query.Get("action") == "get_api_info" {
		fmt.Fprintf(w, `<api_information xmlns="http://www.bomgar.com/namespaces/API/command"><api_version>1.19.0</api_version><timestamp>%d</timestamp>
<permissions><permission name="perm_reporting_support">1</permission><permission name="perm_reporting_license">1</permission></permissions></api_information>`, a.clock().Unix())
		return
	}
	report := query.Get("generate_report")
	root := map[string]string{
		"SupportSession": "session_list", "SupportTeam": "team_activity_list", "VaultAccountActivity": "vault_account_activity_list",
		"JumpItem": "jump_item_event_list", "SupportCustExitSurvey": "exit_survey_list", "SupportRepExitSurvey": "exit_survey_list",
	}[report]
	rows := a.rows[report]
	if query.Has("start_time") && report == "SupportSession" {
		rows = ""
	}
	if duration, err := strconv.Atoi(query.Get("duration")); err != nil || duration < 1 {
		http.Error(w, "no duration", http.StatusBadRequest)
		return
	}
	if rows == "" {
		_, _ = io.WriteString(w, `<error xmlns="https://www.beyondtrust.com/namespaces/API/reporting">Keine Ergebnisse</error>`)
		return
	}
	fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?><%s xmlns="https://www.beyondtrust.com/namespaces/API/reporting">%s`, root, rows)
	if !a.bad {
		fmt.Fprintf(w, `</%s>`, root)
	}
}

// What an appliance sends over the wire arrives in the counters, once, and half an answer does
// not.
func TestOverTheWire(t *testing.T) {
	skew := 300 * time.Second
	a := &wired{clock: func() time.Time { return time.Now().Add(skew) }, rows: make(map[string]string)}
	server := httptest.NewUnstartedServer(a)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	server.StartTLS()
	defer server.Close()
	address, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	client, err := appliance.New(appliance.Config{
		URL: address, ClientID: "id", Secret: func() (string, error) { return "secret", nil },
		TLS: appliance.TLSOptions{RootCAs: pool}, Timeout: 30 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()

	var logged lines
	config := Config{Client: client, Info: client.APIInfo, Intervals: all(Sessions, Surveys, Teams), Appliance: "a", Logger: logged.logger(), Directory: t.TempDir()}
	r := begin(t, config)
	for _, p := range r.pollers {
		p.began = time.Now().Add(-time.Hour)
	}
	at := a.clock().Add(-time.Minute).Unix()
	a.rows["SupportSession"] = fmt.Sprintf(`<session lsid="s1"><start_time timestamp="%d">x</start_time><end_time timestamp="%d">x</end_time><primary_team id="1">Network</primary_team>
<session_details><event timestamp="%d" event_type="Conference Owner Changed"><destination type="representative">Bob</destination></event><event event_type="Chat Message"><encoded_body>AAEC</encoded_body></event></session_details></session>
<session lsid="s2"><start_time timestamp="%d">x</start_time><end_time></end_time></session>`, at-100, at, at-80, at)
	survey := `<exit_survey lsid="s1" ts="1"><question_list><question><type>radio</type><report_header>Rating</report_header><answer_list><answer>Good</answer></answer_list></question>
<question><type>text</type><report_header>Words</report_header><answer_list><answer>I am Ann</answer></answer_list></question></question_list></exit_survey>`
	a.rows["SupportCustExitSurvey"] = survey
	team := fmt.Sprintf(`<event timestamp="%d" event_type="Chat Message"><body>hello</body></event>`, at)
	a.rows["SupportTeam"] = `<team_activity id="1" name="Network"><events>` + team + team + `</events></team_activity>`

	check := func(when string, chats uint64) {
		t.Helper()
		v := r.View()
		if diff := cmp.Diff([]Series{{Labels: []string{"", "", "Network", "", "served"}, Value: 1}}, v.Sessions); diff != "" {
			t.Errorf("%s: %s", when, diff)
		}
		if len(v.SessionPickups) != 1 || v.SessionPickups[0].Sum != 20 || v.SessionDurations[0].Sum != 100 {
			t.Errorf("%s: %+v %+v", when, v.SessionPickups, v.SessionDurations)
		}
		if diff := cmp.Diff([]Series{{Labels: []string{"customer", "Rating", "Good"}, Value: 1}}, v.SurveyAnswers); diff != "" {
			t.Errorf("%s: %s", when, diff)
		}
		if diff := cmp.Diff(map[string]uint64{"Chat Message": chats}, positive(sum(v.TeamEvents, 1))); diff != "" {
			t.Errorf("%s: %s", when, diff)
		}
	}
	if err := r.poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	check("at first", 2)
	if logged.count("Keine Ergebnisse") == 0 {
		t.Error("the text of the <error> is not in the log")
	}
	r = begin(t, config)
	if err := r.poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	check("after a restart", 2)

	a.mu.Lock()
	a.rows["SupportTeam"], a.bad = a.rows["SupportTeam"]+a.rows["SupportTeam"], true
	a.mu.Unlock()
	if err := r.poll(t.Context()); err == nil {
		t.Error("half an answer is no error")
	}
	check("after half an answer", 2)
	a.mu.Lock()
	a.bad = false
	a.mu.Unlock()
	if err := r.poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	check("after all of it", 4)
}
