package check

import (
	"fmt"
	"io"
	"strings"
)

// Text writes a report for a person to read, a line for each step, as it comes in: what was
// tried, what was found, and after "To do:" the remedy. Steps that follow each other and were
// skipped for the same reason share a line. There are no colours: the lines must read the same
// in a terminal, a ticket and a log.
type Text struct {
	w         io.Writer
	err       error
	appliance string
	begun     bool
	skipped   []Step            // one after the other, for the same reason
	idle      []string          // skipped because nobody needs them, named last
	told      map[string]string // by remedy, the step that it was told of first
}

// NewText makes a Text that writes to w.
func NewText(w io.Writer) *Text { return &Text{w: w} }

// Step writes a step of an appliance. It is for Options.Progress.
func (t *Text) Step(appliance string, s Step) {
	if !t.begun || appliance != t.appliance {
		t.finish()
		if t.begun {
			t.line("")
		}
		t.begun, t.appliance, t.told = true, appliance, make(map[string]string)
		t.line(appliance)
	}
	if s.Status == Skipped && s.Found == notNeeded {
		t.idle = append(t.idle, s.Name)
		return
	}
	if s.Status == Skipped {
		if len(t.skipped) > 0 && t.skipped[0].Found != s.Found {
			t.flush()
		}
		t.skipped = append(t.skipped, s)
		return
	}
	t.flush()
	text := s.Tried + ": " + s.Found
	if s.Remedy != "" {
		text = strings.TrimSuffix(text, ".") + ". To do: " + t.remedy(s)
	}
	t.line("  %-8s %-20s %s", s.Status, s.Name, text)
}

// remedy returns what to do about a step, or of which step before it that is told: several fail for
// one cause, and a person is to see that there is one thing to do.
func (t *Text) remedy(s Step) string {
	if before, told := t.told[s.Remedy]; told {
		return "as for " + before
	}
	t.told[s.Remedy] = s.Name
	return s.Remedy
}

// flush writes the skipped steps that are waiting.
func (t *Text) flush() {
	switch len(t.skipped) {
	case 0:
		return
	case 1:
		t.line("  %-8s %-20s %s", Skipped, t.skipped[0].Name, t.skipped[0].Found)
	default:
		names := make([]string, len(t.skipped))
		for n, s := range t.skipped {
			names[n] = s.Name
		}
		t.line("  %-8s %-20s %s: %s", Skipped, fmt.Sprintf("%d steps", len(names)), t.skipped[0].Found, strings.Join(names, ", "))
	}
	t.skipped = nil
}

// finish writes what is left to say of an appliance.
func (t *Text) finish() {
	t.flush()
	for _, name := range t.idle {
		t.skipped = append(t.skipped, Step{Name: name, Found: notNeeded})
	}
	t.flush()
	t.idle = nil
}

// End writes a line for each appliance that says how it stands. It returns what writing failed
// with, now or before.
func (t *Text) End(report Report) error {
	t.finish()
	t.line("")
	for _, r := range report.Results {
		t.line("%s: %s", r.Appliance, r.summary())
	}
	return t.err
}

// summary says how an appliance stands.
func (r Result) summary() string {
	names := map[Status][]string{}
	for _, s := range r.Steps {
		names[s.Status] = append(names[s.Status], s.Name)
	}
	var parts []string
	if failed := names[Failed]; len(failed) > 0 {
		parts = append(parts, "failed: "+strings.Join(failed, ", "))
	}
	if warned := names[Warning]; len(warned) > 0 {
		parts = append(parts, count(len(warned), "warning")+": "+strings.Join(warned, ", "))
	}
	if len(parts) == 0 {
		return "all that was asked for works"
	}
	if len(names[Failed]) == 0 {
		return "works, with " + parts[0]
	}
	return strings.Join(parts, "; ")
}

func (t *Text) line(format string, arguments ...any) {
	if t.err != nil {
		return
	}
	if _, err := fmt.Fprintf(t.w, format+"\n", arguments...); err != nil {
		t.err = fmt.Errorf("writing the report: %w", err)
	}
}
