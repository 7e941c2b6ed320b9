package compose

import (
	"crypto/tls"
	"crypto/x509"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/processtest"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/prometheustest"
)

// What compose.yml runs, run without containers: the exporter watches the simulated appliance with the files and the
// credentials of the set-up, and its Prometheus scrapes it and records.
func TestDemo(t *testing.T) {
	t.Parallel()
	all := readSetup(t)
	machine := newMachine(t, all)

	appliance := machine.start("appliance")
	address := appliance.Stdout.Find(`address +https://(\S+)`)
	machine.isAt("localhost:10986", address)
	machine.isAt("support.example.com:10986", address)

	// The appliance has the name that the exporter asks for, and a certificate for it.
	watched, err := url.Parse(all.Services["exporter"].Environment["BEYONDTRUST_URL"])
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(all.Services["appliance"].Networks["default"].Aliases, watched.Hostname()) {
		t.Errorf("the exporter watches %s, and the appliance has no such name", watched)
	}
	authority := x509.NewCertPool()
	authority.AppendCertsFromPEM([]byte(read(t, machine.inside("exporter", all.Services["exporter"].Environment["BEYONDTRUST_CA_FILE"]))))
	processtest.Eventually(t, "the appliance has a certificate for its name", func() (bool, string) {
		connection, err := tls.Dial("tcp", address, &tls.Config{ServerName: watched.Hostname(), RootCAs: authority})
		if err != nil {
			return false, err.Error()
		}
		return connection.Close() == nil, ""
	})

	// It counts as healthy when the exporter's check passes.
	check := all.Services["appliance"].Healthcheck.Test
	if len(check) < 2 || check[0] != "CMD" || check[1] != "/bin/beyondtrust_exporter" {
		t.Fatalf("the appliance's health is asked for by %q; want the exporter's check", check)
	}
	if output, err := machine.command("appliance", check[2:]).CombinedOutput(); err != nil {
		t.Errorf("the appliance is not healthy: %v\n%s", err, output)
	}

	machine.isAt("exporter:10985", machine.start("exporter").Stderr.Find(`msg="Listening on" address=(\S+)`))
	server := prometheustest.Start(t, machine.prometheus())
	for _, query := range []string{
		`up{job="beyondtrust"} == 1`,
		`beyondtrust_up{job="beyondtrust"} == 1`,
		`beyondtrust_state_synced == 1`,
		`min(beyondtrust_scrape_collector_success) == 1`,
		`beyondtrust_license_limit{license_type="full"} == 110`,
		`beyondtrust:threshold:service_level_seconds > 0`,
		`sum(beyondtrust:support_sessions_offered:increase15m) > 0`,
		`histogram_quantile(0.9, sum by (le) (rate(beyondtrust_support_session_pickup_seconds_bucket[1m]))) > 0`,
		`histogram_quantile(0.9, sum(rate(beyondtrust_support_session_pickup_seconds[1m]))) > 0`,
	} {
		server.WaitFor(t, query, prometheustest.True)
	}
	if names, err := filepath.Glob(filepath.Join(machine.inside("exporter", "/var/lib/beyondtrust_exporter"), "*")); err != nil || len(names) == 0 {
		t.Errorf("the exporter keeps no counters in its volume: %v, %v", names, err)
	}
}

// machine runs services as processes. Where a container has a mount, they have what is mounted; where it has a port, they
// have a free one of loopback.
type machine struct {
	t       *testing.T
	all     setup
	binary  string
	volumes map[string]string // the folder of each
	places  []string          // host and port in compose.yml, and here, in turn
}

func newMachine(t *testing.T, all setup) *machine {
	t.Helper()
	m := &machine{t: t, all: all, binary: processtest.Exporter(t), volumes: make(map[string]string)}
	for name := range all.Volumes {
		m.volumes[name] = t.TempDir()
	}
	return m
}

// isAt says where something is that compose.yml knows by a host and port.
func (m *machine) isAt(there, here string) { m.places = append(m.places, there, here) }

// inside returns the path here of one in a container.
func (m *machine) inside(service, path string) string {
	m.t.Helper()
	for _, mounted := range m.all.Services[service].mounts(m.t, m.all) {
		below, found := strings.CutPrefix(path, mounted.target)
		if !found || below != "" && below[0] != '/' {
			continue
		}
		if mounted.volume {
			return m.volumes[mounted.source] + below
		}
		return absolute(m.t, mounted.source) + below
	}
	m.t.Fatalf("%s: nothing is mounted where %s is", service, path)
	return ""
}

// here is a value of compose.yml as it is here: an argument of a command or a variable.
func (m *machine) here(service, value string) string {
	m.t.Helper()
	flag, setting, found := strings.Cut(value, "=")
	if !found {
		flag, setting = "", value
	} else {
		flag += "="
	}
	if strings.HasPrefix(setting, "/") {
		return flag + m.inside(service, setting)
	}
	return flag + strings.NewReplacer(m.places...).Replace(listenAddress.ReplaceAllString(setting, "127.0.0.1:0"))
}

// listenAddress is every address of a container.
var listenAddress = regexp.MustCompile(`^:\d+$`)

// command is the exporter's binary as it runs in a service.
func (m *machine) command(service string, arguments []string) *exec.Cmd {
	m.t.Helper()
	command := exec.CommandContext(m.t.Context(), m.binary)
	for _, argument := range arguments {
		command.Args = append(command.Args, m.here(service, argument))
	}
	command.Env = []string{}
	for variable, value := range m.all.Services[service].Environment {
		command.Env = append(command.Env, variable+"="+m.here(service, value))
	}
	return command
}

// start runs a service until the test ends.
func (m *machine) start(service string) *processtest.Process {
	m.t.Helper()
	arguments := m.all.Services[service].Command
	if service == "exporter" {
		arguments = append([]string{"--web.listen-address=:10985"}, arguments...) // which is the default
	}
	return processtest.Start(m.t, m.command(service, arguments))
}

// prometheus returns the configuration of Prometheus as it is to be here: it does in a second what takes 15 there.
func (m *machine) prometheus() string {
	m.t.Helper()
	text := read(m.t, m.inside("prometheus", "/etc/prometheus/prometheus.yml"))
	for _, change := range [][2]string{
		{"exporter:10985", strings.NewReplacer(m.places...).Replace("exporter:10985")},
		{"/etc/prometheus/rules", m.inside("prometheus", "/etc/prometheus/rules")},
		{"_interval: 15s", "_interval: 1s"},
	} {
		if !strings.Contains(text, change[0]) {
			m.t.Fatalf("prometheus.yml says nothing of %s", change[0])
		}
		text = strings.ReplaceAll(text, change[0], change[1])
	}
	return text
}
