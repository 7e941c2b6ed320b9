package simulator

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
)

// report is one type of report.
type report struct {
	name    string
	product Product // empty: both have it
	denied  bool
	// write looks at the desk, and returns what writes the report after that. It is nil where nothing was found; the error is the caller's fault.
	write func(query) (func(*document), error)
	root  string
}

// reports are the types of report (Remote Support API Programmer's Guide, Reporting API). The permission for each is the one that the vendor's
// documents name.
func (a *Appliance) reports() []report {
	p := a.cfg.Permissions
	return []report{
		{"SupportSession", RemoteSupport, p.NoSessionReports, a.sessionReport, "session_list"},
		{"AccessSession", PrivilegedRemoteAccess, p.NoSessionReports, a.sessionReport, "session_list"},
		{"SupportTeam", RemoteSupport, p.NoSessionReports, a.teamReport, "team_activity_list"},
		{"Team", PrivilegedRemoteAccess, p.NoSessionReports, a.teamReport, "team_activity_list"},
		{"SupportCustExitSurvey", RemoteSupport, p.NoSessionReports, a.customerSurveys, "exit_survey_list"},
		{"SupportRepExitSurvey", RemoteSupport, p.NoSessionReports, a.representativeSurveys, "exit_survey_list"},
		{"LicenseUsage", RemoteSupport, p.NoLicenseReports, a.licenseReport, "license_usage"},
		{"VaultAccountActivity", "", p.NoVaultReports, a.vaultReport, "vault_account_activity_list"},
		{"JumpItem", "", p.NoLicenseReports, a.jumpItemReport, "jump_item_event_list"},
	}
}

// serveReport answers /api/reporting.
func (a *Appliance) serveReport(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		w.Header().Set("Allow", "GET, POST")
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		return
	}
	if a.reportFault(w, r) {
		return
	}
	// Multipart requests are not supported: their parameters are not seen.
	if err := r.ParseForm(); err != nil {
		a.answerXML(w, a.reportError("The parameters could not be read."))
		return
	}
	name := r.Form.Get("generate_report")
	for _, kind := range a.reports() {
		if kind.name != name || kind.product != "" && kind.product != a.cfg.Product {
			continue
		}
		a.answerReport(w, kind, query{r.Form, a.Clock().Unix()})
		return
	}
	if name == "" {
		a.answerXML(w, a.reportError("Required parameter 'generate_report' was not specified."))
		return
	}
	a.answerXML(w, a.reportError("Invalid value for parameter 'generate_report'."))
}

// reportFault tells whether a fault struck, and has answered then.
func (a *Appliance) reportFault(w http.ResponseWriter, r *http.Request) bool {
	if delay, ok := a.faults.strike(FaultReportSlow, a.Clock()); ok {
		linger(r, delay)
	}
	switch now := a.Clock(); {
	case a.faults.take(FaultReportUnavailable, now):
		http.Error(w, "Service Unavailable", http.StatusServiceUnavailable)
	case a.faults.take(FaultReportError, now):
		a.answerXML(w, a.reportError(a.cfg.Reports.Language.internal()))
	case a.faults.take(FaultReportNothing, now):
		a.answerXML(w, a.reportError(a.cfg.Reports.Language.nothingFound()))
	case a.faults.take(FaultReportRoot, now):
		a.answerXML(w, "<!DOCTYPE html>\n<html><head><title>Support Portal</title></head><body><p>Welcome &amp; enter your session key.</p></body></html>\n")
	default:
		return false
	}
	return true
}

// answerReport answers with a report, in chunks as it is written.
func (a *Appliance) answerReport(w http.ResponseWriter, kind report, q query) {
	if kind.denied {
		a.answerXML(w, a.reportError(a.cfg.Reports.Language.missingPermission()))
		return
	}
	write, err := kind.write(q)
	switch {
	case err != nil:
		a.answerXML(w, a.reportError(err.Error()))
		return
	case write == nil && !a.cfg.Reports.EmptyLists:
		a.answerXML(w, a.reportError(a.cfg.Reports.Language.nothingFound()))
		return
	}
	w.Header().Set("Content-Type", "text/xml; charset=UTF-8")
	d := &document{to: w}
	if a.faults.take(FaultReportCut, a.Clock()) {
		d.to = &cutter{w: w, left: 600}
	} else if a.faults.take(FaultReportDrop, a.Clock()) {
		d.to = &cutter{w: w, left: 600}
		defer func() {
			if f, ok := w.(http.Flusher); ok {
				f.Flush()
			}
			panic(http.ErrAbortHandler) // which ends the connection
		}()
	}
	if write != nil && kind.root == "session_list" && a.cfg.Reports.Big.Sessions > 0 {
		big := a.cfg.Reports.Big
		big.Product, big.Namespace = a.cfg.Product, a.reportNamespace()
		_, _ = big.WriteTo(d.to) // a client that is gone needs no answer
		return
	}
	d.declare()
	d.begin(kind.root, "xmlns", a.reportNamespace(), "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
	if write != nil {
		write(d)
	}
	d.finish()
	if f, ok := w.(http.Flusher); ok {
		f.Flush() // in chunks, however short
	}
}

// cutter lets through so many bytes, and swallows the rest.
type cutter struct {
	w    http.ResponseWriter
	left int
}

func (c *cutter) Write(b []byte) (int, error) {
	n := min(len(b), c.left)
	c.left -= n
	if n > 0 {
		if _, err := c.w.Write(b[:n]); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}

// reportNamespace is that of the reporting API.
func (a *Appliance) reportNamespace() string {
	return a.cfg.NamespaceBase + "/reporting"
}

// reportError is how the reporting API tells of errors: with HTTP 200.
func (a *Appliance) reportError(text string) string {
	d := &document{}
	d.declare()
	if a.cfg.Reports.ErrorCodes {
		d.begin("error", "xmlns", a.reportNamespace(), "code", "1")
	} else {
		d.begin("error", "xmlns", a.reportNamespace())
	}
	d.text(text)
	return d.done()
}

// query is what a report is asked for with.
type query struct {
	form url.Values
	now  int64
}

// badParameter is an error that is told to whoever asked.
type badParameter string

func (b badParameter) Error() string { return string(b) }

func missing(name string) error {
	return badParameter("Required parameter '" + name + "' was not specified.")
}
func invalid(name string) error { return badParameter("Invalid value for parameter '" + name + "'.") }

// window is the span of time that is asked for: by start or by end, by date or by time. A time is preferred to a date of the same kind.
func (q query) window() (world.Window, error) {
	v := world.Window{Ended: q.form.Has("end_time") || q.form.Has("end_date")}
	kind := "start"
	if v.Ended {
		kind = "end"
		if q.form.Has("start_time") || q.form.Has("start_date") {
			return v, badParameter("A start and an end may not be asked for at once.")
		}
	}
	unit := int64(1)
	switch {
	case q.form.Has(kind + "_time"):
		at, err := strconv.ParseInt(q.form.Get(kind+"_time"), 10, 64)
		if err != nil || at < 0 {
			return v, invalid(kind + "_time")
		}
		v.From = at
	case q.form.Has(kind + "_date"):
		day, err := time.Parse("2006-01-02", q.form.Get(kind+"_date"))
		if err != nil {
			return v, invalid(kind + "_date")
		}
		v.From, unit = day.Unix(), 24*3600
	default:
		return v, missing("start_time")
	}
	if !q.form.Has("duration") {
		return v, missing("duration")
	}
	duration, err := strconv.ParseInt(q.form.Get("duration"), 10, 32)
	if err != nil || duration < 0 {
		return v, invalid("duration")
	}
	v.To = v.From + duration*unit
	if duration == 0 {
		v.To = q.now + 1
	}
	return v, nil
}

// lsids are the sessions that are asked for by id; nil where sessions are asked for by time.
func (q query) lsids() map[string]bool {
	if !q.form.Has("lsid") && !q.form.Has("lsids") {
		return nil
	}
	ids := make(map[string]bool)
	for _, id := range append(strings.Split(q.form.Get("lsids"), ","), q.form.Get("lsid")) {
		if id = strings.TrimSpace(id); id != "" {
			ids[id] = true
		}
	}
	return ids
}

// sessions returns the sessions that are asked for.
func (a *Appliance) sessions(q query) ([]*world.SessionReport, error) {
	ids := q.lsids()
	var v world.Window
	if ids == nil {
		var err error
		if v, err = q.window(); err != nil {
			return nil, err
		}
	}
	var list []*world.SessionReport
	a.desk.look(func(w *world.World) {
		if ids != nil {
			list = w.SessionsByID(ids)
		} else {
			list = w.Sessions(v)
		}
	})
	return list, nil
}
