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
	"syscall"
)

// remedyPermission says which box of the API account grants an API. The names are those of
// /login > Management > API Configuration.
func remedyPermission(api, action string) string {
	const where = " for the API account in /login > Management > API Configuration"
	switch api {
	case apiCommand:
		return "tick Command API: Read-Only Access" + where
	case apiToken:
		return "enable the XML API and the API account in /login > Management > API Configuration"
	default:
		return fmt.Sprintf("allow access to %s%s", action, where)
	}
}

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
		return &Error{
			Kind: KindTimeout, Err: err,
			Remedy: "see whether the appliance is slow or a firewall drops the connection; --appliance.timeout allows more time",
		}
	}
	if remedy, ok := tlsRemedy(err); ok {
		return &Error{Kind: KindTLS, Err: err, Remedy: remedy}
	}
	return &Error{Kind: KindNetwork, Err: err, Remedy: networkRemedy(err)}
}

// networkRemedy says what to look at where no connection came about or it was cut.
func networkRemedy(err error) string {
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return "check the host name in --appliance.url and the name servers of this machine"
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		return "nothing listens there: check the host and port in --appliance.url, and whether the appliance is up"
	}
	return "check the network on the way and whether the appliance is up"
}

// tlsRemedy says what to do about a failed handshake, and whether err is one.
func tlsRemedy(err error) (string, bool) {
	if unknown, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		issuer := "an unknown authority"
		if unknown.Cert != nil {
			issuer = fmt.Sprintf("%q", cut(unknown.Cert.Issuer.String(), maxErrorText))
		}
		return "the certificate was issued by " + issuer + ": give that authority's certificate with --appliance.ca-file", true
	}
	if wrong, ok := errors.AsType[x509.HostnameError](err); ok {
		names := append([]string(nil), wrong.Certificate.DNSNames...)
		for _, ip := range wrong.Certificate.IPAddresses {
			names = append(names, ip.String())
		}
		return fmt.Sprintf("the certificate is for %q: use that name in --appliance.url, or name it as tls_config.server_name",
			cut(strings.Join(names, ", "), maxErrorText)), true
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		if invalid.Reason == x509.Expired && invalid.Cert != nil {
			return fmt.Sprintf("the certificate of %q is valid from %s to %s: renew it on the appliance, or set the clock of this machine",
				cut(invalid.Cert.Subject.String(), maxErrorText),
				invalid.Cert.NotBefore.UTC().Format("2006-01-02"), invalid.Cert.NotAfter.UTC().Format("2006-01-02")), true
		}
		return "replace the certificate on the appliance", true
	}
	if errors.Is(err, http.ErrSchemeMismatch) {
		return "something answers there without TLS: check the port in --appliance.url", true
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "replace the certificate on the appliance, or give the authority's with --appliance.ca-file", true
	}
	_, alert := errors.AsType[tls.AlertError](err)
	_, noTLS := errors.AsType[tls.RecordHeaderError](err)
	if alert || noTLS || strings.HasPrefix(err.Error(), "tls: ") || strings.HasPrefix(err.Error(), "remote error: tls: ") {
		return "TLS 1.2 or newer is needed: check the appliance's TLS settings and the port in --appliance.url", true
	}
	return "", false
}
