package web

import (
	"math"
	"net/http"
	"strconv"
	"time"
)

const (
	// scrapeTimeoutHeader is what Prometheus tells with each scrape: how long it waits.
	scrapeTimeoutHeader = "X-Prometheus-Scrape-Timeout-Seconds"

	// defaultScrapeTime is for whoever does not say: Prometheus waits ten seconds by
	// default, and a browser longer.
	defaultScrapeTime = 10 * time.Second

	// maxScrapeTime is the longest time that anybody may ask for.
	maxScrapeTime = 5 * time.Minute
)

// scrapeTime returns how long a scrape may take: what Prometheus allows, less the offset, for
// the way back. An offset that would leave less than half of it does not count in full, so
// that a scrape with a short limit still has a chance. A header that makes no sense is passed
// over.
func scrapeTime(header http.Header, offset time.Duration) time.Duration {
	seconds, err := strconv.ParseFloat(header.Get(scrapeTimeoutHeader), 64)
	if err != nil || math.IsNaN(seconds) || seconds <= 0 {
		return defaultScrapeTime
	}
	allowed := time.Duration(min(seconds, maxScrapeTime.Seconds()) * float64(time.Second))
	return max(allowed-offset, allowed/2)
}
