package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// reportTimeout bounds a report over one second: the appliance may have to look for it, but there is
// next to nothing to send.
const reportTimeout = time.Minute

// licensedByEndpoint is why nobody who did not ask for the collector licenses needs the report.
const licensedByEndpoint = "Privileged Remote Access is licensed by endpoint: the collector licenses runs there only if you turn it on by name"

// reports tells whether the account may read the reports that the collectors which are on ask for.
func (i *inspection) reports(ctx context.Context, p permission) Step {
	var names []string
	missing := ""
	for _, collector := range p.collectors() {
		if !i.appliance.Collectors[collector] {
			continue
		}
		of := p.reports[collector]
		if of.ofPRA != nil && i.client.Product() == appliance.PrivilegedRemoteAccess {
			of.names = of.ofPRA
		}
		if len(of.names) == 0 {
			missing = noSurveys
		}
		names = append(names, of.names...)
	}
	if len(names) == 0 {
		return skipped(missing)
	}
	s, denied := i.mayRead(ctx, names)
	if denied && p.optional != "" {
		s.Status, s.Found = Warning, s.Found+": "+p.optional
	}
	if missing != "" {
		s.Found += "; " + missing
	}
	return s
}

// mayRead tells whether the account may read reports that the same permission is for: by get_api_info
// where that tells, else by asking for them. denied is true where it may not.
func (i *inspection) mayRead(ctx context.Context, names []string) (s Step, denied bool) {
	box := "Reporting API: " + appliance.ReportBox(names[0])
	see := fmt.Sprintf("see yourself that %q is ticked", strings.TrimSuffix(box, ","))
	if names[0] == appliance.LicenseReport && i.client.Product() == appliance.PrivilegedRemoteAccess && !i.appliance.Named[collectorLicenses] {
		return skipped(licensedByEndpoint), false
	}
	if i.info != nil {
		if p, granted, denied := i.info.Decisive(names[0]); granted || denied {
			return ticked(box, p, granted), denied
		}
	}
	if i.health != nil && i.health.Failover.Role == appliance.RoleBackup {
		return skipped("a backup is not asked for reports: " + see), false
	}
	tried := "ask for " + strings.Join(names, " and ") + " over one second"
	answered, unclear := false, ""
	for _, name := range names {
		err := i.ask(ctx, name)
		if answer, ok := errors.AsType[*appliance.Error](err); ok && answer.Kind == appliance.KindAnswer {
			unclear = cmp.Or(unclear, fmt.Sprintf("%s was answered with an <error>, %q, which may just say that nothing was found: %s", name, answer.Text, see))
			continue
		}
		if err == nil {
			answered = true
			continue
		}
		s := failed(tried, err)
		s.Found = name + ": " + s.Found
		denied := errors.Is(err, appliance.KindPermission)
		switch {
		case denied:
			s.Remedy = tick(box)
		case errors.Is(err, appliance.KindRateLimited):
			i.block(needToken, "the appliance asked for a pause")
		}
		return s, denied
	}
	if !answered {
		return skipped(unclear), false
	}
	return Step{Status: OK, Tried: tried, Found: "the account may read that"}, false
}

// ask asks for a report over the second before this one, for its head alone.
func (i *inspection) ask(ctx context.Context, report string) error {
	ctx, cancel := context.WithTimeout(ctx, reportTimeout)
	defer cancel()
	w := appliance.Window{By: appliance.ByStart, From: time.Now().Add(-time.Second), Duration: time.Second}
	switch report {
	case appliance.LicenseReport:
		_, _, err := i.client.LicensePeak(ctx, w.From)
		return err
	case "SupportSession", "AccessSession":
		w.By = appliance.ByEnd
		return i.client.Sessions(ctx, report, w, func(*appliance.Session) error { return nil })
	case "SupportCustExitSurvey", "SupportRepExitSurvey":
		w.By = appliance.ByEnd
		return i.client.Surveys(ctx, report, appliance.ByTeam, w, func(*appliance.Survey) error { return nil })
	case "SupportTeam", "Team":
		return i.client.TeamEvents(ctx, report, w, func(appliance.Event) error { return nil })
	default:
		return i.client.Events(ctx, report, w, func(appliance.Event) error { return nil })
	}
}
