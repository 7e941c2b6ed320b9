package appliance

import (
	"context"
	"errors"
	"io"
	"net/url"
	"strconv"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance/xmlanswer"
)

const (
	apiReporting = "reporting"

	// maxReportBody is how much of a report is read.
	maxReportBody = 256 << 20
)

// Selection is the time of a thing that a report looks at to select it.
type Selection string

const (
	// ByStart selects what began, or happened, in the window, and sessions that are still
	// open among it.
	ByStart Selection = "start_time"

	// ByEnd selects what ended in the window.
	ByEnd Selection = "end_time"
)

// Window is the span of time that a report is asked for, by the appliance's clock, in whole
// seconds. Whether an appliance takes the end itself into it is not documented: be ready for
// either.
type Window struct {
	By       Selection
	From     time.Time
	Duration time.Duration // at least a second; 0 would mean "to present"
}

// query returns the window as the reporting API wants it.
func (w Window) query() url.Values {
	seconds := max(int64(w.Duration/time.Second), 1)
	return url.Values{
		string(w.By): {strconv.FormatInt(w.From.Unix(), 10)},
		"duration":   {strconv.FormatInt(seconds, 10)},
	}
}

// report asks the reporting API for a report and reads it as it comes, so that its size does
// not matter. roots are the names that its root may have, and child takes each element below
// it (xmlanswer.ReadLong says how). Only the context bounds its time.
func (c *Client) report(ctx context.Context, name string, query url.Values, roots []string, child xmlanswer.Child) error {
	query.Set("generate_report", name)
	begun := false
	err := c.call(ctx, request{
		api: apiReporting, action: name,
		path: "/api/reporting", query: query,
		limit: maxReportBody, unhurried: true,
		read: func(body io.Reader, _ time.Time) error {
			namespace, err := xmlanswer.ReadLong(body, roots, func(d *xmlanswer.Document, e xmlanswer.Element) (bool, error) {
				known, err := child(d, e)
				begun = begun || known
				return known, err
			})
			if err == nil {
				c.learnProduct(productOf(namespace))
			}
			return err
		},
	})
	if failure, ok := errors.AsType[*Error](err); ok && begun {
		failure.Remedy = begunRemedy(failure)
	}
	return err
}

// begunRemedy says what to do about a report that began as the one that was asked for: then it is
// no other site's.
func begunRemedy(e *Error) string {
	switch e.Kind {
	case KindMalformed:
		return "it began as the report that was asked for: see whether something in between cuts it, else tell the makers of the exporter this line and which version the appliance runs"
	case KindTooLarge:
		return "it is tried over a shorter time"
	default:
		return e.Remedy
	}
}
