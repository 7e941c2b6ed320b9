package web

import (
	"bytes"
	"context"
	"html/template"
	"net/http"
	"time"

	"github.com/prometheus/common/version"
	toolkit "github.com/prometheus/exporter-toolkit/web"
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
thead th { border-top: none; font-weight: bold; }
th, td { text-align: left; vertical-align: top; padding: .35rem 1.5rem .35rem 0; border-top: 1px solid GrayText; }
th { font-weight: normal; }
td.good, td:nth-of-type(3) { white-space: nowrap; }
td.good::before { content: "\25CF  "; color: #2f9e44; }
td.bad::before { content: "\25CF  "; color: #e03131; }
td.open::before { content: "\25CB  "; }
.trouble { max-width: 40rem; overflow-wrap: anywhere; }
.head { display: none; }
/* A row that does not fit is wrapped, and on a telephone it is a block. */
@media (max-width: 90rem) { td.good, td:nth-of-type(3) { white-space: normal; } }
@media (max-width: 50rem) {
  thead { display: none; }
  table, caption, tbody, tr, th, td { display: block; border: none; padding: 0; }
  tr { border-top: 1px solid GrayText; padding: .5rem 0; }
  .head { display: inline; }
  a { overflow-wrap: anywhere; }
}
.label { font-size: smaller; color: GrayText; }
#pprof { border-color: GrayText; }
`

// landingPage is what a person sees in a browser. It is made anew for each, since it tells how
// the appliance stands now, and works without scripts.
type landingPage struct{ options Options }

// ServeHTTP serves the page.
func (l landingPage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), landingPatience)
	defer cancel()
	var rows []statusRow
	for _, status := range l.options.Fleet.Statuses(ctx) {
		metrics := l.options.TelemetryPath
		if l.options.Discovered {
			metrics = probeLink(status.Name)
		}
		rows = append(rows, newStatusRow(status, metrics))
	}
	var table bytes.Buffer
	err := statusTable.Execute(&table, struct {
		Caption string
		Rows    []statusRow
	}{caption(rows), rows})
	if err != nil {
		l.fail(w, err)
		return
	}
	metrics, discovered := "what Prometheus scrapes", "nothing to discover: the metrics have it all"
	if l.options.Discovered {
		metrics, discovered = "the exporter's own", "where Prometheus finds the appliances"
	}
	config := toolkit.LandingConfig{
		Name:        "BeyondTrust exporter",
		Description: "Prometheus metrics of BeyondTrust Remote Support and Privileged Remote Access appliances",
		Version:     template.HTMLEscapeString(buildVersion()),
		ExtraHTML:   table.String(),
		ExtraCSS:    landingStyle,
		Profiling:   "false",
		Links: []toolkit.LandingLinks{
			{Address: l.options.TelemetryPath, Text: "Metrics", Description: metrics},
			{Address: "/sd", Text: "Service discovery", Description: discovered},
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
	l.options.Logger.Error("Cannot make the landing page", "err", err)
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
