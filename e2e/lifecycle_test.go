package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/processtest"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator"
)

// SIGTERM ends everything in time, the scrape that is under way included.
func TestTerminate(t *testing.T) {
	t.Parallel()
	a := newAppliance(t, simulate())
	e := startExporter(t, a, "--appliance.timeout=1m")
	e.scrapeUntil("the real-time state is in sync", synced)
	if n := a.Subscribers(); n != 1 {
		t.Fatalf("%d subscriptions; want one", n)
	}
	a.fault(simulator.FaultSlow, time.Hour)
	type answer struct {
		code int
		text string
		err  error
	}
	running := make(chan answer, 1)
	go func() {
		code, text, err := e.get(patience, "/metrics", scrapeTimeoutHeader, "60")
		running <- answer{code, text, err}
	}()
	// The scrape runs once it is counted as such by another.
	processtest.Eventually(t, "the scrape runs", func() (bool, string) {
		_, text, err := e.get(patience, "/metrics", scrapeTimeoutHeader, "0.2")
		return err == nil && parse(t, text).is(2, "promhttp_metric_handler_requests_in_flight"), text
	})
	if status := e.terminate(); status != 0 {
		t.Errorf("exit status %d; want 0", status)
	}
	if got := <-running; got.err != nil || got.code != http.StatusOK || !parse(t, got.text).is(0, "beyondtrust_up") {
		t.Errorf("the running scrape got %d, %v; want what there was", got.code, got.err)
	}
	processtest.Eventually(t, "the appliance sees the subscription end", func() (bool, string) { return a.Subscribers() == 0, "" })
}

func TestTerminateWhileTheApplianceIsDown(t *testing.T) {
	t.Parallel()
	a := newAppliance(t, simulate())
	a.kill()
	e := startExporter(t, a)
	e.scrape().wants(t, 0, []string{"beyondtrust_up"})
	if status := e.terminate(); status != 0 {
		t.Errorf("exit status %d; want 0", status)
	}
}

func TestLandingPage(t *testing.T) {
	t.Parallel()
	a := newAppliance(t, simulate())
	e := startExporter(t, a)
	processtest.Eventually(t, "the landing page tells that all is well", func() (bool, string) {
		code, text, err := e.get(patience, "/", "", "")
		if err != nil || code != http.StatusOK {
			return false, text
		}
		for _, want := range []string{a.address, "yes, since 20", "none, since 20", "in sync, since 20", "remote_support", `href="/metrics"`} {
			if !strings.Contains(text, want) {
				return false, "no " + want + " in " + text
			}
		}
		return true, text
	})
	for _, path := range []string{"/-/healthy", "/-/ready"} {
		if code, _, err := e.get(patience, path, "", ""); err != nil || code != http.StatusOK {
			t.Errorf("%s: %d, %v; want 200", path, code, err)
		}
	}
	a.kill()
	processtest.Eventually(t, "the landing page tells that the appliance is down", func() (bool, string) {
		_, text, err := e.get(patience, "/", "", "")
		return err == nil && strings.Contains(text, "no, since 20") && strings.Contains(text, "not connected"), text
	})
}

// The simulated appliance alone, with what it prints, is enough to run the exporter on.
func TestSimulateCommand(t *testing.T) {
	t.Parallel()
	s := start(t, e2eBinary(), nil, "simulate", "--simulate.listen-address=127.0.0.1:0", "--simulate.control-address=127.0.0.1:0")
	url := s.Stdout.Find(`--appliance\.url=(\S+)`)
	e := &exporter{process: start(t, e2eBinary(), []string{"BEYONDTRUST_CLIENT_SECRET=" + s.Stdout.Find(`BEYONDTRUST_CLIENT_SECRET=(\S+)`)},
		"--appliance.url="+url, "--appliance.client-id="+s.Stdout.Find(`--appliance\.client-id=(\S+)`),
		"--appliance.ca-file="+s.Stdout.Find(`--appliance\.ca-file=(\S+)`), "--web.listen-address=127.0.0.1:0")}
	e.root = "http://" + e.Stderr.Find(`msg="Listening on" address=(\S+)`)
	e.scrape().wants(t, 1, []string{"beyondtrust_up"})
	control := &exporter{process: s, root: s.Stdout.Find(`(http://\S+)/\n`)}
	if code, text, err := control.get(patience, "/", "", ""); err != nil || code != http.StatusOK || !strings.Contains(text, "failover") {
		t.Errorf("the control address: %d, %v, %s; want help", code, err, text)
	}
	for _, p := range []*process{e.process, s} {
		if status := p.terminate(); status != 0 {
			t.Errorf("exit status %d; want 0", status)
		}
	}
}
