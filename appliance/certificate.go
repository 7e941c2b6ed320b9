package appliance

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"sync"
	"time"
)

// certificate verifies what the appliance shows in each handshake, and remembers until when
// that is good. The standard library tells a hook about a certificate only once it was found
// to be valid, but an operator needs to see the end of one that is not; so verification is
// done here, in the hook that is called in either case.
type certificate struct {
	options TLSOptions
	name    string

	mu       sync.Mutex
	notAfter time.Time
}

// newCertificate makes the verification for an appliance that is reached as host.
func newCertificate(host string, options TLSOptions) *certificate {
	name := options.ServerName
	if name == "" {
		name = host
	}
	return &certificate{options: options, name: name}
}

// config returns a TLS configuration that verifies through c.
func (c *certificate) config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		ServerName: c.name,
		// Not off: VerifyConnection does it, on each connection, and ends those that fail.
		InsecureSkipVerify: true, //nolint:gosec // See above.
		VerifyConnection:   c.verify,
	}
}

// verify does what the standard library does for a client: the chain must lead to a trusted
// authority, be valid now, be meant for servers, and the leaf must carry the name.
func (c *certificate) verify(state tls.ConnectionState) error {
	if len(state.PeerCertificates) == 0 {
		return errors.New("tls: the appliance showed no certificate")
	}
	leaf := state.PeerCertificates[0]
	if c.options.InsecureSkipVerify {
		c.remember(leaf.NotAfter)
		return nil
	}
	intermediates := x509.NewCertPool()
	for _, cert := range state.PeerCertificates[1:] {
		intermediates.AddCert(cert)
	}
	chains, err := leaf.Verify(x509.VerifyOptions{
		Roots:         c.options.RootCAs,
		Intermediates: intermediates,
		DNSName:       c.name,
	})
	if err != nil {
		c.remember(leaf.NotAfter)
		return &tls.CertificateVerificationError{UnverifiedCertificates: state.PeerCertificates, Err: err}
	}
	c.remember(longestEnd(chains))
	return nil
}

// longestEnd returns the end of the chain that lasts longest. A chain ends when the first of
// its certificates does.
func longestEnd(chains [][]*x509.Certificate) time.Time {
	var longest time.Time
	for _, chain := range chains {
		var end time.Time
		for _, cert := range chain {
			if end.IsZero() || cert.NotAfter.Before(end) {
				end = cert.NotAfter
			}
		}
		if end.After(longest) {
			longest = end
		}
	}
	return longest
}

func (c *certificate) remember(notAfter time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.notAfter = notAfter
}

// end returns what the newest handshake showed; ok is false before the first.
func (c *certificate) end() (notAfter time.Time, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.notAfter, !c.notAfter.IsZero()
}
