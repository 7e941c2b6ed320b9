package appliance

import (
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"time"
)

// DefaultTimeout is the time that one HTTP request may take where Config names none.
const DefaultTimeout = 10 * time.Second

// Config says which appliance to ask, and how. It is read once, by New.
type Config struct {
	// URL is the address of the public site, such as https://support.example.com.
	// The APIs are below its root, so a path in it is a mistake, and so is a user
	// name or a password.
	URL *url.URL

	// ClientID is the OAuth client ID of the API account.
	ClientID string

	// Secret gives the OAuth client secret of the API account. It is called again for
	// each new token, so a file that was rotated is taken without a restart. It may be
	// called from several goroutines.
	Secret func() (string, error)

	// TLS says how the appliance's certificate is verified.
	TLS TLSOptions

	// ProxyURL is the HTTP, HTTPS or SOCKS5 proxy to go through; nil is none. The
	// environment is not looked at.
	ProxyURL *url.URL

	// Timeout bounds one HTTP request from the wait for its turn to the last byte of
	// its answer. Zero is DefaultTimeout.
	Timeout time.Duration

	// Product is what the operator says the appliance runs. ProductUnknown leaves it to
	// the appliance's answers.
	Product Product

	// Names is how the operator spells these settings, for what an error says to do.
	Names Names

	// Logger takes what no caller is told. Nil discards it.
	Logger *slog.Logger

	// Observer is told of each HTTP request made. Nil is nobody.
	Observer Observer

	// Readmitted is called when the appliance gives a token again, after credentials that it
	// refused or that could not be read. It must not wait. Nil is nobody.
	Readmitted func()
}

// String names the appliance and the account: the URL of a proxy may have a password in it.
func (c Config) String() string {
	host := ""
	if c.URL != nil {
		host = c.URL.Host
	}
	return fmt.Sprintf("appliance %s as %s", host, c.ClientID)
}

// GoString is String, for %#v.
func (c Config) GoString() string { return c.String() }

// TLSOptions says how the appliance's certificate is verified.
type TLSOptions struct {
	// RootCAs holds the authorities to trust, for an HTTPS proxy too; nil is those of the
	// system.
	RootCAs *x509.CertPool

	// ServerName is the name that the certificate must carry where it is not the host
	// of the URL.
	ServerName string

	// InsecureSkipVerify turns verification off. Anybody on the way can then read the
	// client secret.
	InsecureSkipVerify bool
}

// Observer is told of each HTTP request that a Client makes, once, when it has ended.
// It is called from many goroutines at the same time.
type Observer interface {
	// ObserveRequest gets the API (token, command, reporting, probe), the action that was
	// asked for, the outcome as Error.Code spells it (the HTTP status where all was
	// well), and the time from sending to the last byte of the answer.
	ObserveRequest(api, action, code string, took time.Duration)
}

// check returns the first thing that is wrong with a Config, in words for whoever wrote it.
// It prints neither the URL's user part nor the proxy's, since either may be a password.
func (c Config) check() error {
	switch u := c.URL; {
	case u == nil || u.Host == "" || u.Hostname() == "":
		return errors.New("the appliance has no URL: give that of its public site, such as https://support.example.com")
	case u.User != nil:
		return errors.New("the appliance's URL carries a user name or password: the API takes a client ID and a client secret instead")
	case u.Scheme != "https":
		return fmt.Errorf("the appliance's URL starts with %q: only https will do, since the client secret is sent to it", u.Scheme)
	case (u.Path != "" && u.Path != "/") || u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("the appliance's URL goes on after the host: give the address of the site alone, https://%s", u.Host)
	}
	if c.ClientID == "" {
		return errors.New("the appliance has no client ID: it stands beside the API account in /login > Management > API Configuration")
	}
	if c.Secret == nil {
		return errors.New("the appliance has no client secret: generate one for the API account in /login > Management > API Configuration")
	}
	if c.Timeout < 0 {
		return fmt.Errorf("the time limit of a request is negative: %s", c.Timeout)
	}
	if p := c.ProxyURL; p != nil {
		switch p.Scheme {
		case "http", "https", "socks5", "socks5h":
		default:
			return fmt.Errorf("the proxy's URL starts with %q: http, https and socks5 are known", p.Scheme)
		}
		if p.Host == "" {
			return errors.New("the proxy's URL names no host")
		}
	}
	switch c.Product {
	case ProductUnknown, RemoteSupport, PrivilegedRemoteAccess:
		return nil
	default:
		return fmt.Errorf("%q is no product: %s and %s are known", c.Product, RemoteSupport, PrivilegedRemoteAccess)
	}
}
