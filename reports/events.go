package reports

import (
	"context"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// teamEventTypes are the types of events that the vendor documents for teams.
func teamEventTypes() []string {
	return []string{
		"Chat Message", "Conference Member Added", "Conference Member Departed", "Conference Member State Changed",
		"Conference Owner Changed", "File Download", "File Download Failed", "File Upload", "File Upload Failed",
		"Files Shared", "Pinned Session Moved Away from Queue", "Pinned Session Moved to Queue",
		"Pinned Session Password Modified", "Representative Monitoring Started", "Representative Monitoring Stopped",
		"Session Pinned to Queue", "Session Transferred Away from Queue", "Session Transferred to Queue",
		"Session Unpinned from Queue",
	}
}

// vaultEventTypes are the types of events that the vendor documents for Vault accounts.
func vaultEventTypes() []string {
	return []string{
		"Account Created", "Account Deleted", "Credentials Checked Out", "Credentials Checked In",
		"Password Changed", "Password Rotation Failed", "Credentials Used", "Credentials Force Checked In",
	}
}

// readTeams counts what happened in the teams. Each type that is documented starts at 0 when a
// team is first seen.
func readTeams(report string) func(context.Context, Client, appliance.Window, *intake) error {
	return func(ctx context.Context, c Client, w appliance.Window, in *intake) error {
		events := in.book.Counters[teamEvents().name]
		teams := make(map[string]bool)
		return c.TeamEvents(ctx, report, w, func(e appliance.Event) error {
			if !in.event(e) {
				return nil
			}
			if !teams[e.Team] {
				teams[e.Team] = true
				for _, kind := range teamEventTypes() {
					events.add(0, e.Team, kind)
				}
			}
			events.add(1, e.Team, e.Type)
			return nil
		})
	}
}

func readVault(ctx context.Context, c Client, w appliance.Window, in *intake) error {
	return c.Events(ctx, "VaultAccountActivity", w, func(e appliance.Event) error {
		if in.event(e) {
			in.book.Counters[vaultEvents().name].add(1, e.Type)
		}
		return nil
	})
}

func readJumpItems(ctx context.Context, c Client, w appliance.Window, in *intake) error {
	return c.Events(ctx, "JumpItem", w, func(e appliance.Event) error {
		if in.event(e) {
			in.book.Counters[jumpItemEvents().name].add(1, e.Type, e.JumpItemType)
		}
		return nil
	})
}

// expect makes the series that are known before anything happened start at 0.
func (b *book) expect(c Collector) {
	switch c {
	case Sessions:
		for _, kind := range sessionEventTypes() {
			b.Counters[sessionEvents().name].add(0, kind)
		}
		for _, operation := range fileOperations() {
			b.Counters[filesTotal().name].add(0, operation)
		}
	case Vault:
		for _, kind := range vaultEventTypes() {
			b.Counters[vaultEvents().name].add(0, kind)
		}
	}
}
