package simulator

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// serveCommand answers /api/command (Remote Support API Programmer's Guide, Command API). Only the commands that read are known.
func (a *Appliance) serveCommand(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		w.Header().Set("Allow", "GET, POST")
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		return
	}
	if a.faults.take(FaultGarbage, a.Clock()) {
		a.answerXML(w, "<health_check><appliance id=\"\xff\">support</appliance><version>24.3.2 (\n<p>Please wait & try again<br></health_check")
		return
	}
	if a.cfg.Permissions.NoCommand {
		a.answerXML(w, a.errorDocument("Document Not Found"))
		return
	}
	if a.faults.take(FaultError, a.Clock()) {
		a.answerXML(w, a.errorDocument("An internal error occurred."))
		return
	}
	switch action := r.FormValue("action"); action {
	case "check_health":
		a.answerXML(w, a.healthCheck())
	case "get_api_info":
		a.answerXML(w, a.apiInformation())
	case "get_appliances":
		a.answerXML(w, a.appliances())
	case "get_connected_client_list":
		a.answerXML(w, a.connectedClientList(r.FormValue("type"), r.FormValue("summary_only") == "1"))
	case "get_connected_clients":
		a.answerXML(w, a.connectedClients(r.FormValue("type"), r.FormValue("id"), r.FormValue("include_connections") == "1"))
	case "get_logged_in_reps":
		a.answerXML(w, a.loggedInReps())
	case "get_support_teams":
		a.answerXML(w, a.supportTeams(r.FormValue("showmembers") == "1"))
	case "":
		a.answerXML(w, a.errorDocument("Required parameter 'action' was not specified."))
	default:
		a.answerXML(w, a.errorDocument("Invalid value for parameter 'action'."))
	}
}

// serveProbe answers GET /check_health, which needs no token.
func (a *Appliance) serveProbe(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Connection", "close")
	if a.faults.take(FaultUnhealthy, a.Clock()) {
		http.Error(w, "Health check failed.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=UTF-8")
	_, _ = io.WriteString(w, "Health check succeeded.\n")
}

// answerXML sends a document as appliances do: in chunks.
func (a *Appliance) answerXML(w http.ResponseWriter, document string) {
	w.Header().Set("Content-Type", "text/xml; charset=UTF-8")
	half := len(document) / 2
	if _, err := io.WriteString(w, document[:half]); err != nil {
		return
	}
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
	_, _ = io.WriteString(w, document[half:])
}

// namespace is that of the command API.
func (a *Appliance) namespace() string {
	return a.cfg.NamespaceBase + "/command"
}

// errorDocument is how errors are told: with HTTP 200.
func (a *Appliance) errorDocument(text string) string {
	d := a.document("error")
	d.text(text)
	return d.done()
}

// document writes XML, an element a line.
type document struct {
	b     bytes.Buffer
	open  []string
	empty bool // the open element has no child yet
}

// document begins a document in the command API's namespace.
func (a *Appliance) document(root string) *document {
	d := &document{}
	d.b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\n")
	d.begin(root, "xmlns", a.namespace())
	return d
}

// begin opens an element; attributes are names and values in turn.
func (d *document) begin(name string, attributes ...string) {
	d.line()
	d.b.WriteString("<" + name)
	for i := 0; i+1 < len(attributes); i += 2 {
		d.b.WriteString(" " + attributes[i] + `="` + escape(attributes[i+1]) + `"`)
	}
	d.b.WriteByte('>')
	d.open = append(d.open, name)
	d.empty = true
}

// line begins a line for a child.
func (d *document) line() {
	if len(d.open) > 0 {
		d.b.WriteString("\n" + strings.Repeat("\t", len(d.open)))
	}
}

// end closes the element that was opened last.
func (d *document) end() {
	last := len(d.open) - 1
	name := d.open[last]
	d.open = d.open[:last]
	if !d.empty {
		d.line()
		if last == 0 {
			d.b.WriteByte('\n')
		}
	}
	d.b.WriteString("</" + name + ">")
	d.empty = false
}

// text is the content of the open element.
func (d *document) text(v string) {
	d.b.WriteString(escape(v))
}

// element writes a whole element with a text.
func (d *document) element(name, text string, attributes ...string) {
	d.begin(name, attributes...)
	d.text(text)
	d.end()
}

// number writes a whole element with a number, flag one with 1 or 0.
func (d *document) number(name string, n int, attributes ...string) {
	d.element(name, strconv.Itoa(n), attributes...)
}

func (d *document) flag(name string, v bool) {
	n := 0
	if v {
		n = 1
	}
	d.number(name, n)
}

// done closes what is open and returns the document.
func (d *document) done() string {
	for len(d.open) > 0 {
		d.end()
	}
	d.b.WriteByte('\n')
	return d.b.String()
}

func escape(v string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(v)); err != nil {
		return fmt.Sprintf("%q", v)
	}
	return b.String()
}
