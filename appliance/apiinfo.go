package appliance

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance/xmlanswer"
)

// APIInfo is the answer to get_api_info (Programmer's Guide, "API Command: get_api_info").
type APIInfo struct {
	// Version is the version of the API, such as 1.19.0; empty where it was left out.
	Version string

	// CompanyName is the company's API name; newer versions leave it out.
	CompanyName string

	// Timestamp is the appliance's clock when it answered, in whole seconds; the zero time
	// where it was left out.
	Timestamp time.Time

	// Answered is when it gave that answer by the exporter's clock, the middle of the request,
	// with the reading of the monotonic clock: what has passed since is what has passed on
	// the appliance, whatever becomes of the exporter's clock.
	Answered time.Time

	// ClockSkew is Timestamp less Answered, good to a second; nil where there is no Timestamp.
	ClockSkew *time.Duration

	// Permissions are those of the API account. The slice is the caller's.
	Permissions []Permission
}

// Permission is what an API account may do with one API.
type Permission struct {
	// Name is the vendor's, such as perm_command.
	Name string

	// Access is 1 or 0, or full_access, read_only or deny for perm_command.
	Access string
}

// APIInfo asks for the version of the API and what the account may do. The account needs
// read-only access to the command API. Errors are of type *Error.
func (c *Client) APIInfo(ctx context.Context) (APIInfo, error) {
	var answer APIInfo
	err := c.command(ctx, "get_api_info", nil, func(r io.Reader, at time.Time) (namespace string, err error) {
		answer, namespace, err = readAPIInfo(r)
		answer.Answered = at
		if !answer.Timestamp.IsZero() {
			skew := answer.Timestamp.Sub(at)
			answer.ClockSkew = &skew
		}
		return namespace, err
	})
	if err != nil {
		return APIInfo{}, err
	}
	c.learnProductOfPermissions(productOfPermissions(answer.Permissions))
	return answer, nil
}

func readAPIInfo(r io.Reader) (APIInfo, string, error) {
	var info APIInfo
	namespace, err := xmlanswer.Read(r, []string{"api_information", "get_api_info"}, func(d *xmlanswer.Document, e xmlanswer.Element) (bool, error) {
		if e.Name == "permissions" {
			return true, d.Each(func(e xmlanswer.Element) error {
				access, err := d.Text()
				// An attribute has the name, recorded answers say; the documents name
				// the element itself so.
				name := e.Attr("name")
				if name == "" && strings.HasPrefix(e.Name, "perm_") {
					name = e.Name
				}
				if name != "" {
					info.Permissions = append(info.Permissions, Permission{Name: name, Access: access})
				}
				return err
			})
		}
		text, err := d.Text()
		if err != nil {
			return false, err
		}
		switch e.Name {
		case "api_version":
			info.Version = text
		case "company_name":
			info.CompanyName = text
		case "timestamp":
			info.Timestamp = e.Time(text)
		default:
			return false, nil
		}
		return true, nil
	})
	if err != nil {
		return APIInfo{}, namespace, err
	}
	return info, namespace, nil
}
