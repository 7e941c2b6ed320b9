package target

import (
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/config"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/simulatortest"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newTarget wires an appliance at an address, and closes it with the test.
func newTarget(t *testing.T, o config.Options) *Target {
	t.Helper()
	o.CacheTTL, o.Timeout = time.Second, 5*time.Second
	o.State = config.State{MaxMessageBytes: 1 << 20, IdleTimeout: time.Minute, ResyncGrace: time.Minute}
	appliance, err := o.Validate()
	if err != nil {
		t.Fatal(err)
	}
	watched, err := New(appliance, "", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(watched.Close)
	return watched
}

// run runs a target and ends it with the test.
func run(t *testing.T, watched *Target) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		watched.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
}

// statusUntil asks for the status until it is as it should be.
func statusUntil(t *testing.T, watched *Target, what string, holds func(Status) bool) Status {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		s := watched.Status(ctx)
		if holds(s) {
			return s
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%s: never; the status is %+v", what, s)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func TestStatusOfALivingAppliance(t *testing.T) {
	simulated, address := simulatortest.New(t, simulator.Config{Role: simulator.RolePrimary, World: world.Config{Seed: 3, FlushEvery: 1500 * time.Millisecond}})
	watched := newTarget(t, config.Options{
		URL: address.String(), CA: simulated.CACertificatePEM(),
		ClientID: simulated.ClientID(), ClientSecret: config.NewSecret(simulated.ClientSecret()),
		Collectors: map[string]bool{"health": true, "clients": true, "state": true},
	})
	began := time.Now()
	run(t, watched)
	s := statusUntil(t, watched, "the state is in sync", func(s Status) bool { return s.State.Synced })
	if !s.Asked || !s.Reachable || s.ReachableSince.Before(began) || s.Trouble != "" {
		t.Errorf("reachable is %+v; want it so since the test began", s)
	}
	if s.Role != "primary" || s.RoleSince.Before(began) || s.Product != "remote_support" || s.Version != "24.3.2" {
		t.Errorf("role, product and version are %+v; want a primary of Remote Support 24.3.2", s)
	}
	if !s.State.Enabled || !s.State.Connected || s.State.ConnectedSince.Before(began) || s.State.Trouble != "" {
		t.Errorf("the subscription is %+v; want it since the test began", s.State)
	}
	if s.Name != address.Host || s.URL.Host != s.Name {
		t.Errorf("the appliance is called %q at %s; want %s", s.Name, s.URL, address.Host)
	}

	families, err := watched.Gatherer(context.Background()).Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() == "beyondtrust_up" && family.GetMetric()[0].GetGauge().GetValue() == 1 {
			return
		}
	}
	t.Error("beyondtrust_up is not 1")
}

// A corrected client secret is taken at the next scrape, by the subscription too, which would
// else wait for thirty seconds at least.
func TestCorrectedSecret(t *testing.T) {
	simulated, address := simulate(t, 5)
	file := filepath.Join(t.TempDir(), "secret")
	write := func(secret string) {
		if err := os.WriteFile(file, []byte(secret), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("mistyped")
	watched := newTarget(t, config.Options{
		URL: address, CA: simulated.CACertificatePEM(), ClientID: simulated.ClientID(), ClientSecretFile: file,
		Collectors: map[string]bool{"state": true},
	})
	run(t, watched)
	s := statusUntil(t, watched, "the secret is refused", func(s Status) bool { return s.State.Trouble != "" })
	refused := s.State.TroubleAt
	if !strings.Contains(s.State.Trouble, "refused") {
		t.Errorf("the subscription's trouble is %q; want refused credentials", s.State.Trouble)
	}
	write(simulated.ClientSecret())
	s = statusUntil(t, watched, "the state is subscribed to", func(s Status) bool { return s.State.Connected })
	if waited := s.State.ConnectedSince.Sub(refused); waited >= 30*time.Second {
		t.Errorf("the subscription came %s after the refusal; want it not to have waited out its pause", waited)
	}
}

func TestStatusOfAnApplianceThatIsDown(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	watched := newTarget(t, config.Options{
		URL: "https://" + address, ClientID: "a", ClientSecret: config.NewSecret("hunter2"),
		Collectors: map[string]bool{"health": true, "state": true},
	})
	run(t, watched)
	s := statusUntil(t, watched, "the subscription fails", func(s Status) bool { return s.State.Trouble != "" })
	if !s.Asked || s.Reachable || s.ReachableSince.IsZero() || !strings.Contains(s.Trouble, "refused") {
		t.Errorf("reachable is %+v; want it not to be, and why", s)
	}
	if s.State.Connected || s.State.Synced || s.Role != "" {
		t.Errorf("the status is %+v; want nothing invented", s)
	}
}

// Where nothing is to be subscribed to, nothing is.
func TestWithoutState(t *testing.T) {
	for _, o := range []config.Options{
		{Collectors: map[string]bool{"state": false}},
		{Collectors: map[string]bool{"state": true}, Product: "privileged_remote_access"},
	} {
		o.URL, o.ClientID, o.ClientSecret = "https://127.0.0.1:1", "a", config.NewSecret("hunter2")
		watched := newTarget(t, o)
		run(t, watched)
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if s := watched.Status(ctx); s.State.Enabled {
			t.Errorf("with %v and product %q the status is %+v; want no subscription", o.Collectors, o.Product, s)
		}
	}
}
