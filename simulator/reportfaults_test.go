package simulator

import (
	"encoding/xml"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
)

func TestFaultsOfReports(t *testing.T) {
	s := serve(t, Config{World: world.Config{Speed: 10}})
	token := s.token()
	const query = "generate_report=JumpItem&start_time=0&duration=0"
	for kind, strikes := range map[FaultKind]func(answer, error) bool{
		FaultReportError: func(a answer, err error) bool {
			return err == nil && strings.Contains(a.body, "internal error occurred.</error>")
		},
		FaultReportNothing:     func(a answer, err error) bool { return err == nil && strings.Contains(a.body, "is available.</error>") },
		FaultReportRoot:        func(a answer, err error) bool { return err == nil && strings.Contains(a.body, "<html>") },
		FaultReportCut:         func(a answer, err error) bool { return err == nil && len(a.body) == 600 },
		FaultReportDrop:        func(a answer, err error) bool { return err != nil && len(a.body) == 600 },
		FaultReportUnavailable: func(a answer, err error) bool { return err == nil && a.StatusCode == http.StatusServiceUnavailable },
	} {
		if err := s.Fault(Fault{Kind: kind}); err != nil {
			t.Fatal(err)
		}
		if a := s.command(token, "action=check_health"); !strings.Contains(a.body, "<success>1</success>") {
			t.Errorf("%s struck a command: %s", kind, a.body)
		}
		for i, want := range []bool{true, false} {
			r := s.request(http.MethodGet, "/api/reporting?"+query, "")
			r.Header.Set("Authorization", "Bearer "+token)
			response, err := s.client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(response.Body)
			response.Body.Close()
			if got := strikes(answer{response, string(b)}, err); got != want {
				t.Errorf("%s, request %d: struck %t: %v, %s, %.700s", kind, i+1, got, err, response.Status, b)
			}
		}
	}
	if err := s.Fault(Fault{Kind: FaultReportSlow, Delay: time.Hour}); err != nil {
		t.Fatal(err)
	}
	s.client.Timeout = 50 * time.Millisecond
	r := s.request(http.MethodGet, "/api/reporting?"+query, "")
	r.Header.Set("Authorization", "Bearer "+token)
	if _, err := s.client.Do(r); err == nil { //nolint:bodyclose // An error comes without a body.
		t.Error("a slow report came at once")
	}
}

// Odd bytes are what XML cannot have; encoded, it can.
func TestOddBytesOfChats(t *testing.T) {
	c := newClock()
	for odd, want := range map[bool]bool{false: true, true: false} {
		s := serve(t, Config{Now: c.Now, Reports: ReportDialect{OddBytes: odd}, World: world.Config{Speed: 20}})
		c.advance(20 * time.Minute)
		a := s.reporting(s.token(), "generate_report=SupportSession&start_time=0&duration=0")
		if fine := xml.Unmarshal([]byte(a.body), new(element)) == nil; fine != want || strings.Contains(a.body, "<encoded_body>") != want {
			t.Errorf("odd bytes %t: readable %t", odd, fine)
		}
	}
}

// Both appliances of a pair have the same logs.
func TestAPairSharesItsReports(t *testing.T) {
	c := newClock()
	first, second, err := NewPair(Config{Now: c.Now}, Config{})
	if err != nil {
		t.Fatal(err)
	}
	a, b := serveAppliance(t, first), serveAppliance(t, second)
	c.advance(time.Hour)
	const query = "generate_report=SupportTeam&start_time=0&duration=0"
	before := a.reporting(a.token(), query).body
	if err := second.Failover(); err != nil {
		t.Fatal(err)
	}
	if after := b.reporting(b.token(), query).body; after != before || !strings.Contains(after, "<event ") {
		t.Error("the appliance that took over has other logs")
	}
}
