package appliance

import (
	"slices"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance/xmlanswer"
)

// ReportBox returns the name of the box in /login > Management > API Configuration that lets an
// API account read a report, as "The API account must have the permission" has it in the
// vendor's description of each.
func ReportBox(name string) string {
	switch name {
	case "VaultAccountActivity":
		return "Allow Access to Vault Account Activity Reports"
	case LicenseReport:
		return "Allow Access to License Usage Reports"
	case "JumpItem":
		// The vendor's documents name the one and its configuration API the other.
		return "Allow Access to Jump Item Reports, or to License Usage Reports where there is no such box,"
	case "AccessSession", "Team":
		return "Allow Access to Access Session Reports and Recordings"
	default:
		return "Allow Access to Support Session Reports and Recordings"
	}
}

// Grants says what the account's permissions tell of a report: granted is true where one that
// allows it is given; denied is true where the one that it needs is there and is not. Where
// neither is, only the report itself can tell: of Privileged Remote Access the vendor documents
// no names, and for JumpItem a permission that may be another report's.
func (i APIInfo) Grants(report string) (granted, denied bool) {
	_, granted, denied = i.Decisive(report)
	return granted, denied
}

// Decisive is Grants, with the permission that tells so.
func (i APIInfo) Decisive(report string) (decisive Permission, granted, denied bool) {
	names, certain := reportPermissions(report)
	for _, p := range i.Permissions {
		given := xmlanswer.Flag(p.Access)
		switch {
		case !slices.Contains(names, p.Name) || given == nil:
		case *given:
			return p, true, false
		case certain:
			decisive, denied = p, true
		}
	}
	return decisive, false, denied
}

// reportPermissions returns the names of the permissions that allow a report, and whether one
// that is not given denies it.
func reportPermissions(report string) (names []string, certain bool) {
	switch report {
	case "VaultAccountActivity":
		return []string{"perm_reporting_vault"}, true
	case LicenseReport:
		return []string{"perm_reporting_license"}, true
	case "JumpItem":
		return []string{"perm_reporting_license", "perm_reporting_jump_item"}, false
	case "AccessSession", "Team":
		return []string{"perm_reporting_access", "perm_reporting_support"}, false
	default:
		return []string{"perm_reporting_support"}, true
	}
}
