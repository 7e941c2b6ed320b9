package grafana

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// kinds are the panel types of Grafana that are not deprecated and need no plugin.
func kinds() []string {
	return []string{"timeseries", "stat", "bargauge", "gauge", "table", "heatmap", "state-timeline", "text", "piechart", "barchart", "histogram"}
}

// units are those of Grafana's unit ids that the dashboards use.
func units() []string {
	return []string{"none", "s", clock, "percentunit", "bytes", "Bps", "cps", "mps", "reqps"}
}

// every calls the function for each panel that draws something.
func every(check func(d *Dashboard, p *Panel)) {
	for _, d := range Dashboards() {
		for _, p := range d.Panels {
			if p.Type != "row" {
				check(d, p)
			}
		}
	}
}

// Each dashboard can be imported beside the others, found from them, and told apart from them.
func TestDashboards(t *testing.T) {
	t.Parallel()
	uid := regexp.MustCompile(`^beyondtrust-[a-z-]{1,28}$`) // Grafana allows 40 characters.
	uids, titles := map[string]bool{}, map[string]bool{}
	for _, d := range Dashboards() {
		if uids[d.UID] || titles[d.Title] {
			t.Errorf("%s: another dashboard has this uid, or the title %q", d.UID, d.Title)
		}
		uids[d.UID], titles[d.Title] = true, true
		if !uid.MatchString(d.UID) {
			t.Errorf("%q is no uid of ours", d.UID)
		}
		if !strings.HasSuffix(d.Description, ".") {
			t.Errorf("%s: the description is no sentence: %q", d.UID, d.Description)
		}
		if len(d.Links) != 1 || !slices.Equal(d.Links[0].Tags, d.Tags) {
			t.Errorf("%s does not link to the others by their tag", d.UID)
		}
		text, err := d.JSON()
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range d.Templating.List {
			if i < 3 && v.Name != []string{"datasource", "job", "instance"}[i] {
				t.Errorf("%s: variable %d is %s; want the data source, the job, the appliance", d.UID, i, v.Name)
			}
			if !strings.Contains(string(text), "$"+v.Name) && !strings.Contains(string(text), "${"+v.Name+"}") {
				t.Errorf("%s: nothing asks for the variable %s", d.UID, v.Name)
			}
		}
	}
}

// Panels lie within the grid, side by side and not on top of each other, and no line of it is left half empty.
func TestGrid(t *testing.T) {
	t.Parallel()
	for _, d := range Dashboards() {
		ids, taken, deep := map[int]bool{}, map[[2]int]string{}, 0
		for _, p := range d.Panels {
			if ids[p.ID] || p.ID == 0 {
				t.Errorf("%s: %q: the id %d is taken, or none", d.UID, p.Title, p.ID)
			}
			ids[p.ID] = true
			g := p.GridPos
			if g.X < 0 || g.W < 1 || g.H < 1 || g.X+g.W > columns {
				t.Errorf("%s: %q does not lie in the grid: %+v", d.UID, p.Title, g)
			}
			for x := g.X; x < g.X+g.W; x++ {
				for y := g.Y; y < g.Y+g.H; y++ {
					if other := taken[[2]int{x, y}]; other != "" {
						t.Errorf("%s: %q lies on %q", d.UID, p.Title, other)
					}
					taken[[2]int{x, y}] = p.Title + "."
				}
			}
			deep = max(deep, g.Y+g.H)
		}
		if len(taken) != deep*columns {
			t.Errorf("%s: of %d cells of the grid %d have a panel", d.UID, deep*columns, len(taken))
		}
	}
}

// Each panel says what it shows, in what unit, and asks the data source that was chosen.
func TestPanels(t *testing.T) {
	t.Parallel()
	every(func(d *Dashboard, p *Panel) {
		where := d.UID + ": " + p.Title
		if !slices.Contains(kinds(), p.Type) {
			t.Errorf("%s: %s is deprecated, or no type of panel", where, p.Type)
		}
		if p.Title == "" || !strings.HasSuffix(p.Description, ".") {
			t.Errorf("%s: it needs a title and a sentence of description, not %q", where, p.Description)
		}
		if !slices.Contains(units(), p.FieldConfig.Defaults.Unit) {
			t.Errorf("%s: %q is no unit that is known here", where, p.FieldConfig.Defaults.Unit)
		}
		if len(p.Targets) == 0 || p.Datasource == nil || *p.Datasource != *chosen() {
			t.Errorf("%s: it does not ask the data source that was chosen", where)
		}
		refs := map[string]bool{}
		for _, target := range p.Targets {
			if refs[target.RefID] || *target.Datasource != *chosen() || target.Instant == target.Range {
				t.Errorf("%s: the target %s is there twice, asks another data source, or neither now nor a range", where, target.RefID)
			}
			refs[target.RefID] = true
		}
		checkLooks(t, where, p)
	})
}

// checkLooks checks what is particular to a type of panel.
func checkLooks(t *testing.T, where string, p *Panel) {
	t.Helper()
	if f := p.FieldConfig.Defaults; f.Unit == "s" && f.Decimals != nil && *f.Decimals == 0 {
		t.Errorf("%s: seconds without decimals are rounded to whole minutes, hours or days", where)
	}
	for _, o := range p.FieldConfig.Overrides {
		unit, decimals := slices.Index(o.Properties, Property{ID: "unit", Value: "s"}), slices.Index(o.Properties, Property{ID: "decimals", Value: 0})
		if unit >= 0 && decimals >= 0 {
			t.Errorf("%s: %s: seconds without decimals are rounded to whole minutes, hours or days", where, o.Matcher.Options)
		}
	}
	coloured := func(color string) bool { return color != "" }
	switch p.Type {
	case "stat", "bargauge", "gauge":
		// One number that a colour judges, or blue where there is nothing to judge.
		if p.FieldConfig.Defaults.Thresholds == nil || p.Options["reduceOptions"] == nil || !p.Targets[0].Instant {
			t.Errorf("%s: a number needs thresholds, a reduction, and to be of now", where)
		}
	case "timeseries":
		if custom := p.FieldConfig.Defaults.Custom; custom["drawStyle"] == "bars" {
			checkColumns(t, where, p)
		}
		for _, target := range p.Targets {
			if target.LegendFormat == "" || !target.Range {
				t.Errorf("%s: a curve needs a legend and a range", where)
			}
			if len(p.Targets) == 1 && target.LegendFormat != "" && !strings.Contains(target.LegendFormat, "{{") && strings.Contains(target.Expr, " by (") && !strings.Contains(target.Expr, "by (le)") {
				t.Errorf("%s: all its curves are called %q", where, target.LegendFormat)
			}
		}
	case "state-timeline":
		if len(p.FieldConfig.Defaults.Mappings) == 0 {
			t.Errorf("%s: its states have no names", where)
		}
	case "heatmap":
		checkColumns(t, where, p)
		if p.Targets[0].Format != "heatmap" || p.Targets[0].LegendFormat != "{{le}}" {
			t.Errorf("%s: it does not ask for buckets", where)
		}
	case "table":
		for _, target := range p.Targets {
			if target.Format != "table" || !target.Instant {
				t.Errorf("%s: it does not ask for a table of now", where)
			}
		}
	}
	if th := p.FieldConfig.Defaults.Thresholds; th != nil {
		for i, s := range th.Steps {
			if !coloured(s.Color) || (s.Value == nil) != (i == 0) || i > 1 && *s.Value <= *th.Steps[i-1].Value {
				t.Errorf("%s: the thresholds do not rise, or have no colour", where)
			}
		}
	}
}

// checkColumns checks that what happened is in one column: each looks back on its own step, which a scrape a minute fills.
func checkColumns(t *testing.T, where string, p *Panel) {
	t.Helper()
	if p.Interval != "5m" {
		t.Errorf("%s: a column may be as short as %q", where, p.Interval)
	}
	for _, target := range p.Targets {
		if !strings.Contains(target.Expr, "[$__interval]") || strings.Contains(target.Expr, "$__rate_interval") {
			t.Errorf("%s: a column does not look back on its step: %s", where, target.Expr)
		}
	}
}
