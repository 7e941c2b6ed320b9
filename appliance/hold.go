package appliance

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	firstHold      = 5 * time.Second
	longestHold    = 60 * time.Second
	longestRetry   = time.Hour
	shortestRetry  = time.Second
	retryAfter     = "Retry-After"
	remainingField = "X-RateLimit-Remaining"
)

// hold keeps requests back after a 429: for as long as the appliance asks for, else for five
// seconds, doubled each time up to a minute.
type hold struct {
	mu    sync.Mutex
	until time.Time
	wait  time.Duration
}

// held returns until when requests are kept back; ok is false where they are not.
func (h *hold) held() (until time.Time, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.until, time.Now().Before(h.until)
}

// tooMany takes note of a 429 and returns until when requests are kept back. Answers to
// several requests that were under way together are one refusal.
func (h *hold) tooMany(header http.Header) time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := time.Now()
	wait, told := retryWait(header, now)
	if !told {
		if now.Before(h.until) {
			return h.until
		}
		h.wait = min(max(2*h.wait, firstHold), longestHold)
		wait = h.wait
	}
	if until := now.Add(wait); until.After(h.until) {
		h.until = until
	}
	return h.until
}

// answered takes note of an answer that was no 429. One to a request that was sent before the
// refusal says nothing about it.
func (h *hold) answered() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !time.Now().Before(h.until) {
		h.wait = 0
	}
}

// retryWait reads Retry-After, in seconds or as a date (RFC 9110, section 10.2.3). A date is
// by the appliance's clock, and so is the Date that comes with it. What is asked for is
// bounded, so that no answer stops the exporter for good: the appliance counts by the hour.
func retryWait(header http.Header, now time.Time) (time.Duration, bool) {
	text := strings.TrimSpace(header.Get(retryAfter))
	if text == "" {
		return 0, false
	}
	var wait time.Duration
	if seconds, err := strconv.ParseUint(text, 10, 64); err == nil {
		wait = time.Duration(min(seconds, uint64(longestRetry/time.Second))) * time.Second
	} else if date, err := http.ParseTime(text); err == nil {
		if appliance, err := http.ParseTime(header.Get("Date")); err == nil {
			now = appliance
		}
		wait = date.Sub(now)
	} else {
		return 0, false
	}
	return min(max(wait, shortestRetry), longestRetry), true
}

// remaining reads X-RateLimit-Remaining; ok is false where it is missing or no count.
func remaining(header http.Header) (n int, ok bool) {
	n, err := strconv.Atoi(strings.TrimSpace(header.Get(remainingField)))
	return n, err == nil && n >= 0
}
