package simulator

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
)

// sessionReport is the report SupportSession or AccessSession.
func (a *Appliance) sessionReport(q query) (func(*document), error) {
	list, err := a.sessions(q)
	if err != nil {
		return nil, err
	}
	if limit := q.form.Get("limit"); limit != "" && q.lsids() == nil {
		chosen, err := a.limit(limit)
		if err != nil {
			return nil, err
		}
		list = slices.DeleteFunc(list, func(r *world.SessionReport) bool { return !chosen(r) })
	}
	if len(list) == 0 && a.cfg.Reports.Big.Sessions == 0 {
		return nil, nil
	}
	return func(d *document) {
		for _, r := range list {
			a.writeSession(d, r, q.now)
			if !d.spill() {
				return
			}
		}
	}, nil
}

// limit reads the category by which sessions are filtered: all, rep:ID, team:all, team:ID, members:ID, site:ID.
func (a *Appliance) limit(text string) (func(*world.SessionReport) bool, error) {
	kind, value, _ := strings.Cut(text, ":")
	id, err := strconv.ParseUint(value, 10, 64)
	switch {
	case text == "all":
		return func(*world.SessionReport) bool { return true }, nil
	case text == "team:all":
		return func(r *world.SessionReport) bool { return len(r.Teams) > 0 }, nil
	case err != nil:
		return nil, invalid("limit")
	}
	switch kind {
	case "rep":
		return func(r *world.SessionReport) bool { return r.Owner() != nil && r.Owner().User == id }, nil
	case "team":
		return func(r *world.SessionReport) bool { return len(r.Teams) > 0 && uint64(r.Teams[len(r.Teams)-1].ID) == id }, nil
	case "site":
		return func(r *world.SessionReport) bool { return uint64(r.Site.ID) == id }, nil
	case "members":
		members := make(map[uint64]bool)
		a.desk.look(func(w *world.World) {
			for _, t := range w.Teams(true) {
				for _, m := range t.Members {
					if uint64(t.ID) == id {
						members[m.UserID] = true
					}
				}
			}
		})
		return func(r *world.SessionReport) bool { return r.Owner() != nil && members[r.Owner().User] }, nil
	}
	return nil, invalid("limit")
}

// writeSession writes one session. An element that the documents say may be left out is left out where there is nothing to tell.
func (a *Appliance) writeSession(d *document, r *world.SessionReport, now int64) {
	d.begin("session", "lsid", r.LSID)
	d.element("session_type", "support") // Privileged Remote Access says so too
	d.element("lseq", strconv.FormatUint(r.Sequence, 10))
	a.when(d, "start_time", r.Start)
	a.when(d, "end_time", r.End)
	length := r.End - r.Start
	if r.End == 0 {
		length = now - r.Start
	}
	d.element("duration", fmt.Sprintf("%02d:%02d:%02d", length/3600, length/60%60, length%60))
	place(d, "public_site", r.Site)
	place(d, "jumpoint", r.Jumpoint)
	d.element("external_key", r.ExternalKey)
	d.element("custom_attributes", "")
	if r.End != 0 {
		link := "https://" + a.cfg.Hostname + "/session_download?lsid=l%3D" + r.LSID + "&dl_action=chat"
		d.element("session_chat_view_url", link+"&view=1")
		d.element("session_chat_download_url", link)
	}
	d.number("file_transfer_count", r.Transferred)
	d.number("file_move_count", r.Moved)
	d.number("file_delete_count", r.Deleted)
	d.element("primary_customer", r.Customer.Name, "gsnumber", number(r.Customer.GS))
	if r.JumpGroup.Type != "" {
		d.element("jump_group", r.JumpGroup.Name, "type", r.JumpGroup.Type, "id", number(r.JumpGroup.ID))
	}
	if o := r.Owner(); o != nil {
		d.element("primary_rep", o.Private, "gsnumber", number(o.GS), "id", number(o.User))
	}
	if len(r.Teams) > 0 && a.cfg.Product == RemoteSupport {
		place(d, "primary_team", r.Teams[len(r.Teams)-1])
	}
	a.writeParticipants(d, r)
	if r.End != 0 {
		a.writeSurveyLists(d, r)
	}
	d.begin("session_details")
	for _, e := range r.Events {
		a.writeSessionEvent(d, e)
	}
	d.end()
	d.end()
}

// place writes an element for something that an administrator configured, if there is one.
func place(d *document, name string, p world.Place) {
	if p.ID != 0 {
		d.element(name, p.Name, "id", strconv.Itoa(p.ID))
	}
}

func number(n uint64) string { return strconv.FormatUint(n, 10) }

// writeParticipants writes the lists of customers, representatives and teams.
func (a *Appliance) writeParticipants(d *document, r *world.SessionReport) {
	d.begin("customer_list")
	c := r.Customer
	d.begin("customer", "gsnumber", number(c.GS))
	d.element("username", c.Name)
	d.element("public_ip", c.PublicIP)
	d.element("private_ip", c.PrivateIP)
	d.element("hostname", c.Hostname)
	d.element("os", c.System)
	if a.cfg.Product == RemoteSupport {
		d.number("primary_cust", 1)
		d.begin("info")
		d.element("name", c.Name)
		d.element("company", c.Company)
		d.element("company_code", c.CompanyCode)
		d.number("issue", c.Issue)
		d.element("details", c.Details)
		d.end()
	}
	d.end()
	d.end()
	d.begin("rep_list")
	for i := range r.Representatives {
		a.writeRepresentative(d, &r.Representatives[i], r.Owner())
	}
	d.end()
	if a.cfg.Product != RemoteSupport {
		return
	}
	d.begin("team_list")
	for i, t := range r.Teams {
		d.element("team", t.Name, "id", strconv.Itoa(t.ID), "primary_team", bit(i == len(r.Teams)-1))
	}
	d.end()
}

func bit(v bool) string {
	if v {
		return "1"
	}
	return "0"
}

func (a *Appliance) writeRepresentative(d *document, s, owner *world.RepresentativeShare) {
	d.begin("representative", "gsnumber", number(s.GS), "id", number(s.User))
	d.element("username", s.Username)
	names(d, s.Person)
	d.element("public_ip", s.PublicIP)
	d.element("private_ip", s.PrivateIP)
	d.element("hostname", s.Hostname)
	d.element("os", s.System)
	d.element("session_owner", bit(s.Owned))
	d.element("primary_rep", bit(s == owner))
	d.element("seconds_involved", strconv.FormatInt(s.Seconds, 10))
	if s.Invited {
		d.number("invited", 1)
	}
	d.end()
}

// names writes the display names of a representative.
func names(d *document, p world.Person) {
	d.element("display_name", p.Private)
	d.element("public_display_name", p.Public)
	d.element("private_display_name", p.Private)
}

// writeSessionEvent writes one event of a session.
func (a *Appliance) writeSessionEvent(d *document, e world.SessionEvent) {
	d.begin("event", "timestamp", strconv.FormatInt(e.At, 10), "event_type", e.Type)
	party(d, "performed_by", e.By)
	party(d, "destination", e.To)
	a.body(d, e.Body)
	switch {
	case e.Type == "Files Shared":
		files(d, e.File, e.Size)
	case e.File != "":
		d.element("filename", e.File)
		d.number("filesize", e.Size)
	}
	switch e.Type {
	case "Conference Owner Changed":
		d.begin("data")
		value(d, "owner", e.To.Name)
		d.end()
	case "Conference Member Added":
		person(d, e.Person)
	case "System Information Retrieved":
		systemInformation(d)
	}
	d.end()
}

// party writes who did something, or to whom it was done, in a session or a team.
func party(d *document, name string, p world.Party) {
	if p.Kind != "" {
		d.element(name, p.Name, "type", string(p.Kind), "gsnumber", number(p.ID))
	}
}

// body writes what was said: encoded, where XML cannot have it as it is.
func (a *Appliance) body(d *document, text string) {
	switch {
	case text == "":
	case printable(text):
		d.element("body", text)
	case a.cfg.Reports.OddBytes:
		d.begin("body")
		d.b.WriteString(text + "\xff")
		d.end()
	default:
		code := base64.StdEncoding.EncodeToString([]byte(text))
		d.begin("encoded_body")
		for i := 0; i < len(code); i += 76 {
			d.text(code[i:min(len(code), i+76)])
			d.b.WriteString("\r\n")
		}
		d.end()
	}
}

// printable tells whether XML can have a text.
func printable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0xFFFE || r == 0xFFFF
	})
}

func files(d *document, name string, size int) {
	d.begin("files")
	d.element("file", "", "name", name, "size", strconv.Itoa(size))
	d.end()
}

func value(d *document, name, v string) {
	d.element("value", "", "name", name, "value", v)
}

// person writes who came.
func person(d *document, p *world.Person) {
	if p == nil {
		return
	}
	d.begin("data")
	value(d, "name", p.Private)
	value(d, "username", p.Username)
	value(d, "private_ip", p.PrivateIP)
	value(d, "public_ip", p.PublicIP)
	value(d, "user_id", number(p.User))
	d.end()
}

// systemInformation writes a little of what is pulled at the start of a session.
func systemInformation(d *document) {
	d.begin("system_information")
	d.begin("category", "name", "Drives")
	d.begin("description")
	d.element("field", "Drive")
	d.element("field", "Percent Used")
	d.end()
	d.begin("data")
	d.begin("row")
	d.element("field", `C:\`)
	d.element("field", "60%")
	d.end()
	d.end()
	d.end()
	d.end()
}
