package appliance

import (
	"context"
	"io"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance/xmlanswer"
)

// Member is one appliance of a failover pair or a cluster, as get_appliances tells of it
// (Programmer's Guide, "API Command: get_appliances"). Empty strings and nil stand for what
// was left out or cannot be read.
type Member struct {
	// ApplianceID is the GUID of the appliance.
	ApplianceID string

	// Name is its name.
	Name string

	// PublicHostname is the name under which the public reaches it.
	PublicHostname string

	// ClusterRole is single, master or traffic, or what the vendor has not documented.
	ClusterRole string

	// FailoverRole is none, primary or backup, or what the vendor has not documented.
	FailoverRole string

	// AcceptingConnections says whether new clients may connect to it.
	AcceptingConnections *bool
}

// Appliances asks for all appliances of the pair or the cluster. The account needs read-only
// access to the command API. The slice is the caller's; errors are of type *Error.
func (c *Client) Appliances(ctx context.Context) ([]Member, error) {
	var answer []Member
	err := c.command(ctx, "get_appliances", nil, func(r io.Reader, _ time.Time) (namespace string, err error) {
		answer, namespace, err = readMembers(r)
		return namespace, err
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

func readMembers(r io.Reader) ([]Member, string, error) {
	var members []Member
	namespace, err := xmlanswer.Read(r, []string{"appliances", "get_appliances"}, func(d *xmlanswer.Document, e xmlanswer.Element) (bool, error) {
		if e.Name != "appliance" {
			return false, nil
		}
		m := Member{ApplianceID: e.Attr("id")}
		err := d.Each(func(e xmlanswer.Element) error {
			text, err := d.Text()
			switch e.Name {
			case "name":
				m.Name = text
			case "public_hostname":
				m.PublicHostname = text
			case "cluster_role":
				m.ClusterRole = text
			case "failover_role":
				m.FailoverRole = text
			case "accepting_connections":
				m.AcceptingConnections = xmlanswer.Flag(text)
			}
			return err
		})
		members = append(members, m)
		return true, err
	})
	if err != nil {
		return nil, namespace, err
	}
	return members, namespace, nil
}
