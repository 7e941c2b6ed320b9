package simulatortest

import (
	"context"
	"net"
	"net/url"
	"testing"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator"
)

// Serve lets an appliance answer on a free port of loopback until the test ends, and returns its
// address. A test that lives in a synctest bubble calls it outside, since what waits for the
// network keeps the time of a bubble from going on.
func Serve(t testing.TB, appliance *simulator.Appliance) *url.URL {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("looking for a port for the simulated appliance: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- appliance.Serve(ctx, listener) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the simulated appliance: %v", err)
		}
	})
	return &url.URL{Scheme: "https", Host: listener.Addr().String()}
}

// New makes an appliance and serves it.
func New(t testing.TB, config simulator.Config) (*simulator.Appliance, *url.URL) {
	t.Helper()
	appliance, err := simulator.New(config)
	if err != nil {
		t.Fatalf("making the simulated appliance: %v", err)
	}
	return appliance, Serve(t, appliance)
}
