package reports

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// end takes note of how a poll ended, and tells the log where that is not how the last one did.
func (p *poller) end(err error, took time.Duration) {
	if err != nil {
		p.setOpen(nil) // What is not known any more is not shown.
	}
	p.mu.Lock()
	p.status.Polled = p.collector.exists(p.config.Client.Product())
	p.status.Success, p.status.Took = err == nil, took
	p.mu.Unlock()

	outcome, message := "", "Reading the reports again"
	switch {
	case err == nil:
	case errors.Is(err, errDenied):
		outcome = "denied"
		message = fmt.Sprintf("Cannot read the reports, the API account may not; they are tried again every ten minutes: "+
			"tick %s for it in /login > Management > API Configuration", appliance.ReportBox(p.firstReport()))
	default:
		outcome, message = "failed", "Cannot read the reports, the next poll catches up"
		if failure, ok := errors.AsType[*appliance.Error](err); ok {
			outcome = failure.Kind.Error()
		}
	}
	before := p.outcome
	p.outcome = outcome
	told := ""
	if err != nil {
		// Of several sources, in one line.
		told = strings.ReplaceAll(err.Error(), "\n", "; ")
	}
	switch {
	case outcome == "" && before != "":
		p.logger.Info(message)
	case outcome == "":
	case outcome != before:
		p.logger.Warn(message, "err", told)
	default:
		p.logger.Debug(message, "err", told)
	}
}

// firstReport is one of the reports of the collector; all of them need the same permission.
func (p *poller) firstReport() string {
	return p.collector.sources(p.config.Client.Product())[0].report
}

// tellEmpty tells the log once what the appliance says where nothing was found, in case it means
// something else.
func (p *poller) tellEmpty(report string, err error) {
	text := ""
	if failure, ok := errors.AsType[*appliance.Error](err); ok {
		text = failure.Text
	}
	if before, told := p.empty[report]; told && before == text {
		return
	}
	p.empty[report] = text
	p.logger.Info("Taking the report's <error> for an empty answer", "report", report, "text", text)
}

// tellOdd tells the log once for each report of a time that could not be read.
func (p *poller) tellOdd(report, odd string) {
	if odd == "" || p.odd[report] {
		return
	}
	p.odd[report] = true
	p.logger.Warn("Cannot read a time in the report: what it belongs to is counted by the window of time that the appliance found it in, without durations; "+
		"tell the makers of the exporter how it is written, and which version the appliance runs",
		"report", report, "written", odd)
}
