package simulator

import (
	"fmt"
	"strconv"
	"strings"
)

// healthCheck is the answer to check_health, white space as appliances send it.
func (a *Appliance) healthCheck() string {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\n")
	fmt.Fprintf(&b, "<health_check xmlns=\"%s\">\n", escape(a.namespace()))
	fmt.Fprintf(&b, "\t<appliance id=\"%s\">%s</appliance>\n", escape(a.cfg.ApplianceID), escape(a.cfg.Hostname))
	fmt.Fprintf(&b, "\t<version>%s</version>\n", escape(a.cfg.Version))
	if a.faults.take(FaultUnhealthy, a.Clock()) {
		b.WriteString("\t<success>0</success>\n\t<error_message>The database did not answer in time.</error_message>\n")
	} else {
		b.WriteString("\t<success>1</success>\n")
	}
	role := a.Role()
	fmt.Fprintf(&b, "\t\t<failover_role>%s</failover_role>\n\t\t\t", role)
	if role != RoleNone {
		if len(a.cfg.SharedIPs) > 0 {
			b.WriteString("<enabled_shared_ips>\n")
			for _, ip := range a.cfg.SharedIPs {
				fmt.Fprintf(&b, "\t\t\t\t<ip>%s</ip>\n", escape(ip))
			}
			b.WriteString("\t\t\t</enabled_shared_ips>\n\t\t\t")
		}
		at, status := a.dataSync()
		fmt.Fprintf(&b, "<last_data_sync_time ts=\"%d\">%s</last_data_sync_time>\n", at.Unix(), at.UTC().Format("2006-01-02T15:04:05.000-0700"))
		fmt.Fprintf(&b, "\t\t\t<last_data_sync_status>%s</last_data_sync_status>\n\t\t\t", escape(status))
	}
	b.WriteString("</health_check>\n")
	return b.String()
}

// apiInformation is the answer to get_api_info, which begins without an XML declaration.
func (a *Appliance) apiInformation() string {
	d := &document{}
	d.begin("api_information", "xmlns", a.namespace())
	d.element("api_version", a.cfg.APIVersion)
	if a.cfg.CompanyName != "" {
		d.element("company_name", a.cfg.CompanyName)
	}
	d.element("timestamp", strconv.FormatInt(a.Clock().Unix(), 10))
	d.begin("permissions")
	command := "full_access"
	if a.cfg.Permissions.ReadOnlyCommand {
		command = "read_only"
	}
	d.element("permission", command, "name", "perm_command")
	for _, p := range a.permissions() {
		value := "0"
		if p.granted {
			value = "1"
		}
		d.element("permission", value, "name", p.name)
	}
	return d.done()
}

type permission struct {
	name    string
	granted bool
}

// permissions are those that are granted or not, by product.
func (a *Appliance) permissions() []permission {
	if a.cfg.Product == PrivilegedRemoteAccess {
		return []permission{
			{"perm_reporting_access", !a.cfg.Permissions.NoSessionReports}, {"perm_reporting_license", !a.cfg.Permissions.NoLicenseReports},
			{"perm_reporting_vault", !a.cfg.Permissions.NoVaultReports},
			{"perm_ecm", false}, {"perm_backup", false}, {"perm_scim", false},
		}
	}
	return []permission{
		{"perm_reporting_support", !a.cfg.Permissions.NoSessionReports}, {"perm_reporting_presentation", true},
		{"perm_reporting_license", !a.cfg.Permissions.NoLicenseReports}, {"perm_reporting_vault", !a.cfg.Permissions.NoVaultReports},
		{"perm_reporting_archive", true}, {"perm_real_time_state", !a.cfg.Permissions.NoState},
		{"perm_ecm", false}, {"perm_backup", false}, {"perm_scim", false},
	}
}

// appliances is the answer to get_appliances: this one and its peer.
func (a *Appliance) appliances() string {
	d := a.document("appliances")
	for _, x := range []*Appliance{a, a.peer} {
		if x == nil {
			continue
		}
		d.begin("appliance", "id", x.cfg.ApplianceID)
		d.element("name", strings.SplitN(x.cfg.Hostname, ".", 2)[0])
		d.element("public_hostname", x.cfg.Hostname)
		d.element("cluster_role", "single")
		d.element("failover_role", string(x.Role()))
		d.flag("accepting_connections", true)
		d.number("timezone_offset", 0)
		d.end()
	}
	return d.done()
}
