package check

import (
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// The JSON form of a report. Its fields are stable: more may come, none changes its meaning or
// goes. A field is left out, or null where it says so, when nothing is known.
type (
	jsonReport struct {
		// Status is the worst status of an appliance: ok, warning or failed.
		Status     Status          `json:"status"`
		Appliances []jsonAppliance `json:"appliances"`
	}

	jsonAppliance struct {
		Appliance string     `json:"appliance"`
		URL       string     `json:"url"`
		Status    Status     `json:"status"`
		Facts     jsonFacts  `json:"facts"`
		Steps     []jsonStep `json:"steps"`
	}

	jsonFacts struct {
		Addresses           []string       `json:"addresses,omitempty"`
		CertificateIssuer   string         `json:"certificate_issuer,omitempty"`
		CertificateSubject  string         `json:"certificate_subject,omitempty"`
		CertificateNotAfter *time.Time     `json:"certificate_not_after,omitempty"`
		ClockSkewSeconds    *float64       `json:"clock_skew_seconds,omitempty"`
		Product             string         `json:"product,omitempty"`
		Version             string         `json:"version,omitempty"`
		APIVersion          string         `json:"api_version,omitempty"`
		FailoverRole        string         `json:"failover_role,omitempty"`
		StateRows           map[string]int `json:"state_rows,omitempty"`
		StateCopySeconds    *float64       `json:"state_copy_seconds,omitempty"`
	}

	jsonStep struct {
		Step            string  `json:"step"`
		Status          Status  `json:"status"`
		Tried           string  `json:"tried,omitempty"`
		Found           string  `json:"found"`
		Remedy          string  `json:"remedy,omitempty"`
		DurationSeconds float64 `json:"duration_seconds"`
	}
)

// WriteJSON writes a report for a program to read: an object with status and appliances, each of
// which has appliance (its name), url, status, facts, and steps with step, status, tried, found,
// remedy and duration_seconds. Times are RFC 3339 in UTC.
func WriteJSON(w io.Writer, report Report) error {
	out := jsonReport{Status: report.Status(), Appliances: []jsonAppliance{}}
	for _, r := range report.Results {
		a := jsonAppliance{Appliance: r.Appliance, URL: r.URL, Status: r.Status(), Facts: r.Facts.json(), Steps: []jsonStep{}}
		for _, s := range r.Steps {
			a.Steps = append(a.Steps, jsonStep{
				Step: s.Name, Status: s.Status, Tried: s.Tried, Found: s.Found, Remedy: s.Remedy,
				DurationSeconds: s.Took.Seconds(),
			})
		}
		out.Appliances = append(out.Appliances, a)
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(out); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

func (f Facts) json() jsonFacts {
	j := jsonFacts{
		Addresses:         f.Addresses,
		CertificateIssuer: f.CertificateIssuer, CertificateSubject: f.CertificateSubject,
		Product: f.Product, Version: f.Version, APIVersion: f.APIVersion, FailoverRole: f.Role,
		StateRows: f.StateRows,
	}
	if !f.CertificateNotAfter.IsZero() {
		end := f.CertificateNotAfter.UTC()
		j.CertificateNotAfter = &end
	}
	if f.ClockSkew != nil {
		seconds := f.ClockSkew.Seconds()
		j.ClockSkewSeconds = &seconds
	}
	if f.StateRows != nil {
		seconds := f.StateCopy.Seconds()
		j.StateCopySeconds = &seconds
	}
	return j
}
