package web

import (
	"bytes"
	"context"
	"html/template"
	"net/http"
	"time"

	"github.com/prometheus/common/version"
	toolkit "github.com/prometheus/exporter-toolkit/web"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/target"
)

// landingPatience is how long a person waits for an appliance that does not answer, before
// the page shows what was known last.
const landingPatience = 3 * time.Second

// landingStyle adds the table to the landing page of the toolkit, and colours that follow the
// reader's theme.
const landingStyle = `
:root { color-scheme: light dark; }
a { color: LinkText; }
table { border-collapse: collapse; margin: 1rem 0; }
caption { text-align: left; font-weight: bold; padding-bottom: .5rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem 1.5rem .35rem 0; border-top: 1px solid GrayText; }
th { font-weight: normal; }
td.good::before { content: "\25CF  "; color: #2f9e44; }
td.bad::before { content: "\25CF  "; color: #e03131; }
td.open::before { content: "\25CB  "; }
.trouble { max-width: 60rem; overflow-wrap: anywhere; }
#pprof { border-color: GrayText; }
`

// statusTable is what the page shows of the appliance. Everything in it is escaped: an
// appliance wrote part of it.
var statusTable = template.Must(template.New("status").Parse(`
<table>
<caption>{{.Name}}</caption>
<tr><th scope="row">Address</th><td><a href="{{.URL}}">{{.URL}}</a></td></tr>
<tr><th scope="row">Reachable</th>
{{- if not .Asked}}<td class="open">not asked yet</td>
{{- else if not .Reachable}}<td class="bad">no, since {{.ReachableSince}}<div class="trouble">{{.Trouble}}</div></td>
{{- else if .Trouble}}<td class="bad">yes, since {{.ReachableSince}}, but<div class="trouble">{{.Trouble}}</div></td>
{{- else}}<td class="good">yes, since {{.ReachableSince}}</td>{{end}}</tr>
<tr><th scope="row">Failover role</th>
{{- if .Role}}<td>{{.Role}}, since {{.RoleSince}}</td>
{{- else}}<td class="open">not known yet</td>{{end}}</tr>
<tr><th scope="row">State subscription</th>
{{- with .State}}
{{- if not .Enabled}}<td class="open">off</td>
{{- else if .Synced}}<td class="good">in sync, since {{.Since}}</td>
{{- else if .Connected}}<td class="open">connected since {{.Since}}, taking in the full copy</td>
{{- else if $.Backup}}<td class="open">not connected: a backup has no state to tell until it takes over</td>
{{- else}}<td class="bad">not connected<div class="trouble">{{.Trouble}}</div></td>{{end}}{{end}}</tr>
{{- with .Product}}<tr><th scope="row">Product</th><td>{{.}}</td></tr>{{end}}
{{- with .Version}}<tr><th scope="row">Version</th><td>{{.}}</td></tr>{{end}}
</table>
`))

// landingPage is what a person sees in a browser. It is made anew for each, since it tells how
// the appliance stands now, and works without scripts.
type landingPage struct{ options Options }

// ServeHTTP serves the page.
func (l landingPage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), landingPatience)
	defer cancel()
	var table bytes.Buffer
	err := statusTable.Execute(&table, newStatusRow(l.options.Appliance.Status(ctx)))
	if err != nil {
		l.fail(w, err)
		return
	}
	config := toolkit.LandingConfig{
		Name:        "BeyondTrust exporter",
		Description: "Prometheus metrics of BeyondTrust Remote Support and Privileged Remote Access appliances",
		Version:     template.HTMLEscapeString(buildVersion()),
		ExtraHTML:   table.String(),
		ExtraCSS:    landingStyle,
		Profiling:   "false",
		Links: []toolkit.LandingLinks{
			{Address: l.options.TelemetryPath, Text: "Metrics", Description: "what Prometheus scrapes"},
			{Address: "/-/healthy", Text: "Healthy", Description: "200 while the process lives"},
			{Address: "/-/ready", Text: "Ready", Description: "200 once it serves"},
		},
	}
	if l.options.EnablePprof {
		config.Profiling = "true"
	}
	page, err := toolkit.NewLandingPage(config)
	if err != nil {
		l.fail(w, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	page.ServeHTTP(w, r)
}

func (l landingPage) fail(w http.ResponseWriter, err error) {
	l.options.Logger.Error("the landing page could not be made", "err", err)
	http.Error(w, "the landing page could not be made, the log says why", http.StatusInternalServerError)
}

// buildVersion says which build this is. One that was made without the release's linker flags
// has no version to tell.
func buildVersion() string {
	if version.Version == "" {
		return "a development build, revision " + version.GetRevision()
	}
	return version.Info()
}

// statusRow is a status in words.
type statusRow struct {
	Name, URL               string
	Asked, Reachable        bool
	ReachableSince, Trouble string
	Role, RoleSince         string
	Backup                  bool
	Product, Version        string
	State                   stateRow
}

// stateRow is how the subscription stands, in words.
type stateRow struct {
	Enabled, Synced, Connected bool
	Since, Trouble             string
}

func newStatusRow(s target.Status) statusRow {
	since := func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 MST") }
	return statusRow{
		Name: s.Name, URL: s.URL.String(),
		Asked: s.Asked, Reachable: s.Reachable, ReachableSince: since(s.ReachableSince), Trouble: s.Trouble,
		Role: s.Role, RoleSince: since(s.RoleSince), Backup: s.Role == target.RoleBackup,
		Product: s.Product, Version: s.Version,
		State: stateRow{
			Enabled: s.State.Enabled, Synced: s.State.Synced, Connected: s.State.Connected,
			Since: since(s.State.ConnectedSince), Trouble: s.State.Trouble,
		},
	}
}
