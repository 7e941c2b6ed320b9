package e2e

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/prometheustest"
)

// question is a query of docs/support-desk.md, and the heading that it stands
// under.
type question struct {
	heading, query string
}

// questions returns the queries of docs/support-desk.md.
func questions(t *testing.T) []question {
	t.Helper()
	text, err := os.ReadFile("../docs/support-desk.md")
	if err != nil {
		t.Fatal(err)
	}
	var found []question
	blocks := regexp.MustCompile("(?ms)^## (.*?)$|^```promql\n(.*?)^```").FindAllStringSubmatch(string(text), -1)
	heading := ""
	for _, block := range blocks {
		if block[1] != "" {
			heading = block[1]
			continue
		}
		found = append(found, question{heading, block[2]})
	}
	return found
}

// Every query of docs/support-desk.md is answered by a real Prometheus that
// watches the demo, and the figures that a head of support asks for first are
// there, and more than nothing, within the test's patience.
func TestSupportDeskQuestions(t *testing.T) {
	t.Parallel()
	asked := questions(t)
	if len(asked) < 15 {
		t.Fatalf("docs/support-desk.md has %d queries: are they still found?", len(asked))
	}
	mustBeMore := []string{
		"What share was answered in time? (service level)",
		"How long does a customer wait? (average speed of answer)",
		"How busy are we? (occupancy)",
		"How long does a session take? (average handle time)",
	}
	_, e := startDemo(t)
	p := prometheustest.Start(t, fmt.Sprintf(`
global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
scrape_configs:
  - job_name: beyondtrust
    static_configs: [{targets: [%q]}]
`, strings.TrimPrefix(e.root, "http://")))
	seen := map[string]bool{}
	for _, q := range asked {
		// The demo has not been there for an hour.
		query := strings.ReplaceAll(q.query, "[1h]", "[1m]")
		seen[q.heading] = true
		if strings.Contains(query, "unless") || strings.Contains(query, "from_queue") {
			// In the demo somebody is always there to answer, and few sessions go
			// the same way twice: that the query is understood is all there is to ask.
			if _, err := p.Query(query); err != nil {
				t.Errorf("docs/support-desk.md: %v", err)
			}
			continue
		}
		p.WaitFor(t, query, func(series []prometheustest.Series) bool {
			if !slices.Contains(mustBeMore, q.heading) {
				return prometheustest.Some(series)
			}
			return slices.ContainsFunc(series, func(s prometheustest.Series) bool { return len(s.Points) > 0 && s.Points[0].Value > 0 })
		})
	}
	for _, heading := range mustBeMore {
		if !seen[heading] {
			t.Errorf("docs/support-desk.md has no answer to %q", heading)
		}
	}
}
