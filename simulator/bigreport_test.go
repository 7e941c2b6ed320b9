package simulator

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"testing"
	"time"
)

func TestABigReport(t *testing.T) {
	for _, product := range []Product{RemoteSupport, PrivilegedRemoteAccess} {
		big := BigReport{Sessions: 400, Events: 20, Bytes: 3 << 20, Product: product}
		var b bytes.Buffer
		n, err := big.WriteTo(&b)
		if err != nil || n != int64(b.Len()) || n < 3<<20*95/100 || n > 3<<20*105/100 {
			t.Fatalf("%d bytes written, %d there: %v", n, b.Len(), err)
		}
		var root element
		if err := xml.Unmarshal(b.Bytes(), &root); err != nil {
			t.Fatal(err)
		}
		a := newAuditor(t, 0)
		a.sessions(root)
		events, picked := uint64(0), uint64(0)
		for _, n := range a.total.Events {
			events += n
		}
		for _, d := range a.total.Pickup {
			picked += d.Count
		}
		if len(root.all("session")) != 400 || events != 8000 || picked != 400 || a.total.Files["transferred"] != 400 {
			t.Errorf("%s: %d sessions, %d events, %d pickups, files %v", product, len(root.all("session")), events, picked, a.total.Files)
		}
	}
	s := serve(t, Config{Reports: ReportDialect{Big: BigReport{Sessions: 100}}})
	root := s.report(s.token(), "generate_report=SupportSession&end_time=1&duration=0")
	if n := len(root.all("session")); n != 100 {
		t.Errorf("%d sessions over the network", n)
	}
}

// BenchmarkBigReport writes as much as a reader must bear: 256 MiB with a million events.
func BenchmarkBigReport(b *testing.B) {
	for b.Loop() {
		n, err := BigReport{Sessions: 50_000, Events: 20, Bytes: 256 << 20}.WriteTo(io.Discard)
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(n)
	}
}

// BenchmarkSessionReport asks for a day's sessions.
func BenchmarkSessionReport(b *testing.B) {
	c := newClock()
	s := serve(b, Config{Now: c.Now, RequestsPerSecond: 100_000, RequestsPerHour: 1 << 30})
	c.advance(24 * time.Hour)
	token := s.token()
	for b.Loop() {
		a := s.reporting(token, fmt.Sprintf("generate_report=SupportSession&end_time=%d&duration=0", c.Now().Add(-24*time.Hour).Unix()))
		b.SetBytes(int64(len(a.body)))
	}
}
