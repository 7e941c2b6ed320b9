package world

import "slices"

// SessionReport is what the appliance logged of one session, as the reports SupportSession and AccessSession tell it. All times are UNIX
// timestamps by the appliance's clock, in whole seconds, as they are logged. Who got one must not change it.
type SessionReport struct {
	LSID     string
	Sequence uint64 // lseq
	Start    int64
	// End is 0 while the session is open, and for ever if it ended abnormally.
	End int64
	// Jump says that a representative began it, with a computer that nobody waits at.
	Jump bool

	Site      Place // nowhere at Privileged Remote Access
	Jumpoint  Place // of a jump through one
	JumpGroup JumpGroup

	ExternalKey                 string
	Transferred, Moved, Deleted int // files

	Customer        CustomerShare
	Representatives []RepresentativeShare
	Teams           []Place // all to which it ever belonged; the last one is the primary team

	Events                []SessionEvent
	CustomerSurveys       []Survey
	RepresentativeSurveys []Survey

	owner    uint64 // the gsnumber of who owned the session last; 0 if nobody ever did
	picked   int64  // when a representative owned it first
	taken    bool   // whether one ever did
	abnormal bool
}

// Place is something with a name that an administrator configured: a public site, a team, a Jumpoint. Without an ID there is none.
type Place struct {
	ID   int
	Name string
}

// JumpGroup is a group of Jump Items. Without a Type there is none.
type JumpGroup struct {
	Type string // shared or personal
	ID   uint64 // of a personal group the user's
	Name string // of a personal group the user's private display name
}

// label is what a group is told apart by: personal ones are not told apart.
func (g JumpGroup) label() string {
	if g.Type == jumpGroupPersonal {
		return jumpGroupPersonal
	}
	return g.Name
}

// CustomerShare is a customer in a session, or the computer that was jumped to.
type CustomerShare struct {
	GS                                          uint64 // gsnumber
	Name, PublicIP, PrivateIP, Hostname, System string
	Company, CompanyCode, Details               string
	Issue                                       int
}

// RepresentativeShare is a representative in a session. One who logged in anew is there anew, under another gsnumber.
type RepresentativeShare struct {
	Person
	Hostname, System string
	Owned            bool // whether the session was ever this representative's
	Seconds          int64
	since            int64 // when the representative joined; 0 when not there
}

// Person is a representative as logs name one.
type Person struct {
	GS, User                                       uint64
	Invited                                        bool
	Username, Public, Private, PublicIP, PrivateIP string
}

// Party is who did something, or to whom it was done.
type Party struct {
	Kind PartyKind // empty: nobody is named
	ID   uint64    // in sessions and teams the gsnumber, else the id
	Name string
}

// PartyKind is what a Party is.
type PartyKind string

// The kinds of party in sessions and teams, and in what happens to vault accounts and Jump Items.
const (
	PartySystem         PartyKind = "system"
	PartyCustomer       PartyKind = "customer"
	PartyRepresentative PartyKind = "representative"
	PartyUser           PartyKind = "user"
	PartyAPIAccount     PartyKind = "api_account"
)

// SessionEvent is one thing that happened in a session. What is empty is not told.
type SessionEvent struct {
	At   int64
	Type string
	By   Party
	To   Party
	Body string // may have characters that XML cannot
	File string
	Size int
	// Person is who came, where somebody did.
	Person *Person
}

// The types of session event that mean something to the desk; the names are the vendor's.
const (
	eventSessionStart  = "Session Start"
	eventSessionEnd    = "Session End"
	eventOwnerChanged  = "Conference Owner Changed"
	eventMemberAdded   = "Conference Member Added"
	eventMemberLeft    = "Conference Member Departed"
	eventMemberChanged = "Conference Member State Changed"
	eventChat          = "Chat Message"
	eventFilesShared   = "Files Shared"
)

// team is the display name of the primary team, which is what reports tell teams apart by.
func (r *SessionReport) team() string {
	if len(r.Teams) == 0 {
		return ""
	}
	return r.Teams[len(r.Teams)-1].Name
}

// labels are what sessions are counted by.
func (r *SessionReport) labels() SessionLabels {
	outcome := "unserved"
	if r.taken {
		outcome = "served"
	}
	return SessionLabels{r.Site.Name, r.JumpGroup.label(), r.team(), r.Jumpoint.Name, outcome}
}

// Owner is who of the Representatives owned the session last, or nil if nobody ever did.
func (r *SessionReport) Owner() *RepresentativeShare {
	return r.seat(r.owner)
}

// seat is the share of the representative under a gsnumber, or nil.
func (r *SessionReport) seat(gs uint64) *RepresentativeShare {
	for i := range r.Representatives {
		if r.Representatives[i].GS == gs {
			return &r.Representatives[i]
		}
	}
	return nil
}

// snapshot is a copy that does not change any more.
func (r *SessionReport) snapshot(now int64) *SessionReport {
	c := *r
	c.Teams = slices.Clone(r.Teams)
	c.Events = slices.Clip(r.Events)
	c.Representatives = slices.Clone(r.Representatives)
	for i := range c.Representatives {
		c.Representatives[i].settle(now)
	}
	return &c
}

// settle adds the time since the representative joined.
func (s *RepresentativeShare) settle(now int64) {
	if s.since != 0 {
		s.Seconds += max(0, now-s.since)
		s.since = 0
	}
}
