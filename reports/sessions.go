package reports

import (
	"context"
	"strconv"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

const (
	// personal is the Jump Group of all persons together.
	personal = "personal"

	// rememberOpen is for how long a session is remembered that was counted without an end:
	// one that was open for days may end after all.
	rememberOpen = 30 * 24 * time.Hour
)

// sessionEventTypes are the types of events that the vendor documents for sessions of either
// product.
func sessionEventTypes() []string {
	return []string{
		"Callback Button Deployed", "Callback Button Removed", "Chat Message", "Command Shell Session Started",
		"Conference Member Added", "Conference Member Departed", "Conference Member State Changed",
		"Conference Owner Changed", "Credential Injection Attempt", "Credential Injection Attempt Failed",
		"Customer Exit Survey", "Directory Created", "External Key", "File Deleted", "File Download",
		"File Download Failed", "File Moved", "File Upload", "File Upload Failed", "Files Shared",
		"Legal Agreement Response", "Registry Exported", "Registry Imported", "Registry Key Added",
		"Registry Key Deleted", "Registry Key Renamed", "Registry Value Added", "Registry Value Deleted",
		"Registry Value Modified", "Registry Value Renamed", "Representative Exit Survey", "Screen Recording",
		"Screenshot Captured", "Service Access Allowed", "Session Assigned", "Session Assignment Response",
		"Session End", "Session Foreground Window Changed", "Session Note Added", "Session Start",
		"Show My Screen Recording", "System Information Retrieved",
	}
}

func fileOperations() []string { return []string{"transferred", "moved", "deleted"} }

// readEnded counts the sessions that have an end. One whose end cannot be read is somewhere in the
// window, since the appliance found it there.
func readEnded(report string) func(context.Context, Client, appliance.Window, *intake) error {
	return func(ctx context.Context, c Client, w appliance.Window, in *intake) error {
		return c.Sessions(ctx, report, w, func(s *appliance.Session) error {
			in.note(s.OddTime)
			end, ended := unix(s.End)
			switch {
			case s.EndUnread:
				end = in.window.until
			case !ended || !in.in(end):
				return nil
			}
			if in.session(s, end) {
				in.book.countSession(s, true)
			}
			return nil
		})
	}
}

// readOpen looks at the sessions without an end: those that are open now are shown, and those
// that are over, after a day or by an event Session End, closed abnormally and are counted.
func readOpen(report string) func(context.Context, Client, appliance.Window, *intake) error {
	return func(ctx context.Context, c Client, w appliance.Window, in *intake) error {
		seen := make(ledger)
		return c.Sessions(ctx, report, w, func(s *appliance.Session) error {
			in.note(s.OddTime)
			start, started := unix(s.Start)
			if !started || !s.End.IsZero() || s.EndUnread {
				return nil
			}
			over := start + seconds(longestOpen)
			if s.EndEvent {
				if at, timed := unix(s.EndedAt); timed {
					over = min(over, at)
				} else {
					over = min(over, in.window.until-1)
				}
			}
			switch {
			case over >= in.window.until:
				if in.isOpen(s, seen) {
					in.open[jumpGroup(s)]++
				}
			case over >= in.start && in.session(s, over+seconds(rememberOpen)):
				in.book.countSession(s, false)
			}
			return nil
		})
	}
}

// sessionIdentity is the lsid, or what comes nearest to it where that was left out.
func sessionIdentity(s *appliance.Session) identity {
	if s.LSID != "" {
		return identify("lsid", s.LSID)
	}
	return identify("session", s.LSEQ, strconv.FormatInt(s.Start.Unix(), 10), strconv.FormatInt(s.End.Unix(), 10),
		strconv.FormatInt(s.EndedAt.Unix(), 10), s.Team, s.Jumpoint)
}

func jumpGroup(s *appliance.Session) string {
	if s.PersonalJumpGroup {
		return personal
	}
	return label(s.JumpGroup)
}

// countSession counts a session and all that happened in it. One that did not end in order has
// no duration.
func (b *book) countSession(s *appliance.Session, ended bool) {
	outcome := "unserved"
	if s.Taken || !s.PickedUp.IsZero() {
		outcome = "served"
	}
	b.Counters[sessionsTotal().name].add(1, s.PublicSite, jumpGroup(s), s.Team, s.Jumpoint, outcome)
	for kind, n := range s.Events {
		b.Counters[sessionEvents().name].add(n, kind)
	}
	for i, n := range []uint64{s.FilesTransferred, s.FilesMoved, s.FilesDeleted} {
		b.Counters[filesTotal().name].add(n, fileOperations()[i])
	}
	if !s.Start.IsZero() && !s.PickedUp.IsZero() {
		b.Histograms[pickupSeconds].observe(PickupBuckets(), s.Team, s.PickedUp.Sub(s.Start).Seconds())
	}
	if !ended {
		return
	}
	length := s.Duration
	if !s.Start.IsZero() && !s.EndUnread {
		length = s.End.Sub(s.Start)
	} else if length == 0 {
		return
	}
	b.Histograms[durationSeconds].observe(DurationBuckets(), s.Team, length.Seconds())
}
