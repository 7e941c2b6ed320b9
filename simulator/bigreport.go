package simulator

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// BigReport is a report of finished sessions, SupportSession or AccessSession, that is as large as one likes: for measuring how a reader bears
// it. It is made as it is written, and never held.
type BigReport struct {
	// Sessions is how many sessions there are, Events how many events each has: 20 by default, no fewer than 3.
	Sessions int
	Events   int
	// Bytes is about how many bytes the report has, if that is more than it needs: chats are as long as it takes.
	Bytes int64
	// From is the start of the first session as a UNIX timestamp: by default 2025-01-01. Each session begins a second after the one before, is
	// picked up after 30 s and ends after ten minutes.
	From int64
	// Product and Namespace are those of the appliance: by default Remote Support and what its newest documents have.
	Product   Product
	Namespace string
}

// padding is what a chat is filled with.
const padding = "The printer on the third floor does not print, and neither does the one on the fourth. "

// WriteTo writes the report. It fails where the writer does.
func (b BigReport) WriteTo(w io.Writer) (int64, error) {
	orDefault(&b.Events, 20)
	orDefault(&b.From, 1735689600)
	orDefault(&b.Product, RemoteSupport)
	orDefault(&b.Namespace, "https://www.beyondtrust.com/namespaces/API/reporting")
	b.Events = max(3, b.Events)
	out := &counted{w: w}
	var page bytes.Buffer
	fmt.Fprintf(&page, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<session_list xmlns=\"%s\">\n", escape(b.Namespace))
	bodies := b.bodies()
	for i := range b.Sessions {
		b.session(&page, i, bodies)
		if page.Len() >= spillage {
			if _, err := page.WriteTo(out); err != nil {
				return out.n, fmt.Errorf("writing session %d of a big report: %w", i+1, err)
			}
		}
	}
	page.WriteString("</session_list>\n")
	if _, err := page.WriteTo(out); err != nil {
		return out.n, fmt.Errorf("writing the end of a big report: %w", err)
	}
	return out.n, nil
}

// bodies is the chat of a session, as long as it takes.
func (b BigReport) bodies() string {
	chats := int64(b.Events-3) * int64(b.Sessions)
	if chats <= 0 {
		return ""
	}
	var bare bytes.Buffer
	b.session(&bare, 0, "")
	spare := (b.Bytes - int64(bare.Len())*int64(b.Sessions)) / chats
	if spare <= 0 {
		return ""
	}
	return strings.Repeat(padding, int(spare)/len(padding)+1)[:spare]
}

// session writes one session.
func (b BigReport) session(p *bytes.Buffer, i int, chat string) {
	start := b.From + int64(i)
	fmt.Fprintf(p, "<session lsid=\"%032x\">\n<session_type>support</session_type>\n<lseq>%d</lseq>\n", i+1, i+1)
	date := ReportDialect{}.date
	fmt.Fprintf(p, "<start_time timestamp=\"%d\">%s</start_time>\n<end_time timestamp=\"%d\">%s</end_time>\n<duration>00:10:00</duration>\n",
		start, date(start), start+600, date(start+600))
	if b.Product == RemoteSupport {
		fmt.Fprintf(p, "<public_site id=\"1\">Default Site</public_site>\n<primary_team id=\"%d\">Team %d</primary_team>\n", i%4+1, i%4+1)
	} else {
		fmt.Fprintf(p, "<jump_group type=\"shared\" id=\"%d\">Group %d</jump_group>\n", i%4+1, i%4+1)
	}
	p.WriteString("<file_transfer_count>1</file_transfer_count>\n<file_move_count>0</file_move_count>\n<file_delete_count>0</file_delete_count>\n" +
		"<primary_customer gsnumber=\"22\">Anna</primary_customer>\n<primary_rep gsnumber=\"21\" id=\"1\">Bj\u00f6rn</primary_rep>\n<session_details>\n")
	fmt.Fprintf(p, "<event timestamp=\"%d\" event_type=\"Session Start\">\n</event>\n", start)
	fmt.Fprintf(p, "<event timestamp=\"%d\" event_type=\"Conference Owner Changed\">\n"+
		"<destination type=\"representative\" gsnumber=\"21\">Bj\u00f6rn</destination>\n</event>\n", start+30)
	for j := range b.Events - 3 {
		fmt.Fprintf(p, "<event timestamp=\"%d\" event_type=\"Chat Message\">\n<performed_by type=\"customer\" gsnumber=\"22\">Anna</performed_by>\n<body>",
			start+30+int64(j)%570)
		p.WriteString(chat)
		p.WriteString("</body>\n</event>\n")
	}
	fmt.Fprintf(p, "<event timestamp=\"%d\" event_type=\"Session End\">\n</event>\n</session_details>\n</session>\n", start+600)
}

// counted counts what it writes.
type counted struct {
	w io.Writer
	n int64
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}
