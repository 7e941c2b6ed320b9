package appliance

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance/xmlanswer"
)

// Names is how the operator spells those settings of a Config that an error tells to look at:
// as flags, or as keys of a file. What is left out is told in words.
type Names struct {
	URL, Secret, CAFile, ServerName, InsecureSkipVerify, ProxyURL, Timeout, Product string
}

// withDefaults returns the names with words for those that were left out.
func (n Names) withDefaults() Names {
	return Names{
		URL:                cmp.Or(n.URL, "the appliance's URL"),
		Secret:             cmp.Or(n.Secret, "where the client secret is kept"),
		CAFile:             cmp.Or(n.CAFile, "the file of authorities"),
		ServerName:         cmp.Or(n.ServerName, "the server name"),
		InsecureSkipVerify: cmp.Or(n.InsecureSkipVerify, "what turns the verification off"),
		ProxyURL:           cmp.Or(n.ProxyURL, "the proxy's URL"),
		Timeout:            cmp.Or(n.Timeout, "the time limit of a request"),
		Product:            cmp.Or(n.Product, "the product"),
	}
}

const apiConfiguration = "in /login > Management > API Configuration"

// remedy says what a person can do about an error, "" where nobody knows.
func (c *Client) remedy(r request, e *Error) string {
	names := c.config.Names
	switch e.Kind {
	case KindSecret:
		return "check " + names.Secret + ", and that this process may read it"
	case KindCredentials:
		return "compare the client ID, and generate a new client secret, " + apiConfiguration + "; repeated failures lock the account"
	case KindPermission:
		return permissionRemedy(r)
	case KindMalformed, KindTooLarge:
		return "check that " + names.URL + " is the address of a BeyondTrust site"
	case KindRedirect:
		return "give the address that answers itself as " + names.URL + "; redirects are not followed, since the token would go along"
	case KindStatus:
		if e.Status == http.StatusNotFound {
			return "check that " + names.URL + " is the address of a BeyondTrust site and that Enable XML API is ticked " + apiConfiguration
		}
		if e.Status >= http.StatusInternalServerError {
			return "see whether the appliance is starting, being upgraded or overloaded"
		}
		return ""
	case KindTimeout:
		who := "the appliance is slow or a firewall drops the connection"
		if c.config.ProxyURL != nil {
			who = "the proxy " + c.config.ProxyURL.Host + " or the appliance is slow, or a firewall drops the connection"
		}
		if r.unhurried {
			// The time limit of a request is not what ended it.
			return "see whether " + who
		}
		return "see whether " + who + "; " + names.Timeout + " allows more time"
	case KindRateLimited:
		return "where it comes again, other programs use the API account: make one for the exporter alone"
	case KindTLS, KindNetwork:
		if c.config.ProxyURL != nil {
			if remedy := c.proxyRemedy(e.Err); remedy != "" {
				return remedy
			}
		}
		if e.Kind == KindTLS {
			return names.tlsRemedy(e.Err)
		}
		return names.networkRemedy(e.Err)
	default:
		return ""
	}
}

// tokensRemedy goes before permissionRemedy where what is refused was allowed before.
const tokensRemedy = "it was allowed before, so the appliance may just not take tokens for a while, and a new one is tried every few minutes; if it stays so, "

// permissionRemedy says which box of the API account grants what was asked for. The names are
// those of /login > Management > API Configuration.
func permissionRemedy(r request) string {
	const account = " for the API account " + apiConfiguration
	switch r.api {
	case apiCommand:
		return "tick Command API: Read-Only Access" + account
	case apiReporting:
		return "tick " + ReportBox(r.action) + account
	default:
		return "enable the XML API and the API account " + apiConfiguration
	}
}

// proxyRemedy says what to do about the proxy, "" where it is not to blame.
func (c *Client) proxyRemedy(err error) string {
	names, proxy := c.config.Names, c.config.ProxyURL.Host
	if _, refused := errors.AsType[*proxyRefusal](err); refused {
		return fmt.Sprintf("see whether the proxy allows CONNECT to %s, wants a user name and password in %s, and can reach the appliance itself", c.address(), names.ProxyURL)
	}
	if !beforeProxy(err) {
		return ""
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return fmt.Sprintf("check the host name in %s and the name servers of this machine", names.ProxyURL)
	}
	if fromTLS(err) {
		return fmt.Sprintf("there is no trusted TLS connection to the proxy %s: see whether it speaks TLS at that port, check %s, and give the authority of its certificate with %s", proxy, names.ProxyURL, names.CAFile)
	}
	return fmt.Sprintf("the proxy %s does not answer: check %s, and whether the proxy is up", proxy, names.ProxyURL)
}

// address returns the appliance's host and port, as a proxy is asked for it.
func (c *Client) address() string {
	return net.JoinHostPort(c.config.URL.Hostname(), cmp.Or(c.config.URL.Port(), "443"))
}

// networkRemedy says what to look at where no connection came about or it was cut.
func (n Names) networkRemedy(err error) string {
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return "check the host name in " + n.URL + " and the name servers of this machine"
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		return "nothing listens there: check the host and port in " + n.URL + ", and whether the appliance is up"
	}
	return "check the network on the way and whether the appliance is up"
}

// tlsRemedy says what to do about a failed handshake.
func (n Names) tlsRemedy(err error) string {
	if unknown, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		issuer := "an unknown authority"
		if unknown.Cert != nil {
			issuer = fmt.Sprintf("%q", xmlanswer.Cut(unknown.Cert.Issuer.String(), maxErrorText))
		}
		return "the certificate was issued by " + issuer + ": give that authority's certificate with " + n.CAFile
	}
	if wrong, ok := errors.AsType[x509.HostnameError](err); ok {
		hosts := append([]string(nil), wrong.Certificate.DNSNames...)
		for _, ip := range wrong.Certificate.IPAddresses {
			hosts = append(hosts, ip.String())
		}
		return fmt.Sprintf("the certificate is for %q: use that name in %s, or name it as %s",
			xmlanswer.Cut(strings.Join(hosts, ", "), maxErrorText), n.URL, n.ServerName)
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		if invalid.Reason == x509.Expired && invalid.Cert != nil {
			return fmt.Sprintf("the certificate of %q is valid from %s to %s: renew it on the appliance, or set the clock of this machine",
				xmlanswer.Cut(invalid.Cert.Subject.String(), maxErrorText),
				invalid.Cert.NotBefore.UTC().Format("2006-01-02"), invalid.Cert.NotAfter.UTC().Format("2006-01-02"))
		}
		return "replace the certificate on the appliance"
	}
	_, noTLS := errors.AsType[tls.RecordHeaderError](err)
	if noTLS || errors.Is(err, http.ErrSchemeMismatch) {
		return "something answers there without TLS: check the port in " + n.URL
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "replace the certificate on the appliance, or give the authority's with " + n.CAFile
	}
	return "TLS 1.2 or newer is needed: check the appliance's TLS settings and the port in " + n.URL
}
