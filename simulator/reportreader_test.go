package simulator

import (
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
)

// element is any XML element: what one knows who knows the documents and nothing of this package.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Children []element  `xml:",any"`
}

func (e element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// all are the children of a name.
func (e element) all(name string) (list []element) {
	for _, c := range e.Children {
		if c.XMLName.Local == name {
			list = append(list, c)
		}
	}
	return list
}

// first is the first child of a name, down a path; empty if there is none.
func (e element) first(path ...string) element {
	for _, name := range path {
		found := e.all(name)
		if len(found) == 0 {
			return element{}
		}
		e = found[0]
	}
	return e
}

func (e element) text(path ...string) string {
	return strings.TrimSpace(e.first(path...).Text)
}

// report asks for a report, which must be XML, and returns its root.
func (s *served) report(token, query string) element {
	s.t.Helper()
	a := s.reporting(token, query)
	if a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != "text/xml; charset=UTF-8" {
		s.t.Fatalf("%s: %s, %s", query, a.Status, a.Header.Get("Content-Type"))
	}
	var root element
	if err := xml.Unmarshal([]byte(a.body), &root); err != nil {
		s.t.Fatalf("%s: %v in %.2000s", query, err, a.body)
	}
	return root
}

func (s *served) reporting(token, query string) answer {
	s.t.Helper()
	r := s.request(http.MethodGet, "/api/reporting?"+query, "")
	r.Header.Set("Authorization", "Bearer "+token)
	return s.do(r)
}

// auditor counts what reports tell, each thing once, as the definitions of the metrics have it.
type auditor struct {
	t     testing.TB
	from  int64
	seen  map[string]bool
	total world.Reports
}

func newAuditor(t testing.TB, from int64) *auditor {
	counts := func() map[string]uint64 { return make(map[string]uint64) }
	durations := func() map[string]world.Durations { return make(map[string]world.Durations) }
	return &auditor{t, from, make(map[string]bool), world.Reports{
		Sessions: make(map[world.SessionLabels]uint64), Duration: durations(), Pickup: durations(),
		Events: counts(), Files: counts(), Answers: make(map[string]world.Pairs),
		TeamEvents: make(world.Pairs), VaultEvents: counts(), JumpItemEvents: make(world.Pairs),
	}}
}

// once tells whether something is new.
func (a *auditor) once(identity ...any) bool {
	key := fmt.Sprint(identity...)
	if a.seen[key] {
		return false
	}
	a.seen[key] = true
	return true
}

func (a *auditor) unix(text string) (at int64) {
	if _, err := fmt.Sscan(text, &at); err != nil {
		a.t.Errorf("%q is no timestamp", text)
	}
	return at
}

func (a *auditor) count(text string) (n uint64) {
	if _, err := fmt.Sscan(text, &n); err != nil {
		a.t.Errorf("%q is no number", text)
	}
	return n
}

func observe(to map[string]world.Durations, key string, seconds int64) {
	d := to[key]
	to[key] = world.Durations{Count: d.Count + 1, Sum: d.Sum + float64(seconds)}
}

func pair(p world.Pairs, from, to string) {
	if p[from] == nil {
		p[from] = make(map[string]uint64)
	}
	p[from][to]++
}

// sessions takes in a report of sessions that ended.
func (a *auditor) sessions(root element) {
	for _, s := range root.all("session") {
		end := a.unix(s.first("end_time").attr("timestamp"))
		if end < a.from || !a.once("session", s.attr("lsid")) {
			continue
		}
		labels := world.SessionLabels{
			PublicSite: s.text("public_site"), JumpGroup: s.text("jump_group"), Team: s.text("primary_team"), Jumpoint: s.text("jumpoint"), Outcome: "unserved",
		}
		if s.first("jump_group").attr("type") == "personal" {
			labels.JumpGroup = "personal"
		}
		if s.text("primary_rep") != "" {
			labels.Outcome = "served"
		}
		a.total.Sessions[labels]++
		start := a.unix(s.first("start_time").attr("timestamp"))
		observe(a.total.Duration, labels.Team, end-start)
		picked := false
		for _, e := range s.first("session_details").all("event") {
			kind := e.attr("event_type")
			a.total.Events[kind]++
			if kind == "Conference Owner Changed" && e.first("destination").attr("type") == "representative" && !picked {
				picked = true
				observe(a.total.Pickup, labels.Team, a.unix(e.attr("timestamp"))-start)
			}
			if code := e.text("encoded_body"); code != "" {
				if _, err := base64.StdEncoding.DecodeString(code); err != nil {
					a.t.Errorf("an encoded body: %v", err)
				}
			}
		}
		if picked != (labels.Outcome == "served") {
			a.t.Errorf("%s is %s, picked up: %t", s.attr("lsid"), labels.Outcome, picked)
		}
		for operation, name := range map[string]string{"transferred": "file_transfer_count", "moved": "file_move_count", "deleted": "file_delete_count"} {
			if n := a.count(s.text(name)); n > 0 {
				a.total.Files[operation] += n
			}
		}
	}
}

// surveys takes in a report of surveys of one kind; there may be several of a session.
func (a *auditor) surveys(kind string, root element) {
	ordinal := make(map[string]int)
	for _, s := range root.all("exit_survey") {
		lsid := s.attr("lsid")
		ordinal[lsid]++
		if !a.once(kind, lsid, ordinal[lsid]) {
			continue
		}
		for _, q := range s.first("question_list").all("question") {
			if t := q.text("type"); t == "text" || t == "textarea" {
				continue
			}
			for _, answer := range q.first("answer_list").all("answer") {
				if answer.Text == "" {
					continue
				}
				if a.total.Answers[kind] == nil {
					a.total.Answers[kind] = make(world.Pairs)
				}
				pair(a.total.Answers[kind], q.text("report_header"), answer.Text)
			}
		}
	}
}

// events takes in events without an identity: it is the time, the content and the ordinal among equal ones.
func (a *auditor) events(kind string, list []element, at func(element) int64, add func(element)) {
	ordinal := make(map[string]int)
	for _, e := range list {
		content := fmt.Sprint(e)
		ordinal[content]++
		if at(e) >= a.from && a.once(kind, content, ordinal[content]) {
			add(e)
		}
	}
}

func (a *auditor) teams(root element) {
	for _, team := range root.all("team_activity") {
		name := team.attr("name")
		a.events("team "+name, team.first("events").all("event"), a.attribute, func(e element) { pair(a.total.TeamEvents, name, e.attr("event_type")) })
	}
}

func (a *auditor) attribute(e element) int64 { return a.unix(e.attr("timestamp")) }

func (a *auditor) vault(root element) {
	a.events("vault", root.all("vault_account_activity"), a.attribute, func(e element) { a.total.VaultEvents[e.attr("event_type")]++ })
}

func (a *auditor) jumpItems(root element) {
	at := func(e element) int64 { return a.unix(e.first("timestamp").attr("timestamp")) }
	a.events("jump item", root.all("jump_item_event"), at, func(e element) { pair(a.total.JumpItemEvents, e.text("event_type"), e.text("jump_item_type")) })
}

// read reads every report of a span of time.
func (a *auditor) read(s *served, token string, from, to int64) {
	// A survey does not tell when its session ended: it must be asked for.
	from = max(from, a.from)
	span := func(kind, by string) string {
		return url.Values{"generate_report": {kind}, by: {fmt.Sprint(from)}, "duration": {fmt.Sprint(to - from)}}.Encode()
	}
	sessions, teams := "SupportSession", "SupportTeam"
	if s.cfg.Product == PrivilegedRemoteAccess {
		sessions, teams = "AccessSession", "Team"
	} else {
		for kind, name := range map[string]string{"customer": "SupportCustExitSurvey", "representative": "SupportRepExitSurvey"} {
			for _, by := range []string{"rep", "team"} {
				a.surveys(kind, s.report(token, span(name, "end_time")+"&id=all&report_type="+by))
			}
		}
	}
	a.sessions(s.report(token, span(sessions, "end_time")))
	a.teams(s.report(token, span(teams, "start_time")))
	a.vault(s.report(token, span("VaultAccountActivity", "end_time")))
	a.jumpItems(s.report(token, span("JumpItem", "start_time")))
}
