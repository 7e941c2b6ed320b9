package licenses_test

import (
	"context"
	"crypto/x509"
	"net"
	"net/url"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/licenses"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
)

// clock is the appliance's, which shows what it was set to.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
}

// Over a day the licences in use and the newest peak are those of the appliance's own book, each
// hour. The client asks over TLS; time is the bubble's, which stands still meanwhile.
func TestADayOfLicences(t *testing.T) {
	c := &clock{now: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)} // when a bubble begins
	desk, err := simulator.New(simulator.Config{
		Now: c.Now, ClockOffset: -3 * time.Minute, RequestsPerSecond: 1000,
		World: world.Config{Seed: 3, FlushEvery: time.Hour, TimeOfDay: 5 * time.Hour},
	})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- desk.Serve(ctx, listener) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	synctest.Test(t, func(t *testing.T) { day(t, c, desk, listener.Addr().String()) })
}

func day(t *testing.T, c *clock, desk *simulator.Appliance, host string) {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(desk.CACertificatePEM())
	client, err := appliance.New(appliance.Config{
		URL: &url.URL{Scheme: "https", Host: host}, ClientID: desk.ClientID(),
		Secret: func() (string, error) { return desk.ClientSecret(), nil }, TLS: appliance.TLSOptions{RootCAs: roots},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	l := licenses.New(licenses.Config{Client: client, Info: client.APIInfo, Limits: map[string]uint64{"full": 40}, Interval: 5 * time.Minute})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- l.Run(ctx) }()

	kinds, peaks := make(map[string]uint64), make(map[int64]bool)
	for hour := range 24 {
		time.Sleep(40 * time.Minute)
		// The desk stands still while all is asked for once more.
		c.set(time.Now())
		time.Sleep(20 * time.Minute)
		synctest.Wait()
		view, book := l.View(), desk.Book()
		// A type that was ever seen or has a limit is there, at 0.
		want := map[string]uint64{"full": 0}
		for kind := range kinds {
			want[kind] = 0
		}
		for kind, n := range book.LicensesInUse {
			want[kind] = uint64(n)
		}
		kinds = want
		if diff := cmp.Diff(want, view.InUse); diff != "" || !view.Success {
			t.Errorf("hour %d, the licences of the book (-) and those in use (+):\n%s", hour, diff)
		}
		if view.PeakKnown != (book.LicensePeak != nil) {
			t.Fatalf("hour %d: a peak is known: %t; there was %v", hour, view.PeakKnown, book.LicensePeak)
		}
		if book.LicensePeak == nil {
			continue
		}
		peak := appliance.LicensePeak{Time: time.Unix(book.LicensePeak.At, 0).UTC()}
		peaks[book.LicensePeak.At] = true
		for _, n := range book.LicensePeak.Counts {
			reason := n.Reason
			if reason == "" {
				reason = "total"
			}
			peak.Counts = append(peak.Counts, appliance.LicenseCount{Type: n.Type, Reason: reason, Count: uint64(n.Count)})
		}
		if diff := cmp.Diff(peak, view.Peak); diff != "" {
			t.Errorf("hour %d, the peak of the book (-) and the newest (+):\n%s", hour, diff)
		}
	}
	if len(kinds) < 2 || len(peaks) < 3 {
		t.Errorf("the day showed %d types of licence and %d peaks", len(kinds), len(peaks))
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
