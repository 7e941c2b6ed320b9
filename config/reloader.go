package config

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Reloader puts a configuration into force and does so again whenever it is asked to: the whole
// of it or nothing, so that after an error what was in force still is. It is a
// prometheus.Collector that tells how the last attempt ended. All methods may be called at the
// same time.
type Reloader struct {
	load  func() ([]Appliance, error)
	apply func([]Appliance) error

	successful, successTime *prometheus.Desc

	reloading sync.Mutex // held by the one reload that there is at a time

	mu    sync.Mutex
	ok    bool
	since time.Time // of the last success
}

// NewReloader makes a Reloader. load reads and validates, apply puts into force what load
// returned, or fails and changes nothing.
func NewReloader(load func() ([]Appliance, error), apply func([]Appliance) error) *Reloader {
	return &Reloader{
		load:  load,
		apply: apply,
		successful: prometheus.NewDesc("beyondtrust_exporter_config_last_reload_successful",
			"1 where the last attempt to read the configuration succeeded, 0 where it was refused and the one before it is still in force.", nil, nil),
		successTime: prometheus.NewDesc("beyondtrust_exporter_config_last_reload_success_timestamp_seconds",
			"When the configuration was last read with success, in Unix seconds by the exporter's clock.", nil, nil),
	}
}

// Reload reads the configuration and puts it into force. Those who ask at the same time get their
// turn one after the other.
func (r *Reloader) Reload() error {
	r.reloading.Lock()
	defer r.reloading.Unlock()
	appliances, err := r.load()
	if err == nil {
		err = r.apply(appliances)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ok = err == nil
	if r.ok {
		r.since = time.Now()
	}
	return err
}

// Describe implements prometheus.Collector.
func (r *Reloader) Describe(descs chan<- *prometheus.Desc) {
	descs <- r.successful
	descs <- r.successTime
}

// Collect implements prometheus.Collector.
func (r *Reloader) Collect(metrics chan<- prometheus.Metric) {
	r.mu.Lock()
	ok, since := r.ok, r.since
	r.mu.Unlock()
	value := 0.0
	if ok {
		value = 1
	}
	metrics <- prometheus.MustNewConstMetric(r.successful, prometheus.GaugeValue, value)
	if !since.IsZero() {
		metrics <- prometheus.MustNewConstMetric(r.successTime, prometheus.GaugeValue, float64(since.UnixMilli())/1e3)
	}
}
