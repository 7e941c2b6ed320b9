package e2e

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
)

// appliance is a simulated appliance that can be taken away and brought back.
type appliance struct {
	*simulator.Appliance
	t       *testing.T
	address string
	caFile  string
	down    func() // nil where it is not up
}

// simulate is what the tests' appliances are like: a desk that lives ten times as fast, and
// tells of it often enough to be seen and seldom enough for its full copy to be in after the
// second that the exporter listens for the end of it.
func simulate() simulator.Config {
	return simulator.Config{World: world.Config{Seed: 1, Speed: 10, FlushEvery: 1200 * time.Millisecond}}
}

// newAppliance makes an appliance, puts it on a port of its own and takes it away with the
// test.
func newAppliance(t *testing.T, c simulator.Config) *appliance {
	t.Helper()
	simulated, err := simulator.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return serve(t, simulated)
}

func serve(t *testing.T, simulated *simulator.Appliance) *appliance {
	t.Helper()
	a := &appliance{Appliance: simulated, t: t, address: "127.0.0.1:0", caFile: filepath.Join(t.TempDir(), "ca.pem")}
	if err := os.WriteFile(a.caFile, simulated.CACertificatePEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	a.up()
	t.Cleanup(a.kill)
	return a
}

func (a *appliance) url() string { return "https://" + a.address }

// up puts the appliance on its port, the one that it had before where it had one.
func (a *appliance) up() {
	a.t.Helper()
	listener, err := net.Listen("tcp", a.address)
	if err != nil {
		a.t.Fatal(err)
	}
	a.address = listener.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Serve(ctx, listener) }()
	a.down = func() {
		cancel()
		if err := <-ended; err != nil {
			a.t.Errorf("the simulated appliance: %v", err)
		}
	}
}

// kill takes it away, connections and all.
func (a *appliance) kill() {
	if a.down != nil {
		a.down()
		a.down = nil
	}
}

// fault turns a fault on until the faults are cleared.
func (a *appliance) fault(kind simulator.FaultKind, delay time.Duration) {
	a.t.Helper()
	if err := a.Fault(simulator.Fault{Kind: kind, Duration: time.Hour, Delay: delay}); err != nil {
		a.t.Fatal(err)
	}
}
