package appliance

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance/xmlanswer"
)

// maxEventTypes bounds the types of events that are told apart in one session. The vendor
// documents fewer than fifty.
const maxEventTypes = 200

// otherEventType stands for the types beyond those.
const otherEventType = "other"

// Session is one session of the reports SupportSession of Remote Support and AccessSession of
// Privileged Remote Access ("XML Response for SupportSession Query"). Empty strings and zero
// times stand for what was left out, cannot be read, or is the appliance's word Unknown.
type Session struct {
	// LSID identifies the session.
	LSID string

	// LSEQ is the appliance's own number of it, which need not be its alone.
	LSEQ string

	// Start and End are its times by the appliance's clock. End is zero for a session that is
	// still open, and for one that closed abnormally.
	Start, End time.Time

	// Duration is the session's length as the appliance gives it, in whole seconds, 0 where
	// it gives none.
	Duration time.Duration

	// PublicSite and Jumpoint are names.
	PublicSite, Jumpoint string

	// JumpGroup is the name of the Jump Group. Where PersonalJumpGroup is true it is that of
	// a person.
	JumpGroup         string
	PersonalJumpGroup bool

	// Team is the display name of the last team that the session was transferred to.
	Team string

	// Taken is true where the session has a primary representative.
	Taken bool

	// PickedUp is when a representative first became the owner, by the first event
	// Conference Owner Changed towards one; zero where there is none.
	PickedUp time.Time

	// EndEvent is true where there is an event Session End, and EndedAt the time of that.
	EndEvent bool
	EndedAt  time.Time

	// EndUnread is true where the session has an end_time that cannot be read.
	EndUnread bool

	// OddTime tells of a start_time or end_time that is there and cannot be read, by its name
	// and its shape: "end_time 99.99.9999 99:99", with a 9 for each digit and an a for each
	// letter. It is empty where there is none.
	OddTime string

	// FilesTransferred, FilesMoved and FilesDeleted are the appliance's own counts.
	FilesTransferred, FilesMoved, FilesDeleted uint64

	// Events is how many events of each type there were.
	Events map[string]uint64
}

// Sessions asks for the sessions of a window and gives them to each as they come: report is
// SupportSession or AccessSession. The Session, with its map, is valid during the call alone.
// Where each returns an error that is the end, and the error's text is in what is returned.
// Errors are of type *Error; what was given before one is not the whole report.
func (c *Client) Sessions(ctx context.Context, report string, w Window, each func(*Session) error) error {
	read := sessionReader(each)
	return c.report(ctx, report, w.query(), []string{"session_list"}, read)
}

// sessionReader reads into one Session again and again.
func sessionReader(each func(*Session) error) xmlanswer.Child {
	s := Session{Events: make(map[string]uint64)}
	return func(d *xmlanswer.Document, e xmlanswer.Element) (bool, error) {
		if e.Name != "session" {
			return false, nil
		}
		clear(s.Events)
		s = Session{LSID: e.Attr("lsid"), Events: s.Events}
		if err := d.Every(func(e xmlanswer.Element) error { return readSessionPart(d, &s, e) }); err != nil {
			return true, err
		}
		return true, each(&s)
	}
}

// readSessionPart reads one element below a <session>.
func readSessionPart(d *xmlanswer.Document, s *Session, e xmlanswer.Element) error {
	switch e.Name {
	case "session_details":
		return d.Every(func(e xmlanswer.Element) error {
			if e.Name != "event" {
				return nil
			}
			return readSessionEvent(d, s, e)
		})
	case "team_list":
		return d.Every(func(e xmlanswer.Element) error {
			text, err := d.Text()
			if e.Name == "team" && e.Attr("primary_team") == "1" && s.Team == "" {
				s.Team = known(text)
			}
			return err
		})
	case "lsid", "lseq", "start_time", "end_time", "duration", "public_site", "jumpoint", "jump_group",
		"primary_rep", "primary_team", "file_transfer_count", "file_move_count", "file_delete_count":
	default:
		return nil // Every passes over it.
	}
	text, err := d.Text()
	if err != nil {
		return err
	}
	text = known(text)
	switch e.Name {
	case "lsid":
		if s.LSID == "" {
			s.LSID = text
		}
	case "lseq":
		s.LSEQ = text
	case "start_time":
		s.Start = s.readTime(e, text)
	case "end_time":
		s.End = s.readTime(e, text)
		s.EndUnread = strings.HasPrefix(s.OddTime, e.Name)
	case "duration":
		s.Duration = readDuration(text)
	case "public_site":
		s.PublicSite = text
	case "jumpoint":
		s.Jumpoint = text
	case "jump_group":
		s.JumpGroup, s.PersonalJumpGroup = text, strings.EqualFold(e.Attr("type"), "personal")
	case "primary_rep":
		s.Taken = text != "" || known(e.Attr("id")) != "" || known(e.Attr("gsnumber")) != ""
	case "primary_team":
		if text != "" {
			s.Team = text
		}
	case "file_transfer_count":
		s.FilesTransferred = readCount(text)
	case "file_move_count":
		s.FilesMoved = readCount(text)
	case "file_delete_count":
		s.FilesDeleted = readCount(text)
	}
	return nil
}

// readSessionEvent reads an <event> of a session.
func readSessionEvent(d *xmlanswer.Document, s *Session, e xmlanswer.Element) error {
	kind := e.Attr("event_type")
	if _, seen := s.Events[kind]; !seen && len(s.Events) >= maxEventTypes {
		kind = otherEventType
	}
	s.Events[kind]++
	switch kind {
	case "Session End":
		s.EndEvent = true
		if s.EndedAt.IsZero() {
			s.EndedAt = e.Time(e.Attr("timestamp"))
		}
	case "Conference Owner Changed":
		if !s.PickedUp.IsZero() {
			break
		}
		at := e.Time(e.Attr("timestamp"))
		return d.Every(func(e xmlanswer.Element) error {
			if e.Name == "destination" && isRepresentative(e.Attr("type")) {
				s.PickedUp = at
			}
			return nil
		})
	}
	return nil // Every passes over the rest of it.
}

// isRepresentative reports whether the type of an entity is that of a representative, whom
// Privileged Remote Access calls a user.
func isRepresentative(kind string) bool {
	switch strings.ToLower(kind) {
	case "representative", "rep", "user":
		return true
	default:
		return false
	}
}

// known returns a value, and nothing for the word that stands for one that is not known.
func known(text string) string {
	if strings.EqualFold(text, "Unknown") {
		return ""
	}
	return text
}

// readCount reads a count; what is none is 0.
func readCount(text string) uint64 {
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return 0
	}
	return n
}

// readDuration reads a length as HH:MM:SS, where the hours may have any number of digits.
// What is none is 0.
func readDuration(text string) time.Duration {
	parts := strings.Split(text, ":")
	if len(parts) != 3 {
		return 0
	}
	var total uint64
	for _, part := range parts {
		n, err := strconv.ParseUint(part, 10, 20)
		if err != nil {
			return 0
		}
		total = total*60 + n
	}
	return time.Duration(total) * time.Second
}
