package check

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Several appliances are shown in their order, and one that fails does not hide the others.
func TestSeveral(t *testing.T) {
	well, broken := newFake(t, nil), newFake(t, func(f *fake) { f.tokenStatus = http.StatusUnauthorized })
	var text bytes.Buffer
	writer := NewText(&text)
	var appliances []Appliance
	for n := range 2 * parallel {
		f := well
		if n == 1 {
			f = broken
		}
		appliances = append(appliances, f.appliance(t, func(a *Appliance) {
			a.Name = fmt.Sprintf("site-%02d", n)
			a.Collectors = map[string]bool{"health": true}
		}))
	}
	report := Run(t.Context(), appliances, Options{Progress: writer.Step})
	if err := writer.End(report); err != nil {
		t.Fatal(err)
	}
	if report.ExitStatus() != 1 {
		t.Error("one failed, and the exit status is 0")
	}
	_, summary, ok := strings.Cut(text.String(), "\n\nsite-00: ")
	if !ok {
		t.Fatalf("there is no summary:\n%s", text.String())
	}
	at := 0
	for n, result := range report.Results {
		name, want := fmt.Sprintf("site-%02d", n), "all that was asked for works"
		if n == 1 {
			want = "failed: token"
		}
		if result.Appliance != name || result.summary() != want || n > 0 && !strings.Contains(summary, name+": "+want+"\n") {
			t.Errorf("appliance %d is %s, %q; want %s, %q", n, result.Appliance, result.summary(), name, want)
		}
		header := strings.Index(text.String(), "\n"+name+"\n")
		if n > 0 && header < at {
			t.Errorf("%s is not shown in its order", name)
		}
		at = header
	}
}

// A pair that is one appliance by two names is told: the other one is not watched.
func TestPairOfOne(t *testing.T) {
	of := func(f *fake, name, pair string) Appliance {
		return f.appliance(t, func(a *Appliance) { a.Name, a.Pair, a.Collectors = name, pair, nil })
	}
	a, b := newFake(t, nil), newFake(t, func(f *fake) { f.id = "another" })
	report := Run(t.Context(), []Appliance{of(a, "a", "hq"), of(b, "b", "hq"), of(a, "c", "lab"), of(b, "d", ""), of(b, "e", "hq")}, Options{})
	failed := 0
	for _, result := range report.Results {
		i := slices.IndexFunc(result.Steps, func(s Step) bool { return s.Name == "pair" })
		if i < 0 {
			if result.Appliance != "d" {
				t.Errorf("%s has no step of its pair", result.Appliance)
			}
			continue
		}
		if s := result.Steps[i]; s.Status == Failed {
			failed++
			if result.Appliance != "b" && result.Appliance != "e" || !strings.Contains(s.Found, "the same appliance as") {
				t.Errorf("%s: %s", result.Appliance, s.Found)
			}
		}
	}
	if failed != 1 {
		t.Errorf("%d of the two names of one appliance have failed", failed)
	}
}

// The JSON form is a contract: this is the whole of it.
func TestJSON(t *testing.T) {
	f := newFake(t, func(f *fake) { f.failover = "<failover_role>primary</failover_role>" })
	report := Run(t.Context(), []Appliance{f.appliance(t, func(a *Appliance) { a.Collectors["licenses"] = true })}, Options{})
	// What differs from run to run.
	result := &report.Results[0]
	for n := range result.Steps {
		if result.Steps[n].Took < 0 || result.Steps[n].Took > time.Minute {
			t.Errorf("%s took %s", result.Steps[n].Name, result.Steps[n].Took)
		}
		result.Steps[n].Took = time.Duration(n) * time.Millisecond
	}
	skew := 250 * time.Millisecond
	if got := result.Facts.ClockSkew; got == nil || got.Abs() > 2*time.Second {
		t.Errorf("the clock skew is %v", got)
	}
	if left := time.Until(result.Facts.CertificateNotAfter); left < 90*days || left > 91*days {
		t.Errorf("the certificate ends on %s", result.Facts.CertificateNotAfter)
	}
	result.Facts.ClockSkew, result.Facts.StateCopy = &skew, 125*time.Millisecond
	result.Facts.CertificateNotAfter = time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	var out bytes.Buffer
	if err := WriteJSON(&out, report); err != nil {
		t.Fatal(err)
	}
	got := out.String()
	for _, v := range volatile {
		got = v.pattern.ReplaceAllString(got, v.in)
	}
	golden(t, filepath.Join("testdata", "report.json"), got)
}

func TestNameInDNS(t *testing.T) {
	f := newFake(t, func(f *fake) { f.certName = "localhost" })
	report := Run(t.Context(), []Appliance{f.appliance(t, func(a *Appliance) {
		a.Client.URL.Host = "localhost:" + a.Client.URL.Port()
		a.Collectors = nil
	})}, Options{})
	result := report.Results[0]
	if result.Status() != OK || !slices.Contains(result.Facts.Addresses, "127.0.0.1") || !strings.Contains(result.Steps[0].Found, "127.0.0.1") {
		t.Errorf("got %+v", result)
	}
}

// Whoever interrupts a check has not been told that all is well.
func TestInterrupted(t *testing.T) {
	f := newFake(t, func(f *fake) { f.state = f.copies("", "\n") })
	for _, name := range []string{"nothing", "dns", "token", "role"} {
		ctx, cancel := context.WithCancel(t.Context())
		if name == "nothing" {
			cancel()
		}
		report := Run(ctx, []Appliance{f.appliance(t, nil)}, Options{Progress: func(_ string, s Step) {
			if s.Name == name {
				cancel()
			}
		}})
		cancel()
		if report.ExitStatus() != 1 {
			t.Errorf("interrupted after %s: the report is %+v", name, report)
		}
	}
}

// An appliance may be anything that answers: what it says must not get at the terminal.
func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"support  desk":             "support desk",
		"a\nfailed b\r\tc":          "a failed b c",
		"\x1b[2J\u009b31m\u202eabc": "\uFFFD[2J\uFFFD31m\uFFFDabc",
		"\xff":                      "\uFFFD",
		strings.Repeat("é", 600):    strings.Repeat("é", 498) + "…",
	} {
		if got := printable(text); got != want {
			t.Errorf("printable(%q) = %q; want %q", text, got, want)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestOutputThatFails(t *testing.T) {
	report := Report{Results: []Result{{Appliance: "a", Steps: []Step{{Name: "dns", Status: OK}}}}}
	text := NewText(full{})
	text.Step("a", report.Results[0].Steps[0])
	if err := text.End(report); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("text: got %v", err)
	}
	if err := WriteJSON(full{}, report); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("JSON: got %v", err)
	}
}

func TestAppliancePrintsNoSecret(t *testing.T) {
	a := newFake(t, nil).appliance(t, func(a *Appliance) { a.Client.ProxyURL = proxyThatRefuses(t) })
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(format, a); strings.Contains(got, fakeSecret) {
			t.Errorf("%s prints %s", format, got)
		}
	}
}
