package e2e

import (
	"fmt"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/processtest"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator"
)

// backInTime is what docs/reliability.md promises: so long after the end of a fault, at the latest,
// the exporter is right again. It is the longest wait between two attempts to subscribe, the
// time that one may take, and five seconds for the full copy.
const backInTime = 60*time.Second + 10*time.Second + 5*time.Second

// rig is an exporter that watches a simulated appliance through a proxy that can do it harm, and a
// watch that scrapes it all the while.
type rig struct {
	t         *testing.T
	a         *appliance
	proxy     *faultProxy
	e         *exporter
	watch     *watch
	stopWatch func()
	jumped    *atomic.Int64 // nanoseconds by which the appliance's clock was set forward
	start     resources
	tell      string // what to say of it where something is wrong
}

// rigConfig says how a rig differs from what the tests' rigs are like.
type rigConfig struct {
	appliance simulator.Config
	args      []string // of the exporter
	hardClose bool     // every close on the way is a reset
	away      bool     // there is no way to the appliance when the exporter starts
	every     time.Duration
	tell      string
}

// newRig starts everything and waits until the exporter is right.
func newRig(t *testing.T, c rigConfig) *rig {
	t.Helper()
	r := &rig{t: t, jumped: new(atomic.Int64), tell: c.tell}
	c.appliance.Now = func() time.Time { return time.Now().Add(time.Duration(r.jumped.Load())) }
	r.a = newAppliance(t, c.appliance)
	var more []map[string]any
	if c.hardClose {
		more = append(more, resetToxic(0))
	}
	r.proxy = startFaultProxy(t, r.a.address, more...)
	if c.away {
		r.proxy.cut()
	}
	p := start(t, e2eBinary(),
		[]string{"BEYONDTRUST_URL=https://" + r.proxy.address, "BEYONDTRUST_CLIENT_ID=" + r.a.ClientID(), "BEYONDTRUST_CLIENT_SECRET=" + r.a.ClientSecret()},
		append([]string{
			"--appliance.ca-file=" + r.a.caFile, "--web.listen-address=127.0.0.1:0", "--timeout-offset=" + timeoutOffset.String(),
		}, c.args...)...)
	r.e = &exporter{process: p, root: "http://" + p.Stderr.Find(`msg="Listening on" address=(\S+)`)}
	r.watch, r.stopWatch = startWatch(t, r.e, watchTruth(t, r.a), c.every, c.tell)
	r.watch.disturb("the start", false)
	if c.away {
		r.threeScrapes()
		r.proxy.mend()
	}
	r.right("the start", backInTime)
	r.watch.calm()
	r.start = resourcesOf(r.e.scrape())
	return r
}

// threeScrapes waits for so many more.
func (r *rig) threeScrapes() {
	r.t.Helper()
	_, before := r.watch.seen()
	processtest.Eventually(r.t, "three more scrapes", func() (bool, string) {
		_, n := r.watch.seen()
		return n >= before+3, fmt.Sprint(n)
	})
}

// right waits until the exporter is right again after something, and returns how long that took.
func (r *rig) right(after string, limit time.Duration) time.Duration {
	r.t.Helper()
	began := time.Now()
	_, before := r.watch.seen()
	processtest.Within(r.t, limit, fmt.Sprintf("%s: right again after %q, %.1f s after the start", r.tell, after, began.Sub(r.watch.began).Seconds()), func() (bool, string) {
		b, scrapes := r.watch.seen()
		if b == nil || scrapes <= before+1 { // one may have begun before
			return false, "no scrape"
		}
		wrong := unwell(b)
		if n := r.a.Subscribers(); n != 1 {
			wrong = append(wrong, fmt.Sprintf("the appliance has %d subscriptions", n))
		}
		return len(wrong) == 0, strings.Join(wrong, "\n")
	})
	return time.Since(began)
}

// unwell says what is asked for and not there.
func unwell(b *body) []string {
	var wrong []string
	for _, name := range []string{
		"beyondtrust_up", "beyondtrust_state_synced", "beyondtrust_health_check_success", "beyondtrust_health_probe_success",
	} {
		if !b.is(1, name) {
			wrong = append(wrong, fmt.Sprintf("%s is %v", name, b.values(name)))
		}
	}
	for _, success := range b.families["beyondtrust_scrape_collector_success"].GetMetric() {
		if valueOf(success) != 1 {
			wrong = append(wrong, fmt.Sprintf("no success: %v", success.GetLabel()))
		}
	}
	return wrong
}

// reckon lets the desk stand still and compares everything with it. Whoever is missing is taken to
// be gone after the grace, which may have begun just now.
func (r *rig) reckon(p precision, grace time.Duration) {
	r.t.Helper()
	r.stopWatch()
	r.watch.verdict()
	r.a.StandStill()
	book := r.a.Book()
	processtest.Within(r.t, grace+backInTime, r.tell+": the counters are the book's", func() (bool, string) {
		wrong := reckon(r.e.scrape(), book, p, r.watch.missable)
		return len(wrong) == 0, strings.Join(wrong, "\n")
	})
	r.leavesNothing()
}

// resources are what an exporter holds.
type resources struct {
	goroutines, descriptors, memory float64
}

func resourcesOf(b *body) resources {
	var r resources
	r.goroutines, _ = b.sum("go_goroutines")
	r.descriptors, _ = b.sum("process_open_fds")
	r.memory, _ = b.sum("process_resident_memory_bytes")
	return r
}

// leavesNothing waits until the appliance has one connection, the exporter holds no more than it did
// at the start, and says what the log must not have.
func (r *rig) leavesNothing() {
	r.t.Helper()
	processtest.Eventually(r.t, "the appliance has one connection, the subscription", func() (bool, string) {
		return r.a.Connections() == 1 && r.a.Subscribers() == 1, fmt.Sprintf("%d connections, %d subscriptions", r.a.Connections(), r.a.Subscribers())
	})
	processtest.Eventually(r.t, "goroutines and descriptors are no more than at the start", func() (bool, string) {
		now := resourcesOf(r.e.scrape())
		return now.goroutines <= r.start.goroutines && now.descriptors <= r.start.descriptors, fmt.Sprintf("at the start %+v, now %+v", r.start, now)
	})
	if bad := forbidden.FindString(r.e.Stderr.String()); bad != "" {
		r.t.Errorf("%q is in the log", bad)
	}
	r.e.keepsSecret(r.a.ClientSecret(), r.a)
	if status := r.e.terminate(); status != 0 {
		r.t.Errorf("exit status %d; want 0", status)
	}
}

// forbidden is what no log may have, whatever happens: it is how Go tells of mistakes in the program.
var forbidden = regexp.MustCompile(`(?i)panic|superfluous|DATA RACE|runtime error|goroutine \d+ \[|unlock of unlocked|invalid memory`)
