package simulator

import (
	"strconv"
	"strings"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
)

// The types of client that the vendor documents, and how many of those there are that the desk does not know: Jumpoints and pinned Jump
// Clients.
const (
	clientRepresentative = "representative"
	clientCustomer       = "support_customer"
	clientAttendee       = "presentation_attendee"
	clientPushAgent      = "push_agent"
	clientPinned         = "pinned_client"

	pushAgents    = 3
	pinnedClients = 128
)

// roster is who is connected to an appliance.
type roster struct {
	reps      []world.Representative
	customers []world.Client
	attendees []world.Client
	agents    []world.Client
	pinned    int
}

// roster returns who is connected: to a backup nobody is.
func (a *Appliance) roster() roster {
	var r roster
	if a.Role() == RoleBackup {
		return r
	}
	r.pinned = pinnedClients
	a.desk.look(func(w *world.World) {
		for _, rep := range w.Representatives() {
			if rep.Connected {
				r.reps = append(r.reps, rep)
			}
		}
		r.customers, r.attendees = w.Customers(), w.Attendees()
	})
	for i := range pushAgents {
		name := "jumpoint-" + strconv.Itoa(i+1)
		r.agents = append(r.agents, world.Client{ClientID: uint64(i + 1), Hostname: name, Name: name, System: "Windows Server 2022", Since: a.cfg.World.Start})
	}
	return r
}

// selection is which types a request is for.
func selection(types string) map[string]bool {
	chosen := make(map[string]bool)
	for t := range strings.SplitSeq(types, ",") {
		if t = strings.TrimSpace(t); t == "" || t == "all" {
			for _, every := range []string{clientRepresentative, clientCustomer, clientAttendee, clientPushAgent, clientPinned} {
				chosen[every] = true
			}
		} else if t != clientPinned {
			chosen[t] = true
		}
	}
	return chosen
}

// connectedClientList is the answer to get_connected_client_list.
func (a *Appliance) connectedClientList(types string, summaryOnly bool) string {
	r, chosen := a.roster(), selection(types)
	d := a.document("connected_client_list")
	d.begin("connected_client_summary")
	d.begin("appliance_summary", "id", a.cfg.ApplianceID)
	for _, c := range []struct {
		kind string
		n    int
	}{
		{clientRepresentative, len(r.reps)}, {clientCustomer, len(r.customers)}, {clientAttendee, len(r.attendees)},
		{clientPushAgent, len(r.agents)}, {clientPinned, r.pinned},
	} {
		if chosen[c.kind] {
			d.number("count", c.n, "type", c.kind)
		}
	}
	d.end()
	d.end()
	if summaryOnly {
		return d.done()
	}
	one := func(kind string, id uint64) {
		if chosen[kind] {
			d.begin("connected_client", "type", kind, "id", strconv.FormatUint(id, 10))
			d.end()
		}
	}
	for _, rep := range r.reps {
		one(clientRepresentative, rep.ClientID)
	}
	for _, c := range r.customers {
		one(clientCustomer, c.ClientID)
	}
	for _, c := range r.attendees {
		one(clientAttendee, c.ClientID)
	}
	for _, c := range r.agents {
		one(clientPushAgent, c.ClientID)
	}
	return d.done()
}

// connectedClients is the answer to get_connected_clients.
func (a *Appliance) connectedClients(types, ids string, connections bool) string {
	r, chosen := a.roster(), selection(types)
	only := make(map[string]bool)
	for id := range strings.SplitSeq(ids, ",") {
		if id = strings.TrimSpace(id); id != "" {
			only[id] = true
		}
	}
	if len(only) > 100 {
		return a.errorDocument("A maximum of 100 IDs is supported.")
	}
	d := a.document("connected_clients")
	begin := func(kind string, id uint64, host, system string, since time.Time) bool {
		text := strconv.FormatUint(id, 10)
		if !chosen[kind] || len(only) > 0 && !only[text] {
			return false
		}
		d.begin("connected_"+kind, "id", text)
		d.element("hostname", host)
		d.element("platform", system, "id", platform(system))
		d.number("timezone_offset", 0)
		if connections {
			a.connection(d, since)
		}
		return true
	}
	for _, rep := range r.reps {
		if begin(clientRepresentative, rep.ClientID, rep.Hostname, rep.System, rep.Since) {
			a.representative(d, rep)
			d.end()
		}
	}
	for _, c := range r.customers {
		if begin(clientCustomer, c.ClientID, c.Hostname, c.System, c.Since) {
			d.element("name", c.Name)
			switch c.Kind {
			case "rdp":
				d.element("non_interactive", "rdp")
			case "shell":
				d.element("non_interactive", "shelljump")
			}
			d.element("lsid", c.LSID)
			d.end()
		}
	}
	for _, c := range r.attendees {
		if begin(clientAttendee, c.ClientID, c.Hostname, c.System, c.Since) {
			d.element("name", c.Name)
			d.end()
		}
	}
	for _, c := range r.agents {
		if begin(clientPushAgent, c.ClientID, c.Hostname, c.System, c.Since) {
			d.element("name", c.Name)
			d.end()
		}
	}
	return d.done()
}

// connection writes since when and over what a client is connected.
func (a *Appliance) connection(d *document, since time.Time) {
	ts := strconv.FormatInt(since.Unix(), 10)
	date := since.UTC().Format("2006-01-02T15:04:05-07:00")
	d.element("connected_since", date, "ts", ts)
	d.begin("client_connections")
	d.begin("client_connection")
	d.element("appliance_id", a.cfg.ApplianceID)
	d.element("purpose", "master")
	d.flag("receive_traffic_node", false)
	d.element("connected_since", date, "ts", ts)
	d.element("private_ip", "10.1.2.3")
	d.end()
	d.begin("event_log")
	d.element("event", "Connected", "ts", ts)
	d.end()
	d.end()
}

// representative writes what get_connected_clients tells of one.
func (a *Appliance) representative(d *document, r world.Representative) {
	d.element("user_id", strconv.FormatUint(r.UserID, 10))
	d.element("type", representativeType(r))
	d.element("username", r.Username)
	d.element("public_display_name", r.PublicName)
	d.element("private_display_name", r.PrivateName)
	d.element("start_session_url", a.repURL(r))
	d.flag("presentation_count", r.Presenting)
	d.number("support_session_count", len(r.Sessions))
	d.flag("showing_on_rep_list", r.ShownOnSites)
	d.flag("routing_idle", r.Idle)
	d.flag("routing_busy", r.Busy)
	d.flag("routing_enabled", r.AutoAssign)
	d.flag("routing_available", r.Available)
	d.element("support_license", r.License)
	d.begin("support_session_lsids")
	for _, lsid := range r.Sessions {
		d.element("lsid", lsid)
	}
	d.end()
}

// loggedInReps is the answer to get_logged_in_reps.
func (a *Appliance) loggedInReps() string {
	var reps []world.Representative
	if a.Role() != RoleBackup {
		a.desk.look(func(w *world.World) { reps = w.Representatives() })
	}
	d := a.document("logged_in_reps")
	for _, r := range reps {
		d.begin("rep", "id", strconv.FormatUint(r.UserID, 10))
		d.element("display_name", r.PublicName)
		d.element("public_display_name", r.PublicName)
		d.element("private_display_name", r.PrivateName)
		d.element("type", representativeType(r))
		d.element("direct_link", `<a href="`+a.repURL(r)+`">`+r.PublicName+`</a>`)
		d.element("logged_in_since", r.Since.UTC().Format("2006-01-02T15:04:05-07:00"), "ts", strconv.FormatInt(r.Since.Unix(), 10))
		d.flag("presentation_count", r.Presenting)
		d.number("support_session_count", len(r.Sessions))
		d.flag("showing_on_rep_list", r.ShownOnSites)
		d.end()
	}
	return d.done()
}

// supportTeams is the answer to get_support_teams.
func (a *Appliance) supportTeams(members bool) string {
	var teams []world.Team
	a.desk.look(func(w *world.World) { teams = w.Teams(members) })
	d := a.document("support_teams")
	for _, t := range teams {
		d.begin("support_team", "id", strconv.Itoa(t.ID))
		d.element("name", t.Name)
		d.begin("issues")
		for _, issue := range t.Issues {
			d.begin("issue", "id", strconv.Itoa(issue.ID))
			d.element("title", issue.Title)
			d.end()
		}
		d.end()
		d.number("support_session_count", t.Waiting)
		if members {
			d.begin("members")
			for _, m := range t.Members {
				d.begin("representative", "id", strconv.FormatUint(m.UserID, 10))
				d.element("username", m.Username)
				d.element("display_name", m.PublicName)
				d.element("public_display_name", m.PublicName)
				d.element("private_display_name", m.PrivateName)
				d.end()
			}
			d.end()
		}
		d.end()
	}
	return d.done()
}

// repURL is where a customer can start a session with a representative.
func (a *Appliance) repURL(r world.Representative) string {
	return "https://" + a.cfg.Hostname + "/?rep=" + strconv.FormatUint(r.UserID, 10)
}

// representativeType is the type as the command API spells it.
func representativeType(r world.Representative) string {
	if r.Invited {
		return "Invited"
	}
	return "Normal"
}

// platform is the short name of an operating system.
func platform(system string) string {
	switch {
	case strings.HasPrefix(system, "macOS"):
		return "mac_osx-x86"
	case strings.HasPrefix(system, "Ubuntu"):
		return "linux-x64"
	}
	return "winNT-64"
}
