package simulator

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestCheckHealthIsSpeltAsAppliancesDo(t *testing.T) {
	s := serve(t, Config{
		Hostname: "ip-10-156-64-136", ApplianceID: "50adeb59f0f04163b09b7591af1949ea", NamespaceBase: "http://www.bomgar.com/namespaces/API",
		Version: "19.1.8 (37380-749b17ca33d2475427428f263608ae98d69f7a35)",
	})
	a := s.command(s.token(), "action=check_health")
	want := `<?xml version="1.0" encoding="UTF-8"?>

<health_check xmlns="http://www.bomgar.com/namespaces/API/command">
	<appliance id="50adeb59f0f04163b09b7591af1949ea">ip-10-156-64-136</appliance>
	<version>19.1.8 (37380-749b17ca33d2475427428f263608ae98d69f7a35)</version>
	<success>1</success>
		<failover_role>none</failover_role>
			</health_check>
`
	if a.body != want {
		t.Errorf("got\n%s\nwant\n%s", a.body, want)
	}
	if got := a.Header.Get("Content-Type"); got != "text/xml; charset=UTF-8" {
		t.Errorf("Content-Type %q", got)
	}
	if !a.Close || len(a.TransferEncoding) != 1 || a.TransferEncoding[0] != "chunked" {
		t.Errorf("close %t, transfer encoding %v", a.Close, a.TransferEncoding)
	}
}

func TestCommands(t *testing.T) {
	c := newClock()
	cfg := Config{Now: c.Now, RequestsPerSecond: 1000}
	s := serve(t, cfg)
	token := s.token()
	state := s.State()
	for _, test := range []struct {
		query string
		want  []string
	}{
		{"action=get_api_info", []string{
			`<api_information xmlns="https://www.beyondtrust.com/namespaces/API/command">`, "<api_version>1.25.0</api_version>",
			fmt.Sprintf("<timestamp>%d</timestamp>", c.Now().Unix()), `<permission name="perm_real_time_state">1</permission>`,
		}},
		{"action=get_appliances", []string{"<cluster_role>single</cluster_role>", "<failover_role>none</failover_role>", "<accepting_connections>1</accepting_connections>"}},
		{"action=get_connected_client_list&summary_only=1", []string{
			fmt.Sprintf(`<count type="representative">%d</count>`, state.Representatives["normal"]), `<count type="pinned_client">128</count>`,
		}},
		{"action=get_connected_clients&type=representative", []string{"<support_license>full</support_license>", "<routing_idle>"}},
		{"action=get_connected_clients&type=support_customer&include_connections=1", []string{"<connected_support_customer id=", "<lsid>", "<event_log>"}},
		{"action=get_logged_in_reps", []string{"<rep id=", "<type>Normal</type>"}},
		{"action=get_support_teams&showmembers=1", []string{"<name>Netzwerk &amp; Standorte</name>", "<issue id=", "<username>rep00001</username>"}},
		{"action=nonsense", []string{"<error xmlns=", "Invalid value"}},
		{"", []string{"<error xmlns="}},
	} {
		a := s.command(token, test.query)
		if a.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", test.query, a.Status)
		}
		if err := xml.Unmarshal([]byte(a.body), new(struct{})); err != nil {
			t.Errorf("%s: %v", test.query, err)
		}
		for _, want := range test.want {
			if !strings.Contains(a.body, want) {
				t.Errorf("%s: no %s in\n%.1500s", test.query, want, a.body)
			}
		}
	}
	posted := s.request(http.MethodPost, "/api/command", "action=get_connected_client_list&type=representative")
	posted.Header.Set("Authorization", "Bearer "+token)
	a := s.do(posted)
	if n := strings.Count(a.body, "<connected_client type=\"representative\""); n != state.Representatives["normal"] || strings.Contains(a.body, "support_customer") {
		t.Errorf("%d representatives listed, want %d:\n%.800s", n, state.Representatives["normal"], a.body)
	}
}

func TestAnAccountWithoutPermission(t *testing.T) {
	s := serve(t, Config{Permissions: Permissions{NoCommand: true}})
	if a := s.command(s.token(), "action=check_health"); a.StatusCode != http.StatusOK || !strings.Contains(a.body, ">Document Not Found</error>") {
		t.Errorf("%s %s", a.Status, a.body)
	}
}

func TestThePairSwapsRoles(t *testing.T) {
	first, second, err := NewPair(Config{SharedIPs: []string{"192.0.2.10"}}, Config{})
	if err != nil {
		t.Fatal(err)
	}
	a, b := serveAppliance(t, first), serveAppliance(t, second)
	role := func(s *served) string {
		body := s.command(s.token(), "action=check_health").body
		_, rest, _ := strings.Cut(body, "<failover_role>")
		role, _, _ := strings.Cut(rest, "<")
		if !strings.Contains(body, "<ip>192.0.2.10</ip>") || !strings.Contains(body, `<last_data_sync_time ts="`) {
			t.Errorf("the failover relationship is missing: %s", body)
		}
		return role
	}
	if role(a) != "primary" || role(b) != "backup" {
		t.Errorf("roles %s, %s", role(a), role(b))
	}
	if body := a.command(a.token(), "action=get_appliances").body; strings.Count(body, "<appliance ") != 2 {
		t.Errorf("get_appliances: %s", body)
	}
	client := a.dial(dialOptions{})
	client.subscribe()
	if err := b.Failover(); err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := client.line(); err != nil {
			break
		}
	}
	if role(a) != "backup" || role(b) != "primary" {
		t.Errorf("after the failover: %s, %s", role(a), role(b))
	}
	if _, status := a.upgrade("ingredi%20state%20api"); status != 503 {
		t.Errorf("the old primary takes connections: %d", status)
	}
	b.dial(dialOptions{}).subscribe()

	alone := serve(t, Config{})
	if err := alone.Failover(); err == nil {
		t.Error("an appliance without a relationship failed over")
	}
}

func TestAnOldDataSync(t *testing.T) {
	s := serve(t, Config{Role: RolePrimary})
	at := time.Now().Add(-26 * time.Hour)
	s.SetDataSync(at, "Data sync failed: the peer could not be contacted.")
	body := s.command(s.token(), "action=check_health").body
	if !strings.Contains(body, fmt.Sprintf(`ts="%d"`, at.Unix())) || !strings.Contains(body, "could not be contacted") {
		t.Error(body)
	}
}
