package grafana

// licences is for whoever buys them: how many are in use, how many are left, and when will there be none.
func licences() *Dashboard {
	d := newDashboard("beyondtrust-licences", "Licences",
		"Licences in use, what was bought (the exporter is told, since the appliance does not say), the peaks that the appliance logged, and when there will be none left. A backup is left out: the pair shares its licences.",
		"now-30d", "1m")

	const (
		// A backup has no licence in use, and those of its primary are counted there.
		active = ` unless on (job, instance) beyondtrust_failover_role{$target, role="backup"} == 1`
		inUse  = `max by (instance, license_type) (beyondtrust_licenses_in_use{$target}` + active + `)`
		bought = `max by (instance, license_type) (beyondtrust_license_limit{$target}` + active + `)`
		share  = inUse + " / (" + bought + " > 0)"
		// The trend is that of the peaks of a week, since fewer work at its end and nobody at night.
		peaks  = `max_over_time(beyondtrust_licenses_in_use{$target}[1w])[$__range:$__interval]`
		weekly = active + ` and beyondtrust_licenses_in_use{$target} offset 1w`
	)
	d.band(6,
		bars(8, "Share in use", "Licences in use of those bought, by type. The alerts are at nine tenths and at all.",
			now(share, "{{license_type}}, {{instance}}")).unit("percentunit").decimals(0).upToAll().thresholds(from(green, step(orange, 0.9), step(red, 1))).none("say what was bought with --license.limit"),
		table(8, "Left", "By type: in use now, bought, and left for the next who logs in. Extended availability may take more than is seen.",
			[]column{{"instance", "Appliance", nil}, {"license_type", "Type", width(90)}, {"Value #A", "In use", width(70)}, {"Value #B", "Bought", width(75)},
				{"Value #C", "Left", append(width(60), number("none", from(red, step(orange, 1), step(green, 3)))...)}},
			cells(inUse), cells(bought), cells(bought+" - "+inUse)),
		table(8, "Forecast", "If the weekly peaks go on as in the time range: the peak thirty days from now, and when all are in use. It needs a week of data, and a range of some weeks.",
			[]column{{"instance", "Appliance", nil}, {"license_type", "Type", nil},
				{"Value #A", "Peak in 30 days", append(number("none", nil), Property{ID: "decimals", Value: 0})},
				{"Value #B", "All in use in", append(number("s", from(red, step(orange, 14*86400), step(green, 60*86400))), Property{ID: "decimals", Value: 1}, Property{ID: "noValue", Value: "not in sight"})}},
			cells(`max by (instance, license_type) (clamp_min(predict_linear(`+peaks+`, 30 * 86400), 0)`+weekly+`)`),
			cells(`max by (instance, license_type) (
  clamp_min(beyondtrust_license_limit{$target} - max_over_time(beyondtrust_licenses_in_use{$target}[1w]), 0)
  / (deriv(`+peaks+`) > 0)`+weekly+`
)`)).none("It needs a week of data").points(200),
	)
	d.row("Through time")
	d.band(10,
		curves(16, "In use and bought", "Representatives connected, by the type of their licence. The dashed lines are what was bought.",
			query(inUse, "{{license_type}}, {{instance}}"),
			query(bought, "{{license_type}} bought, {{instance}}")).
			unit("none").boughtDashed(),
		curves(8, "Daily peak of the share", "The most licences in use at once within the 24 hours before, of those bought. The alert is at the dashed line.",
			query(`max by (instance, license_type) (max_over_time(beyondtrust_licenses_in_use{$target}[1d])`+active+`) / (`+bought+` > 0)`, "{{license_type}}, {{instance}}"),
			threshold("beyondtrust:threshold:license_use_ratio", "0.9", "alert")).
			unit("percentunit").fromZero().dashed("alert", orange),
	)
	d.row("What the appliance logged")
	d.band(8,
		curves(16, "Peaks", "The newest peak that the appliance logged, by what took the licence: a login, extended availability, or all of it. It logs at nine tenths of what was bought, or more.",
			query(`max by (instance, license_type, reason) (beyondtrust_license_peak{$target})`, "{{license_type}} {{reason}}, {{instance}}")).unit("none").none("it has logged none"),
		stat(8, "Age of the newest peak", "How long ago an appliance last logged a peak. A young one says that licences are nearly used up.",
			now(`min(time() - beyondtrust_license_peak_timestamp_seconds{$target})`, "age")).unit(clock).thresholds(from(red, step(orange, 7200), step(green, 86400))).none("it has logged none"),
	)
	return d
}

// boughtDashed draws what was bought as dashed lines.
func (p *Panel) boughtDashed() *Panel {
	p.FieldConfig.Overrides = append(p.FieldConfig.Overrides, Override{
		Matcher: Matcher{ID: "byFrameRefID", Options: "B"},
		Properties: []Property{
			{ID: "custom.lineStyle", Value: map[string]any{"fill": "dash", "dash": []int{8, 6}}},
			{ID: "custom.lineWidth", Value: 1},
		},
	})
	return p
}
