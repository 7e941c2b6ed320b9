package collector

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	tests := []struct{ name, value, want string }{
		{"as it is", "Erste Hilfe ✓", "Erste Hilfe ✓"},
		{"empty", "", ""},
		{"exactly as long as allowed", strings.Repeat("x", 128), strings.Repeat("x", 128)},
		{"too long", strings.Repeat("x", 129), strings.Repeat("x", 128)},
		{"cut between characters", strings.Repeat("x", 127) + "é", strings.Repeat("x", 127)},
		{"cut between long characters", strings.Repeat("x", 126) + "😀😀", strings.Repeat("x", 126)},
		{"invalid bytes", "a\xff\xfeb", "a\uFFFDb"},
		{"an end in the middle of a character", "a\xc3", "a\uFFFD"},
	}
	for _, test := range tests {
		if got := clean(test.value); got != test.want {
			t.Errorf("%s: clean(%q) is %q, want %q", test.name, test.value, got, test.want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("a\xff")
	f.Add(strings.Repeat("é", 100))
	f.Fuzz(func(t *testing.T, value string) {
		got := clean(value)
		if len(got) > 128 || !utf8.ValidString(got) {
			t.Errorf("clean(%q) is %q", value, got)
		}
		if again := clean(got); again != got {
			t.Errorf("clean(%q) is %q and %q the second time", value, got, again)
		}
	})
}

func TestValuesPastTheLimitAreOther(t *testing.T) {
	var table table
	m := table.gauge("beyondtrust_things", "Things.", "queue", "state").fixed("state")
	scrape := func(first, n int) string {
		p := table.page()
		for i := first; i < first+n; i++ {
			p.add(m, 1, fmt.Sprintf("queue-%04d", i), "waiting")
			p.add(m, 2, fmt.Sprintf("queue-%04d", i), "active")
		}
		return text(t, p.families(), "")
	}
	got := scrape(0, 1300)
	if n := strings.Count(got, "\n"); n != 1+2*1001 {
		t.Errorf("there are %d lines, want a TYPE line and 2002 series", n)
	}
	if got := sample(got, `beyondtrust_things{queue="other",state="active"}`); got != "600" {
		t.Errorf("the other queues have %s active things, want those of 300 queues", got)
	}
	// A value that was told of by its name stays that, and a new one stays other,
	// whichever comes first.
	got = scrape(999, 2)
	compare(t, `
		# TYPE beyondtrust_things gauge
		beyondtrust_things{queue="other",state="active"} 2
		beyondtrust_things{queue="other",state="waiting"} 1
		beyondtrust_things{queue="queue-0999",state="active"} 2
		beyondtrust_things{queue="queue-0999",state="waiting"} 1
		`, got)
}

// The labels are those of whatever a metric of an appliance is made by.
func TestLabelNames(t *testing.T) {
	names := LabelNames()
	for _, name := range []string{"action", "api_version", "code", "collector", "jump_group", "le", "queue", "question", "report", "role", "type"} {
		if !slices.Contains(names, name) {
			t.Errorf("%q is none of %q", name, names)
		}
	}
	if !slices.IsSorted(names) || slices.Contains(names, "pair") || slices.Contains(names, "instance") {
		t.Errorf("the labels are %q", names)
	}
}
