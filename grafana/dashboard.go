package grafana

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// columns is how many columns Grafana's grid has.
const columns = 24

// Dashboard is a dashboard in Grafana's classic JSON.
type Dashboard struct {
	UID           string      `json:"uid"` // the file's name too
	Title         string      `json:"title"`
	Description   string      `json:"description"`
	Tags          []string    `json:"tags"`
	Links         []Link      `json:"links"`
	Templating    Templating  `json:"templating"`
	Annotations   Annotations `json:"annotations"`
	Time          TimeRange   `json:"time"`
	Refresh       string      `json:"refresh"`
	Timezone      string      `json:"timezone"`
	Editable      bool        `json:"editable"`
	GraphTooltip  int         `json:"graphTooltip"` // 1: the cross hair is shared by all panels
	SchemaVersion int         `json:"schemaVersion"`
	Version       int         `json:"version"`
	Panels        []*Panel    `json:"panels"`

	next int // the first line of the grid that is free
}

// TimeRange is what a dashboard shows when it is opened.
type TimeRange struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Link leads to other dashboards. It takes the time and the variables along.
type Link struct {
	Title       string   `json:"title"`
	Type        string   `json:"type"`
	Tags        []string `json:"tags"`
	AsDropdown  bool     `json:"asDropdown"`
	IncludeVars bool     `json:"includeVars"`
	KeepTime    bool     `json:"keepTime"`
}

// Templating has the variables of a dashboard.
type Templating struct {
	List []Variable `json:"list"`
}

// Annotations has the annotations of a dashboard.
type Annotations struct {
	List []Annotation `json:"list"`
}

// JSON returns the file to import, with a line break at its end.
func (d *Dashboard) JSON() ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // An expression is to be read.
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(d); err != nil {
		return nil, fmt.Errorf("encoding the dashboard %s: %w", d.UID, err)
	}
	return text.Bytes(), nil
}

// Dashboards returns all dashboards, in the order in which a reader meets them. They are the caller's.
func Dashboards() []*Dashboard {
	return []*Dashboard{
		supportDeskLive(),
		supportDeskOverTime(),
		appliances(),
		licences(),
		activity(),
		exporter(),
	}
}

// newDashboard returns a dashboard without panels that shows the time from the given one until now. Every dashboard has
// the data source, the job and the appliance to choose from; further variables come after them.
func newDashboard(uid, title, description, from, refresh string, further ...Variable) *Dashboard {
	const tag = "beyondtrust"
	return &Dashboard{
		UID: uid, Title: title, Description: description,
		Tags:          []string{tag},
		Links:         []Link{{Title: "BeyondTrust dashboards", Type: "dashboards", Tags: []string{tag}, AsDropdown: true, IncludeVars: true}},
		Templating:    Templating{List: append([]Variable{datasourceVariable(), jobVariable(), instanceVariable()}, further...)},
		Annotations:   Annotations{List: []Annotation{failovers(), restarts()}},
		Time:          TimeRange{From: from, To: "now"},
		Refresh:       refresh,
		Timezone:      "browser",
		Editable:      true,
		GraphTooltip:  1,
		SchemaVersion: 39,
		Version:       1,
	}
}

// band puts panels of one height beside each other, below what is there already.
func (d *Dashboard) band(height int, panels ...*Panel) {
	x := 0
	for _, p := range panels {
		p.ID = len(d.Panels) + 1
		p.GridPos.X, p.GridPos.Y, p.GridPos.H = x, d.next, height
		x += p.GridPos.W
		d.Panels = append(d.Panels, p)
	}
	d.next += height
}

// row puts a heading below what is there already.
func (d *Dashboard) row(title string) {
	d.band(1, &Panel{Type: "row", Title: title, GridPos: GridPos{W: columns}})
}
