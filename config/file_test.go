package config

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator"
)

// known are the collectors that there are.
func known() []string { return []string{"clients", "health", "sessions", "state"} }

// base is what the flags say where the file says nothing. The collector sessions polls.
func base() Options {
	return Options{
		CacheTTL: 10 * time.Second, Timeout: 10 * time.Second, Product: "auto",
		Collectors: map[string]bool{"clients": true},
		Intervals:  map[string]time.Duration{"sessions": 5 * time.Minute},
		State:      State{MaxMessageBytes: 256 << 20, IdleTimeout: time.Minute, ResyncGrace: time.Minute},
	}
}

// folder makes a folder with files, the certificate of an authority and a client secret among
// them.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	appliance, err := simulator.New(simulator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{"ca.pem": string(appliance.CACertificatePEM()), "client-secret": " hunter2\n"}
	maps.Copy(all, files)
	directory := t.TempDir()
	for name, text := range all {
		if err := os.WriteFile(filepath.Join(directory, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return directory
}

// load loads the text of a file.
func load(t *testing.T, text string) ([]Appliance, error) {
	t.Helper()
	return Load(filepath.Join(folder(t, map[string]string{"beyondtrust.yml": text}), "beyondtrust.yml"), base(), known())
}

// The example in the documentation is a file that works, and has every key.
func TestLoadExample(t *testing.T) {
	text, err := os.ReadFile("../docs/example.yml")
	if err != nil {
		t.Fatal(err)
	}
	document, err := os.ReadFile("../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(document), string(text)) {
		t.Error("docs/configuration.md does not show docs/example.yml as it is")
	}
	t.Setenv("CUSTOMER_CLIENT_SECRET", "hunter3")
	appliances, err := load(t, string(text))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, a := range appliances {
		names = append(names, a.Name())
	}
	if want := []string{"hq-a", "hq-b", "customer"}; !slices.Equal(names, want) {
		t.Fatalf("the appliances are %v; want %v", names, want)
	}
	hq, customer := appliances[0], appliances[2]
	if hq.URL().String() != "https://support-a.example.com" || hq.ClientID() != "e52a9aa6fc05" || hq.RootCAs() == nil ||
		hq.Labels()["pair"] != "hq" || hq.Labels()["site"] != "berlin" || hq.LicenseLimits()["full"] != 50 || hq.ProxyURL() != nil {
		t.Errorf("hq-a is not as in the file: %v %v %v", hq.URL(), hq.Labels(), hq.LicenseLimits())
	}
	if secret, err := hq.Secret(); err != nil || secret.Reveal() != "hunter2" {
		t.Errorf("the secret of hq-a is not that of the file beside it: %v", err)
	}
	if customer.ClientID() != "1f0c9a52d4f3" || customer.Product() != PrivilegedRemoteAccess || customer.ServerName() != "access.internal.example" ||
		customer.RootCAs() == nil || customer.ProxyURL().String() != "http://proxy.example.com:3128" {
		t.Errorf("customer is not as in the file: %v %v %v %v", customer.ClientID(), customer.Product(), customer.ServerName(), customer.ProxyURL())
	}
	if secret, err := customer.Secret(); err != nil || secret.Reveal() != "hunter3" {
		t.Errorf("the secret of customer is not that of the environment: %v", err)
	}
	if on := customer.Collectors(); on["clients"] || !on["health"] || !on["state"] {
		t.Errorf("the collectors of customer are %v; want all that the defaults have but clients", on)
	}
	if !hq.Collectors()["clients"] {
		t.Error("what one appliance says of its collectors holds for another")
	}
}

// What an appliance says goes before the defaults, key by key, and those before the flags.
func TestLoadDefaults(t *testing.T) {
	appliances, err := load(t, `
defaults:
  client_id: a
  client_secret: hunter2
  timeout: 20s
  proxy_url: socks5://user:hunter2@proxy:1080
  state: {idle_timeout: 30s, max_message_bytes: 1MiB}
  collectors: {sessions: {interval: 10m}, state: {enabled: false}}
  license_limits: {full: 50, chat: 5}
appliances:
  a: {url: "https://a.example.com"}
  b:
    url: https://b.example.com
    client_secret_file: client-secret
    proxy_url: ""
    state: {idle_timeout: 45s}
    collectors: {sessions: {enabled: true}, state: }
    license_limits: {full: 60}
    labels: {rack: 12}
  "berlin:8443": {url: "https://c.example.com:8443"}
`)
	if err != nil {
		t.Fatal(err)
	}
	a, b := appliances[0], appliances[1]
	if a.Timeout() != 20*time.Second || a.CacheTTL() != 10*time.Second || b.Timeout() != 20*time.Second {
		t.Errorf("the time limits are %s and %s, the cache time is %s; want 20s, 20s, 10s", a.Timeout(), b.Timeout(), a.CacheTTL())
	}
	if password, _ := a.ProxyURL().User.Password(); password != "hunter2" || b.ProxyURL() != nil {
		t.Error("the proxy is not that of the defaults, or an empty one is not none")
	}
	if a.State() != (State{1 << 20, 30 * time.Second, time.Minute}) || b.State() != (State{1 << 20, 45 * time.Second, time.Minute}) {
		t.Errorf("the state's settings are %+v and %+v", a.State(), b.State())
	}
	if !maps.Equal(a.Collectors(), map[string]bool{"clients": true, "state": false}) ||
		!maps.Equal(b.Collectors(), map[string]bool{"clients": true, "state": false, "sessions": true}) || b.Intervals()["sessions"] != 10*time.Minute {
		t.Errorf("the collectors are %v and %v, the intervals %v", a.Collectors(), b.Collectors(), b.Intervals())
	}
	if !maps.Equal(a.LicenseLimits(), map[string]uint64{"full": 50, "chat": 5}) || !maps.Equal(b.LicenseLimits(), map[string]uint64{"full": 60, "chat": 5}) {
		t.Errorf("the licences are %v and %v", a.LicenseLimits(), b.LicenseLimits())
	}
	if b.Labels()["rack"] != "12" {
		t.Errorf("the labels are %v; want the number as it is written", b.Labels())
	}
}

// A mistake is told in one line, with the place in the file.
func TestLoadMistakes(t *testing.T) {
	const start = "defaults: {client_id: a, client_secret: hunter2}\nappliances:\n  hq:\n    url: https://a.example.com\n"
	for _, test := range []struct{ name, text, want string }{
		{"empty", "", "beyondtrust.yml: appliances: no appliance is named"},
		{"only a comment", "# nothing\n", "no appliance is named"},
		{"no appliance", "appliances:\n", "no appliance is named"},
		{"no mapping", "- a\n", "beyondtrust.yml:1: keys and values are wanted"},
		{"no YAML", "appliances:\n  hq: {\n", "it is no YAML"},
		{"bad indentation", "appliances:\n  hq:\n    url: a\n   client_id: b\n", "it is no YAML: did not find expected key"},
		{"indented with a tab", "appliances:\n\thq: {}\n", "beyondtrust.yml:2: the line is indented with a tab, which YAML does not allow: indent with spaces"},
		{"a tab after spaces", start + "  \tclient_id: b\n", "beyondtrust.yml:5: the line is indented with a tab"},
		{"a tab where the level ends", start + "\tclient_id: b\n", "beyondtrust.yml:5: the line is indented with a tab"},
		{"a tab elsewhere is none", "appliances:\n  hq:\t{\n", "it is no YAML"},
		{"second document", start + "---\nappliances: {}\n", "second document"},
		{"alias that is a secret", start + "    client_secret: *hunter2\n", "quotes around"},
		{"unknown top key", "appliance: {}\n", "beyondtrust.yml:1: appliance: there is no such key here: give one of appliances and defaults"},
		{"unknown key", start + "    timout: 5s\n", "beyondtrust.yml:5: appliances.hq.timout: there is no such key"},
		{"unknown nested key", start + "    tls_config:\n      ca: x\n", "beyondtrust.yml:6: appliances.hq.tls_config.ca: "},
		{"key of an anchor", "x: &x {}\n", "beyondtrust.yml:1: x: there is no such key"},
		{"merge key", start + "    <<: {timeout: 5s}\n", "beyondtrust.yml:5: appliances.hq.<<: keys are not merged from elsewhere: write what is common under defaults"},
		{"url in the defaults", "defaults:\n  url: https://a\n", "beyondtrust.yml:2: defaults.url: there is no such key"},
		{"labels in the defaults", "defaults: {labels: {a: b}}\n", "defaults.labels: there is no such key"},
		{"key twice", start + "    url: https://b.example.com\n", "beyondtrust.yml:5: appliances.hq.url: it stands in line 4 already"},
		{"appliance twice", start + "  hq: {url: 'https://b.example.com'}\n", "beyondtrust.yml:5: appliances.hq: it stands in line 3"},
		{"name", "appliances:\n  'a b': {url: 'https://a'}\n", "beyondtrust.yml:2: appliances.a b: there is ' ' in it"},
		{"name with a newline", "appliances:\n  \"a\\nb\": {url: 'https://a'}\n", `appliances."a\nb"`},
		{"path as a name", "appliances:\n  ../etc: {}\n", "beyondtrust.yml:2: appliances.../etc: it is no name"},
		{"long name", "appliances:\n  " + strings.Repeat("a", 129) + ": {}\n", "longer than 128"},
		{"no url", "defaults: {client_id: a, client_secret: hunter2}\nappliances:\n  hq:\n", "beyondtrust.yml:3: appliances.hq.url: it is not given: give the address of the public site"},
		{"bad url", "appliances:\n  hq:\n    client_id: a\n    url: http://a.example.com\n", "beyondtrust.yml:4: appliances.hq.url: it does not begin with https://"},
		{"password in the url", "appliances:\n  hq:\n    url: https://u:hunter2@a.example.com\n", "user name or a password"},
		{"no client id", "appliances:\n  hq: {url: 'https://a', client_secret: hunter2}\n", "beyondtrust.yml:2: appliances.hq.client_id: it is not given: it is in /login > Management > API Configuration"},
		{"no secret", "appliances:\n  hq: {url: 'https://a', client_id: a}\n", "appliances.hq.client_secret: it is not given: give client_secret_file"},
		{"two secrets", start + "    client_secret: hunter2\n    client_secret_file: x\n", "beyondtrust.yml:6: appliances.hq.client_secret_file: the client secret is given twice"},
		{"empty secret", start + "    client_secret: ''\n", "beyondtrust.yml:5: appliances.hq.client_secret: it is empty"},
		{"secret without a value", start + "    client_secret:\n", "beyondtrust.yml:5: appliances.hq.client_secret: there is no value"},
		{"list for a secret", start + "    client_secret: [hunter2]\n", "one value is wanted"},
		{"missing secret file", start + "    client_secret_file: missing\n", "beyondtrust.yml:5: appliances.hq.client_secret_file: "},
		{"missing default secret file", "defaults:\n  client_id: a\n  client_secret_file: missing\nappliances: {hq: {url: 'https://a'}}\n", "beyondtrust.yml:3: defaults.client_secret_file: "},
		{"unset variable", start + "    client_secret_env: BEYONDTRUST_TEST_UNSET\n", "beyondtrust.yml:5: appliances.hq.client_secret_env: the environment variable BEYONDTRUST_TEST_UNSET is not set"},
		{"product", start + "    product: pra\n", "beyondtrust.yml:5: appliances.hq.product: "},
		{"timeout", start + "    timeout: 10\n", `beyondtrust.yml:5: appliances.hq.timeout: "10" is no duration`},
		{"no timeout at all", start + "    timeout: 0s\n", "beyondtrust.yml:5: appliances.hq.timeout: 0s will not do"},
		{"cache time", start + "    cache_ttl: -1s\n", "beyondtrust.yml:5: appliances.hq.cache_ttl: "},
		{"CA file", start + "    tls_config: {ca_file: missing}\n", "beyondtrust.yml:5: appliances.hq.tls_config.ca_file: "},
		{"CA file that is none", start + "    tls_config:\n      ca_file: client-secret\n", "beyondtrust.yml:6: appliances.hq.tls_config.ca_file: there is no certificate"},
		{"server name", start + "    tls_config: {server_name: 'https://a'}\n", "beyondtrust.yml:5: appliances.hq.tls_config.server_name: "},
		{"skip verify", start + "    tls_config: {insecure_skip_verify: maybe}\n", "beyondtrust.yml:5: appliances.hq.tls_config.insecure_skip_verify: it is neither true nor false"},
		{"proxy", start + "    proxy_url: ftp://u:hunter2@proxy\n", "beyondtrust.yml:5: appliances.hq.proxy_url: it does not begin with http"},
		{"proxy that is no URL", start + "    proxy_url: http://u:hunter2@proxy:%zz\n", "appliances.hq.proxy_url: it is no URL"},
		{"message size", start + "    state: {max_message_bytes: big}\n", "beyondtrust.yml:5: appliances.hq.state.max_message_bytes: "},
		{"idle timeout", start + "    state:\n      idle_timeout: 0s\n", "beyondtrust.yml:6: appliances.hq.state.idle_timeout: "},
		{"grace", start + "    state: {resync_grace: -1s}\n", "beyondtrust.yml:5: appliances.hq.state.resync_grace: "},
		{"unknown collector", start + "    collectors: {weather: {enabled: true}}\n", "appliances.hq.collectors.weather: there is no such collector: give one of clients, health, sessions and state"},
		{"collector that is no mapping", start + "    collectors: {health: true}\n", "beyondtrust.yml:5: appliances.hq.collectors.health: keys and values are wanted"},
		{"interval of what does not poll", start + "    collectors: {health: {interval: 5m}}\n", "appliances.hq.collectors.health.interval: the collector health does not poll"},
		{"interval", start + "    collectors: {sessions: {interval: 1ms}}\n", "beyondtrust.yml:5: appliances.hq.collectors: the interval of sessions is 1ms"},
		{"license limit", start + "    license_limits: {full: many}\n", "beyondtrust.yml:5: appliances.hq.license_limits.full: "},
		{"label instance", start + "    labels:\n      instance: x\n", "beyondtrust.yml:6: appliances.hq.labels.instance: "},
		{"label appliance", start + "    labels: {appliance: x}\n", "appliances.hq.labels.appliance: "},
		{"label job", start + "    labels: {job: x}\n", "appliances.hq.labels.job: "},
		{"Prometheus's label", start + "    labels: {__address__: x}\n", "appliances.hq.labels.__address__: "},
		{"label with a hyphen", start + "    labels: {data-center: x}\n", "appliances.hq.labels.data-center: "},
		{"label with a digit first", start + "    labels: {1a: x}\n", "appliances.hq.labels.1a: "},
		{"label without a value", start + "    labels: {a: }\n", "appliances.hq.labels.a: there is no value"},
	} {
		t.Run(test.name, func(t *testing.T) {
			appliances, err := load(t, test.text)
			var wrong *FileError
			if !errors.As(err, &wrong) || appliances != nil {
				t.Fatalf("got %v, %v; want a *FileError and no appliance", appliances, err)
			}
			if !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %q; want one line with %q", err, test.want)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error repeats the secret: %v", err)
			}
		})
	}
}

func TestLoadMissingFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "missing.yml")
	if _, err := Load(file, base(), known()); err == nil || strings.Count(err.Error(), file) != 1 || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v; want an error that names %s once", err, file)
	}
}

// What is the same must be told apart from what is not, or a reload would lose counters, or keep
// what is wrong.
func TestSame(t *testing.T) {
	const entry = `client_id: a, client_secret: hunter2, url: "https://a.example.com"`
	one := func(more string) Appliance {
		t.Helper()
		appliances, err := load(t, fmt.Sprintf("appliances: {hq: {%s%s}}", entry, more))
		if err != nil {
			t.Fatal(err)
		}
		return appliances[0]
	}
	for _, more := range []string{"", ", labels: {pair: hq}", ", timeout: 10s", ", collectors: {clients: {enabled: true}}", ", proxy_url: ''"} {
		if a, b := one(""), one(more); !a.Same(b) || !b.Same(a) {
			t.Errorf("with %q it is another appliance; want the same", more)
		}
	}
	if a, b := one(", tls_config: {ca_file: ca.pem}"), one(""); a.Same(b) || b.Same(a) {
		t.Error("with other authorities it is the same; want another")
	}
	for _, more := range []string{
		", timeout: 11s", ", cache_ttl: 11s", ", product: remote_support", ", proxy_url: 'http://u:a@proxy'",
		", collectors: {health: {enabled: false}}", ", collectors: {sessions: {interval: 6m}}", ", license_limits: {full: 1}",
		", state: {resync_grace: 61s}", ", tls_config: {server_name: b}", ", tls_config: {insecure_skip_verify: true}",
	} {
		if a, b := one(""), one(more); a.Same(b) || b.Same(a) {
			t.Errorf("with %q it is the same; want another", more)
		}
	}
	if a, b := one(", proxy_url: 'http://u:a@proxy'"), one(", proxy_url: 'http://u:b@proxy'"); a.Same(b) {
		t.Error("with another password for the proxy it is the same; want another")
	}
	secret := good()
	a, err := secret.Validate()
	secret.ClientSecret = NewSecret("hunter3")
	b, bErr := secret.Validate()
	if err != nil || bErr != nil || a.Same(b) {
		t.Errorf("with another secret it is the same; want another (%v, %v)", err, bErr)
	}
}

// FuzzLoad looks for a file that makes the exporter panic, or whose error does not name it.
func FuzzLoad(f *testing.F) {
	f.Add("appliances: {a: {url: 'https://a', client_id: a, client_secret: a}}")
	f.Add("defaults: &a {state: *a}\nappliances: {a: *a}")
	f.Add("appliances: {? [a] : b, ~: }")
	f.Fuzz(func(t *testing.T, text string) {
		file := filepath.Join(t.TempDir(), "beyondtrust.yml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		appliances, err := Load(file, base(), known())
		if err == nil && len(appliances) == 0 || err != nil && !strings.HasPrefix(err.Error(), file) {
			t.Errorf("got %v, %v", appliances, err)
		}
	})
}

// What an error of the appliance tells to look at is named by its key: where it stands, else
// where it belongs.
func TestSpell(t *testing.T) {
	appliances, err := load(t, `
defaults: {client_id: a, client_secret_file: client-secret, timeout: 5s, tls_config: {insecure_skip_verify: true}}
appliances:
  hq-a: {url: "https://a.example.com"}
  hq-b: {url: "https://b.example.com", timeout: 3s}
`)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		setting Setting
		a, b    string
	}{
		{SettingURL, "appliances.hq-a.url", "appliances.hq-b.url"},
		{SettingTimeout, "defaults.timeout", "appliances.hq-b.timeout"},
		{SettingClientSecret, "defaults.client_secret_file", "defaults.client_secret_file"},
		{SettingSkipVerify, "defaults.tls_config.insecure_skip_verify", "defaults.tls_config.insecure_skip_verify"},
		{SettingCAFile, "appliances.hq-a.tls_config.ca_file", "appliances.hq-b.tls_config.ca_file"},
	} {
		if a, b := appliances[0].Spell(test.setting), appliances[1].Spell(test.setting); a != test.a || b != test.b {
			t.Errorf("%s is spelt %q and %q; want %q and %q", test.setting, a, b, test.a, test.b)
		}
	}
}
