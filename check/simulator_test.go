package check

import (
	"crypto/x509"
	"testing"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/simulatortest"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
)

// simulated serves a simulated appliance and returns how it is checked.
func simulated(t *testing.T, name string, s *simulator.Appliance) Appliance {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(s.CACertificatePEM())
	return Appliance{
		Name: name,
		Client: appliance.Config{
			URL: simulatortest.Serve(t, s), ClientID: s.ClientID(), Timeout: 5 * time.Second,
			Secret: func() (string, error) { return s.ClientSecret(), nil },
			TLS:    appliance.TLSOptions{RootCAs: pool},
		},
		Collectors: map[string]bool{"health": true, "clients": true, "state": true},
	}
}

// On a pair that is well nothing is wrong: that the backup's state API refuses is as it should be.
func TestPair(t *testing.T) {
	config := simulator.Config{World: world.Config{Seed: 5, FlushEvery: 1500 * time.Millisecond}}
	first, second, err := simulator.NewPair(config, simulator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	report := Run(t.Context(), []Appliance{simulated(t, "hq-a", first), simulated(t, "hq-b", second)}, Options{})
	if report.Status() != OK || report.ExitStatus() != 0 {
		t.Errorf("the report is %+v", report)
	}
	a, b := report.Results[0].Facts, report.Results[1].Facts
	if a.Role != "primary" || b.Role != "backup" || a.Version != "24.3.2" || b.Product != "remote_support" {
		t.Errorf("the facts are %+v and %+v", a, b)
	}
	if a.StateRows["representative"] == 0 || a.StateRows["support_session"] == 0 || b.StateRows != nil {
		t.Errorf("the rows are %v and %v; want those of the primary alone", a.StateRows, b.StateRows)
	}
	for deadline := time.After(10 * time.Second); first.Subscribers() != 0; {
		select {
		case <-deadline:
			t.Fatal("the check left its subscription behind")
		case <-time.After(time.Millisecond):
		}
	}
}

// A check with a wrong secret counts as one failure of the account: more would lock it.
func TestOneRefusal(t *testing.T) {
	s, err := simulator.New(simulator.Config{LockoutAfter: 2, World: world.Config{Seed: 5, FlushEvery: 1500 * time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	right := simulated(t, "right", s)
	wrong := right
	wrong.Client.Secret = func() (string, error) { return "wrong", nil }
	if report := Run(t.Context(), []Appliance{wrong}, Options{}); report.ExitStatus() != 1 {
		t.Errorf("a wrong secret goes by: %+v", report)
	}
	if report := Run(t.Context(), []Appliance{right}, Options{}); report.ExitStatus() != 0 {
		t.Errorf("after it the account is locked: %+v", report)
	}
}
