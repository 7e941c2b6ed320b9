package world

import "time"

// Representative is what the command API tells of one who is logged in.
type Representative struct {
	ClientID     uint64 // valid only while the client is connected
	UserID       uint64
	Invited      bool
	Username     string
	PublicName   string
	PrivateName  string
	Hostname     string
	System       string
	Since        time.Time
	Sessions     []string // lsids
	Presenting   bool
	Connected    bool
	Idle         bool
	Busy         bool
	AutoAssign   bool
	Available    bool
	License      string
	ShownOnSites bool
}

// Client is what the command API tells of another client than a representative's.
type Client struct {
	ClientID uint64
	Hostname string
	System   string
	Name     string
	Kind     string // of a customer's client: desktop, rdp, …
	LSID     string
	Since    time.Time
}

// Team is what the command API tells of a support team.
type Team struct {
	ID      int
	Name    string
	Waiting int
	Issues  []Issue
	Members []Representative
}

// Issue is one that a team answers for.
type Issue struct {
	ID    int
	Title string
}

// Representatives returns those whom the model has, in the order in which they logged in or changed places. The caller owns the slice.
func (w *World) Representatives() []Representative {
	list := make([]Representative, 0, len(w.reps))
	for _, r := range w.reps {
		if r.present {
			list = append(list, w.roster(r))
		}
	}
	return list
}

func (w *World) roster(r *representative) Representative {
	entry := Representative{
		ClientID: r.id, UserID: r.user, Invited: r.invited, Username: r.username, PublicName: r.public, PrivateName: r.private,
		Hostname: r.host, System: r.system, Since: w.wire(r.since), Presenting: r.show != nil, Connected: r.connected,
		Idle: r.idle, Busy: r.busy, AutoAssign: r.enabled, Available: r.available, License: r.license, ShownOnSites: !r.invited && r.enabled,
	}
	for _, p := range r.people {
		if p.present && p.session.present {
			entry.Sessions = append(entry.Sessions, p.session.lsid)
		}
	}
	return entry
}

// Customers returns the connected clients of customers. The caller owns the slice.
func (w *World) Customers() []Client {
	var list []Client
	for _, s := range w.sessions {
		for _, c := range s.clients {
			if c.present && c.connected {
				list = append(list, Client{c.id, c.host, c.system, s.customer, c.kind, s.lsid, w.wire(c.made)})
			}
		}
	}
	return list
}

// Attendees returns the connected attendees of presentations. The caller owns the slice.
func (w *World) Attendees() []Client {
	var list []Client
	for _, p := range w.shows {
		for _, a := range p.attendees {
			if a.connected {
				list = append(list, Client{ClientID: a.id, Hostname: a.host, Name: a.name, LSID: p.lsid, Since: w.wire(a.made)})
			}
		}
	}
	return list
}

// Teams returns every team that is configured, whether anybody of it is logged in or not; with members, also everybody who is in each. The
// caller owns the slice.
func (w *World) Teams(members bool) []Team {
	list := make([]Team, 0, len(w.teams))
	for _, q := range w.teams {
		t := Team{ID: q.team, Name: q.name}
		for _, s := range q.waiting {
			if s.present {
				t.Waiting++
			}
		}
		for _, issue := range q.issues {
			t.Issues = append(t.Issues, Issue{ID: issue.id, Title: issue.description})
		}
		for _, r := range w.accounts {
			if members && r.in(q) {
				t.Members = append(t.Members, w.roster(r))
			}
		}
		list = append(list, t)
	}
	return list
}
