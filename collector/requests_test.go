package collector

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

// What was asked for once has a series for each thing that can become of it, so
// that a first failure is an increase.
func TestWhatIsAskedForStartsAtZero(t *testing.T) {
	r := NewRequests()
	r.ObserveRequest("reporting", "SupportSession", "429", time.Second)
	const want = `
# HELP beyondtrust_api_requests_total HTTP requests made to the appliance, by HTTP status, or by error for an answer that was an error or could not be read, by timeout, and by network for no answer.
# TYPE beyondtrust_api_requests_total counter
beyondtrust_api_requests_total{action="SupportSession",api="reporting",code="200"} 0
beyondtrust_api_requests_total{action="SupportSession",api="reporting",code="429"} 1
beyondtrust_api_requests_total{action="SupportSession",api="reporting",code="error"} 0
beyondtrust_api_requests_total{action="SupportSession",api="reporting",code="network"} 0
beyondtrust_api_requests_total{action="SupportSession",api="reporting",code="timeout"} 0
`
	if err := testutil.CollectAndCompare(r, strings.NewReader(want), "beyondtrust_api_requests_total"); err != nil {
		t.Error(err)
	}
}
