package appliance

import (
	"context"
	"crypto/sha256"
	"encoding/xml"
	"hash"
	"io"
	"strings"
	"time"
)

// EventID is a digest of all that an event says, its time and type among it. Two events that
// say the same have the same.
type EventID [16]byte

// Event is one event of the reports SupportTeam, Team, VaultAccountActivity and JumpItem. Empty
// strings and a zero time stand for what was left out or cannot be read.
type Event struct {
	// ID is what tells the event from others.
	ID EventID

	// Time is when it happened, by the appliance's clock.
	Time time.Time

	// Type is its event_type.
	Type string

	// Team is the display name of the team as it is now, in reports by team. It is not part
	// of the ID; the team's own id is.
	Team string

	// JumpItemType is the type of the Jump Item, in JumpItem.
	JumpItemType string
}

// TeamEvents asks for what happened in the teams in a window, and gives it to each as it comes:
// report is SupportTeam of Remote Support or Team of Privileged Remote Access ("XML Response
// for SupportTeam Query"). Errors are of type *Error; what was given before one is not the
// whole report.
func (c *Client) TeamEvents(ctx context.Context, report string, w Window, each func(Event) error) error {
	return c.report(ctx, report, w.query(), []string{"team_activity_list"}, teamReader(each))
}

// Events asks for the events of a window, and gives them to each as they come: report is
// VaultAccountActivity or JumpItem. Errors are of type *Error; what was given before one is
// not the whole report.
func (c *Client) Events(ctx context.Context, report string, w Window, each func(Event) error) error {
	return c.report(ctx, report, w.query(), eventRoots(), eventReader(each))
}

func eventRoots() []string { return []string{"vault_account_activity_list", "jump_item_event_list"} }

func teamReader(each func(Event) error) func(*document, element) (bool, error) {
	digest := sha256.New()
	return func(d *document, e element) (bool, error) {
		if e.name != "team_activity" {
			return false, nil
		}
		id, name := e.attr("id"), e.attr("name")
		return true, d.every(func(e element) error {
			if e.name != "events" {
				return nil
			}
			return d.every(func(e element) error {
				if e.name != "event" {
					return nil
				}
				event, err := d.event(digest, id, e)
				if err != nil {
					return err
				}
				event.Team = known(name)
				return each(event)
			})
		})
	}
}

func eventReader(each func(Event) error) func(*document, element) (bool, error) {
	digest := sha256.New()
	return func(d *document, e element) (bool, error) {
		switch e.name {
		case "vault_account_activity", "jump_item_event":
		default:
			return false, nil
		}
		event, err := d.event(digest, "", e)
		if err != nil {
			return true, err
		}
		return true, each(event)
	}
}

// event reads an event to its end. Its time and type may be attributes, as in team and vault
// reports, or elements, as in JumpItem. scope is what else belongs to its identity.
func (d *document) event(digest hash.Hash, scope string, e element) (Event, error) {
	event := Event{Type: known(e.attr("event_type")), Time: readTime(e, e.attr("timestamp"))}
	digest.Reset()
	say(digest, 's', scope)
	sayElement(digest, e.name, e.attrs)
	inside := d.depth
	var child element
	var text strings.Builder
	for {
		token, err := d.token()
		if err != nil {
			return Event{}, unexpectedEnd(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			sayElement(digest, token.Name.Local, token.Attr)
			if d.depth == inside+1 {
				child = element{name: token.Name.Local, attrs: token.Attr}
				text.Reset()
			}
		case xml.CharData:
			// White space between elements is layout.
			if s := strings.TrimSpace(string(token)); s != "" {
				say(digest, 't', s)
			}
			if d.depth == inside+1 && text.Len() <= maxText {
				text.Write(token[:min(len(token), maxText+1)])
			}
		case xml.EndElement:
			say(digest, 'e', "")
			if d.depth == inside {
				event.take(child, cut(strings.TrimSpace(text.String()), maxText))
			}
			if d.depth < inside {
				var sum [sha256.Size]byte
				copy(event.ID[:], digest.Sum(sum[:0]))
				return event, nil
			}
		}
	}
}

// take takes in an element below an event.
func (e *Event) take(child element, text string) {
	text = known(text)
	switch child.name {
	case "timestamp":
		if e.Time.IsZero() {
			e.Time = readTime(child, text)
		}
	case "event_type":
		if e.Type == "" {
			e.Type = text
		}
	case "jump_item_type":
		e.JumpItemType = text
	}
}

// sayElement takes the start of an element into a digest.
func sayElement(digest hash.Hash, name string, attrs []xml.Attr) {
	say(digest, 'b', name)
	for _, a := range attrs {
		say(digest, 'a', a.Name.Local)
		say(digest, 'v', a.Value)
	}
}

// say takes one piece into a digest. What is said is valid XML text, in which no NUL is, so
// that no two sequences of pieces read the same.
func say(digest hash.Hash, kind byte, text string) {
	_, _ = digest.Write([]byte{0, kind})
	_, _ = io.WriteString(digest, text)
}
