package config

import (
	"crypto/x509"
	"maps"
	"net/url"
	"time"
)

// Product is what an appliance runs, as an operator says it.
type Product string

// The products. With ProductAuto the exporter finds out from the appliance's answers.
const (
	ProductAuto            Product = "auto"
	RemoteSupport          Product = "remote_support"
	PrivilegedRemoteAccess Product = "privileged_remote_access"
)

// Appliance says how one appliance is watched. Every value of it was checked: only
// Options.Validate and Load make one. It may be copied and printed: no secret shows.
type Appliance struct {
	name               string
	url                url.URL
	clientID           string
	secret             secretSource
	rootCAs            *x509.CertPool
	serverName         string
	insecureSkipVerify bool
	proxy              *url.URL
	cacheTTL           time.Duration
	timeout            time.Duration
	product            Product
	collectors         map[string]bool
	intervals          map[string]time.Duration
	licenseLimits      map[string]uint64
	state              State
	labels             map[string]string
	spelling           func(Setting) string
}

// State says how the real-time state of an appliance is subscribed to.
type State struct {
	// MaxMessageBytes is the largest message that is taken, more than 0.
	MaxMessageBytes Bytes
	// IdleTimeout is the silence after which a ping must be answered, more than 0.
	IdleTimeout time.Duration
	// ResyncGrace is how long what is missing from a new copy is waited for, 0 or more.
	ResyncGrace time.Duration
}

// Name is what the exporter calls the appliance: its key in the configuration file, else the
// host, with the port where its URL has one.
func (a Appliance) Name() string { return a.name }

// URL is the address of the appliance's public site: https and a host, nothing more. The
// caller owns the copy.
func (a Appliance) URL() *url.URL {
	u := a.url
	return &u
}

// ClientID is the OAuth client ID of the API account.
func (a Appliance) ClientID() string { return a.clientID }

// Secret returns the OAuth client secret of the API account, without the white space around
// it. A secret that stands in a file is read again by each call, so that a rotated one is
// taken without a restart. It may be called from several goroutines.
func (a Appliance) Secret() (Secret, error) { return a.secret.read() }

// RootCAs are the authorities that the appliance's certificate is verified with; nil is those
// of the system.
func (a Appliance) RootCAs() *x509.CertPool { return a.rootCAs }

// ServerName is the name that the appliance's certificate must carry; "" is the host of its
// URL.
func (a Appliance) ServerName() string { return a.serverName }

// InsecureSkipVerify says that the appliance's certificate is not verified.
func (a Appliance) InsecureSkipVerify() bool { return a.insecureSkipVerify }

// ProxyURL is the proxy to go through, nil is none. There may be a password in it. The caller
// owns the copy.
func (a Appliance) ProxyURL() *url.URL {
	if a.proxy == nil {
		return nil
	}
	u := *a.proxy
	return &u
}

// CacheTTL is how long an answer of the appliance is good for further scrapes; 0 is not at
// all.
func (a Appliance) CacheTTL() time.Duration { return a.cacheTTL }

// Timeout bounds one HTTP request to the appliance.
func (a Appliance) Timeout() time.Duration { return a.timeout }

// Product is what the operator says the appliance runs.
func (a Appliance) Product() Product { return a.product }

// Collectors says by name of collectors whether they are on. Those that it does not name are as
// they are by default. The caller owns the map.
func (a Appliance) Collectors() map[string]bool { return maps.Clone(a.collectors) }

// Intervals says for each collector that polls in the background how often it does. The caller
// owns the map.
func (a Appliance) Intervals() map[string]time.Duration { return maps.Clone(a.intervals) }

// LicenseLimits says by type how many licences were bought. The caller owns the map.
func (a Appliance) LicenseLimits() map[string]uint64 { return maps.Clone(a.licenseLimits) }

// Labels are put on what Prometheus discovers of the appliance. Neither instance nor appliance
// is among them. The caller owns the map.
func (a Appliance) Labels() map[string]string { return maps.Clone(a.labels) }

// Pair is the name of the failover pair that the appliance is of, which is its label pair; "" is
// of none.
func (a Appliance) Pair() string { return a.labels["pair"] }

// State says how the appliance's real-time state is subscribed to.
func (a Appliance) State() State { return a.state }

// Spell says how the operator spells a setting: the flag, or the path of the key in the file.
func (a Appliance) Spell(s Setting) string {
	if a.spelling == nil {
		return string(s)
	}
	return a.spelling(s)
}

// Same tells whether b is watched just as a is, labels and spelling aside: nothing that was learnt of the one
// is wrong of the other. A secret that stands in a file is the same for as long as the file is
// the same one, since it is read again whenever it is needed.
func (a Appliance) Same(b Appliance) bool {
	return a.name == b.name && a.url == b.url && a.clientID == b.clientID &&
		a.secret.file == b.secret.file && a.secret.inline.Reveal() == b.secret.inline.Reveal() &&
		a.rootCAs.Equal(b.rootCAs) && a.serverName == b.serverName && a.insecureSkipVerify == b.insecureSkipVerify &&
		sameURL(a.proxy, b.proxy) && a.cacheTTL == b.cacheTTL && a.timeout == b.timeout && a.product == b.product &&
		maps.Equal(a.collectors, b.collectors) && maps.Equal(a.intervals, b.intervals) &&
		maps.Equal(a.licenseLimits, b.licenseLimits) && a.state == b.state
}

func sameURL(a, b *url.URL) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.String() == b.String()
}

// String names the appliance and shows nothing else of it.
func (a Appliance) String() string { return "appliance " + a.name }

// GoString is String: %#v would print the secret.
func (a Appliance) GoString() string { return a.String() }
