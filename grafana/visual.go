package grafana

// stat is a number to be read from afar.
func stat(width int, title, description string, target Target) *Panel {
	p := newPanel("stat", width, title, description, target)
	p.Options = map[string]any{
		"reduceOptions": lastValue(),
		"orientation":   "auto",
		"textMode":      "value",
		"colorMode":     "value",
		"graphMode":     "none",
		"justifyMode":   "center",
		"wideLayout":    true,
	}
	return p.thresholds(from(blue))
}

// tiles is a number for each name, as large as fits into the panel, be they four or twenty. By itself Grafana makes the
// names of many too small to be read from afar.
func tiles(width int, title, description string, target Target) *Panel {
	p := stat(width, title, description, target)
	p.Options["textMode"] = "value_and_name"
	p.Options["text"] = map[string]any{"titleSize": 16}
	return p
}

// bars is a list of names, each with a bar and its number. Grafana cuts what does not fit, so the text is as small as need be.
func bars(width int, title, description string, target Target) *Panel {
	p := newPanel("bargauge", width, title, description, target)
	p.Options = map[string]any{
		"reduceOptions": lastValue(),
		"orientation":   "horizontal",
		"displayMode":   "basic",
		"valueMode":     "color",
		"namePlacement": "left",
		"showUnfilled":  true,
		"sizing":        "auto",
		"text":          map[string]any{"titleSize": 11, "valueSize": 18},
		"minVizHeight":  16,
		"minVizWidth":   8,
		"legend":        map[string]any{"showLegend": false, "displayMode": "list", "placement": "bottom", "calcs": []string{}},
	}
	return p.fromZero().thresholds(from(blue))
}

// curves is one line for each series.
func curves(width int, title, description string, targets ...Target) *Panel {
	p := newPanel("timeseries", width, title, description, targets...)
	p.FieldConfig.Defaults.Color.Mode = "palette-classic"
	p.FieldConfig.Defaults.Custom = map[string]any{
		"drawStyle":         "line",
		"lineInterpolation": "linear",
		"lineWidth":         2,
		"fillOpacity":       0,
		"gradientMode":      "none",
		"showPoints":        "never",
		"spanNulls":         false,
		"stacking":          map[string]any{"mode": "none", "group": "A"},
		"thresholdsStyle":   map[string]any{"mode": "off"},
		"axisPlacement":     "auto",
		"axisLabel":         "",
	}
	p.Options = map[string]any{
		"legend":  map[string]any{"showLegend": true, "displayMode": "list", "placement": "bottom", "calcs": []string{}},
		"tooltip": map[string]any{"mode": "multi", "sort": "desc"},
	}
	return p.fromZero()
}

// stacked is areas on top of each other, for what adds up.
func stacked(width int, title, description string, targets ...Target) *Panel {
	p := curves(width, title, description, targets...)
	p.FieldConfig.Defaults.Custom["stacking"] = map[string]any{"mode": "normal", "group": "A"}
	p.FieldConfig.Defaults.Custom["fillOpacity"] = 55
	p.FieldConfig.Defaults.Custom["lineWidth"] = 1
	return p
}

// columnsOf is columns on top of each other, for what was counted in each step. Its targets look back on $__interval, so that
// nothing is in two columns, and none is shorter than five minutes: a column has some scrapes in it, be there one a minute.
func columnsOf(width int, title, description string, targets ...Target) *Panel {
	p := stacked(width, title, description, targets...)
	p.FieldConfig.Defaults.Custom["drawStyle"] = "bars"
	p.FieldConfig.Defaults.Custom["barAlignment"] = -1 // A point tells what was before it.
	p.FieldConfig.Defaults.Custom["fillOpacity"] = 80
	p.FieldConfig.Defaults.Custom["lineWidth"] = 0
	p.MaxDataPoints = 60
	return p.unit("none").decimals(0).steps("5m").reach(5)
}

// ofTeams gives what belongs to no team the colour of neither good nor bad. The teams have Grafana's colours in turn: those
// that it takes from names are soon the same for two of a dozen.
func (p *Panel) ofTeams() *Panel { return p.paint("no team", grey) }

// reach makes the axis reach this far where all values are less: what is nearly nothing looks so.
func (p *Panel) reach(value float64) *Panel {
	p.FieldConfig.Defaults.Custom["axisSoftMax"] = value
	return p
}

// limit draws the thresholds as lines.
func (p *Panel) limit() *Panel {
	p.FieldConfig.Defaults.Custom["thresholdsStyle"] = map[string]any{"mode": "dashed"}
	return p
}

// dashed draws the curve of a name as a dashed line on top of what is stacked.
func (p *Panel) dashed(field, color string) *Panel {
	return p.override(field,
		Property{ID: "color", Value: Color{Mode: "fixed", FixedColor: color}},
		Property{ID: "custom.lineStyle", Value: map[string]any{"fill": "dash", "dash": []int{8, 6}}},
		Property{ID: "custom.lineWidth", Value: 2},
		Property{ID: "custom.fillOpacity", Value: 0},
		Property{ID: "custom.stacking", Value: map[string]any{"mode": "none", "group": "A"}})
}

// heat is a heat map of the classic buckets of a histogram of seconds, half as wide as the grid. Its steps are those of columnsOf.
func heat(title, description, histogram, selector string) *Panel {
	t := query("sum by (le) (increase("+histogram+"_bucket{"+selector+"}[$__interval]))", "{{le}}")
	t.Format = "heatmap"
	p := newPanel("heatmap", columns/2, title, description, t)
	p.MaxDataPoints = 60
	p.FieldConfig.Defaults.Custom = map[string]any{
		"hideFrom":          map[string]any{"legend": false, "tooltip": false, "viz": false},
		"scaleDistribution": map[string]any{"type": "linear"},
	}
	p.Options = map[string]any{
		"calculate":    false,
		"cellGap":      1,
		"cellValues":   map[string]any{"unit": "none", "decimals": 0},
		"color":        map[string]any{"mode": "scheme", "scheme": "Blues", "scale": "exponential", "exponent": 0.5, "steps": 64, "fill": "blue", "reverse": false},
		"filterValues": map[string]any{"le": 1e-9},
		"legend":       map[string]any{"show": true},
		"rowsFrame":    map[string]any{"layout": "auto"},
		"showValue":    "never",
		"tooltip":      map[string]any{"mode": "single", "yHistogram": false, "showColorScale": true},
		"yAxis":        map[string]any{"axisPlacement": "left", "reverse": false, "unit": "s"},
	}
	return p.unit("s").steps("5m")
}

// timeline is a bar for each series whose colour tells its state through time, half as wide as the grid.
func timeline(title, description string, targets ...Target) *Panel {
	p := newPanel("state-timeline", columns/2, title, description, targets...)
	p.FieldConfig.Defaults.Custom = map[string]any{"fillOpacity": 75, "lineWidth": 0, "spanNulls": false, "insertNulls": false}
	p.Options = map[string]any{
		"alignValue":  "center",
		"mergeValues": true,
		"rowHeight":   0.8,
		"showValue":   "auto",
		"legend":      map[string]any{"showLegend": true, "displayMode": "list", "placement": "bottom", "calcs": []string{}},
		"tooltip":     map[string]any{"mode": "single", "sort": "none"},
	}
	return p.unit("none")
}

// table is a table of what its targets tell about the same things. The names of columns are given by label, or by
// "Value #A" for the value of target A; what is in none of them is left out.
func table(width int, title, description string, columns []column, targets ...Target) *Panel {
	p := newPanel("table", width, title, description, targets...)
	p.FieldConfig.Defaults.Custom = map[string]any{"align": "auto", "minWidth": 60, "cellOptions": map[string]any{"type": "auto"}, "filterable": false}
	p.Options = map[string]any{"cellHeight": "sm", "showHeader": true, "footer": map[string]any{"show": false, "reducer": []string{"sum"}, "countRows": false, "fields": ""}}
	order, names, wanted := map[string]int{}, map[string]string{}, []string{}
	for i, c := range columns {
		wanted = append(wanted, c.field)
		order[c.field], names[c.field] = i, c.title
		if c.look != nil {
			p.override(c.title, c.look...)
		}
	}
	p.Transformations = []Transformation{
		{ID: "merge", Options: map[string]any{}},
		{ID: "filterFieldsByName", Options: map[string]any{"include": map[string]any{"names": wanted}}},
		{ID: "organize", Options: map[string]any{"indexByName": order, "renameByName": names, "excludeByName": map[string]bool{}}},
	}
	return p.unit("none")
}

// column is a column of a table.
type column struct {
	field, title string
	look         []Property
}

// number is how the numbers of a column look: their unit and, in the colour of the text, their thresholds.
func number(unit string, t *Thresholds) []Property {
	look := []Property{{ID: "unit", Value: unit}}
	if t != nil {
		look = append(look, Property{ID: "thresholds", Value: t}, Property{ID: "custom.cellOptions", Value: map[string]any{"type": "color-text"}})
	}
	return look
}

// width is how a column of so many pixels looks.
func width(pixels int) []Property { return []Property{{ID: "custom.width", Value: pixels}} }

// lastValue makes one number of a series: its newest.
func lastValue() map[string]any {
	return map[string]any{"calcs": []string{"lastNotNull"}, "fields": "", "values": false}
}
