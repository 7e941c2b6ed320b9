package main

import (
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// forget takes what the machine's environment may say of an appliance out of it.
func forget(t *testing.T) {
	t.Helper()
	for _, name := range []string{"BEYONDTRUST_URL", "BEYONDTRUST_CLIENT_ID", "BEYONDTRUST_CLIENT_SECRET", "BEYONDTRUST_CLIENT_SECRET_FILE", "BEYONDTRUST_CA_FILE", "BEYONDTRUST_CONFIG_FILE"} {
		t.Setenv(name, "") // restores what was there
		if err := os.Unsetenv(name); err != nil {
			t.Fatal(err)
		}
	}
}

// Whoever makes a mistake gets one line that names the flag, and status 1.
func TestWrongStart(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, []byte(" \n"), 0o600); err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(t.TempDir(), "missing")
	bad := filepath.Join(t.TempDir(), "bad.yml")
	if err := os.WriteFile(bad, []byte("appliances:\n  hq-a:\n    uri: https://hunter2@support.example.com\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	good := func(args ...string) []string {
		return append([]string{"--appliance.url=https://support.example.com", "--appliance.client-id=a", "--web.listen-address=127.0.0.1:0"}, args...)
	}
	secret := map[string]string{"BEYONDTRUST_CLIENT_SECRET": "hunter2"}
	for _, test := range []struct {
		name string
		args []string
		env  map[string]string
		want string
	}{
		{"nothing at all", nil, nil, "--appliance.url"},
		{"nothing at all, for several", nil, nil, "--config.file"},
		{"missing file", []string{"--config.file=" + missing}, nil, missing},
		{"bad file", []string{"--config.file=" + bad}, nil, bad + ":3: appliances.hq-a.uri: there is no such key"},
		{"bad file to check", []string{"--config.check"}, map[string]string{"BEYONDTRUST_CONFIG_FILE": bad}, bad + ":3: appliances.hq-a.uri"},
		{"file and flag", []string{"--config.file=" + bad, "--appliance.url=https://support.example.com"}, nil, "--config.file (or BEYONDTRUST_CONFIG_FILE) and --appliance.url"},
		{"file and a flag with a default", []string{"--appliance.timeout=10s"}, map[string]string{"BEYONDTRUST_CONFIG_FILE": bad}, "and --appliance.timeout"},
		{"file and insecure", []string{"--config.file=" + bad, "--appliance.insecure-skip-verify"}, nil, "and --appliance.insecure-skip-verify"},
		{"license limit", good("--license.limit=full"), secret, "--license.limit"},
		{"license limit twice", good("--license.limit=full=1", "--license.limit=full=2"), secret, "\"full\" is given twice"},
		{"interval of a collector", good("--collector.sessions.interval=1ms"), secret, "--collector.sessions.interval: 1ms is too often"},
		{"shard that is none", []string{"--config.file=" + bad, "--shard=2", "--total-shards=2"}, nil, "--shard"},
		{"no shard", []string{"--config.file=" + bad, "--total-shards=0"}, nil, "--total-shards"},
		{"negative shard", []string{"--config.file=" + bad, "--shard=-1"}, nil, "--shard"},
		{"shards of one appliance", good("--total-shards=2"), secret, "--total-shards"},
		{"file for the demo", []string{"demo", "--config.file=" + bad}, nil, "--config.file"},
		{"check without an appliance", []string{"check"}, nil, "--appliance.url"},
		{"check of a bad file", []string{"check", "--config.file=" + bad}, nil, bad + ":3: "},
		{"format of the check", []string{"check", "--format=xml"}, nil, "--format"},
		{"failover of the demo", []string{"demo", "--simulate.failover-every=-1s"}, nil, "--simulate.failover-every"},
		{"nothing but a command", []string{"serve"}, nil, "BEYONDTRUST_URL"},
		{"unknown flag", []string{"--appliance.uri=x"}, nil, "--appliance.uri"},
		{"unknown command", []string{"watch"}, nil, "\"watch\" is no command and no flag: give one of the commands serve, check, demo and simulate, or none"},
		{"value of a switch", good("--collector.health=false"), secret, "--collector.health: it takes no value: give --collector.health or --no-collector.health"},
		{"value of a negated switch", good("--no-collector.health=false"), secret, "--collector.health: it takes no value"},
		{"value of a command's switch", []string{"demo", "--pair=true"}, nil, "--pair: it takes no value"},
		{"file that is not there", []string{"--config.file=" + missing}, nil, "--config.file (or BEYONDTRUST_CONFIG_FILE): " + missing + ": "},
		{"flag without its value", []string{"--appliance.url"}, nil, "--appliance.url"},
		{"plain HTTP", []string{"--appliance.url=http://support.example.com"}, nil, "--appliance.url"},
		{"path", nil, map[string]string{"BEYONDTRUST_URL": "https://support.example.com/login"}, "BEYONDTRUST_URL"},
		{"password in the URL", []string{"--appliance.url=https://a:hunter2@support.example.com"}, nil, "--appliance.url"},
		{"no client ID", []string{"--appliance.url=https://support.example.com"}, secret, "--appliance.client-id"},
		{"no secret", good(), nil, "BEYONDTRUST_CLIENT_SECRET"},
		{"empty secret", good(), map[string]string{"BEYONDTRUST_CLIENT_SECRET": " "}, "BEYONDTRUST_CLIENT_SECRET"},
		{"missing secret file", good("--appliance.client-secret-file=" + missing), nil, "--appliance.client-secret-file"},
		{"empty secret file", good(), map[string]string{"BEYONDTRUST_CLIENT_SECRET_FILE": empty}, "--appliance.client-secret-file"},
		{"missing CA file", good("--appliance.ca-file=" + missing), secret, "--appliance.ca-file"},
		{"CA file without a certificate", good(), map[string]string{"BEYONDTRUST_CLIENT_SECRET": "hunter2", "BEYONDTRUST_CA_FILE": empty}, "--appliance.ca-file"},
		{"cache time", good("--appliance.cache-ttl=soon"), secret, "--appliance.cache-ttl: \"soon\" is no duration: give a number and a unit"},
		{"negative cache time", good("--appliance.cache-ttl=-1s"), secret, "--appliance.cache-ttl"},
		{"time limit", good("--appliance.timeout=0s"), secret, "--appliance.timeout"},
		{"product", good("--appliance.product=pra"), secret, "--appliance.product"},
		{"message size", good("--state.max-message-bytes=big"), secret, "--state.max-message-bytes"},
		{"no message at all", good("--state.max-message-bytes=0"), secret, "--state.max-message-bytes"},
		{"idle timeout", good("--state.idle-timeout=0s"), secret, "--state.idle-timeout"},
		{"grace", good("--state.resync-grace=-1s"), secret, "--state.resync-grace"},
		{"unknown collector", good("--collector.weather"), secret, "--collector.weather"},
		{"telemetry path", good("--web.telemetry-path=metrics"), secret, "--web.telemetry-path"},
		{"number of scrapes", good("--web.max-requests=-1"), secret, "--web.max-requests"},
		{"timeout offset", good("--timeout-offset=-1s"), secret, "--timeout-offset"},
		{"log level", good("--log.level=loud"), secret, "--log.level"},
		{"log format", good("--log.format=xml"), secret, "--log.format"},
		{"web configuration", good("--web.config.file=" + missing), secret, "--web.config.file"},
		{"port in use", good("--web.listen-address=" + taken.Addr().String()), secret, "address already in use: give another address, or end the program that listens there"},
		{"demo of an appliance of one's own", []string{"demo", "--appliance.url=https://support.example.com"}, nil, "--appliance.url"},
		{"port of the demo in use", []string{"demo", "--web.listen-address=" + taken.Addr().String()}, nil, "--web.listen-address"},
		{"port of the simulator in use", []string{"simulate", "--simulate.listen-address=" + taken.Addr().String()}, nil, "--simulate.listen-address"},
		{"control address in use", []string{"simulate", "--simulate.listen-address=127.0.0.1:0", "--simulate.control-address=" + taken.Addr().String()}, nil, "--simulate.control-address"},
		{"simulated speed", []string{"simulate", "--simulate.speed=0"}, nil, "--simulate.speed"},
		{"simulated representatives", []string{"demo", "--simulate.representatives=10001", "--web.listen-address=127.0.0.1:0"}, nil, "10000"},
	} {
		t.Run(test.name, func(t *testing.T) {
			forget(t)
			for name, value := range test.env {
				t.Setenv(name, value)
			}
			var stdout, stderr strings.Builder
			status := run(t.Context(), test.args, &stdout, &stderr)
			if status != 1 || stdout.Len() > 0 {
				t.Errorf("status %d, stdout %q; want 1 and nothing", status, stdout.String())
			}
			line := stderr.String()
			if strings.Count(line, "\n") != 1 || !strings.HasSuffix(line, "\n") || !strings.Contains(line, test.want) {
				t.Errorf("stderr %q; want one line with %q", line, test.want)
			}
			if strings.Contains(line, "hunter2") {
				t.Errorf("stderr shows the secret: %q", line)
			}
		})
	}
}

func TestHelpAndVersion(t *testing.T) {
	forget(t)
	t.Setenv("BEYONDTRUST_CLIENT_SECRET", "hunter2")
	for _, test := range []struct {
		args     []string
		want     []string
		unwanted []string
	}{
		{[]string{"--help"}, []string{"--appliance.url", "$BEYONDTRUST_URL", "--[no-]collector.state", "--web.listen-address", "demo", "simulate"}, []string{"--simulate.seed"}},
		{[]string{"-h"}, []string{"--appliance.url"}, nil},
		{[]string{"help"}, []string{"--appliance.url"}, nil},
		{[]string{"serve", "--help"}, []string{"--appliance.url", "--config.file", "--web.listen-address"}, []string{"--simulate.seed"}},
		{[]string{"check", "--help"}, []string{"Flags of check:\n  --format", "--appliance.url", "--config.file", "--state.max-message-bytes"}, []string{"--web.listen-address", "--storage.directory", "--config.check"}},
		{[]string{"demo", "--help"}, []string{"Flags of demo:\n  --simulate.representatives", "--[no-]pair", "--web.listen-address=127.0.0.1:10985", "--web.listen-address", "--collector.teams.interval=10s"}, []string{"Off by default", "--appliance.url", "--config.file", "--total-shards"}},
		{[]string{"simulate", "--help"}, []string{"Flags of simulate:\n  --simulate.representatives", "--simulate.seed", "--log.level"}, []string{"--appliance.url", "--web.listen-address", "--shard", "--[no-]pair"}},
		{[]string{"--version"}, []string{"beyondtrust_exporter", "go version"}, nil},
	} {
		var stdout, stderr strings.Builder
		if status := run(t.Context(), test.args, &stdout, &stderr); status != 0 || stderr.Len() > 0 {
			t.Errorf("%v: status %d, stderr %q; want 0 and nothing", test.args, status, stderr.String())
		}
		for _, want := range test.want {
			if !strings.Contains(stdout.String(), want) {
				t.Errorf("%v: there is no %q in %s", test.args, want, stdout.String())
			}
		}
		for _, unwanted := range test.unwanted {
			if strings.Contains(stdout.String(), unwanted) {
				t.Errorf("%v: there is %q, which is of no use to it", test.args, unwanted)
			}
		}
		if strings.Contains(stdout.String(), "hunter2") {
			t.Errorf("%v shows the secret", test.args)
		}
	}
}

// --config.check says that all is well, of a file and of flags. What the environment says of one
// appliance is passed over where there is a file.
func TestConfigCheck(t *testing.T) {
	file := filepath.Join(t.TempDir(), "beyondtrust.yml")
	if err := os.WriteFile(file, []byte(`
defaults: {client_id: a, client_secret_env: BEYONDTRUST_CLIENT_SECRET}
appliances: {hq-a: {url: "https://support-a.example.com"}, hq-b: {url: "https://support-b.example.com"}}
`), 0o600); err != nil {
		t.Fatal(err)
	}
	doubtful := filepath.Join(t.TempDir(), "beyondtrust.yml")
	if err := os.WriteFile(doubtful, []byte(`
defaults: {client_id: a, client_secret_env: BEYONDTRUST_CLIENT_SECRET}
appliances:
  hq-a: {url: "https://support.example.com", labels: {pair: hq, role: dr}}
  hq-b: {url: "https://support.example.com", labels: {pair: hq}}
`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args []string
		env  map[string]string
		want string
	}{
		{[]string{"--config.check", "--config.file=" + file, "--shard=1", "--total-shards=2"}, nil, file + ": in order, appliances: 2\n"},
		{[]string{"--config.check", "--config.file=" + doubtful}, nil, "appliances: 2\nwarning: hq-a: the label \"role\" is that of metrics too"},
		{[]string{"--config.check", "--config.file=" + doubtful}, nil, "\nwarning: hq-b: it has the address of hq-a, with which it is the pair \"hq\""},
		{[]string{"--config.check"}, map[string]string{"BEYONDTRUST_CONFIG_FILE": file, "BEYONDTRUST_URL": "nonsense", "BEYONDTRUST_CA_FILE": "nonsense"}, file + ": in order, appliances: 2\n"},
		{[]string{"serve", "--config.check", "--appliance.url=https://support.example.com", "--appliance.client-id=a", "--license.limit=full=50", "--license.limit=chat=0"}, nil, "in order, appliances: 1\n"},
	} {
		forget(t)
		t.Setenv("BEYONDTRUST_CLIENT_SECRET", "hunter2")
		for name, value := range test.env {
			t.Setenv(name, value)
		}
		var stdout, stderr strings.Builder
		if status := run(t.Context(), test.args, &stdout, &stderr); status != 0 || stderr.Len() > 0 || !strings.Contains(stdout.String(), test.want) {
			t.Errorf("%v: status %d, %q, %q; want 0 and %q", test.args, status, stdout.String(), stderr.String(), test.want)
		}
	}
}

// check prints what it found and ends with 1 where something fails.
func TestCheckCommand(t *testing.T) {
	for format, want := range map[string]string{"text": "failed: tcp", "json": `"status": "failed"`} {
		forget(t)
		t.Setenv("BEYONDTRUST_CLIENT_SECRET", "hunter2")
		var stdout, stderr strings.Builder
		status := run(t.Context(), []string{"check", "--format=" + format, "--appliance.url=https://127.0.0.1:1", "--appliance.client-id=a"}, &stdout, &stderr)
		if status != 1 || stderr.Len() > 0 || !strings.Contains(stdout.String(), want) || strings.Contains(stdout.String(), "hunter2") {
			t.Errorf("--format=%s: status %d, stderr %q, stdout %s; want 1 and %q", format, status, stderr.String(), stdout.String(), want)
		}
	}
}

// Whoever reads the README finds every flag there.
func TestReadmeNamesEveryFlag(t *testing.T) {
	forget(t)
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var help, stderr strings.Builder
	if status := run(t.Context(), []string{"--help"}, &help, &stderr); status != 0 {
		t.Fatalf("--help: status %d, %s", status, stderr.String())
	}
	flags := regexp.MustCompile(`(?m)^ {2,6}(?:-h, )?--(?:\[no-\])?([a-z._-]+)`).FindAllStringSubmatch(help.String(), -1)
	if len(flags) < 20 {
		t.Fatalf("only %d flags were found in the help: %s", len(flags), help.String())
	}
	for _, flag := range flags {
		if name := flag[1]; name != "help" && name != "version" && !strings.Contains(string(readme), name+"`") {
			t.Errorf("the README does not name --%s", name)
		}
	}
}

// An appliance that is down is no reason not to start, and the end is no failure.
func TestServeAndEnd(t *testing.T) {
	forget(t)
	t.Setenv("BEYONDTRUST_CLIENT_SECRET", "hunter2")
	ctx, cancel := context.WithCancel(t.Context())
	reader, stderr := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{
			"serve", "--appliance.url=https://127.0.0.1:1", "--appliance.client-id=a", "--appliance.insecure-skip-verify", "--web.listen-address=127.0.0.1:0",
		}, io.Discard, stderr)
		_ = stderr.Close()
	}()
	log := make(chan string, 1)
	go func() {
		var text strings.Builder
		buffer := make([]byte, 4096)
		for {
			n, err := reader.Read(buffer)
			text.Write(buffer[:n])
			if strings.Contains(text.String(), "Listening on") {
				cancel()
			}
			if err != nil {
				log <- text.String()
				return
			}
		}
	}()
	if status := <-ended; status != 0 {
		t.Errorf("status %d; want 0", status)
	}
	text := <-log
	for _, want := range []string{"level=WARN", "Not verifying the appliance's certificate"} {
		if !strings.Contains(text, want) {
			t.Errorf("the log does not say loudly that the certificate is not verified: there is no %q in %s", want, text)
		}
	}
	if strings.Contains(text, "hunter2") {
		t.Errorf("the log has the secret in it: %s", text)
	}
}
