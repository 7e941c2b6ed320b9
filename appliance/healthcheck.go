package appliance

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance/xmlanswer"
)

// HealthCheck is the answer to check_health (Programmer's Guide, "API Command: check_health").
// Empty strings, nil and the zero time stand for elements that the appliance left out or that
// cannot be read. Texts are valid UTF-8 as the appliance wrote them, of at most 4 KiB.
type HealthCheck struct {
	// ApplianceID is the GUID of the appliance.
	ApplianceID string

	// Hostname is the host name of the appliance.
	Hostname string

	// Version is the version of the software, such as 19.1.8.
	Version string

	// Build is the build, such as 37380-749b17ca33d2475427428f263608ae98d69f7a35.
	Build string

	// Success says whether the appliance finds itself well.
	Success *bool

	// ErrorMessage says what is wrong, where something is.
	ErrorMessage string

	// Failover is its place in a failover pair.
	Failover Failover
}

// The failover roles that the vendor documents.
const (
	RoleNone    = "none"
	RolePrimary = "primary"

	// RoleBackup is that of an appliance whose real-time state API refuses until it takes over,
	// and which shares its data with the primary.
	RoleBackup = "backup"
)

// Failover is what an appliance says of its failover relationship.
type Failover struct {
	// Role is RoleNone, RolePrimary or RoleBackup, or what the vendor has not documented.
	Role string

	// SharedIPs are the enabled addresses that the pair shares. The slice is the caller's.
	SharedIPs []string

	// LastDataSync is when the pair last synchronised its data, by the appliance's clock.
	LastDataSync time.Time

	// LastDataSyncStatus is how that went, in the appliance's words.
	LastDataSyncStatus string
}

// CheckHealth asks the appliance how it is. The account needs read-only access to the command
// API. An appliance that is not well answers all the same; errors are of type *Error.
func (c *Client) CheckHealth(ctx context.Context) (HealthCheck, error) {
	var answer HealthCheck
	err := c.command(ctx, "check_health", nil, func(r io.Reader, _ time.Time) (namespace string, err error) {
		answer, namespace, err = readHealthCheck(r)
		return namespace, err
	})
	if err != nil {
		return HealthCheck{}, err
	}
	return answer, nil
}

func readHealthCheck(r io.Reader) (HealthCheck, string, error) {
	var h HealthCheck
	namespace, err := xmlanswer.Read(r, []string{"health_check", "check_health"}, func(d *xmlanswer.Document, e xmlanswer.Element) (bool, error) {
		if e.Name == "enabled_shared_ips" {
			return true, d.Each(func(e xmlanswer.Element) error {
				if e.Name != "ip" {
					return nil
				}
				ip, err := d.Text()
				if ip != "" {
					h.Failover.SharedIPs = append(h.Failover.SharedIPs, ip)
				}
				return err
			})
		}
		text, err := d.Text()
		if err != nil {
			return false, err
		}
		switch e.Name {
		case "appliance":
			h.ApplianceID, h.Hostname = e.Attr("id"), text
		case "version":
			h.Version, h.Build = splitVersion(text)
		case "success":
			h.Success = xmlanswer.Flag(text)
		case "error_message":
			h.ErrorMessage = text
		case "failover_role":
			h.Failover.Role = text
		case "last_data_sync_time":
			h.Failover.LastDataSync = e.Time(text)
		case "last_data_sync_status":
			h.Failover.LastDataSyncStatus = text
		default:
			return false, nil
		}
		return true, nil
	})
	if err != nil {
		return HealthCheck{}, namespace, err
	}
	return h, namespace, nil
}

// splitVersion takes a version such as "19.1.8 (37380-749b17ca)" apart.
func splitVersion(text string) (version, build string) {
	version, rest, ok := strings.Cut(text, "(")
	if ok {
		build, _, _ = strings.Cut(rest, ")")
	}
	return strings.TrimSpace(version), strings.TrimSpace(build)
}
