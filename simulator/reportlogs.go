package simulator

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
)

// teamReport is the report SupportTeam or Team.
func (a *Appliance) teamReport(q query) (func(*document), error) {
	v, err := q.window()
	if err != nil {
		return nil, err
	}
	team := 0
	if id := q.form.Get("team_id"); id != "" {
		if team, err = strconv.Atoi(id); err != nil || team < 1 {
			return nil, invalid("team_id")
		}
	}
	var list []world.TeamActivity
	a.desk.look(func(w *world.World) { list = w.Activity(v, team) })
	if len(list) == 0 {
		return nil, nil
	}
	return func(d *document) {
		a.when(d, "start_time", v.From)
		a.when(d, "end_time", v.To)
		for _, t := range list {
			d.begin("team_activity", "id", strconv.Itoa(t.Team.ID), "name", t.Team.Name)
			d.begin("logged_in_representatives")
			for _, p := range t.LoggedIn {
				d.begin("representative", "gsnumber", number(p.GS), "id", number(p.User))
				names(d, p)
				d.element("public_ip", p.PublicIP)
				d.element("private_ip", p.PrivateIP)
				d.end()
			}
			d.end()
			d.begin("events")
			for _, e := range t.Events {
				a.writeTeamEvent(d, e)
				if !d.spill() {
					return
				}
			}
			d.end()
			d.end()
		}
	}, nil
}

func (a *Appliance) writeTeamEvent(d *document, e world.TeamEvent) {
	d.begin("event", "timestamp", strconv.FormatInt(e.At, 10), "event_type", e.Type)
	party(d, "performed_by", e.By)
	if e.To.Kind != "" {
		d.begin("destinations")
		d.element("destination", e.To.Name, "gsnumber", number(e.To.ID))
		d.end()
	}
	if e.File != "" {
		files(d, e.File, e.Size)
	}
	if e.LSID != "" {
		d.begin("data")
		value(d, "lsid", e.LSID)
		d.end()
	}
	person(d, e.Person)
	a.body(d, e.Body)
	d.end()
}

// vaultReport is the report VaultAccountActivity.
func (a *Appliance) vaultReport(q query) (func(*document), error) {
	v, err := q.window()
	if err != nil {
		return nil, err
	}
	if limit := q.form.Get("limit"); limit != "" && limit != "all" {
		return nil, invalid("limit")
	}
	var list []world.VaultEvent
	a.desk.look(func(w *world.World) { list = w.VaultEvents(v) })
	if len(list) == 0 {
		return nil, nil
	}
	return func(d *document) {
		for _, e := range list {
			d.begin("vault_account_activity", "timestamp", strconv.FormatInt(e.At, 10), "account", strconv.Itoa(e.Account), "event_type", e.Type)
			d.element("performed_by", e.By.Name, "id", number(e.By.ID), "type", actorType(e.By.Kind))
			d.element("data", e.Data)
			d.end()
			if !d.spill() {
				return
			}
		}
	}, nil
}

// actorType is how the report of the vault spells who did something.
func actorType(kind world.PartyKind) string {
	switch kind {
	case world.PartyUser:
		return "User"
	case world.PartyAPIAccount:
		return "API Account"
	}
	return "System"
}

// jumpItemReport is the report JumpItem.
func (a *Appliance) jumpItemReport(q query) (func(*document), error) {
	v, err := q.window()
	if err != nil {
		return nil, err
	}
	var list []world.JumpItemEvent
	a.desk.look(func(w *world.World) { list = w.JumpItemEvents(v) })
	for name, of := range map[string]func(world.JumpItemEvent) string{
		"jump_group": func(e world.JumpItemEvent) string { return e.Group.Type + ":" + number(e.Group.ID) },
		"jump_item":  func(e world.JumpItemEvent) string { return strconv.Itoa(e.Item.ID) + ":" + e.Item.Type },
		"performed_by": func(e world.JumpItemEvent) string {
			if e.By.Kind == world.PartySystem {
				return string(e.By.Kind)
			}
			return string(e.By.Kind) + ":" + number(e.By.ID)
		},
	} {
		if want := strings.Trim(q.form.Get(name), "'‘’"); want != "" {
			list = slices.DeleteFunc(list, func(e world.JumpItemEvent) bool { return of(e) != want })
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	return func(d *document) {
		for _, e := range list {
			d.begin("jump_item_event")
			a.when(d, "timestamp", e.At)
			d.number("jump_item", e.Item.ID)
			d.element("jump_item_name", e.Item.Name)
			d.element("event_type", e.Type)
			d.element("jump_item_type", e.Item.Type)
			d.element("jump_group", e.Group.Name, "type", e.Group.Type, "id", number(e.Group.ID))
			d.element("performed_by", e.By.Name, "id", number(e.By.ID), "type", string(e.By.Kind))
			d.element("data", e.Data)
			d.end()
			if !d.spill() {
				return
			}
		}
	}, nil
}

// licenseReport is the report LicenseUsage. Intervals are by UTC.
func (a *Appliance) licenseReport(q query) (func(*document), error) {
	v, err := q.window()
	layout, known := map[string]string{"hour": "2006010215", "day": "20060102", "month": "200601"}[q.form.Get("group_by")]
	switch {
	case err != nil:
		return nil, err
	case v.Ended:
		return nil, missing("start_time")
	case !q.form.Has("group_by"):
		return nil, missing("group_by")
	case !known:
		return nil, invalid("group_by")
	}
	var list []world.LicensePeak
	a.desk.look(func(w *world.World) {
		list = w.LicenseUsage(v, func(at int64) string { return time.Unix(at, 0).UTC().Format(layout) })
	})
	if len(list) == 0 {
		return nil, nil
	}
	return func(d *document) {
		a.when(d, "start_time", v.From)
		a.when(d, "end_time", v.To)
		d.element("group_by", q.form.Get("group_by"))
		d.begin("license_time_intervals")
		for _, p := range list {
			d.begin("license_time_interval", "timestamp", strconv.FormatInt(p.At, 10), "datetime", a.cfg.Reports.date(p.At))
			for _, c := range p.Counts {
				if c.Reason == "" {
					d.number("license_count", c.Count, "license_type", c.Type)
				} else {
					d.number("license_count", c.Count, "license_type", c.Type, "reason", c.Reason)
				}
			}
			d.end()
		}
		d.end()
	}, nil
}
