package appliance

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance/xmlanswer"
)

// transportError turns what the HTTP client, or the reading of an answer, failed with into an
// Error of kind network, timeout, canceled, TLS or too large.
func transportError(err error) *Error {
	if outer, ok := errors.AsType[*url.Error](err); ok {
		// Its text would repeat the address, query and all.
		err = outer.Err
	}
	timeout, isTimeout := errors.AsType[net.Error](err)
	switch {
	case errors.Is(err, errTooLarge):
		return &Error{Kind: KindTooLarge, Err: err}
	case errors.Is(err, context.Canceled):
		return &Error{Kind: KindCanceled, Err: err}
	case errors.Is(err, context.DeadlineExceeded), isTimeout && timeout.Timeout():
		return &Error{Kind: KindTimeout, Err: err}
	case fromTLS(err):
		return &Error{Kind: KindTLS, Err: err}
	default:
		return &Error{Kind: KindNetwork, Err: err}
	}
}

// fromTLS reports whether a handshake failed, or what came instead of one.
func fromTLS(err error) bool {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	_, authority := errors.AsType[x509.UnknownAuthorityError](err)
	_, name := errors.AsType[x509.HostnameError](err)
	_, invalid := errors.AsType[x509.CertificateInvalidError](err)
	_, alert := errors.AsType[tls.AlertError](err)
	_, noTLS := errors.AsType[tls.RecordHeaderError](err)
	return authority || name || invalid || alert || noTLS || errors.Is(err, http.ErrSchemeMismatch) ||
		strings.HasPrefix(err.Error(), "tls: ") || strings.HasPrefix(err.Error(), "remote error: tls: ")
}

// proxyRefusal is the answer of a proxy that does not open the way to the appliance.
type proxyRefusal struct {
	proxy  string // its host and port
	status string // 407 Proxy Authentication Required
}

// Error tells who refused, which the HTTP client's own words leave out.
func (r *proxyRefusal) Error() string {
	return fmt.Sprintf("the proxy %s answered CONNECT with HTTP status %s", r.proxy, xmlanswer.Cut(r.status, maxErrorText))
}

// refusedByProxy tells the transport what to make of a proxy's answer.
func refusedByProxy(_ context.Context, proxy *url.URL, _ *http.Request, answer *http.Response) error {
	if answer.StatusCode == statusOK {
		return nil
	}
	return &proxyRefusal{proxy: proxy.Host, status: answer.Status}
}

// beforeProxy reports whether the connection to the proxy itself failed.
func beforeProxy(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "proxyconnect"
}
