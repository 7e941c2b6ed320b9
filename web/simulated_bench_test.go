package web

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/config"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/target"
)

// simulateVariable makes a process of this test's binary that simulates appliances and does
// nothing else, so that what they cost is in no figure of the exporter's. Its value is the
// desks, as JSON.
const simulateVariable = "BEYONDTRUST_EXPORTER_BENCHMARK_SIMULATES"

// simulated is what the exporter must know of a simulated appliance.
type simulated struct {
	URL, ClientID, ClientSecret string
	CA                          []byte
}

// subscribed is how many subscribe to all of the simulated appliances, and to the one with most.
type subscribed struct{ All, Most int }

// simulateFleet simulates the appliances of the desks that simulateVariable has. It tells of
// them in one line, answers each line with who subscribes, and ends with its input.
func simulateFleet(in io.Reader, out io.Writer) error {
	var desks []world.Config
	if err := json.Unmarshal([]byte(os.Getenv(simulateVariable)), &desks); err != nil {
		return fmt.Errorf("reading %s: %w", simulateVariable, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	defer group.Wait()
	defer cancel()
	var fleet []*simulator.Appliance
	var told []simulated
	for _, desk := range desks {
		a, err := simulator.New(simulator.Config{World: desk})
		if err != nil {
			return err
		}
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		group.Go(func() { _ = a.Serve(ctx, listener) }) // The benchmark sees what is missing.
		fleet = append(fleet, a)
		told = append(told, simulated{"https://" + listener.Addr().String(), a.ClientID(), a.ClientSecret(), a.CACertificatePEM()})
	}
	encoder := json.NewEncoder(out)
	if err := encoder.Encode(told); err != nil {
		return err
	}
	for lines := bufio.NewScanner(in); lines.Scan(); {
		var s subscribed
		for _, a := range fleet {
			s.All += a.Subscribers()
			s.Most = max(s.Most, a.Subscribers())
		}
		if err := encoder.Encode(s); err != nil {
			return err
		}
	}
	return nil
}

// simulateElsewhere starts the simulated appliances of the desks in a process of their own. The
// function that it returns asks who subscribes.
func simulateElsewhere(b *testing.B, desks []world.Config) ([]simulated, func() subscribed) {
	b.Helper()
	text, err := json.Marshal(desks)
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), simulateVariable+"="+string(text))
	cmd.Stderr = os.Stderr
	in, inErr := cmd.StdinPipe()
	out, outErr := cmd.StdoutPipe()
	if inErr != nil || outErr != nil {
		b.Fatal(inErr, outErr)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait() // It has done what it was for.
	})
	decoder := json.NewDecoder(out)
	read := func(to any) {
		if err := decoder.Decode(to); err != nil {
			b.Fatalf("reading what the simulated appliances tell: %v", err)
		}
	}
	var fleet []simulated
	read(&fleet)
	return fleet, func() (s subscribed) {
		if _, err := io.WriteString(in, "\n"); err != nil {
			b.Fatal(err)
		}
		read(&s)
		return s
	}
}

// watch has a fleet watch the simulated appliances, by the names appliance-0 and so on, and
// serves their pages.
func watch(b *testing.B, others []simulated) *httptest.Server {
	b.Helper()
	var appliances []config.Appliance
	for i, s := range others {
		appliance, err := config.Options{
			Name: applianceName(i), URL: s.URL, ClientID: s.ClientID, ClientSecret: config.NewSecret(s.ClientSecret), CA: s.CA,
			CacheTTL: 10 * time.Second, Timeout: 10 * time.Second,
			Collectors: map[string]bool{"health": true, "clients": true, "state": true},
			State:      config.State{MaxMessageBytes: 256 << 20, IdleTimeout: time.Minute, ResyncGrace: time.Minute},
		}.Validate()
		if err != nil {
			b.Fatal(err)
		}
		appliances = append(appliances, appliance)
	}
	fleet := target.NewFleet(config.Shard{}, "", slog.New(slog.DiscardHandler))
	if err := fleet.Apply(appliances); err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		fleet.Run(ctx)
	}()
	b.Cleanup(func() {
		cancel()
		<-ended
		fleet.Close()
	})
	handler, err := NewHandler(Options{Fleet: fleet, Discovered: true, TelemetryPath: "/metrics", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(handler)
	b.Cleanup(server.Close)
	return server
}

func applianceName(i int) string { return fmt.Sprintf("appliance-%d", i) }

// inSync is in the page of an appliance of which the full copy is in.
const inSync = "\nbeyondtrust_state_synced 1\n"

// waitForSync scrapes the appliance again and again until the full copy is in.
func waitForSync(b *testing.B, server *httptest.Server, i int, pause time.Duration) {
	b.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !strings.Contains(body(b, server, probeLink(applianceName(i))), inSync); time.Sleep(pause) {
		if time.Now().After(deadline) {
			b.Fatalf("%s is not in sync within two minutes", applianceName(i))
		}
	}
}

// body asks for a page.
func body(b *testing.B, server *httptest.Server, path string) string {
	b.Helper()
	response, err := server.Client().Get(server.URL + path)
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		b.Fatalf("%s: %d, %v, %s", path, response.StatusCode, err, text)
	}
	return string(text)
}

// own is what the exporter tells of itself.
func own(b *testing.B, server *httptest.Server) map[string]*dto.MetricFamily {
	b.Helper()
	return parse(b, body(b, server, "/metrics"))
}

func parse(b *testing.B, text string) map[string]*dto.MetricFamily {
	b.Helper()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		b.Fatal(err)
	}
	return families
}

// sum adds up the series of a metric that have a label with the value, or all where that is "".
func sum(family *dto.MetricFamily, value string) (sum float64) {
	for _, m := range family.GetMetric() {
		if value == "" || slices.ContainsFunc(m.GetLabel(), func(l *dto.LabelPair) bool { return l.GetValue() == value }) {
			sum += m.GetGauge().GetValue() + m.GetCounter().GetValue()
		}
	}
	return sum
}
