package collector

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Requests counts and times the HTTP requests that were made to one appliance.
// It implements appliance.Observer, and may be used by several goroutines at
// once.
type Requests struct {
	total   *prometheus.CounterVec
	seconds *prometheus.HistogramVec
}

// requestLabels are those of the requests. All but the last are those of their
// durations too.
func requestLabels() []string { return []string{"api", "action", "code"} }

// NewRequests returns Requests in which nothing has been observed.
func NewRequests() *Requests {
	return &Requests{
		total: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "beyondtrust_api_requests_total",
			Help: "HTTP requests made to the appliance, by HTTP status, or by error for an answer that was an error or could not be read, by timeout, and by network for no answer.",
		}, requestLabels()),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:                           "beyondtrust_api_request_duration_seconds",
			Help:                           "Seconds from sending an HTTP request to the appliance to the last byte of its answer.",
			Buckets:                        []float64{0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10},
			NativeHistogramBucketFactor:    nativeFactor,
			NativeHistogramMaxBucketNumber: nativeBuckets,
		}, requestLabels()[:2]),
	}
}

// ObserveRequest takes in a request that has ended. What is asked for once is asked
// for again, so what can become of it starts at 0 then.
func (r *Requests) ObserveRequest(api, action, code string, took time.Duration) {
	r.expect(api, action)
	r.total.WithLabelValues(api, action, code).Inc()
	r.seconds.WithLabelValues(api, action).Observe(took.Seconds())
}

// expect says that such requests will be made, so that what can become of them
// starts at 0.
func (r *Requests) expect(api, action string) {
	for _, code := range []string{"200", "error", "timeout", "network"} {
		r.total.WithLabelValues(api, action, code)
	}
	r.seconds.WithLabelValues(api, action)
}

// Describe implements prometheus.Collector.
func (r *Requests) Describe(ch chan<- *prometheus.Desc) {
	r.total.Describe(ch)
	r.seconds.Describe(ch)
}

// Collect implements prometheus.Collector.
func (r *Requests) Collect(ch chan<- prometheus.Metric) {
	r.total.Collect(ch)
	r.seconds.Collect(ch)
}
