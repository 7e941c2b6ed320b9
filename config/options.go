package config

import (
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Options are the settings of one appliance as they were given, before anybody looked at them.
type Options struct {
	// Name is what the exporter calls the appliance, "" is the host of its URL.
	Name string
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
	// ServerName is the name that the certificate must carry, "" is the host of the URL.
	ServerName string
	// InsecureSkipVerify turns the verification of the appliance's certificate off.
	InsecureSkipVerify bool
	// ProxyURL is the HTTP, HTTPS or SOCKS5 proxy to go through, empty is none. It is a
	// secret since there may be a password in it.
	ProxyURL Secret
	CacheTTL time.Duration
	Timeout  time.Duration
	// Product is one of the products, "" is ProductAuto.
	Product string
	// Collectors says by name of collectors whether they are on, of those of which the
	// operator says it. Intervals says of each that polls in the background how often.
	Collectors map[string]bool
	Intervals  map[string]time.Duration
	// LicenseLimits says by type how many licences were bought.
	LicenseLimits map[string]uint64
	State         State
	// Labels are put on what Prometheus discovers of the appliance.
	Labels map[string]string
	// Spelling says how the operator spells a setting, a flag for one. Nil spells it as Setting
	// does.
	Spelling func(Setting) string `json:"-"`
}

// Setting names a setting of an appliance, as the configuration's keys are spelt.
type Setting string

// The settings that Validate finds mistakes in, and those that an error of the appliance may be
// due to.
const (
	SettingName             Setting = "name"
	SettingURL              Setting = "url"
	SettingClientID         Setting = "client_id"
	SettingClientSecret     Setting = "client_secret"
	SettingClientSecretFile Setting = "client_secret_file"
	SettingCAFile           Setting = "ca_file"
	SettingServerName       Setting = "server_name"
	SettingSkipVerify       Setting = "insecure_skip_verify"
	SettingProxyURL         Setting = "proxy_url"
	SettingCacheTTL         Setting = "cache_ttl"
	SettingTimeout          Setting = "timeout"
	SettingProduct          Setting = "product"
	SettingCollectors       Setting = "collectors"
	SettingLabels           Setting = "labels"
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
	name := o.Name
	if name == "" {
		name = address.Host
	} else if err := checkName(name); err != nil {
		return Appliance{}, &Error{SettingName, err}
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
	serverName := strings.TrimSpace(o.ServerName)
	if strings.ContainsAny(serverName, "/:@ \t\n") {
		return Appliance{}, &Error{SettingServerName, fmt.Errorf("%q is no name that a certificate carries: give the host name alone, such as support.example.com", serverName)}
	}
	proxy, err := parseProxy(o.ProxyURL.Reveal())
	if err != nil {
		return Appliance{}, &Error{SettingProxyURL, err}
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
	if err := checkLabels(o.Labels); err != nil {
		return Appliance{}, &Error{SettingLabels, err}
	}
	return Appliance{
		name:               name,
		url:                *address,
		clientID:           strings.TrimSpace(o.ClientID),
		secret:             secret,
		rootCAs:            rootCAs,
		serverName:         serverName,
		insecureSkipVerify: o.InsecureSkipVerify,
		proxy:              proxy,
		cacheTTL:           o.CacheTTL,
		timeout:            o.Timeout,
		product:            product,
		collectors:         maps.Clone(o.Collectors),
		intervals:          maps.Clone(o.Intervals),
		licenseLimits:      maps.Clone(o.LicenseLimits),
		state:              o.State,
		labels:             maps.Clone(o.Labels),
		spelling:           o.Spelling,
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
	for _, name := range slices.Sorted(maps.Keys(o.Intervals)) {
		if interval := o.Intervals[name]; interval < time.Second {
			return &Error{SettingCollectors, fmt.Errorf("the interval of %s is %s: give 1s or more", name, interval)}
		}
	}
	if o.State.MaxMessageBytes <= 0 {
		return &Error{SettingMaxMessageBytes, fmt.Errorf("%s will not do: give more than 0B", o.State.MaxMessageBytes)}
	}
	return nil
}

// maxCABytes is more than all the authorities of the world take.
const maxCABytes = 16 << 20

// certificates returns the authorities to trust, nil for those of the system.
func (o Options) certificates() (*x509.CertPool, error) {
	pem, source := o.CA, "what is given"
	if o.CAFile != "" {
		var err error
		if pem, err = readRegular(o.CAFile, maxCABytes); err != nil {
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
