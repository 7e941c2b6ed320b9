package collector

import (
	"github.com/beyondtrust-exporter/beyondtrust_exporter/reports"
)

// reportTimes exports when each report was last read, for all collectors that
// live on reports: a metric can be in no more than one table.
type reportTimes struct {
	table table

	lastSuccess *metric
}

func newReportTimes() *reportTimes {
	c := new(reportTimes)
	c.lastSuccess = c.table.extreme("beyondtrust_report_last_success_timestamp_seconds",
		"When the report was last read whole, in Unix seconds by the exporter's clock; absent before the first time since the exporter started.",
		"report").fixed("report")
	return c
}

// page returns the metric as a closed page.
func (c *reportTimes) page(v reports.View) *page {
	p := c.table.page()
	for _, s := range v.LastSuccess {
		p.add(c.lastSuccess, unixSeconds(s.Time), s.Report)
	}
	return p
}
