package world

import "strings"

// chat notes a message, sometimes with what XML cannot tell.
func (w *World) chat(s *session, by Party) {
	to := w.customerOf(s)
	if by == to {
		to = Party{Kind: PartySystem}
	}
	w.note(s, SessionEvent{Type: eventChat, By: by, To: to, Body: w.message()})
}

// message draws what somebody writes.
func (w *World) message() string {
	if w.likely(0.05) {
		return "clipboard: \x00\x07\x1b[31mrot\x1b[0m"
	}
	if text := choose(w.clerk, w.catalogue.texts); text != "" {
		return text
	}
	return "Guten Tag & welcome"
}

// reportTool notes what a representative does with a tool that was opened.
func (w *World) reportTool(p *participation, tool string) {
	s, by := p.session, partyOf(p.rep)
	switch tool {
	case "file_transfer":
		for range 1 + w.clerk.IntN(4) {
			w.moveFile(s, by)
		}
	case "remote_shell":
		w.note(s, SessionEvent{Type: "Command Shell Session Started", By: by})
	case "registry":
		w.note(s, SessionEvent{Type: choose(w.clerk, []string{
			"Registry Exported", "Registry Imported", "Registry Key Added", "Registry Key Deleted", "Registry Key Renamed",
		}), By: by, Body: `HKEY_LOCAL_MACHINE\SOFTWARE\Contoso`})
	case "system_information":
		w.note(s, SessionEvent{Type: "System Information Retrieved", By: by, To: w.customerOf(s)})
	default:
		w.note(s, SessionEvent{Type: "Service Access Allowed", By: w.customerOf(s), To: by, Body: strings.ReplaceAll(tool, "_", " ")})
		for range w.clerk.IntN(4) {
			w.note(s, SessionEvent{Type: "Session Foreground Window Changed", By: w.customerOf(s), Body: "Explorer – " + w.message()})
		}
	}
	w.aside(s, by)
}

// moveFile notes one thing that was done to a file. Those that failed are not in the session's counts.
func (w *World) moveFile(s *session, by Party) {
	r := s.report
	e := SessionEvent{By: by, To: w.customerOf(s), File: choose(w.clerk, []string{"report.pdf", "Übersicht <final>.xlsx", "日誌.log", "setup.exe"}), Size: 1 + w.clerk.IntN(1<<24)}
	switch draw := w.clerk.Float64(); {
	case draw < 0.35:
		e.Type = "File Upload"
		r.Transferred++
	case draw < 0.65:
		e.Type = "File Download"
		r.Transferred++
	case draw < 0.75:
		e.Type = "File Moved"
		r.Moved++
	case draw < 0.85:
		e.Type = "File Deleted"
		r.Deleted++
	case draw < 0.9:
		e.Type, e.Size = "Directory Created", 0
	case draw < 0.95:
		e.Type = "File Upload Failed"
	default:
		e.Type = "File Download Failed"
	}
	w.note(s, e)
}

// aside notes what happens beside the work.
func (w *World) aside(s *session, by Party) {
	switch draw := w.clerk.Float64(); {
	case draw < 0.2:
		w.chat(s, by)
	case draw < 0.4 && !s.report.Jump:
		w.chat(s, w.customerOf(s))
	case draw < 0.45 && !w.cfg.Access:
		w.note(s, SessionEvent{Type: "Session Note Added", By: by, Body: w.message()})
	case draw < 0.47 && !w.cfg.Access:
		w.note(s, SessionEvent{Type: eventFilesShared, By: by, File: "note.txt", Size: 1 + w.clerk.IntN(4096)})
	case draw < 0.5 && !w.cfg.Access:
		w.note(s, SessionEvent{Type: choose(w.clerk, []string{"Callback Button Deployed", "Callback Button Removed", "Show My Screen Recording"}), By: by})
	case draw < 0.53 && w.cfg.Access:
		w.note(s, SessionEvent{Type: choose(w.clerk, []string{"Screen Recording", "Screenshot Captured"}), By: by})
	case draw < 0.56 && w.cfg.Dialect.Extras:
		w.note(s, SessionEvent{Type: "Special Action Executed", By: by})
	}
}
