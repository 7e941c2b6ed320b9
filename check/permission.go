package check

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

const (
	stateBox = "Real-Time State API: Allow Access"

	noStateAPI = "Privileged Remote Access has no real-time state API"
	noSurveys  = "Privileged Remote Access has no surveys"
)

// permission is what the API account needs for some reports.
type permission struct {
	step string
	// reports are what a collector asks for, by the collector.
	reports map[string]reportNames
	// optional is what is missing without it, where the collector works all the same.
	optional string
}

// reportNames are the reports of one collector, by the vendor's names. Those that Privileged Remote
// Access calls otherwise are in ofPRA; nil is the same there, and empty is none.
type reportNames struct{ names, ofPRA []string }

// reportPermissions returns those that collectors need. Which box and which permission grants a
// report is package appliance's to know.
func reportPermissions() []permission {
	return []permission{
		{
			step:     "license_reports",
			reports:  map[string]reportNames{collectorLicenses: {names: []string{appliance.LicenseReport}}},
			optional: "the peaks of licence use will be missing",
		}, {
			step: "session_reports",
			reports: map[string]reportNames{
				collectorSessions: {names: []string{"SupportSession"}, ofPRA: []string{"AccessSession"}},
				collectorSurveys:  {names: []string{"SupportCustExitSurvey", "SupportRepExitSurvey"}, ofPRA: []string{}},
				collectorTeams:    {names: []string{"SupportTeam"}, ofPRA: []string{"Team"}},
			},
		}, {
			step:    "vault_reports",
			reports: map[string]reportNames{collectorVault: {names: []string{"VaultAccountActivity"}}},
		}, {
			step:    "jump_item_reports",
			reports: map[string]reportNames{collectorJumpItems: {names: []string{"JumpItem"}}},
		},
	}
}

// collectors returns the collectors that need the permission, in the order of their names.
func (p permission) collectors() []string { return slices.Sorted(maps.Keys(p.reports)) }

// tick says where a box is.
func tick(box string) string {
	return "tick " + box + " for the API account in /login > Management > API Configuration"
}

// access returns what get_api_info says of a permission. told is false where it does not know it, or
// was not answered.
func (i *inspection) access(name string) (p appliance.Permission, told bool) {
	if i.info == nil {
		return appliance.Permission{}, false
	}
	for _, p := range i.info.Permissions {
		if p.Name == name {
			return p, true
		}
	}
	return appliance.Permission{}, false
}

// statePermission tells whether the account may use the real-time state API.
func (i *inspection) statePermission(context.Context) Step {
	const name = "perm_real_time_state"
	p, told := i.access(name)
	switch {
	case i.client.Product() == appliance.PrivilegedRemoteAccess:
		i.noState = noStateAPI
		return skipped(i.noState)
	case i.info == nil:
		return skipped("get_api_info was not answered")
	case !told && i.health != nil && i.health.Failover.Role == appliance.RoleBackup:
		return skipped(fmt.Sprintf("get_api_info does not tell of %s, and a backup refuses all alike: see yourself that %q is ticked", name, stateBox))
	case !told:
		return skipped(fmt.Sprintf("get_api_info does not tell of %s: the step state tries it", name))
	}
	s := ticked(stateBox, p, p.Access == "1" || p.Access == "true")
	if s.Status == Failed {
		i.noState = "the API account may not use the real-time state API"
	}
	return s
}

// ticked is the step of a permission that get_api_info tells of.
func ticked(box string, p appliance.Permission, given bool) Step {
	s := Step{Status: OK, Tried: fmt.Sprintf("is %q ticked", strings.TrimSuffix(box, ",")), Found: fmt.Sprintf("yes, %s is %s", p.Name, p.Access)}
	if !given {
		s.Status, s.Found, s.Remedy = Failed, fmt.Sprintf("no, %s is %s", p.Name, p.Access), tick(box)
	}
	return s
}
