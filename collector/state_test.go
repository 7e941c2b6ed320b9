package collector

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// smallDesk is a full copy: two teams and a waiting room, two representatives,
// and three sessions of which two wait.
func smallDesk() []string {
	return []string{
		insert("queue", 1, `"type":"team","code_name":"first_line","name":"First Line","support_team_id":7`),
		insert("queue", 2, `"type":"team","code_name":"second_line","name":"Second Line","support_team_id":"8"`),
		insert("queue", 3, `"type":"prewait","name":"Lobby"`),
		insert("queue", 4, `"type":"personal"`),
		insert("representative", 10, fmt.Sprintf(`"type":"normal","user_id":"100","queue_id":"4","created_timestamp":%d,"connected":1,"console_in_focus":1,"selected_support_session_id":"22","skill_code_names":"german,network","routing_available":1,"routing_busy":0,"routing_enabled":1,"routing_idle":0`, deskTime-600)),
		insert("representative", 11, fmt.Sprintf(`"type":"normal","user_id":"101","queue_id":"5","created_timestamp":%d,"connected":0,"routing_available":0,"routing_busy":1,"routing_enabled":0,"routing_idle":1`, deskTime-600)),
		insert("representative_queue", 30, `"queue_id":"1","representative_id":"10","role":"lead"`),
		insert("representative_queue", 31, `"queue_id":"1","representative_id":"11","role":"member"`),
		insert("support_session", 20, fmt.Sprintf(`"lsid":"a","queue_id":"1","created_timestamp":%d,"queue_entry_timestamp":%d,"estimated_pickup_timestamp":%d,"start_method":"session_key","priority":1,"public_site_name":"Default","issue_code_name":"printer"`, deskTime-120, deskTime-60, deskTime+45)),
		insert("support_session", 21, fmt.Sprintf(`"lsid":"b","queue_id":"3","created_timestamp":%d,"start_method":"issue_submission","priority":2,"public_site_name":"Default"`, deskTime-30)),
		insert("support_session", 22, fmt.Sprintf(`"lsid":"c","queue_id":"4","primary_team_queue_id":"1","created_timestamp":%d,"start_method":"session_key","priority":2,"public_site_name":"Partners"`, deskTime-300)),
		insert("representative_support_session", 40, fmt.Sprintf(`"support_session_id":"22","representative_id":"10","created_timestamp":%d`, deskTime-200)),
		insert("support_session_skill", 50, `"support_session_id":"20","code_name":"german"`),
		insert("customer_client", 60, `"support_session_id":"20","client_type":"desktop","connected":1,"elevated":0`),
		insert("customer_client", 61, `"support_session_id":"22","client_type":"mobile"`),
	}
}

func TestStateNow(t *testing.T) {
	tests := []struct {
		name     string
		copy     []string
		prefixes []string
		want     string
	}{
		{
			name:     "queues, teams and waits",
			copy:     smallDesk(),
			prefixes: []string{"beyondtrust_support_sessions", "beyondtrust_team_", "beyondtrust_queue_info", "beyondtrust_queue_oldest", "beyondtrust_queue_estimated"},
			want: `
			# TYPE beyondtrust_queue_estimated_pickup_seconds gauge
			beyondtrust_queue_estimated_pickup_seconds{queue="first_line",queue_type="team"} 43
			# TYPE beyondtrust_queue_info gauge
			beyondtrust_queue_info{name="First Line",queue="first_line",queue_type="team",support_team_id="7"} 1
			beyondtrust_queue_info{name="Lobby",queue="Lobby",queue_type="prewait",support_team_id=""} 1
			beyondtrust_queue_info{name="Second Line",queue="second_line",queue_type="team",support_team_id="8"} 1
			# TYPE beyondtrust_queue_oldest_wait_seconds gauge
			beyondtrust_queue_oldest_wait_seconds{queue="",queue_type="personal"} 0
			beyondtrust_queue_oldest_wait_seconds{queue="Lobby",queue_type="prewait"} 32
			beyondtrust_queue_oldest_wait_seconds{queue="first_line",queue_type="team"} 62
			beyondtrust_queue_oldest_wait_seconds{queue="second_line",queue_type="team"} 0
			# TYPE beyondtrust_support_sessions gauge
			beyondtrust_support_sessions{queue="",queue_type="personal",state="active"} 1
			beyondtrust_support_sessions{queue="",queue_type="personal",state="waiting"} 0
			beyondtrust_support_sessions{queue="Lobby",queue_type="prewait",state="active"} 0
			beyondtrust_support_sessions{queue="Lobby",queue_type="prewait",state="waiting"} 1
			beyondtrust_support_sessions{queue="first_line",queue_type="team",state="active"} 0
			beyondtrust_support_sessions{queue="first_line",queue_type="team",state="waiting"} 1
			beyondtrust_support_sessions{queue="second_line",queue_type="team",state="active"} 0
			beyondtrust_support_sessions{queue="second_line",queue_type="team",state="waiting"} 0
			# TYPE beyondtrust_support_sessions_by_issue gauge
			beyondtrust_support_sessions_by_issue{issue=""} 2
			beyondtrust_support_sessions_by_issue{issue="printer"} 1
			# TYPE beyondtrust_support_sessions_by_priority gauge
			beyondtrust_support_sessions_by_priority{priority="1"} 1
			beyondtrust_support_sessions_by_priority{priority="2"} 2
			beyondtrust_support_sessions_by_priority{priority="3"} 0
			# TYPE beyondtrust_support_sessions_by_public_site gauge
			beyondtrust_support_sessions_by_public_site{public_site="Default"} 2
			beyondtrust_support_sessions_by_public_site{public_site="Partners"} 1
			# TYPE beyondtrust_support_sessions_by_skill gauge
			beyondtrust_support_sessions_by_skill{skill="german"} 1
			# TYPE beyondtrust_support_sessions_by_start_method gauge
			beyondtrust_support_sessions_by_start_method{start_method="issue_submission"} 1
			beyondtrust_support_sessions_by_start_method{start_method="local_jump"} 0
			beyondtrust_support_sessions_by_start_method{start_method="local_rdp"} 0
			beyondtrust_support_sessions_by_start_method{start_method="local_vnc"} 0
			beyondtrust_support_sessions_by_start_method{start_method="remote_jump"} 0
			beyondtrust_support_sessions_by_start_method{start_method="remote_rdp"} 0
			beyondtrust_support_sessions_by_start_method{start_method="remote_vnc"} 0
			beyondtrust_support_sessions_by_start_method{start_method="rep_list"} 0
			beyondtrust_support_sessions_by_start_method{start_method="session_key"} 2
			beyondtrust_support_sessions_by_start_method{start_method="shell_jump"} 0
			beyondtrust_support_sessions_by_start_method{start_method="vpro"} 0
			# TYPE beyondtrust_support_sessions_ended_total counter
			beyondtrust_support_sessions_ended_total{outcome="abandoned",queue="Lobby"} 0
			beyondtrust_support_sessions_ended_total{outcome="abandoned",queue="first_line"} 0
			beyondtrust_support_sessions_ended_total{outcome="abandoned",queue="second_line"} 0
			beyondtrust_support_sessions_ended_total{outcome="served",queue="Lobby"} 0
			beyondtrust_support_sessions_ended_total{outcome="served",queue="first_line"} 0
			beyondtrust_support_sessions_ended_total{outcome="served",queue="second_line"} 0
			beyondtrust_support_sessions_ended_total{outcome="unknown",queue="Lobby"} 0
			beyondtrust_support_sessions_ended_total{outcome="unknown",queue="first_line"} 0
			beyondtrust_support_sessions_ended_total{outcome="unknown",queue="second_line"} 0
			# TYPE beyondtrust_support_sessions_started_total counter
			beyondtrust_support_sessions_started_total{start_method="issue_submission"} 0
			beyondtrust_support_sessions_started_total{start_method="local_jump"} 0
			beyondtrust_support_sessions_started_total{start_method="local_rdp"} 0
			beyondtrust_support_sessions_started_total{start_method="local_vnc"} 0
			beyondtrust_support_sessions_started_total{start_method="remote_jump"} 0
			beyondtrust_support_sessions_started_total{start_method="remote_rdp"} 0
			beyondtrust_support_sessions_started_total{start_method="remote_vnc"} 0
			beyondtrust_support_sessions_started_total{start_method="rep_list"} 0
			beyondtrust_support_sessions_started_total{start_method="session_key"} 0
			beyondtrust_support_sessions_started_total{start_method="shell_jump"} 0
			beyondtrust_support_sessions_started_total{start_method="vpro"} 0
			# TYPE beyondtrust_support_sessions_without_customer gauge
			beyondtrust_support_sessions_without_customer 1
			# TYPE beyondtrust_team_support_sessions gauge
			beyondtrust_team_support_sessions{queue="Lobby",state="active"} 0
			beyondtrust_team_support_sessions{queue="Lobby",state="waiting"} 1
			beyondtrust_team_support_sessions{queue="first_line",state="active"} 1
			beyondtrust_team_support_sessions{queue="first_line",state="waiting"} 1
			beyondtrust_team_support_sessions{queue="second_line",state="active"} 0
			beyondtrust_team_support_sessions{queue="second_line",state="waiting"} 0
			`,
		},
		{
			name:     "representatives and clients",
			copy:     smallDesk(),
			prefixes: []string{"beyondtrust_representatives", "beyondtrust_queue_representatives", "beyondtrust_customer_clients", "beyondtrust_tools", "beyondtrust_presen"},
			want: `
			# TYPE beyondtrust_customer_clients gauge
			beyondtrust_customer_clients{client_type="desktop",connected="true",elevated="false"} 1
			beyondtrust_customer_clients{client_type="mobile",connected="unknown",elevated="unknown"} 1
			# TYPE beyondtrust_queue_representatives gauge
			beyondtrust_queue_representatives{queue="first_line",role="lead"} 1
			beyondtrust_queue_representatives{queue="first_line",role="manager"} 0
			beyondtrust_queue_representatives{queue="first_line",role="member"} 1
			beyondtrust_queue_representatives{queue="second_line",role="lead"} 0
			beyondtrust_queue_representatives{queue="second_line",role="manager"} 0
			beyondtrust_queue_representatives{queue="second_line",role="member"} 0
			# TYPE beyondtrust_queue_representatives_available gauge
			beyondtrust_queue_representatives_available{queue="first_line"} 1
			beyondtrust_queue_representatives_available{queue="second_line"} 0
			# TYPE beyondtrust_queue_representatives_with_status gauge
			beyondtrust_queue_representatives_with_status{queue="first_line",status="auto_assign"} 1
			beyondtrust_queue_representatives_with_status{queue="first_line",status="busy"} 1
			beyondtrust_queue_representatives_with_status{queue="first_line",status="idle"} 1
			beyondtrust_queue_representatives_with_status{queue="first_line",status="in_session"} 1
			beyondtrust_queue_representatives_with_status{queue="second_line",status="auto_assign"} 0
			beyondtrust_queue_representatives_with_status{queue="second_line",status="busy"} 0
			beyondtrust_queue_representatives_with_status{queue="second_line",status="idle"} 0
			beyondtrust_queue_representatives_with_status{queue="second_line",status="in_session"} 0
			# TYPE beyondtrust_representatives gauge
			beyondtrust_representatives{type="invited"} 0
			beyondtrust_representatives{type="normal"} 2
			# TYPE beyondtrust_representatives_by_sessions gauge
			beyondtrust_representatives_by_sessions{sessions="0"} 1
			beyondtrust_representatives_by_sessions{sessions="1"} 1
			beyondtrust_representatives_by_sessions{sessions="2"} 0
			beyondtrust_representatives_by_sessions{sessions="3"} 0
			beyondtrust_representatives_by_sessions{sessions="4"} 0
			beyondtrust_representatives_by_sessions{sessions="5+"} 0
			# TYPE beyondtrust_representatives_by_skill gauge
			beyondtrust_representatives_by_skill{skill="german"} 1
			beyondtrust_representatives_by_skill{skill="network"} 1
			# TYPE beyondtrust_representatives_with_status gauge
			beyondtrust_representatives_with_status{status="auto_assign"} 1
			beyondtrust_representatives_with_status{status="available"} 1
			beyondtrust_representatives_with_status{status="busy"} 1
			beyondtrust_representatives_with_status{status="disconnected"} 1
			beyondtrust_representatives_with_status{status="idle"} 1
			beyondtrust_representatives_with_status{status="in_session"} 1
			`,
		},
		{
			name: "what an old build does not send is absent",
			copy: []string{
				insert("representative", 10, `"type":"normal","routing_available":1`),
				insert("queue", 1, `"type":"team","code_name":"first_line"`),
				insert("support_session", 20, `"lsid":"a","queue_id":"1"`),
			},
			prefixes: []string{"beyondtrust_representatives_with_status", "beyondtrust_representative_seconds", "beyondtrust_representative_work", "beyondtrust_customer_reconnect", "beyondtrust_presen", "beyondtrust_tools", "beyondtrust_queue_oldest", "beyondtrust_queue_estimated"},
			want: `
			# TYPE beyondtrust_representative_seconds_total counter
			beyondtrust_representative_seconds_total{status="auto_assign"} 0
			beyondtrust_representative_seconds_total{status="available"} 1
			beyondtrust_representative_seconds_total{status="busy"} 0
			beyondtrust_representative_seconds_total{status="idle"} 0
			beyondtrust_representative_seconds_total{status="logged_in"} 1
			# TYPE beyondtrust_representatives_with_status gauge
			beyondtrust_representatives_with_status{status="auto_assign"} 0
			beyondtrust_representatives_with_status{status="available"} 1
			beyondtrust_representatives_with_status{status="busy"} 0
			beyondtrust_representatives_with_status{status="idle"} 0
			beyondtrust_representatives_with_status{status="in_session"} 0
			`,
		},
		{
			name: "presentations and tools, once their tables were named",
			copy: []string{`{"type":"model_update","insert":{
				"presentation_session":{"1":{"presentation_name":"Launch"}},
				"attendee":{"2":{"connected":1},"3":{"connected":0},"4":{}},
				"presenter":null,
				"representative_support_session_tool":{"5":{"tool":"cobrowse"},"6":{"tool":"telepathy"}}}}`},
			prefixes: []string{"beyondtrust_presen", "beyondtrust_tools"},
			want: `
			# TYPE beyondtrust_presentation_attendees gauge
			beyondtrust_presentation_attendees 2
			# TYPE beyondtrust_presentation_sessions gauge
			beyondtrust_presentation_sessions 1
			# TYPE beyondtrust_presenters gauge
			beyondtrust_presenters 0
			# TYPE beyondtrust_tools_in_use gauge
			beyondtrust_tools_in_use{tool="cobrowse"} 1
			beyondtrust_tools_in_use{tool="file_transfer"} 0
			beyondtrust_tools_in_use{tool="registry"} 0
			beyondtrust_tools_in_use{tool="remote_shell"} 0
			beyondtrust_tools_in_use{tool="screen_sharing"} 0
			beyondtrust_tools_in_use{tool="system_information"} 0
			beyondtrust_tools_in_use{tool="telepathy"} 1
			`,
		},
		{
			name:     "presentations, of which only the attendees are named",
			copy:     []string{`{"type":"model_update","insert":{"attendee":null}}`},
			prefixes: []string{"beyondtrust_presen"},
			want: `
			# TYPE beyondtrust_presentation_attendees gauge
			beyondtrust_presentation_attendees 0
			# TYPE beyondtrust_presentation_sessions gauge
			beyondtrust_presentation_sessions 0
			# TYPE beyondtrust_presenters gauge
			beyondtrust_presenters 0
			`,
		},
		{
			name:     "presentations, of which only the presenters are named",
			copy:     []string{`{"type":"model_update","insert":{"presenter":null}}`},
			prefixes: []string{"beyondtrust_presen"},
			want: `
			# TYPE beyondtrust_presentation_attendees gauge
			beyondtrust_presentation_attendees 0
			# TYPE beyondtrust_presentation_sessions gauge
			beyondtrust_presentation_sessions 0
			# TYPE beyondtrust_presenters gauge
			beyondtrust_presenters 0
			`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				state := newLiveState(t)
				state.subscribe(test.copy...)
				f := newFixture(t, &answers{}, state, "state")
				compare(t, test.want, text(t, f.scrape(t.Context(), t), test.prefixes...))
			})
		})
	}
}

func TestStateOverTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		state := newLiveState(t)
		state.subscribe(smallDesk()...)
		at := func(seconds int) int { return deskTime + seconds }
		// b is picked up from the lobby after 42 s, goes to the second line and ends.
		state.pass(10)
		state.tell(
			insert("representative_support_session", 41, fmt.Sprintf(`"support_session_id":"21","representative_id":"11","created_timestamp":%d`, at(12))),
			update("support_session", 21, `"queue_id":"2"`),
		)
		state.pass(100)
		state.tell(remove("support_session", 21), remove("representative_support_session", 41))
		// d comes to the first line and gives up after 20 s.
		state.tell(insert("support_session", 23, fmt.Sprintf(`"lsid":"d","queue_id":"1","created_timestamp":%d,"start_method":"rep_list"`, at(112))))
		state.pass(20)
		state.tell(remove("support_session", 23))
		// c is transferred, and somebody else takes it over.
		state.tell(
			update("support_session", 22, `"queue_id":"1"`),
			update("support_session", 22, `"queue_id":"2"`),
			insert("representative_support_session", 42, fmt.Sprintf(`"support_session_id":"22","representative_id":"11","created_timestamp":%d`, at(132))),
			remove("representative_support_session", 40),
			insert("representative", 12, fmt.Sprintf(`"type":"invited","user_id":"102","created_timestamp":%d,"connected":1`, at(132))),
			remove("representative", 12),
		)

		f := newFixture(t, &answers{}, state, "state")
		got := text(t, f.scrape(t.Context(), t),
			"beyondtrust_support_sessions_ended", "beyondtrust_support_session_transfers", "beyondtrust_support_session_handovers",
			"beyondtrust_representative_logins", "beyondtrust_representative_logouts", "beyondtrust_representative_seconds",
			"beyondtrust_representative_concurrent", "beyondtrust_state_observed")
		compare(t, `
			# TYPE beyondtrust_representative_concurrent_seconds_total counter
			beyondtrust_representative_concurrent_seconds_total{sessions="0"} 0
			beyondtrust_representative_concurrent_seconds_total{sessions="1"} 131
			beyondtrust_representative_concurrent_seconds_total{sessions="2"} 0
			beyondtrust_representative_concurrent_seconds_total{sessions="3"} 0
			beyondtrust_representative_concurrent_seconds_total{sessions="4"} 0
			beyondtrust_representative_concurrent_seconds_total{sessions="5+"} 0
			# TYPE beyondtrust_representative_logins_total counter
			beyondtrust_representative_logins_total{type="invited"} 1
			beyondtrust_representative_logins_total{type="normal"} 0
			# TYPE beyondtrust_representative_logouts_total counter
			beyondtrust_representative_logouts_total{type="invited"} 1
			beyondtrust_representative_logouts_total{type="normal"} 0
			# TYPE beyondtrust_representative_seconds_total counter
			beyondtrust_representative_seconds_total{status="auto_assign"} 131
			beyondtrust_representative_seconds_total{status="available"} 131
			beyondtrust_representative_seconds_total{status="busy"} 131
			beyondtrust_representative_seconds_total{status="connected"} 131
			beyondtrust_representative_seconds_total{status="idle"} 131
			beyondtrust_representative_seconds_total{status="logged_in"} 262
			# TYPE beyondtrust_state_observed_seconds_total counter
			beyondtrust_state_observed_seconds_total 131
			# TYPE beyondtrust_support_session_handovers_total counter
			beyondtrust_support_session_handovers_total{queue="Lobby"} 0
			beyondtrust_support_session_handovers_total{queue="first_line"} 0
			beyondtrust_support_session_handovers_total{queue="second_line"} 1
			# TYPE beyondtrust_support_session_transfers_total counter
			beyondtrust_support_session_transfers_total{from_queue="first_line",to_queue="second_line"} 1
			# TYPE beyondtrust_support_sessions_ended_total counter
			beyondtrust_support_sessions_ended_total{outcome="abandoned",queue="Lobby"} 0
			beyondtrust_support_sessions_ended_total{outcome="abandoned",queue="first_line"} 1
			beyondtrust_support_sessions_ended_total{outcome="abandoned",queue="second_line"} 0
			beyondtrust_support_sessions_ended_total{outcome="served",queue="Lobby"} 0
			beyondtrust_support_sessions_ended_total{outcome="served",queue="first_line"} 0
			beyondtrust_support_sessions_ended_total{outcome="served",queue="second_line"} 1
			beyondtrust_support_sessions_ended_total{outcome="unknown",queue="Lobby"} 0
			beyondtrust_support_sessions_ended_total{outcome="unknown",queue="first_line"} 0
			beyondtrust_support_sessions_ended_total{outcome="unknown",queue="second_line"} 0
			`, got)

		// The histograms are told in their few lines that matter.
		var lines []string
		for line := range strings.Lines(text(t, f.scrape(t.Context(), t), "beyondtrust_support_session_pickup", "beyondtrust_support_session_abandon", "beyondtrust_support_session_handle")) {
			if strings.Contains(line, "_sum") || strings.Contains(line, "_count") || strings.Contains(line, `le="45"`) || strings.Contains(line, `le="120"`) {
				lines = append(lines, line)
			}
		}
		compare(t, `
			beyondtrust_support_session_abandon_seconds_bucket{queue="Lobby",le="45"} 0
			beyondtrust_support_session_abandon_seconds_bucket{queue="Lobby",le="120"} 0
			beyondtrust_support_session_abandon_seconds_sum{queue="Lobby"} 0
			beyondtrust_support_session_abandon_seconds_count{queue="Lobby"} 0
			beyondtrust_support_session_abandon_seconds_bucket{queue="first_line",le="45"} 1
			beyondtrust_support_session_abandon_seconds_bucket{queue="first_line",le="120"} 1
			beyondtrust_support_session_abandon_seconds_sum{queue="first_line"} 20
			beyondtrust_support_session_abandon_seconds_count{queue="first_line"} 1
			beyondtrust_support_session_abandon_seconds_bucket{queue="second_line",le="45"} 0
			beyondtrust_support_session_abandon_seconds_bucket{queue="second_line",le="120"} 0
			beyondtrust_support_session_abandon_seconds_sum{queue="second_line"} 0
			beyondtrust_support_session_abandon_seconds_count{queue="second_line"} 0
			beyondtrust_support_session_handle_seconds_bucket{queue="second_line",le="120"} 1
			beyondtrust_support_session_handle_seconds_sum{queue="second_line"} 100
			beyondtrust_support_session_handle_seconds_count{queue="second_line"} 1
			beyondtrust_support_session_pickup_seconds_bucket{queue="Lobby",le="45"} 1
			beyondtrust_support_session_pickup_seconds_bucket{queue="Lobby",le="120"} 1
			beyondtrust_support_session_pickup_seconds_sum{queue="Lobby"} 42
			beyondtrust_support_session_pickup_seconds_count{queue="Lobby"} 1
			beyondtrust_support_session_pickup_seconds_bucket{queue="first_line",le="45"} 0
			beyondtrust_support_session_pickup_seconds_bucket{queue="first_line",le="120"} 0
			beyondtrust_support_session_pickup_seconds_sum{queue="first_line"} 0
			beyondtrust_support_session_pickup_seconds_count{queue="first_line"} 0
			beyondtrust_support_session_pickup_seconds_bucket{queue="second_line",le="45"} 0
			beyondtrust_support_session_pickup_seconds_bucket{queue="second_line",le="120"} 0
			beyondtrust_support_session_pickup_seconds_sum{queue="second_line"} 0
			beyondtrust_support_session_pickup_seconds_count{queue="second_line"} 0
			`, strings.Join(lines, ""))
	})
}

// liveGauges are prefixes of all that must be absent out of sync.
func liveGauges() []string {
	return []string{
		"beyondtrust_state_rows ", "beyondtrust_state_rows{", "beyondtrust_support_sessions{", "beyondtrust_support_sessions_by", "beyondtrust_support_sessions_without",
		"beyondtrust_team_", "beyondtrust_queue_", "beyondtrust_customer_clients", "beyondtrust_presen", "beyondtrust_tools",
		"beyondtrust_representatives",
	}
}

func TestStateSync(t *testing.T) {
	role := func(role string) answers {
		return answers{check: is(appliance.HealthCheck{Failover: appliance.Failover{Role: role}})}
	}
	tests := []struct {
		name    string
		answer  answers
		state   func(*liveState)
		synced  string
		success string // empty is for an absent series
		log     string
		quiet   bool // nothing of it is in the log
	}{
		{name: "in sync", state: func(l *liveState) { l.subscribe(smallDesk()...) }, synced: "1", success: "1"},
		{
			name: "a truncate on a living connection", synced: "1", success: "1",
			state: func(l *liveState) {
				l.subscribe(smallDesk()...)
				l.tell(`{"type":"truncate_model"}`)
			},
		},
		{name: "before any attempt has ended", state: func(*liveState) {}, synced: "0", success: "0", log: "the appliance does not tell whether it is a backup"},
		{
			name: "before any attempt of an appliance that is well has ended", answer: role("primary"), synced: "0", success: "0", quiet: true,
			state: func(*liveState) {},
		},
		{
			name: "while the first copy comes", answer: role("primary"), synced: "0", success: "0", quiet: true,
			state: func(l *liveState) { l.begin() },
		},
		{
			name: "while the first copy does not end", answer: role("primary"), synced: "0", success: "0", log: "has been coming in since 1999-12-31T23:59:00Z",
			state: func(l *liveState) {
				l.begin()
				l.stats.SubscribedSince = time.Now().Add(-time.Minute)
			},
		},
		{
			name: "connection lost", answer: role("primary"), synced: "0", success: "0",
			state: func(l *liveState) {
				l.subscribe(smallDesk()...)
				l.lose("connection reset by peer")
			},
		},
		{name: "a backup", answer: role("backup"), state: func(l *liveState) { l.lose("HTTP status 503") }, synced: "0", success: "1"},
		{
			name: "product not known yet", answer: answers{product: appliance.ProductUnknown}, synced: "1", success: "1",
			state: func(l *liveState) { l.subscribe(smallDesk()...) },
		},
		{name: "Privileged Remote Access has none", answer: answers{product: appliance.PrivilegedRemoteAccess}, state: func(*liveState) {}, log: "has nothing for it"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				state := newLiveState(t)
				test.state(state)
				f := newFixture(t, &test.answer, state, "state")
				exposition := text(t, f.scrape(t.Context(), t), "")
				f.scrape(t.Context(), t)

				if got := sample(exposition, `beyondtrust_scrape_collector_success{collector="state"}`); got != test.success {
					t.Errorf("success is %q, want %q", got, test.success)
				}
				if got := sample(exposition, "beyondtrust_state_synced"); got != test.synced {
					t.Errorf("beyondtrust_state_synced is %q, want %q", got, test.synced)
				}
				for _, prefix := range liveGauges() {
					if strings.Contains(exposition, "\n"+prefix) && test.synced != "1" {
						t.Errorf("there is a live gauge %s while out of sync", prefix)
					}
				}
				if counters := strings.Contains(exposition, "\nbeyondtrust_state_observed_seconds_total "); counters != (test.synced != "") {
					t.Errorf("counters are there: %t", counters)
				}
				log := f.log.String()
				if !strings.Contains(log, test.log) {
					t.Errorf("the log does not say %q:\n%s", test.log, log)
				}
				if test.quiet && strings.Contains(log, "=state") {
					t.Errorf("the log tells of a state that is as it should be:\n%s", log)
				}
				if n := strings.Count(log, "=state"); test.log != "" && n != 1 {
					t.Errorf("the log tells of it %d times in two scrapes:\n%s", n, log)
				}
			})
		})
	}
}

// sample returns the value of a series in an exposition, empty where there is
// none.
func sample(exposition, series string) string {
	for line := range strings.Lines(exposition) {
		if value, ok := strings.CutPrefix(line, series+" "); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
