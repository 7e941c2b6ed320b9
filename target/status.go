package target

import (
	"net/url"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// Status is what a person wants to know first of a watched appliance. Times are by the
// exporter's own clock. No secret is in it.
type Status struct {
	// Name is what the exporter calls the appliance.
	Name string
	// URL is the address of its public site. The reader owns it.
	URL *url.URL
	// Labels are those that the operator gave it. The reader owns them.
	Labels map[string]string

	// Asked is false until the appliance was asked for the first time: then nothing is
	// known of Reachable and Role.
	Asked bool
	// Reachable says that the appliance answered in whatever way when it was last asked for
	// its health, and ReachableSince since when it is as it is. Trouble is why check_health
	// failed, which a reachable appliance may let it do: it refuses credentials, for one.
	Reachable      bool
	ReachableSince time.Time
	Trouble        string

	// Role is the failover role as the appliance spells it: none, primary or backup. It is
	// "" where no answer told, and the last one known while the appliance is down.
	Role      string
	RoleSince time.Time

	// Product is remote_support or privileged_remote_access, "" where nobody knows yet.
	Product string
	// Version is the version that the appliance runs, "" where no answer told.
	Version string

	// State is the subscription to the real-time state.
	State StateStatus
}

// Backup says that the appliance is a backup, whose real-time state API refuses until it takes
// over.
func (s Status) Backup() bool { return s.Role == appliance.RoleBackup }

// StateStatus is how the subscription to the real-time state stands.
type StateStatus struct {
	// Enabled is false where nothing is subscribed to, and where the appliance turned out to
	// be one of Privileged Remote Access, which has no such API.
	Enabled bool
	// Synced says that the model is in sync, Connected that there is a subscription, and
	// ConnectedSince since when.
	Synced         bool
	Connected      bool
	ConnectedSince time.Time
	// Trouble is why the last connection, or the last attempt at one, ended, and TroubleAt when
	// that was. What it tells of may be mended since: the next attempt comes after a pause.
	Trouble   string
	TroubleAt time.Time
	// Unreached says that it was an attempt that found no way to the appliance, or no token.
	Unreached bool
}
