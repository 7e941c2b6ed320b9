package appliance

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
)

// maxHeaderBytes bounds the header of an answer.
const maxHeaderBytes = 64 << 10

// newTransport returns a transport whose every request has a connection of its own, closed
// after it, as the vendor asks: "you must close the connection after each API call".
func newTransport(cert *certificate, proxy *url.URL) *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	t := &http.Transport{
		DialContext:            new(net.Dialer).DialContext,
		TLSClientConfig:        cert.config(),
		DisableKeepAlives:      true,
		Protocols:              protocols,
		MaxResponseHeaderBytes: maxHeaderBytes,
	}
	if proxy == nil {
		return t
	}
	t.Proxy, t.OnProxyConnectResponse = http.ProxyURL(proxy), refusedByProxy
	if proxy.Scheme == "https" {
		// The transport uses this for the connection to such a proxy, which has a
		// certificate and a name of its own; the authorities to trust are the same.
		t.DialTLSContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			dialer := tls.Dialer{Config: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: cert.options.RootCAs}}
			return dialer.DialContext(ctx, network, address)
		}
	}
	return t
}

// refuseRedirect keeps redirects from being followed: a token or a secret must not go where an
// answer says.
func refuseRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
