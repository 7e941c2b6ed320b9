package statesub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/coder/websocket"
)

// The documents ask for the sub-protocol to be sent URL-encoded; a client in
// production sends it as it is.
const (
	subprotocolEncoded = "ingredi%20state%20api"
	subprotocolRaw     = "ingredi state api"
)

// refusal is the answer of a server that does not upgrade the connection, or
// not to anything of use.
type refusal struct {
	status int    // the HTTP status
	echo   string // the sub-protocol answered, where that is the trouble
	err    error
}

func (r *refusal) Error() string {
	switch {
	case r.status != http.StatusSwitchingProtocols:
		return fmt.Sprintf("the appliance refused the real-time state API with HTTP status %d", r.status)
	case r.echo != "":
		return fmt.Sprintf("the server speaks the sub-protocol %q and not %q", r.echo, subprotocolRaw)
	default:
		return fmt.Sprintf("the server's upgrade to a WebSocket is invalid: %v", r.err)
	}
}

// advice says what a person can do.
func (r *refusal) advice() string {
	switch {
	case r.status != http.StatusSwitchingProtocols:
		return "a backup does so until it takes the primary role; if this is a primary, check that the URL is that of a Remote Support site and that a proxy or load balancer in between lets WebSockets through"
	case r.echo != "":
		return "check that the URL is that of a Remote Support site"
	default:
		return "check that no proxy stands in between"
	}
}

func (r *refusal) Unwrap() error { return r.err }

// forSubprotocol tells whether the other spelling may do better. A 503 is what a
// backup answers; a server that does not know a sub-protocol may answer any
// other status.
func (r *refusal) forSubprotocol() bool {
	return r.status >= http.StatusBadRequest && r.status != http.StatusServiceUnavailable || r.echo != ""
}

// hangUp is the end of a connection on which the upgrade was not answered.
type hangUp struct{ error }

func (h hangUp) Unwrap() error { return h.error }

// dialer opens connections to the real-time state API of one appliance.
type dialer struct {
	url       string
	client    *http.Client
	transport http.RoundTripper
	own       *http.Transport // the dialer's own copy, nil where it could not make one
	offer     string          // the spelling to try first: the one that worked last
}

func newDialer(cfg *Config) *dialer {
	d := &dialer{url: endpoint(cfg.URL), offer: subprotocolEncoded, client: cfg.HTTPClient, transport: cfg.HTTPClient.Transport}
	if known, ok := d.transport.(*http.Transport); ok {
		d.own = withSockets(known)
		d.transport = d.own
	}
	return d
}

// endpoint returns the address of the real-time state API.
func endpoint(appliance *url.URL) string {
	u := appliance.JoinPath("nw")
	u.RawQuery, u.Fragment = "", ""
	return u.String()
}

// close lets go of what the dialer holds.
func (d *dialer) close() {
	if d.own != nil {
		d.own.CloseIdleConnections()
	}
}

// dial opens a connection. Where the server refuses one spelling of the
// sub-protocol, or hangs up on it, the other is tried, once, and the one that
// worked is remembered. The error wraps a *refusal where the server answered.
// The caller closes the connection.
func (d *dialer) dial(ctx context.Context) (*websocket.Conn, *wire, error) {
	ws, w, err := d.upgrade(ctx, d.offer)
	refused, answered := errors.AsType[*refusal](err)
	_, hungUp := errors.AsType[hangUp](err)
	if !hungUp && (!answered || !refused.forSubprotocol()) {
		return ws, w, err
	}
	other := subprotocolRaw
	if d.offer == subprotocolRaw {
		other = subprotocolEncoded
	}
	ws, w, second := d.upgrade(ctx, other)
	if second != nil {
		return nil, nil, err
	}
	d.offer = other
	return ws, w, nil
}

func (d *dialer) upgrade(ctx context.Context, subprotocol string) (*websocket.Conn, *wire, error) {
	ctx, cancel := context.WithTimeout(ctx, stepTimeout)
	defer cancel()
	u := &upgrader{next: d.transport, offered: subprotocol}
	client := *d.client
	client.Transport = u
	// A redirect is a refusal: the token is for this appliance alone.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	ws, _, err := websocket.Dial(ctx, d.url, &websocket.DialOptions{
		HTTPClient:   &client,
		Subprotocols: []string{subprotocol},
	})
	switch {
	case err == nil:
		ws.SetReadLimit(-1) // the assembler has a limit, over all frames of a message
		return ws, u.wire, nil
	case u.status != 0:
		return nil, nil, &refusal{status: u.status, echo: u.echo, err: err}
	}
	err = fmt.Errorf("connecting to %s: %w", d.url, err)
	if u.connected && ctx.Err() == nil {
		err = hangUp{err}
	}
	return nil, nil, err
}

// upgrader is a transport for one upgrade. It takes each of the three echoes
// of the sub-protocol that a server may send (encoded, decoded, none), of which
// the websocket package knows one, and keeps the connection within reach.
type upgrader struct {
	next    http.RoundTripper
	offered string

	connected bool // and any encryption agreed on
	status    int
	echo      string // the sub-protocol answered, if it is another
	wire      *wire
}

func (u *upgrader) RoundTrip(req *http.Request) (*http.Response, error) {
	var below *socket
	resp, err := u.next.RoundTrip(req.WithContext(noteSocket(req.Context(), func(s *socket) { u.connected, below = true, s })))
	if err != nil {
		return nil, err
	}
	u.status = resp.StatusCode
	if resp.StatusCode != http.StatusSwitchingProtocols {
		return resp, nil
	}
	const header = "Sec-WebSocket-Protocol"
	if echo := strings.Join(resp.Header.Values(header), ", "); echo != "" {
		if strings.EqualFold(echo, subprotocolEncoded) || strings.EqualFold(echo, subprotocolRaw) {
			resp.Header.Set(header, u.offered)
		} else {
			u.echo = echo
		}
	}
	if stream, ok := resp.Body.(io.ReadWriteCloser); ok {
		u.wire = newWire(stream, below)
		resp.Body = u.wire
	}
	return resp, nil
}
