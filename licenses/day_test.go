package licenses_test

import (
	"context"
	"crypto/x509"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/simulatortest"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/licenses"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
)

// Over a day the licences in use and the newest peak are those of the appliance's own book, each
// hour. The client asks over TLS; time is the bubble's, which stands still meanwhile.
func TestADayOfLicences(t *testing.T) {
	clock := simulatortest.NewClock()
	desk, address := simulatortest.New(t, simulator.Config{
		Now: clock.Now, ClockOffset: -3 * time.Minute, RequestsPerSecond: 1000,
		World: world.Config{Seed: 3, FlushEvery: time.Hour, TimeOfDay: 5 * time.Hour},
	})
	synctest.Test(t, func(t *testing.T) { day(t, clock, desk, address) })
}

func day(t *testing.T, clock *simulatortest.Clock, desk *simulator.Appliance, address *url.URL) {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(desk.CACertificatePEM())
	client, err := appliance.New(appliance.Config{
		URL: address, ClientID: desk.ClientID(),
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
		clock.Set(time.Now())
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
