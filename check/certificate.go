package check

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"
)

// fewDays is how long before its end a certificate is warned of.
const fewDays = 30 * 24 * time.Hour

// tls tells of the handshake and of the certificate, whether or not it was trusted.
func (i *inspection) tls(context.Context) Step {
	c := i.connection
	c.mu.Lock()
	defer c.mu.Unlock()
	name := i.appliance.Client.TLS.ServerName
	if name == "" {
		name = i.appliance.Client.URL.Hostname()
	}
	tried := "TLS with " + name
	if !c.handshaken {
		i.block(needConnection, "there is no trusted connection")
		s := failed(tried, c.probeErr)
		s.Took = c.handshakeTook
		if wrong, ok := errors.AsType[*tls.CertificateVerificationError](c.probeErr); ok && len(wrong.UnverifiedCertificates) > 0 {
			s.Found += "; it is " + i.describe(wrong.UnverifiedCertificates[0], time.Now())
		}
		return s
	}
	if len(c.tls.PeerCertificates) == 0 {
		return Step{Status: OK, Tried: tried, Found: tls.VersionName(c.tls.Version), Took: c.handshakeTook}
	}
	now := time.Now()
	s := Step{Status: OK, Tried: tried, Took: c.handshakeTook}
	s.Found = tls.VersionName(c.tls.Version) + ", " + i.describe(c.tls.PeerCertificates[0], now)
	switch left := i.facts.CertificateNotAfter.Sub(now); {
	case i.appliance.Client.TLS.InsecureSkipVerify:
		s.Status = Warning
		s.Found += "; it is not verified, so that anybody on the way can read the client secret"
		s.Remedy = "give the authority's certificate with " + i.client.Names().CAFile + " and leave " + i.client.Names().InsecureSkipVerify + " out"
	case left < fewDays:
		s.Status = Warning
		s.Remedy = "renew the certificate on the appliance before then, or the exporter cannot connect any more, and nor can others"
	}
	return s
}

// describe tells of the certificate that the appliance showed, and takes its facts.
func (i *inspection) describe(leaf *x509.Certificate, now time.Time) string {
	end, ok := i.client.Certificate()
	if !ok {
		end = leaf.NotAfter
	}
	i.facts.CertificateIssuer = printable(leaf.Issuer.String())
	i.facts.CertificateSubject = printable(leaf.Subject.String())
	i.facts.CertificateNotAfter = end
	text := fmt.Sprintf("the certificate of %s, issued by %s, which ends on %s, %s",
		short(leaf.Subject.String()), short(leaf.Issuer.String()), day(end), remaining(end.Sub(now)))
	if day(end) != day(leaf.NotAfter) {
		text += fmt.Sprintf(" (with its chain; the certificate itself on %s)", day(leaf.NotAfter))
	}
	return text
}

// short keeps a name in a line with others.
func short(name string) string {
	const most = 150
	if runes := []rune(name); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	if name == "" {
		return "nobody"
	}
	return name
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// remaining says in days how far off something is.
func remaining(left time.Duration) string {
	days := int(left.Abs() / (24 * time.Hour))
	unit := "days"
	if days == 1 {
		unit = "day"
	}
	if left < 0 {
		return fmt.Sprintf("%d %s ago", days, unit)
	}
	return fmt.Sprintf("%d %s left", days, unit)
}
