package prometheustest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/processtest"
)

// Get asks Prometheus's API for a path below /api/v1/ and decodes the data of its answer. An
// answer that tells of an error is one.
func (s *Server) Get(path string, parameters url.Values, data any) error {
	request, err := http.NewRequestWithContext(s.ctx, http.MethodGet, s.URL+"/api/v1/"+path+"?"+parameters.Encode(), http.NoBody)
	if err != nil {
		return fmt.Errorf("asking Prometheus for %s: %w", path, err)
	}
	// No connection is kept, so that a test that looks for leaks finds none of these.
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("asking Prometheus for %s: %w", path, err)
	}
	defer response.Body.Close()
	var answer struct {
		Error string
		Data  json.RawMessage
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return fmt.Errorf("reading Prometheus's answer for %s, HTTP status %d: %w", path, response.StatusCode, err)
	}
	if answer.Error != "" {
		return fmt.Errorf("asking Prometheus for %s: %s", path, answer.Error)
	}
	if err := json.Unmarshal(answer.Data, data); err != nil {
		return fmt.Errorf("reading Prometheus's answer for %s: %w", path, err)
	}
	return nil
}

// Point is the value of a series at a time.
type Point struct {
	Time  time.Time
	Value float64
}

// UnmarshalJSON implements json.Unmarshaler: [seconds, "value"].
func (p *Point) UnmarshalJSON(text []byte) error {
	var seconds float64
	var value string
	if err := json.Unmarshal(text, &[]any{&seconds, &value}); err != nil {
		return fmt.Errorf("reading a point: %w", err)
	}
	p.Time = time.UnixMilli(int64(seconds * 1000))
	var err error
	p.Value, err = strconv.ParseFloat(value, 64)
	return err
}

// Series is what a query brings for one set of labels: one point at an instant, several over a
// range, none where its samples are native histograms.
type Series struct {
	Labels map[string]string
	Points []Point
}

// Query returns what an expression brings now. A scalar is a series without labels.
func (s *Server) Query(expression string) ([]Series, error) {
	return s.query("query", url.Values{"query": {expression}})
}

// QueryRange returns what an expression brings from start to end, at each step.
func (s *Server) QueryRange(expression string, start, end time.Time, step time.Duration) ([]Series, error) {
	at := func(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
	return s.query("query_range", url.Values{
		"query": {expression}, "start": {at(start)}, "end": {at(end)}, "step": {step.String()},
	})
}

func (s *Server) query(path string, parameters url.Values) ([]Series, error) {
	var data struct {
		ResultType string
		Result     json.RawMessage
	}
	if err := s.Get(path, parameters, &data); err != nil {
		return nil, fmt.Errorf("%w: %s", err, parameters.Get("query"))
	}
	if data.ResultType == "scalar" {
		var point Point
		err := json.Unmarshal(data.Result, &point)
		return []Series{{Points: []Point{point}}}, err
	}
	var result []struct {
		Metric map[string]string
		Value  *Point
		Values []Point
	}
	if err := json.Unmarshal(data.Result, &result); err != nil {
		return nil, fmt.Errorf("reading Prometheus's answer to %s: %w", parameters.Get("query"), err)
	}
	var series []Series
	for _, r := range result {
		if r.Value != nil {
			r.Values = []Point{*r.Value}
		}
		series = append(series, Series{Labels: r.Metric, Points: r.Values})
	}
	return series, nil
}

// WaitFor asks until what the expression brings is as it is to be, and returns that. It fails
// the test where that never comes, and at once where Prometheus does not take the expression.
func (s *Server) WaitFor(t testing.TB, expression string, holds func([]Series) bool) []Series {
	t.Helper()
	var series []Series
	processtest.Eventually(t, expression, func() (bool, string) {
		var err error
		if series, err = s.Query(expression); err != nil {
			t.Fatal(err)
		}
		return holds(series), fmt.Sprint(series)
	})
	return series
}

// True says that there is one series, and that it is not 0: what a comparison brings that
// holds.
func True(series []Series) bool {
	return len(series) == 1 && len(series[0].Points) == 1 && series[0].Points[0].Value != 0
}

// Some says that there is a series at all.
func Some(series []Series) bool { return len(series) > 0 }
