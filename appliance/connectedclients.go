package appliance

import (
	"context"
	"io"
	"net/url"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance/xmlanswer"
)

// maxLicenseTypes bounds the types of licence that are told apart.
const maxLicenseTypes = 10_000

// LicensesInUse asks for all representatives that are connected now and returns how many use
// each type of licence, their support_license (Programmer's Guide, "API Command:
// get_connected_clients"). The type is empty for those of whom the appliance does not say.
// What a representative in extended availability holds is not among it: such a one is not
// connected. The account needs read-only access to the command API. The map is the caller's;
// errors are of type *Error.
func (c *Client) LicensesInUse(ctx context.Context) (map[string]uint64, error) {
	var answer map[string]uint64
	query := url.Values{"type": {"representative"}}
	err := c.command(ctx, "get_connected_clients", query, func(r io.Reader, _ time.Time) (namespace string, err error) {
		answer, namespace, err = readLicensesInUse(r)
		return namespace, err
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// readLicensesInUse reads the answer as it comes: there may be thousands of representatives.
func readLicensesInUse(r io.Reader) (map[string]uint64, string, error) {
	counts := make(map[string]uint64)
	namespace, err := xmlanswer.ReadLong(r, []string{"connected_clients", "get_connected_clients"}, func(d *xmlanswer.Document, e xmlanswer.Element) (bool, error) {
		if e.Name != "connected_representative" {
			return false, nil
		}
		license := ""
		err := d.Every(func(e xmlanswer.Element) error {
			if e.Name != "support_license" {
				return nil
			}
			text, err := d.Text()
			license = known(text)
			return err
		})
		if err == nil && (len(counts) < maxLicenseTypes || counts[license] > 0) {
			counts[license]++
		}
		return true, err
	})
	if err != nil {
		return nil, namespace, err
	}
	return counts, namespace, nil
}
