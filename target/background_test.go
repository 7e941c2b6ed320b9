package target

import (
	"context"
	"testing"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/health"
)

// inRole is the client of an appliance that has a failover role and says nothing else.
type inRole string

func (r *inRole) CheckHealth(context.Context) (appliance.HealthCheck, error) {
	return appliance.HealthCheck{Failover: appliance.Failover{Role: string(*r)}}, nil
}
func (*inRole) Probe(context.Context) (int, error)                       { return 0, nil }
func (*inRole) Appliances(context.Context) ([]appliance.Member, error)   { return nil, nil }
func (*inRole) APIInfo(context.Context) (i appliance.APIInfo, err error) { return i, nil }
func (*inRole) ClientSummary(context.Context) ([]appliance.ClientCount, error) {
	return nil, nil
}
func (*inRole) Timeout() time.Duration { return time.Minute }

// A backup that takes over is noticed once, and one that stays a backup never is.
func TestTookOver(t *testing.T) {
	role := inRole(appliance.RolePrimary)
	w := &Target{health: health.New(&role, health.Config{})}
	defer w.health.Close()
	for i, step := range []struct {
		role string
		want bool
	}{
		{appliance.RolePrimary, false},
		{appliance.RoleBackup, false},
		{appliance.RoleBackup, false},
		{"", false}, // left out: it is what it was
		{appliance.RolePrimary, true},
		{appliance.RolePrimary, false},
		{appliance.RoleBackup, false},
		{appliance.RoleNone, true},
	} {
		role = inRole(step.role)
		if _, err := w.health.CheckHealth(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := w.tookOver(); got != step.want {
			t.Errorf("scrape %d, role %q: it has taken over: %t, want %t", i, step.role, got, step.want)
		}
	}
}
