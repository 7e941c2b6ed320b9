package appliance

import (
	"context"
	"io"
	"maps"
	"net/url"
	"time"
)

// command asks the command API for an action. read takes in the answer and returns the
// namespace of its root; at is when the appliance gave it, as well as this side can know.
func (c *Client) command(ctx context.Context, action string, query url.Values, read func(r io.Reader, at time.Time) (string, error)) error {
	parameters := url.Values{"action": {action}}
	maps.Copy(parameters, query)
	return c.call(ctx, request{
		api: apiCommand, action: action,
		path: "/api/command", query: parameters,
		limit: maxCommandBody,
		read: func(r io.Reader, at time.Time) error {
			namespace, err := read(r, at)
			if err == nil {
				c.learnProduct(productOf(namespace))
			}
			return err
		},
	})
}
