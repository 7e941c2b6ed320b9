package web

import (
	"net/http"
	"testing"
	"time"
)

func TestScrapeTime(t *testing.T) {
	const offset = 500 * time.Millisecond
	for _, test := range []struct {
		header string
		offset time.Duration
		want   time.Duration
	}{
		{"10", offset, 9500 * time.Millisecond},
		{"2.5", offset, 2 * time.Second},
		{"2.5", 0, 2500 * time.Millisecond},
		// Less than half of the time is not to be lost.
		{"0.6", offset, 300 * time.Millisecond},
		{"0.1", offset, 50 * time.Millisecond},
		// What makes no sense is passed over.
		{"", offset, defaultScrapeTime},
		{"soon", offset, defaultScrapeTime},
		{"0", offset, defaultScrapeTime},
		{"-3", offset, defaultScrapeTime},
		{"NaN", offset, defaultScrapeTime},
		{"-Inf", offset, defaultScrapeTime},
		// What is too much is cut.
		{"86400", offset, maxScrapeTime - offset},
		{"1e300", offset, maxScrapeTime - offset},
		{"+Inf", 0, maxScrapeTime},
	} {
		header := http.Header{}
		if test.header != "" {
			header.Set("X-Prometheus-Scrape-Timeout-Seconds", test.header)
		}
		if got := scrapeTime(header, test.offset); got != test.want {
			t.Errorf("header %q less %s: got %s; want %s", test.header, test.offset, got, test.want)
		}
	}
}
