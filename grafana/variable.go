package grafana

import "strings"

// Datasource says where a panel, a variable or an annotation gets its data.
type Datasource struct {
	Type string `json:"type"`
	UID  string `json:"uid"`
}

// chosen is the data source that whoever looks has chosen.
func chosen() *Datasource { return &Datasource{Type: "prometheus", UID: "${datasource}"} }

// Variable is what whoever looks can choose.
type Variable struct {
	Name        string      `json:"name"`
	Label       string      `json:"label"`
	Description string      `json:"description,omitempty"`
	Type        string      `json:"type"`
	Query       string      `json:"query"`
	Definition  string      `json:"definition,omitempty"`
	Datasource  *Datasource `json:"datasource,omitempty"`
	Refresh     int         `json:"refresh,omitempty"` // 2: when the time range changes
	Sort        int         `json:"sort,omitempty"`    // 1: by the alphabet
	Multi       bool        `json:"multi"`
	IncludeAll  bool        `json:"includeAll"`
	AllValue    string      `json:"allValue,omitempty"`
	Current     Choice      `json:"current"`
	Options     []Choice    `json:"options,omitempty"`
	Hide        int         `json:"hide"`
}

// Choice is a value of a variable.
type Choice struct {
	Selected bool   `json:"selected"`
	Text     string `json:"text"`
	Value    string `json:"value"`
}

func datasourceVariable() Variable {
	return Variable{Name: "datasource", Label: "Data source", Type: "datasource", Query: "prometheus"}
}

// labelVariable offers the values of a label, several at once, and all of them at first.
func labelVariable(name, label, query string) Variable {
	return Variable{
		Name: name, Label: label, Type: "query", Query: query, Definition: query, Datasource: chosen(),
		Refresh: 2, Sort: 1, Multi: true, IncludeAll: true, AllValue: ".*",
		Current: Choice{Selected: true, Text: "All", Value: "$__all"},
	}
}

func jobVariable() Variable { return labelVariable("job", "Job", "label_values(beyondtrust_up, job)") }

func instanceVariable() Variable {
	return labelVariable("instance", "Appliance", `label_values(beyondtrust_up{job=~"$job"}, instance)`)
}

func queueVariable() Variable {
	return labelVariable("queue", "Queue", `label_values(beyondtrust_queue_info{job=~"$job", instance=~"$instance"}, queue)`)
}

// withinVariable offers the bounds of the buckets of pickup.
func withinVariable() Variable {
	v := choiceVariable("within", "Answered within (s)", "20", "5", "10", "15", "20", "30", "45", "60", "90", "120", "180", "240", "300", "600", "900", "1800")
	v.Description = "What answered in time means: seconds from the start of a session to its first representative."
	return v
}

// windowVariable offers how much time a point of a curve looks back on.
func windowVariable() Variable {
	v := choiceVariable("window", "Look back", "1h", "15m", "30m", "1h", "4h", "8h", "1d", "7d")
	v.Description = "How much time each point of a curve looks back on. A longer one is calmer."
	return v
}

// choiceVariable offers a list, of which one is chosen at first.
func choiceVariable(name, label, first string, values ...string) Variable {
	v := Variable{Name: name, Label: label, Type: "custom", Query: strings.Join(values, ","), Current: Choice{Selected: true, Text: first, Value: first}}
	for _, value := range values {
		v.Options = append(v.Options, Choice{Selected: value == first, Text: value, Value: value})
	}
	return v
}
