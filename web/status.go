package web

import (
	"fmt"
	"html/template"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/target"
)

// statusTable is what the page shows of the appliances. Everything in it is escaped: an
// appliance wrote part of it.
var statusTable = template.Must(template.New("status").Parse(`
<table>
<caption>{{.Caption}}</caption>
<thead><tr><th scope="col">Appliance</th><th scope="col">Address</th><th scope="col">Answers</th><th scope="col">Failover role</th><th scope="col">State subscription</th><th scope="col">Product</th></tr></thead>
<tbody>
{{- range .Rows}}
<tr><th scope="row"><a href="{{.Metrics}}">{{.Name}}</a>{{range .Labels}}<div class="label">{{.}}</div>{{end}}</th>
<td><a href="{{.URL}}">{{.URL}}</a></td>
{{if and (not .Asked) .Trouble}}<td class="bad"><span class="head">answers: </span>could not be asked yet<div class="trouble">{{.Trouble}}</div></td>
{{- else if not .Asked}}<td class="open"><span class="head">answers: </span>not asked yet</td>
{{- else if not .Reachable}}<td class="bad"><span class="head">answers: </span>no, since {{.ReachableSince}}<div class="trouble">{{.Trouble}}</div></td>
{{- else if .Trouble}}<td class="bad"><span class="head">answers: </span>only with an error<div class="trouble">{{.Trouble}}</div><div class="label">The way to it has been open since {{.ReachableSince}}.</div></td>
{{- else}}<td class="good"><span class="head">answers: </span>yes, since {{.ReachableSince}}</td>{{end}}
{{if .Role}}<td><span class="head">failover role: </span>{{.Role}}, since {{.RoleSince}}</td>
{{- else}}<td class="open"><span class="head">failover role: </span>not known yet</td>{{end}}
{{with .State}}
{{- if not .Enabled}}<td class="open"><span class="head">state subscription: </span>off</td>
{{- else if .Synced}}<td class="good"><span class="head">state subscription: </span>in sync, since {{.Since}}</td>
{{- else if .Connected}}<td class="open"><span class="head">state subscription: </span>connected since {{.Since}}, taking in the full copy</td>
{{- else if .Backup}}<td class="open"><span class="head">state subscription: </span>not connected: a backup has no state to tell until it takes over</td>
{{- else}}<td class="bad"><span class="head">state subscription: </span>not connected
{{- if .Tried}}; the last attempt, at {{.Tried}}, {{if .Alike}}failed for the same reason{{else}}ended with<div class="trouble">{{.Trouble}}</div>{{end}}<div class="label">The next attempt comes by itself: within a minute, after refused credentials within ten. A corrected client secret is tried at the next scrape.</div>{{end}}</td>{{end}}{{end}}
<td>{{with .Product}}<span class="head">product: </span>{{.}}{{end}}{{with .Version}} {{.}}{{end}}</td></tr>
{{- end}}
</tbody>
</table>
`))

// statusRow is a status in words.
type statusRow struct {
	Name, URL, Metrics      string
	Labels                  []string
	Asked, Reachable        bool
	ReachableSince, Trouble string
	Role, RoleSince         string
	Product, Version        string
	State                   stateRow
}

// stateRow is how the subscription stands, in words.
type stateRow struct {
	Enabled, Synced, Connected, Backup bool
	Since, Trouble, Tried              string
	// Alike says that Trouble is that of the row, which nobody wants to read twice.
	Alike bool
}

// newStatusRow puts a status into words. metrics is where those of the appliance are.
func newStatusRow(s target.Status, metrics string) statusRow {
	since := func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 MST") }
	row := statusRow{
		Name: s.Name, URL: s.URL.String(), Metrics: metrics,
		Asked: s.Asked, Reachable: s.Reachable, ReachableSince: since(s.ReachableSince), Trouble: s.Trouble,
		Role: s.Role, RoleSince: since(s.RoleSince),
		Product: s.Product, Version: s.Version,
		State: stateRow{
			Enabled: s.State.Enabled, Synced: s.State.Synced, Connected: s.State.Connected, Backup: s.Backup(),
			Since: since(s.State.ConnectedSince), Trouble: s.State.Trouble,
		},
	}
	if !s.State.TroubleAt.IsZero() {
		row.State.Tried = since(s.State.TroubleAt)
	}
	row.State.Alike = alike(s)
	for _, name := range slices.Sorted(maps.Keys(s.Labels)) {
		row.Labels = append(row.Labels, name+"="+s.Labels[name])
	}
	return row
}

// alike says that the subscription failed for the reason for which the API did: there is no way to
// the appliance, or no token. The two tell of it in words that differ a little.
func alike(s target.Status) bool {
	tokenless := func(trouble string) bool { return strings.Contains(trouble, "token of "+s.URL.Host+": ") }
	// What it failed with while there was a way, or was answered, is another reason.
	wayless := s.Asked && !s.Reachable && s.State.Unreached && !s.State.TroubleAt.Before(s.ReachableSince)
	return s.Trouble != "" && (wayless || tokenless(s.Trouble) && tokenless(s.State.Trouble))
}

// unwell says that there is something to look at.
func (r statusRow) unwell() bool {
	subscriptionLost := r.State.Enabled && !r.State.Connected && !r.State.Synced && !r.State.Backup
	return r.Trouble != "" || r.Asked && (!r.Reachable || subscriptionLost)
}

// caption sums the rows up.
func caption(rows []statusRow) string {
	unwell := 0
	for _, row := range rows {
		if row.unwell() {
			unwell++
		}
	}
	switch {
	case len(rows) == 0:
		return "No appliance is watched here"
	case len(rows) == 1:
		return "The watched appliance"
	case unwell == 0:
		return fmt.Sprintf("%d watched appliances", len(rows))
	default:
		return fmt.Sprintf("%d watched appliances, %d of them with trouble", len(rows), unwell)
	}
}

// probeLink is where the metrics of an appliance are.
func probeLink(name string) string { return probePath + "?" + url.Values{"target": {name}}.Encode() }
