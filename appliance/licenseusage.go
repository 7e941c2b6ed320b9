package appliance

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance/xmlanswer"
)

// LicenseReport is the vendor's name of the report on licences.
const LicenseReport = "LicenseUsage"

// totalLicenses is the reason of a count that names none.
const totalLicenses = "total"

// LicensePeak is what the appliance logged of the licences in use at one time, which it does
// where at least 90 % of them are ("XML Response for LicenseUsage Query").
type LicensePeak struct {
	// Time is when it was logged, by the appliance's clock.
	Time time.Time

	// Counts are the licences in use by type and reason.
	Counts []LicenseCount
}

// LicenseCount is a number of licences in use.
type LicenseCount struct {
	// Type is the type of licence.
	Type string

	// Reason is login, extended_contact, or total where the appliance gives none, or what
	// the vendor has not documented.
	Reason string

	// Count is how many there were.
	Count uint64
}

// LicensePeak asks for the newest interval, grouped by hour, that the appliance logged since a
// time; found is false where it logged none. The account needs access to the licence usage
// reports. The slice is the caller's; errors are of type *Error.
func (c *Client) LicensePeak(ctx context.Context, since time.Time) (newest LicensePeak, found bool, err error) {
	query := url.Values{
		"start_time": {strconv.FormatInt(since.Unix(), 10)},
		"duration":   {"0"}, // to present
		"group_by":   {"hour"},
	}
	read := peakReader(&newest)
	if err := c.report(ctx, LicenseReport, query, []string{"license_usage"}, read); err != nil {
		return LicensePeak{}, false, err
	}
	return newest, !newest.Time.IsZero(), nil
}

// peakReader keeps the newest interval. Those without a time cannot be told from old ones.
func peakReader(newest *LicensePeak) xmlanswer.Child {
	return func(d *xmlanswer.Document, e xmlanswer.Element) (bool, error) {
		if e.Name != "license_time_intervals" {
			return false, nil
		}
		return true, d.Every(func(e xmlanswer.Element) error {
			if e.Name != "license_time_interval" {
				return nil
			}
			peak := LicensePeak{Time: e.Time(e.Attr("datetime"))}
			err := d.Each(func(e xmlanswer.Element) error {
				text, err := d.Text()
				if e.Name != "license_count" || err != nil {
					return err
				}
				n, err := strconv.ParseUint(text, 10, 64)
				if err != nil {
					return nil // A count that is none is left out.
				}
				reason := e.Attr("reason")
				if reason == "" {
					reason = totalLicenses
				}
				peak.Counts = append(peak.Counts, LicenseCount{Type: e.Attr("license_type"), Reason: reason, Count: n})
				return nil
			})
			if !peak.Time.IsZero() && !peak.Time.Before(newest.Time) {
				*newest = peak
			}
			return err
		})
	}
}
