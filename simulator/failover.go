package simulator

import (
	"errors"
	"fmt"
	"time"
)

// ErrNoFailover is what Failover returns where no failover relationship is configured.
var ErrNoFailover = errors.New("this appliance has no failover relationship; give it the role primary or backup")

// NewPair makes two appliances in a failover relationship that share one desk: the first is the primary, the second the backup. What of
// both configurations belongs to the desk is taken from the first. Both have the same API account, as a pair does, but not the same tokens.
func NewPair(first, second Config) (*Appliance, *Appliance, error) {
	first.Role, second.Role = RolePrimary, RoleBackup
	a, err := New(first)
	if err != nil {
		return nil, nil, err
	}
	second.World, second.Now, second.ClockOffset = first.World, first.Now, first.ClockOffset
	second.ClientID, second.ClientSecret = a.cfg.ClientID, a.cfg.ClientSecret
	if second.Hostname == "" {
		second.Hostname = "backup." + a.cfg.Hostname
	}
	if second.ApplianceID == "" {
		second.ApplianceID = fmt.Sprintf("60bdeb59f0f04163%016x", first.World.Seed)
	}
	if len(second.SharedIPs) == 0 {
		second.SharedIPs = first.SharedIPs
	}
	cfg, err := second.withDefaults()
	if err != nil {
		return nil, nil, err
	}
	b, err := newAppliance(cfg, a.desk)
	if err != nil {
		return nil, nil, err
	}
	a.peer, b.peer = b, a
	return a, b, nil
}

// relation is what an appliance knows of its failover relationship.
type relation struct {
	role       Role
	syncedAt   time.Time // zero: by the interval
	syncStatus string
}

// Role returns the appliance's role.
func (a *Appliance) Role() Role {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.relation.role
}

// SetRole gives the appliance a role, whatever its peer's is: so a pair can have two primaries, or none. One that becomes a backup
// disconnects its subscribers, one that becomes primary starts its processes.
func (a *Appliance) SetRole(role Role) {
	a.mu.Lock()
	was := a.relation.role
	a.relation.role = role
	a.mu.Unlock()
	switch {
	case was == role:
	case role == RoleBackup:
		a.desk.disconnect()
	case was == RoleBackup:
		a.desk.restart(RestartClose)
	}
}

// Failover swaps the roles of a pair; where there is no peer, the appliance alone changes from primary to backup or back. It fails
// with ErrNoFailover where there is no failover relationship.
func (a *Appliance) Failover() error {
	switch a.Role() {
	case RolePrimary:
		a.SetRole(RoleBackup)
		if a.peer != nil {
			a.peer.SetRole(RolePrimary)
		}
	case RoleBackup:
		if a.peer != nil {
			a.peer.SetRole(RoleBackup)
		}
		a.SetRole(RolePrimary)
	default:
		return ErrNoFailover
	}
	return nil
}

// SetDataSync fixes what the health check says of the last data sync, as when syncing fails: its time, and the vendor's words for how it
// ended. The zero time lets the pair sync by its interval again.
func (a *Appliance) SetDataSync(at time.Time, status string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.relation.syncedAt, a.relation.syncStatus = at, status
}

// dataSync is the time of the last data sync and how it ended.
func (a *Appliance) dataSync() (time.Time, string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.relation.syncedAt.IsZero() {
		return a.relation.syncedAt, a.relation.syncStatus
	}
	return a.Clock().Truncate(a.cfg.DataSyncEvery), "Data sync completed successfully."
}

// RestartMode is what subscribers notice of a restart.
type RestartMode string

// What real appliances do is any of these.
const (
	RestartTruncate RestartMode = "truncate" // a truncate_model on the living connection
	RestartClose    RestartMode = "close"    // the connection ends
	RestartBoth     RestartMode = "both"     // one after the other
)

// Restart restarts the appliance's processes.
func (a *Appliance) Restart(mode RestartMode) error {
	switch mode {
	case RestartTruncate, RestartClose, RestartBoth:
		a.desk.restart(mode)
		return nil
	}
	return fmt.Errorf("there is no restart of the mode %q; give truncate, close or both", mode)
}
