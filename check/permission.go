package check

import (
	"fmt"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// permission is a permission of the API account beside the command API, and the box that grants
// it. The names are those of the Programmer's Guide and of the configuration API's
// specification, schema ApiAccount.
type permission struct {
	step       string
	names      []string // in get_api_info
	box        string   // in /login
	boxOfPRA   string   // the same where Privileged Remote Access calls it otherwise
	collectors []string
	optional   string // what is missing without it, where the collector works all the same
}

// permissions returns those that collectors need, but for the command API, which all of them do.
func permissions() []permission {
	return []permission{
		{
			step: "real_time_state_api", names: []string{"perm_real_time_state"},
			box:        "Real-Time State API: Allow Access",
			collectors: []string{collectorState},
		}, {
			step: "license_reports", names: []string{"perm_reporting_license"},
			box:        "Reporting API: Allow Access to License Usage Reports",
			collectors: []string{collectorLicenses},
			optional:   "the peaks of licence use will be missing",
		}, {
			step: "session_reports", names: []string{"perm_reporting_support", "perm_reporting_access"},
			box:        "Reporting API: Allow Access to Support Session Reports and Recordings",
			boxOfPRA:   "Reporting API: Allow Access to Session Reports and Recordings",
			collectors: []string{collectorSessions, collectorSurveys, collectorTeams},
		}, {
			step: "vault_reports", names: []string{"perm_reporting_vault"},
			box:        "Reporting API: Allow Access to Vault Account Activity Reports",
			collectors: []string{collectorVault},
		}, {
			step: "jump_item_reports", names: []string{"perm_reporting_jump_item"},
			box:        "Reporting API: Allow Access to Jump Item Reports",
			collectors: []string{collectorJumpItems},
		},
	}
}

// tick says where a box is.
func tick(box string) string {
	return "tick " + box + " for the API account in /login > Management > API Configuration"
}

// access returns what get_api_info says of a permission, by the first of its names that it knows.
// told is false where it knows none of them, or was not answered.
func (i *inspection) access(names ...string) (p appliance.Permission, told bool) {
	if i.info == nil {
		return appliance.Permission{}, false
	}
	for _, name := range names {
		for _, p := range i.info.Permissions {
			if p.Name == name {
				return p, true
			}
		}
	}
	return appliance.Permission{}, false
}

// permission tells whether the account has a permission.
func (i *inspection) permission(p permission) Step {
	box := p.box
	if i.client.Product() == appliance.PrivilegedRemoteAccess {
		if p.step == "real_time_state_api" {
			i.noState = "Privileged Remote Access has no real-time state API"
			return skipped(i.noState)
		}
		if p.boxOfPRA != "" {
			box = p.boxOfPRA
		}
	}
	granted, told := i.access(p.names...)
	s := Step{Status: OK, Tried: fmt.Sprintf("is %q ticked", box), Found: fmt.Sprintf("yes, %s is %s", granted.Name, granted.Access)}
	switch {
	case i.info == nil:
		return skipped("get_api_info was not answered")
	case !told:
		return skipped(fmt.Sprintf("get_api_info does not tell of %s: see yourself that %q is ticked", p.names[0], box))
	case granted.Access == "1" || granted.Access == "true":
		return s
	}
	s.Status, s.Found, s.Remedy = Failed, fmt.Sprintf("no, %s is %s", granted.Name, granted.Access), tick(box)
	if p.optional != "" {
		s.Status, s.Found = Warning, s.Found+": "+p.optional
	}
	if p.step == "real_time_state_api" {
		i.noState = "the API account may not use the real-time state API"
	}
	return s
}
