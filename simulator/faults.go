package simulator

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// FaultKind is something that can go wrong on command.
type FaultKind string

// The kinds of fault. The first eight strike a request, the next four a message of the real-time state API, the last seven an answer of the
// reporting API.
const (
	FaultSlow        FaultKind = "slow"       // an answer comes late
	FaultUnavailable FaultKind = "503"        // Service Unavailable, for whatever was asked, a web socket included
	FaultGarbage     FaultKind = "garbage"    // a command's answer is no XML
	FaultError       FaultKind = "error"      // a command is answered with an <error> document
	FaultDrop        FaultKind = "drop"       // the connection ends instead of an answer
	FaultToken       FaultKind = "token"      // a valid token is refused, by the real-time state API as well
	FaultRateLimit   FaultKind = "rate_limit" // 429
	FaultUnhealthy   FaultKind = "unhealthy"  // a health check fails
	FaultDropState   FaultKind = "drop_state" // the connection ends instead of the next message
	FaultCut         FaultKind = "cut"        // the next message is cut in the middle, and then the connection ends
	FaultMalformed   FaultKind = "malformed"  // a line that is no JSON comes before the next message
	FaultDuplicate   FaultKind = "duplicate"  // the next message comes twice

	FaultReportError       FaultKind = "report_error"   // an <error> document
	FaultReportNothing     FaultKind = "report_nothing" // the <error> document that says that nothing was found, whatever there is
	FaultReportRoot        FaultKind = "report_root"    // a document that is no report
	FaultReportCut         FaultKind = "report_cut"     // the XML ends in the middle, the answer as it should
	FaultReportDrop        FaultKind = "report_drop"    // the connection ends in the middle
	FaultReportUnavailable FaultKind = "report_503"     // Service Unavailable
	FaultReportSlow        FaultKind = "report_slow"    // an answer comes late
	slowness                         = 5 * time.Second
)

// FaultKinds returns all kinds. The slice is the caller's.
func FaultKinds() []FaultKind {
	return []FaultKind{
		FaultSlow, FaultUnavailable, FaultGarbage, FaultError, FaultDrop, FaultToken, FaultRateLimit, FaultUnhealthy,
		FaultDropState, FaultCut, FaultMalformed, FaultDuplicate,
		FaultReportError, FaultReportNothing, FaultReportRoot, FaultReportCut, FaultReportDrop, FaultReportUnavailable, FaultReportSlow,
	}
}

// Fault is a fault that is to strike.
type Fault struct {
	Kind FaultKind
	// Count is how often it strikes. Where it is 0, it strikes once, or always for a Duration.
	Count int
	// Duration is for how long it may strike, by the appliance's clock; 0 is without end.
	Duration time.Duration
	// Delay is how late the answers of FaultSlow and FaultReportSlow are: 5 s by default.
	Delay time.Duration
}

// faults are those that are on.
type faults struct {
	mu sync.Mutex
	on map[FaultKind]struck
}

type struck struct {
	left  int // -1 is without end
	until time.Time
	delay time.Duration
}

// set turns a fault on, in place of one of the same kind.
func (f *faults) set(fault Fault, now time.Time) error {
	known := false
	for _, k := range FaultKinds() {
		known = known || k == fault.Kind
	}
	if !known {
		var names []string
		for _, k := range FaultKinds() {
			names = append(names, string(k))
		}
		return fmt.Errorf("there is no fault of the kind %q; give one of %s", fault.Kind, strings.Join(names, ", "))
	}
	if fault.Count < 0 || fault.Duration < 0 || fault.Delay < 0 {
		return fmt.Errorf("count, duration and delay of a fault must not be negative")
	}
	s := struck{left: fault.Count, delay: fault.Delay}
	if fault.Duration > 0 {
		s.until = now.Add(fault.Duration)
	}
	if s.left == 0 {
		s.left = 1
		if fault.Duration > 0 {
			s.left = -1
		}
	}
	if s.delay == 0 {
		s.delay = slowness
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.on == nil {
		f.on = make(map[FaultKind]struck)
	}
	f.on[fault.Kind] = s
	return nil
}

// clear turns all faults off.
func (f *faults) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.on = nil
}

// take tells whether a fault strikes now.
func (f *faults) take(kind FaultKind, now time.Time) bool {
	_, ok := f.strike(kind, now)
	return ok
}

// strike is take, with the delay of the fault.
func (f *faults) strike(kind FaultKind, now time.Time) (time.Duration, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, ok := f.on[kind]
	if !ok {
		return 0, false
	}
	if !s.until.IsZero() && !now.Before(s.until) {
		delete(f.on, kind)
		return 0, false
	}
	if s.left > 0 {
		s.left--
		f.on[kind] = s
		if s.left == 0 {
			delete(f.on, kind)
		}
	}
	return s.delay, true
}

// kinds returns those that are on, in the order of FaultKinds.
func (f *faults) kinds(now time.Time) []FaultKind {
	f.mu.Lock()
	defer f.mu.Unlock()
	on := []FaultKind{}
	for _, k := range FaultKinds() {
		if s, ok := f.on[k]; ok && (s.until.IsZero() || now.Before(s.until)) {
			on = append(on, k)
		}
	}
	return on
}
