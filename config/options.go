package config

import (
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"strings"
	"time"
)

// Options are the settings of one appliance as they were given, before anybody looked at them.
type Options struct {
	// URL is the address of the public site, such as https://support.example.com.
	URL string
	// ClientID is the OAuth client ID of the API account.
	ClientID string
	// ClientSecret is its OAuth client secret, and ClientSecretFile a file with it. One of
	// the two must be given.
	ClientSecret     Secret
	ClientSecretFile string
	// CAFile holds the certificates, in PEM, of the authorities to trust, and CA is their
	// text itself. Where neither is given they are those of the system.
	CAFile string
	CA     []byte
	// InsecureSkipVerify turns the verification of the appliance's certificate off.
	InsecureSkipVerify bool
	CacheTTL           time.Duration
	Timeout            time.Duration
	// Product is one of the products, "" is ProductAuto.
	Product    string
	Collectors map[string]bool
	State      State
}

// Setting names a setting of an appliance, as the configuration's keys are spelt.
type Setting string

// The settings that Validate finds mistakes in.
const (
	SettingURL              Setting = "url"
	SettingClientID         Setting = "client_id"
	SettingClientSecret     Setting = "client_secret"
	SettingClientSecretFile Setting = "client_secret_file"
	SettingCAFile           Setting = "ca_file"
	SettingCacheTTL         Setting = "cache_ttl"
	SettingTimeout          Setting = "timeout"
	SettingProduct          Setting = "product"
	SettingMaxMessageBytes  Setting = "state.max_message_bytes"
	SettingIdleTimeout      Setting = "state.idle_timeout"
	SettingResyncGrace      Setting = "state.resync_grace"
)

// Error is a setting that will not do. Whoever read the setting knows how it is spelt there,
// a flag for one, and says so.
type Error struct {
	Setting Setting
	Err     error
}

// Error tells the setting and what is wrong with it.
func (e *Error) Error() string { return fmt.Sprintf("%s: %s", e.Setting, e.Err) }

// Unwrap returns what is wrong.
func (e *Error) Unwrap() error { return e.Err }

// ErrMissing is the cause of an Error about a setting that must be given and was not.
var ErrMissing = errors.New("it is not given")

// Validate checks the options and reads the files that they name. An error is an *Error; it
// never repeats a secret or a password.
func (o Options) Validate() (Appliance, error) {
	address, err := parseURL(o.URL)
	if err != nil {
		return Appliance{}, &Error{SettingURL, err}
	}
	if strings.TrimSpace(o.ClientID) == "" {
		return Appliance{}, &Error{SettingClientID, ErrMissing}
	}
	secret, err := o.secretSource()
	if err != nil {
		return Appliance{}, err
	}
	rootCAs, err := o.certificates()
	if err != nil {
		return Appliance{}, &Error{SettingCAFile, err}
	}
	product := Product(o.Product)
	switch product {
	case "":
		product = ProductAuto
	case ProductAuto, RemoteSupport, PrivilegedRemoteAccess:
	default:
		return Appliance{}, &Error{SettingProduct, fmt.Errorf("%q is no product: say %s, %s or %s",
			o.Product, ProductAuto, RemoteSupport, PrivilegedRemoteAccess)}
	}
	if err := o.checkNumbers(); err != nil {
		return Appliance{}, err
	}
	return Appliance{
		name:               address.Host,
		url:                *address,
		clientID:           strings.TrimSpace(o.ClientID),
		secret:             secret,
		rootCAs:            rootCAs,
		insecureSkipVerify: o.InsecureSkipVerify,
		cacheTTL:           o.CacheTTL,
		timeout:            o.Timeout,
		product:            product,
		collectors:         maps.Clone(o.Collectors),
		state:              o.State,
	}, nil
}

// checkNumbers checks what must be more than nothing, and what must not be less.
func (o Options) checkNumbers() error {
	for _, d := range []struct {
		setting Setting
		value   time.Duration
		least   time.Duration
		words   string
	}{
		{SettingTimeout, o.Timeout, 1, "more than 0s"},
		{SettingCacheTTL, o.CacheTTL, 0, "0s or more"},
		{SettingIdleTimeout, o.State.IdleTimeout, 1, "more than 0s"},
		{SettingResyncGrace, o.State.ResyncGrace, 0, "0s or more"},
	} {
		if d.value < d.least {
			return &Error{d.setting, fmt.Errorf("%s will not do: give %s", d.value, d.words)}
		}
	}
	if o.State.MaxMessageBytes <= 0 {
		return &Error{SettingMaxMessageBytes, fmt.Errorf("%s will not do: give more than 0B", o.State.MaxMessageBytes)}
	}
	return nil
}

// parseURL takes the address of a public site. Its errors do not repeat a URL that may have a
// password in it.
func parseURL(text string) (*url.URL, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, ErrMissing
	}
	const example = "give the address of the public site alone, such as https://support.example.com"
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, errors.New("it is no URL: " + example)
	case u.User != nil:
		return nil, errors.New("there is a user name or a password in it: the API takes a client ID and a client secret instead; " + example)
	case u.Scheme != "https":
		return nil, errors.New("it does not begin with https://, and the client secret is sent to it: " + example)
	case u.Hostname() == "":
		return nil, errors.New("there is no host in it: " + example)
	case u.Path != "" && u.Path != "/":
		return nil, fmt.Errorf("there is a path in it, %q: the APIs are below the root; %s", u.EscapedPath(), example)
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, errors.New("it goes on after the host: " + example)
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}

// certificates returns the authorities to trust, nil for those of the system.
func (o Options) certificates() (*x509.CertPool, error) {
	pem, source := o.CA, "what is given"
	if o.CAFile != "" {
		var err error
		if pem, err = os.ReadFile(o.CAFile); err != nil {
			return nil, fmt.Errorf("the authorities' certificates cannot be read: %w", err)
		}
		source = o.CAFile
	}
	if pem == nil {
		return nil, nil
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("there is no certificate in %s: it must hold at least one in PEM, which begins with -----BEGIN CERTIFICATE-----", source)
	}
	return pool, nil
}
