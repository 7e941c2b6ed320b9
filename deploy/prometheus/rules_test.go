package prometheus

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/prometheustest"
)

// glob returns the files of a pattern, of which there must be some.
func glob(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no files %s (%v)", pattern, err)
	}
	return files
}

// A Prometheus evaluates each group at a moment of its own, so that an alert may read what a
// recording rule found just now or a minute ago. promtool takes the groups in any order unless a
// test says which, so the cases are tried in two that are each other's opposite.
func TestPromtool(t *testing.T) {
	t.Parallel()
	backward := groups(t)
	slices.Reverse(backward)
	for _, test := range []struct {
		name      string
		arguments []string
		files     []string
	}{
		{"check rules", []string{"check", "rules", "--lint=all", "--lint-fatal"}, glob(t, "rules/*.yml")},
		{"check config", []string{"check", "config", "--lint=all", "--lint-fatal"}, []string{"prometheus.yml"}},
		{"test rules, recording rules first", []string{"test", "rules"}, ordered(t, groups(t))},
		{"test rules, recording rules last", []string{"test", "rules"}, ordered(t, backward)},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if output, err := prometheustest.Promtool(t, "", append(test.arguments, test.files...)...); err != nil {
				t.Errorf("promtool %s: %v\n%s", test.name, err, output)
			}
		})
	}
}

// Rules that are wrong in one way must fail the promtool tests of every alert, else no test
// would notice the fault.
func TestEveryAlertIsTested(t *testing.T) {
	t.Parallel()
	alerts := alertBlocks(t)
	all := make([]string, 0, len(alerts))
	waiting := make([]string, 0, len(alerts))
	for name, block := range alerts {
		all = append(all, name)
		if waits.MatchString(block) {
			waiting = append(waiting, name)
		}
	}
	never := func(block string) string { return expression.ReplaceAllLiteralString(block, "expr: vector(1) > 2\n") }
	always := func(block string) string {
		return waits.ReplaceAllLiteralString(expression.ReplaceAllLiteralString(block, "expr: vector(1)\n"), "")
	}
	hasty := func(block string) string { return waits.ReplaceAllLiteralString(block, "") }
	for _, test := range []struct {
		name   string
		change func(block string) string
		// silent says that cases fail that expect no alert, else those that expect one.
		silent bool
		want   []string
	}{
		{"alerts never fire", never, false, all},
		{"alerts always fire", always, true, all},
		{"alerts do not wait", hasty, true, waiting},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			output, err := prometheustest.Promtool(t, "", append([]string{"test", "rules"}, changed(t, test.change)...)...)
			if err == nil {
				t.Fatal("promtool finds nothing wrong with these rules")
			}
			var noticed []string
			for _, failure := range failedCase.FindAllStringSubmatch(output, -1) {
				if (failure[2] == "]") == test.silent {
					noticed = append(noticed, failure[1])
				}
			}
			for _, name := range test.want {
				if !slices.Contains(noticed, name) {
					t.Errorf("no case of %s in tests/ notices that %s", name, test.name)
				}
			}
		})
	}
}

var (
	// rule is where a rule begins, in the layout that all rule files have.
	rule = regexp.MustCompile(`(?m)^      - `)
	// group is where a group begins, with its name.
	group = regexp.MustCompile(`(?m)^  - name: (\S+)$`)
	// expression is that of a rule, in one line or as a block.
	expression = regexp.MustCompile(`expr: (?:\|\n(?:(?: {10}.*)?\n)+|.*\n)`)
	// waits is how long an alert waits before it fires.
	waits = regexp.MustCompile(`(?m)^        for: .*\n`)
	// failedCase is a case that promtool tells of; where it expects no alert a bracket follows.
	failedCase = regexp.MustCompile(`alertname: (\w+), time: \S+,\s+exp:\[(\]?)`)
)

// blocks cuts a rule file before each of its rules.
func blocks(text string) []string {
	var cut []string
	from := 0
	for _, at := range rule.FindAllStringIndex(text, -1) {
		cut = append(cut, text[from:at[0]])
		from = at[0]
	}
	return append(cut, text[from:])
}

// alertName returns the alert that a block is, "" where it is none.
func alertName(block string) string {
	name, found := strings.CutPrefix(block, "      - alert: ")
	if !found {
		return ""
	}
	name, _, _ = strings.Cut(name, "\n")
	return name
}

// alertBlocks returns the text of each alert by its name.
func alertBlocks(t *testing.T) map[string]string {
	t.Helper()
	alerts := make(map[string]string)
	for _, file := range glob(t, "rules/*.yml") {
		for _, block := range blocks(read(t, file)) {
			name := alertName(block)
			if name == "" {
				continue
			}
			if alerts[name] != "" {
				t.Errorf("%s: there is another alert %s", file, name)
			}
			alerts[name] = block
		}
	}
	return alerts
}

// changed copies rules and tests with every alert changed, and returns the files of tests.
func changed(t *testing.T, change func(block string) string) []string {
	t.Helper()
	directory := t.TempDir()
	write := func(file, text string) string {
		copied := filepath.Join(directory, file)
		if err := os.MkdirAll(filepath.Dir(copied), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(copied, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return copied
	}
	for _, file := range glob(t, "rules/*.yml") {
		var text strings.Builder
		for _, block := range blocks(read(t, file)) {
			if alertName(block) != "" {
				block = change(block)
			}
			text.WriteString(block)
		}
		write(file, text.String())
	}
	var tests []string
	for _, file := range glob(t, "tests/*.yml") {
		tests = append(tests, write(file, read(t, file)))
	}
	return tests
}

// groups returns the names of all groups, those that record before those that alert.
func groups(t *testing.T) []string {
	t.Helper()
	var recording, alerting []string
	for _, file := range glob(t, "rules/*.yml") {
		text := read(t, file)
		for _, found := range group.FindAllStringSubmatch(text, -1) {
			if strings.Contains(text, "- alert: ") {
				alerting = append(alerting, found[1])
			} else {
				recording = append(recording, found[1])
			}
		}
	}
	return append(recording, alerting...)
}

// ordered copies rules and tests with the groups to be evaluated in the order given, and returns
// the files of tests.
func ordered(t *testing.T, groups []string) []string {
	t.Helper()
	tests := changed(t, func(block string) string { return block })
	for _, file := range tests {
		order := "\ngroup_eval_order: [" + strings.Join(groups, ", ") + "]\n"
		if err := os.WriteFile(file, []byte(read(t, file)+order), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return tests
}

// read returns the text of a file.
func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
