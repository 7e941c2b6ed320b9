package world

import "slices"

// VaultEvent is one thing that happened to an account in the vault, as the report VaultAccountActivity tells it.
type VaultEvent struct {
	At      int64 // UNIX timestamp by the appliance's clock
	Account int
	Type    string
	By      Party
	Data    string // of credentials in a session the lsid; how a password was changed, or why it was not
}

func atVaultEvent(e VaultEvent) int64 { return e.At }

// borrowed is an account whose credentials a session has.
type borrowed struct {
	account int
	by      Party
}

// noteVault writes an event into the log of the vault.
func (w *World) noteVault(e VaultEvent) {
	e.At = w.stamp()
	w.archive.vault = filed(w.archive.vault, e, atVaultEvent, e.At-w.archive.retention, 10*w.archive.history)
	if w.book != nil {
		w.book.Reports.addVaultEvent(e)
	}
}

// borrowCredentials lets some sessions take credentials out of the vault.
func (w *World) borrowCredentials(s *session, r *representative) {
	if !w.likely(0.4) {
		return
	}
	b := &borrowed{1 + w.clerk.IntN(12), userOf(r)}
	s.borrowed = b
	w.noteVault(VaultEvent{Account: b.account, Type: "Credentials Checked Out", By: b.by, Data: s.lsid})
	w.noteVault(VaultEvent{Account: b.account, Type: "Credentials Used", By: b.by, Data: s.lsid})
	if w.cfg.Access {
		w.note(s, SessionEvent{Type: "Credential Injection Attempt", By: partyOf(r), To: w.customerOf(s)})
		if w.likely(0.1) {
			w.note(s, SessionEvent{Type: "Credential Injection Attempt Failed", By: partyOf(r), To: w.customerOf(s)})
		}
	}
}

// returnCredentials gives back what a session took. Often the password is changed then; now and then that fails.
func (w *World) returnCredentials(s *session) {
	b := s.borrowed
	if b == nil {
		return
	}
	s.borrowed = nil
	system := Party{Kind: PartySystem, Name: "System"}
	if w.likely(0.05) {
		w.noteVault(VaultEvent{Account: b.account, Type: "Credentials Force Checked In", By: w.actor()})
	} else {
		w.noteVault(VaultEvent{Account: b.account, Type: "Credentials Checked In", By: b.by})
	}
	switch draw := w.clerk.Float64(); {
	case draw < 0.6:
		w.noteVault(VaultEvent{Account: b.account, Type: "Password Changed", By: system, Data: "Rotate after check in"})
	case draw < 0.7:
		w.noteVault(VaultEvent{Account: b.account, Type: "Password Rotation Failed", By: system, Data: "The domain controller \"dc01\" did not answer <timeout>."})
	}
}

// changeVault is one thing that somebody does to the accounts in the vault.
func (w *World) changeVault() {
	w.after(w.wait(1200), event{kind: evVault})
	if len(w.accounts) == 0 || !w.likely(w.demand()) {
		return
	}
	e := VaultEvent{Account: 13 + w.clerk.IntN(40), By: w.actor()}
	switch draw := w.clerk.Float64(); {
	case draw < 0.3:
		e.Type = "Account Created"
	case draw < 0.5:
		e.Type = "Account Deleted"
	default:
		e.Type, e.Data = "Password Changed", choose(w.clerk, []string{"Manually Edited", "Manually Rotated"})
	}
	w.noteVault(e)
}

// VaultEvents returns what happened to accounts in the vault from one time on and before another. The slice is the caller's.
func (w *World) VaultEvents(v Window) []VaultEvent {
	return slices.Clone(between(w.archive.vault, atVaultEvent, v.From, v.To))
}
