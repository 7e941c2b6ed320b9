package simulator

import (
	"io"
	"net/http"
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

// document begins a document in the command API's namespace.
func (a *Appliance) document(root string) *document {
	d := &document{}
	d.declare()
	d.begin(root, "xmlns", a.namespace())
	return d
}
