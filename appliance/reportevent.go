package appliance

import (
	"context"
	"crypto/sha256"
	"encoding/xml"
	"hash"
	"io"
	"strings"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance/xmlanswer"
)

// EventID is a digest of all that an event says, its time and type among it. Two events that
// say the same have the same, in whichever time zone the appliance writes their times.
type EventID [16]byte

// Event is one event of the reports SupportTeam, Team, VaultAccountActivity and JumpItem. Empty
// strings and a zero time stand for what was left out or cannot be read.
type Event struct {
	// ID is what tells the event from others.
	ID EventID

	// Time is when it happened, by the appliance's clock.
	Time time.Time

	// OddTime tells of a time that is there and cannot be read, as in Session.
	OddTime string

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

func teamReader(each func(Event) error) xmlanswer.Child {
	digest := sha256.New()
	return func(d *xmlanswer.Document, e xmlanswer.Element) (bool, error) {
		if e.Name != "team_activity" {
			return false, nil
		}
		id, name := e.Attr("id"), e.Attr("name")
		return true, d.Every(func(e xmlanswer.Element) error {
			if e.Name != "events" {
				return nil
			}
			return d.Every(func(e xmlanswer.Element) error {
				if e.Name != "event" {
					return nil
				}
				event, err := readEvent(d, digest, id, e)
				if err != nil {
					return err
				}
				event.Team = known(name)
				return each(event)
			})
		})
	}
}

func eventReader(each func(Event) error) xmlanswer.Child {
	digest := sha256.New()
	return func(d *xmlanswer.Document, e xmlanswer.Element) (bool, error) {
		switch e.Name {
		case "vault_account_activity", "jump_item_event":
		default:
			return false, nil
		}
		event, err := readEvent(d, digest, "", e)
		if err != nil {
			return true, err
		}
		return true, each(event)
	}
}

// readEvent reads an event to its end. Its time and type may be attributes, as in team and vault
// reports, or elements, as in JumpItem. scope is what else belongs to its identity.
func readEvent(d *xmlanswer.Document, digest hash.Hash, scope string, e xmlanswer.Element) (Event, error) {
	event := Event{Type: known(e.Attr("event_type"))}
	event.Time, event.OddTime = readTime(e, e.Attr("timestamp"))
	digest.Reset()
	say(digest, 's', scope)
	sayElement(digest, e.Name, e.Attrs)
	var child xmlanswer.Element
	var text xmlanswer.Text
	err := d.Walk(func(token xml.Token, depth int) error {
		switch token := token.(type) {
		case xml.StartElement:
			sayElement(digest, token.Name.Local, token.Attr)
			if depth == 1 {
				child = xmlanswer.Element{Name: token.Name.Local, Attrs: token.Attr}
				text.Reset()
			}
		case xml.CharData:
			// White space between elements is layout.
			if s := strings.TrimSpace(string(token)); s != "" {
				say(digest, 't', s)
			}
			if depth == 1 {
				text.Add(token)
			}
		case xml.EndElement:
			say(digest, 'e', "")
			if depth == 1 {
				event.take(child, text.String())
			}
		}
		return nil
	})
	if err != nil {
		return Event{}, err
	}
	var sum [sha256.Size]byte
	copy(event.ID[:], digest.Sum(sum[:0]))
	return event, nil
}

// take takes in an element below an event.
func (e *Event) take(child xmlanswer.Element, text string) {
	text = known(text)
	switch child.Name {
	case "timestamp":
		if e.Time.IsZero() {
			e.Time, e.OddTime = readTime(child, text)
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
	_, _ = io.WriteString(digest, sameTime(text))
}
