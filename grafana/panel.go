package grafana

// Panel is a panel in Grafana's JSON. A heading, of type row, has no data.
type Panel struct {
	ID              int              `json:"id"`
	Type            string           `json:"type"`
	Title           string           `json:"title"`
	Description     string           `json:"description,omitempty"`
	Datasource      *Datasource      `json:"datasource,omitempty"`
	GridPos         GridPos          `json:"gridPos"`
	Interval        string           `json:"interval,omitempty"` // the shortest step
	MaxDataPoints   int              `json:"maxDataPoints,omitempty"`
	FieldConfig     *FieldConfig     `json:"fieldConfig,omitempty"`
	Options         map[string]any   `json:"options,omitempty"`
	Targets         []Target         `json:"targets,omitempty"`
	Transformations []Transformation `json:"transformations,omitempty"`
}

// GridPos is where a panel lies in the grid of 24 columns; a line is 30 pixels high.
type GridPos struct {
	X int `json:"x"`
	Y int `json:"y"`
	W int `json:"w"`
	H int `json:"h"`
}

// Target is an expression that a panel asks for.
type Target struct {
	RefID        string      `json:"refId"`
	Datasource   *Datasource `json:"datasource"`
	Expr         string      `json:"expr"`
	LegendFormat string      `json:"legendFormat"`
	Format       string      `json:"format"` // time_series, table or heatmap
	Instant      bool        `json:"instant"`
	Range        bool        `json:"range"`
	Exemplar     bool        `json:"exemplar"`
}

// Transformation changes the data before they are drawn.
type Transformation struct {
	ID      string         `json:"id"`
	Options map[string]any `json:"options"`
}

// FieldConfig says how values look.
type FieldConfig struct {
	Defaults  Field      `json:"defaults"`
	Overrides []Override `json:"overrides"`
}

// Field is how a value looks.
type Field struct {
	Unit       string         `json:"unit,omitempty"`
	Decimals   *int           `json:"decimals,omitempty"`
	Min        *float64       `json:"min,omitempty"`
	Max        *float64       `json:"max,omitempty"`
	NoValue    string         `json:"noValue,omitempty"`
	Color      Color          `json:"color"`
	Thresholds *Thresholds    `json:"thresholds,omitempty"`
	Mappings   []Mapping      `json:"mappings,omitempty"`
	Custom     map[string]any `json:"custom,omitempty"`
}

// Color says where the colour of a value comes from.
type Color struct {
	Mode       string `json:"mode"`
	FixedColor string `json:"fixedColor,omitempty"`
}

// Thresholds are where the colour changes.
type Thresholds struct {
	Mode  string `json:"mode"`
	Steps []Step `json:"steps"`
}

// Step is a colour and the value that it begins at. The first has none.
type Step struct {
	Color string   `json:"color"`
	Value *float64 `json:"value"`
}

// Mapping gives values a text and a colour.
type Mapping struct {
	Type    string                `json:"type"`
	Options map[string]MappedText `json:"options"`
}

// MappedText is what a value is shown as.
type MappedText struct {
	Text  string `json:"text"`
	Color string `json:"color"`
	Index int    `json:"index"`
}

// Override changes how some of the values look.
type Override struct {
	Matcher    Matcher    `json:"matcher"`
	Properties []Property `json:"properties"`
}

// Matcher says which values an override is for.
type Matcher struct {
	ID      string `json:"id"`
	Options string `json:"options"`
}

// Property is a setting and its value.
type Property struct {
	ID    string `json:"id"`
	Value any    `json:"value"`
}

// Colours, by what they say. What is neither good nor bad is blue.
const (
	green  = "green"
	yellow = "yellow"
	orange = "orange"
	red    = "red"
	blue   = "blue"
	purple = "purple"
	grey   = "#808080"
)

// query returns a target for a curve. The legend names labels as {{label}}.
func query(expression, legend string) Target {
	return Target{Datasource: chosen(), Expr: expand(expression), LegendFormat: legend, Format: "time_series", Range: true}
}

// now returns a target for the newest value alone.
func now(expression, legend string) Target {
	t := query(expression, legend)
	t.Instant, t.Range = true, false
	return t
}

// cells returns a target for a table: a column for each label, and one for the value.
func cells(expression string) Target {
	t := now(expression, "")
	t.Format = "table"
	return t
}

// newPanel returns a panel. Its targets are named A, B, ….
func newPanel(kind string, width int, title, description string, targets ...Target) *Panel {
	for i := range targets {
		targets[i].RefID = string(rune('A' + i))
	}
	return &Panel{
		Type: kind, Title: title, Description: description, Datasource: chosen(), GridPos: GridPos{W: width},
		FieldConfig: &FieldConfig{Defaults: Field{Color: Color{Mode: "thresholds"}}, Overrides: []Override{}},
		Options:     map[string]any{}, Targets: targets,
	}
}

// step returns a colour and where it begins.
func step(color string, from float64) Step { return Step{Color: color, Value: &from} }

// from returns the thresholds: the first colour is that of all values below the first step.
func from(first string, steps ...Step) *Thresholds {
	return &Thresholds{Mode: "absolute", Steps: append([]Step{{Color: first}}, steps...)}
}

// clock is the unit of seconds that are read as a clock's, 00:01:29: those of a duration that is
// judged, but for the wallboard, where a tenth of a minute has to do, since fewer characters are
// larger ones. Grafana's "s" without decimals rounds to the nearest minute, hour or day, and so
// shows a threshold as reached that is not.
const clock = "dthms"

// unit says in what the values are, in Grafana's words.
func (p *Panel) unit(unit string) *Panel {
	p.FieldConfig.Defaults.Unit = unit
	return p
}

// thresholds colours the values.
func (p *Panel) thresholds(t *Thresholds) *Panel {
	p.FieldConfig.Defaults.Thresholds = t
	return p
}

// decimals says how many digits follow the point.
func (p *Panel) decimals(n int) *Panel {
	p.FieldConfig.Defaults.Decimals = &n
	return p
}

// upTo lets the axis, or the bar, reach from 0 to most.
func (p *Panel) upTo(most float64) *Panel {
	p.FieldConfig.Defaults.Max = &most
	return p.fromZero()
}

// upToAll lets the axis of a share, or its bar, reach from 0 to 1.
func (p *Panel) upToAll() *Panel { return p.upTo(1) }

// fromZero lets the axis, or the bar, begin at 0.
func (p *Panel) fromZero() *Panel {
	zero := 0.0
	p.FieldConfig.Defaults.Min = &zero
	return p
}

// none says what is shown where there is no value.
func (p *Panel) none(text string) *Panel {
	p.FieldConfig.Defaults.NoValue = text
	return p
}

// steps says that no step is shorter than this.
func (p *Panel) steps(interval string) *Panel {
	p.Interval = interval
	return p
}

// points says how many points are asked for at most: so, how long a step is.
func (p *Panel) points(most int) *Panel {
	p.MaxDataPoints = most
	return p
}

// states names the values 0, 1, 2, … and colours them.
func (p *Panel) states(names ...MappedText) *Panel {
	options := make(map[string]MappedText, len(names))
	for i, name := range names {
		name.Index = i
		options[string(rune('0'+i))] = name
	}
	p.FieldConfig.Defaults.Mappings = []Mapping{{Type: "value", Options: options}}
	return p
}

// override changes how the field of a name looks.
func (p *Panel) override(field string, properties ...Property) *Panel {
	p.FieldConfig.Overrides = append(p.FieldConfig.Overrides, Override{Matcher: Matcher{ID: "byName", Options: field}, Properties: properties})
	return p
}

// paint gives the field of a name a colour of its own.
func (p *Panel) paint(field, color string) *Panel {
	return p.override(field, Property{ID: "color", Value: Color{Mode: "fixed", FixedColor: color}})
}

// below lets the axis reach below 0.
func (p *Panel) below() *Panel {
	p.FieldConfig.Defaults.Min = nil
	return p
}

// reachDown makes the axis reach this far down.
func (p *Panel) reachDown(value float64) *Panel {
	p.FieldConfig.Defaults.Custom["axisSoftMin"] = value
	return p
}
