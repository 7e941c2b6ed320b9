package grafana

// Annotation marks on every curve when something happened.
type Annotation struct {
	Name        string      `json:"name"`
	Datasource  *Datasource `json:"datasource"`
	Enable      bool        `json:"enable"`
	Hide        bool        `json:"hide"`
	IconColor   string      `json:"iconColor"`
	Expr        string      `json:"expr"`
	Step        string      `json:"step"`
	TitleFormat string      `json:"titleFormat"`
	TextFormat  string      `json:"textFormat"`
	TagKeys     string      `json:"tagKeys"`
}

// failovers marks when an appliance took the role of the primary.
func failovers() Annotation {
	return Annotation{
		Name: "Failovers", Datasource: chosen(), Enable: true, IconColor: purple, Step: "1m",
		Expr:        expand(`beyondtrust_failover_role{$target, role="primary"} == 1 and changes(beyondtrust_failover_role{$target, role="primary"}[$__rate_interval]) > 0`),
		TitleFormat: "Failover", TextFormat: "{{instance}} is the primary now", TagKeys: "instance",
	}
}

// restarts marks when the processes of an appliance began anew. An appliance that takes over again knows its sessions under
// new numbers too, which looks the same: failovers marks that.
func restarts() Annotation {
	return Annotation{
		Name: "Restarts of the appliance", Datasource: chosen(), Enable: true, IconColor: orange, Step: "1m",
		Expr:        expand(`increase(beyondtrust_state_model_resets_total{$target}[$__rate_interval]) > 0 unless on (job, instance) ` + failedOver("$__rate_interval")),
		TitleFormat: "Restart", TextFormat: "The processes of {{instance}} restarted", TagKeys: "instance",
	}
}
