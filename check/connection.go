package check

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// connection is the first request to the appliance, the probe, watched as it goes: one request,
// made as each later one is, tells of the name, the connection and the certificate.
type connection struct {
	mu sync.Mutex // the hooks of a dial may be called after the request has ended

	host          string // that was looked up, "" where there was nothing to look up
	lookedUp      time.Time
	addresses     []string
	lookupTook    time.Duration
	connecting    time.Time
	connected     string // the address
	connectTook   time.Duration
	refused       []error
	handshaking   time.Time
	handshakeTook time.Duration
	handshaken    bool
	tls           tls.ConnectionState
	probeStatus   int
	probeErr      error
	probeTook     time.Duration
}

// connect makes the request.
func connect(ctx context.Context, client *appliance.Client) *connection {
	c := &connection{}
	start := time.Now()
	status, err := client.Probe(httptrace.WithClientTrace(ctx, c.trace()))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.probeStatus, c.probeErr, c.probeTook = status, err, time.Since(start)
	return c
}

// trace returns the hooks that write down what happens.
func (c *connection) trace() *httptrace.ClientTrace {
	note := func(f func(now time.Time)) {
		c.mu.Lock()
		defer c.mu.Unlock()
		f(time.Now())
	}
	return &httptrace.ClientTrace{
		DNSStart: func(info httptrace.DNSStartInfo) {
			note(func(now time.Time) { c.host, c.lookedUp = info.Host, now })
		},
		DNSDone: func(info httptrace.DNSDoneInfo) {
			note(func(now time.Time) {
				c.lookupTook = now.Sub(c.lookedUp)
				for _, a := range info.Addrs {
					c.addresses = append(c.addresses, a.String())
				}
			})
		},
		ConnectStart: func(string, string) {
			note(func(now time.Time) {
				if c.connecting.IsZero() {
					c.connecting = now
				}
			})
		},
		ConnectDone: func(_, address string, err error) {
			note(func(now time.Time) {
				switch {
				case err == nil && c.connected == "":
					c.connected, c.connectTook = address, now.Sub(c.connecting)
				case err != nil && !errors.Is(err, context.Canceled):
					c.refused = append(c.refused, err)
				}
			})
		},
		TLSHandshakeStart: func() { note(func(now time.Time) { c.handshaking = now }) },
		TLSHandshakeDone: func(state tls.ConnectionState, err error) {
			note(func(now time.Time) {
				c.handshaken, c.tls, c.handshakeTook = err == nil, state, now.Sub(c.handshaking)
			})
		},
	}
}

// dns tells what the name of the host stands for. It makes the first request.
func (i *inspection) dns(ctx context.Context) Step {
	i.connection = connect(ctx, i.client)
	c := i.connection
	c.mu.Lock()
	defer c.mu.Unlock()
	address, proxy := i.address()
	tried := "look up " + i.appliance.Client.URL.Hostname()
	if proxy != nil {
		tried = "look up the proxy " + proxy.Hostname()
	}
	switch {
	case c.probeErr != nil && c.connecting.IsZero():
		i.block(needConnection, "it is not known where to connect to")
		s := failed(tried, c.probeErr)
		s.Took = c.lookupTook
		return s
	case c.host == "":
		return Step{Status: OK, Tried: tried, Found: "an address by itself, nothing to look up" + resolves(proxy, address)}
	}
	slices.Sort(c.addresses)
	i.facts.Addresses = slices.Clone(c.addresses)
	return Step{Status: OK, Tried: tried, Found: strings.Join(c.addresses, ", ") + resolves(proxy, address), Took: c.lookupTook}
}

// resolves says who looks up the appliance where there is a proxy.
func resolves(proxy *url.URL, address string) string {
	if proxy == nil {
		return ""
	}
	return "; the proxy looks up " + address + " itself"
}

// address returns the appliance's host and port, and the proxy on the way, nil where there is
// none.
func (i *inspection) address() (address string, proxy *url.URL) {
	u := i.appliance.Client.URL
	port := u.Port()
	if port == "" {
		port = "443"
	}
	return net.JoinHostPort(u.Hostname(), port), i.appliance.Client.ProxyURL
}

// tcp tells whether there was a connection.
func (i *inspection) tcp(context.Context) Step {
	c := i.connection
	c.mu.Lock()
	defer c.mu.Unlock()
	address, proxy := i.address()
	tried := "connect to " + address
	if proxy != nil {
		tried += " through the proxy " + proxy.Scheme + "://" + proxy.Host
	}
	// A TLS handshake begins where the connection to the appliance itself is there, the proxy's
	// consent included.
	if c.handshaking.IsZero() && c.probeErr != nil {
		i.block(needConnection, "there is no connection")
		s := failed(tried, c.probeErr)
		s.Took = c.connectTook
		return s
	}
	found := "connected to " + c.connected
	if proxy != nil {
		found = "connected through " + c.connected
	}
	for _, err := range c.refused {
		found += fmt.Sprintf("; another address did not answer (%v)", err)
	}
	return Step{Status: OK, Tried: tried, Found: found, Took: c.connectTook}
}

// probe tells what the plain health check answered, which load balancers ask for.
func (i *inspection) probe(context.Context) Step {
	c := i.connection
	const tried = "GET /check_health without a token"
	switch {
	case c.probeErr != nil:
		return failed(tried, c.probeErr)
	case c.probeStatus == http.StatusOK:
		return Step{Status: OK, Tried: tried, Found: "HTTP status 200", Took: c.probeTook}
	case c.probeStatus == http.StatusInternalServerError:
		return Step{
			Status: Warning, Tried: tried, Found: "HTTP status 500, the appliance finds itself unwell", Took: c.probeTook,
			Remedy: "see the step health, and /login > Status on the appliance",
		}
	case c.probeStatus > http.StatusInternalServerError:
		return Step{
			Status: Failed, Tried: tried, Found: fmt.Sprintf("HTTP status %d", c.probeStatus), Took: c.probeTook,
			Remedy: "see whether the appliance is starting, being upgraded or overloaded, and try again in some minutes",
		}
	default:
		return Step{
			Status: Failed, Tried: tried, Found: fmt.Sprintf("HTTP status %d, where an appliance answers 200 or 500", c.probeStatus), Took: c.probeTook,
			Remedy: "check that " + i.client.Names().URL + " is the address of a BeyondTrust site",
		}
	}
}
