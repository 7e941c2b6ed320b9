package web

import (
	"net/http"
	"strings"
	"testing"
)

func TestPages(t *testing.T) {
	plainOptions, atRoot, profiled := testOptions(), testOptions(), testOptions()
	atRoot.TelemetryPath = "/"
	profiled.EnablePprof = true
	for _, test := range []struct {
		options      Options
		method, path string
		status       int
		body         string
	}{
		{plainOptions, "GET", "/", http.StatusOK, "BeyondTrust exporter"},
		{plainOptions, "HEAD", "/", http.StatusOK, ""},
		{plainOptions, "GET", "/metrics", http.StatusOK, "beyondtrust_up 1\n"},
		{plainOptions, "POST", "/metrics", http.StatusMethodNotAllowed, ""},
		{plainOptions, "DELETE", "/", http.StatusMethodNotAllowed, ""},
		{plainOptions, "GET", "/-/healthy", http.StatusOK, "alive"},
		{plainOptions, "GET", "/-/ready", http.StatusOK, "serves"},
		{plainOptions, "PUT", "/-/ready", http.StatusMethodNotAllowed, ""},
		{plainOptions, "GET", "/elsewhere", http.StatusNotFound, ""},
		{plainOptions, "GET", "/debug/pprof/", http.StatusNotFound, ""},
		{plainOptions, "GET", "/debug/pprof/cmdline", http.StatusNotFound, ""},
		{profiled, "GET", "/debug/pprof/", http.StatusOK, "goroutine"},
		{atRoot, "GET", "/", http.StatusOK, "beyondtrust_up 1\n"},
		{atRoot, "GET", "/metrics", http.StatusNotFound, ""},
	} {
		got := ask(newTestHandler(t, test.options), test.method, test.path)
		if got.Code != test.status || !strings.Contains(got.Body.String(), test.body) {
			t.Errorf("%s %s with metrics at %s: got %d %.200q; want %d and %q", test.method, test.path,
				test.options.TelemetryPath, got.Code, got.Body, test.status, test.body)
		}
	}
}

func TestTelemetryPath(t *testing.T) {
	for path, good := range map[string]bool{
		"/metrics": true, "/": true, "/a/b": true, "/-metrics": true,
		"": false, "metrics": false, "/metrics/": false, "//": false, "/a/../b": false, "/{a}": false,
		"/-/healthy": false, "/-/reload": false, "/probe": false, "/sd": false, "/debug/pprof/heap": false, "/a?b": false,
	} {
		options := testOptions()
		options.TelemetryPath = path
		if _, err := NewHandler(options); (err == nil) != good {
			t.Errorf("telemetry path %q: got %v; want it taken: %t", path, err, good)
		}
	}
}
