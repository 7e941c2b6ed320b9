package appliance

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance/xmlanswer"
)

// ClientCount is how many clients of one type are connected to one appliance, as the summary of
// get_connected_client_list tells (Programmer's Guide, "API Command: get_connected_client_list").
type ClientCount struct {
	// ApplianceID is the GUID of the appliance; empty where it was left out.
	ApplianceID string

	// Type is representative, support_customer, presentation_attendee, push_agent or
	// pinned_client, or what the vendor has not documented.
	Type string

	// Count is how many there are.
	Count uint64
}

// ClientSummary asks how many clients are connected to each appliance of a cluster. A count
// that cannot be read is left out; two for the same appliance and type are both given. The
// account needs read-only access to the command API. The slice is the caller's; errors are of
// type *Error.
func (c *Client) ClientSummary(ctx context.Context) ([]ClientCount, error) {
	var answer []ClientCount
	query := url.Values{"summary_only": {"1"}}
	err := c.command(ctx, "get_connected_client_list", query, func(r io.Reader, _ time.Time) (namespace string, err error) {
		answer, namespace, err = readClientSummary(r)
		return namespace, err
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// maxClientCounts bounds the counts of a summary. The clients themselves, which an appliance may
// list beside it, are passed over however many they are.
const maxClientCounts = 10_000

// readClientSummary reads the answer as it comes: there may be thousands of clients in it.
func readClientSummary(r io.Reader) ([]ClientCount, string, error) {
	var counts []ClientCount
	var summary func(d *xmlanswer.Document, e xmlanswer.Element, applianceID string) (bool, error)
	summary = func(d *xmlanswer.Document, e xmlanswer.Element, applianceID string) (bool, error) {
		switch e.Name {
		case "connected_client_summary", "appliance_summary":
			if id := e.Attr("id"); id != "" {
				applianceID = id
			}
			return true, d.Every(func(e xmlanswer.Element) error {
				_, err := summary(d, e, applianceID)
				return err
			})
		case "count":
			text, err := d.Text()
			if err != nil {
				return false, err
			}
			n, err := strconv.ParseUint(text, 10, 64)
			if err != nil {
				return true, nil
			}
			if len(counts) == maxClientCounts {
				return false, fmt.Errorf("it has more than %d counts", maxClientCounts)
			}
			counts = append(counts, ClientCount{ApplianceID: applianceID, Type: e.Attr("type"), Count: n})
			return true, nil
		default:
			return false, nil
		}
	}
	namespace, err := xmlanswer.ReadLong(r, []string{"connected_client_list", "get_connected_client_list"}, func(d *xmlanswer.Document, e xmlanswer.Element) (bool, error) {
		return summary(d, e, "")
	})
	if err != nil {
		return nil, namespace, err
	}
	return counts, namespace, nil
}
