package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

func TestResults(t *testing.T) {
	r := make(results)
	for _, output := range []string{"", "PASS\nok  \tx\t0.1s\n", "BenchmarkA-2 1 two ns/op\n", "BenchmarkA-2 1 2 ns/op 3\n"} {
		if err := r.add("c", output); err == nil {
			t.Errorf("%q was taken", output)
		}
	}
	output := `goos: linux
cpu: some 8-core
BenchmarkA/rows=5-2   100   30 ns/op   7.5 x-of-b
BenchmarkA/rows=5-2   100   10 ns/op   9.5 x-of-b
BenchmarkA/rows=5-2   100   20 ns/op   8.5 x-of-b
BenchmarkA/rows=10    1     1e+06 ns/op
PASS
`
	if err := r.add("c", output); err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		benchmark, unit string
		value           float64
	}{{"A/rows=5", "ns/op", 20}, {"A/rows=5", "x-of-b", 8.5}, {"A/rows=10", "ns/op", 1e6}} {
		if got, err := r.median("c", want.benchmark, want.unit); err != nil || got != want.value {
			t.Errorf("%s of %s: %v, %v, want %v", want.unit, want.benchmark, got, err, want.value)
		}
	}
	if got := fmt.Sprint(r.under("c", "A/rows=")); got != "[10 5] <nil>" {
		t.Errorf("under A there is %s", got)
	}
	if _, err := r.median("c", "A/rows=10", "x-of-b"); err == nil || !strings.Contains(err.Error(), "A/rows=10 reports no x-of-b") {
		t.Errorf("a figure that nobody reported: %v", err)
	}
}

func TestRound(t *testing.T) {
	for _, tt := range []struct {
		digits int
		value  float64
		want   string
	}{
		{2, 0, "0"}, {2, 0.00512, "0.0051"}, {2, 0.996, "1.0"}, {2, 9.96, "10"}, {2, 1.26, "1.3"}, {3, 12.643605, "12.6"},
		{2, 803.3, "800"}, {5, 50000, "50 000"}, {2, 1204546, "1 200 000"}, {1, 2, "2"}, {3, 16970, "17 000"},
	} {
		if got := round(tt.digits, tt.value); got != tt.want {
			t.Errorf("%v with %d digits: %q, want %q", tt.value, tt.digits, got, tt.want)
		}
	}
}

func TestCount(t *testing.T) {
	for value, want := range map[float64]string{0: "0", 7: "7", 621: "621", 2381.4: "2 381", 50000: "50 000", 1234567: "1 234 567"} {
		if got := count(value); got != want {
			t.Errorf("%v: %q, want %q", value, got, want)
		}
	}
}

// The page names every command, has no hole, and nothing is measured in vain.
func TestPage(t *testing.T) {
	measured := measuredAll()
	page, err := render(machine{"A Processor", 2, "A System", "go1.26", "2025-03-04, abc1234"}, measured)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range commands() {
		if !strings.Contains(string(page), "\n"+c.String()+"\n") {
			t.Errorf("the page does not say how to run %s", c)
		}
	}
	if hole := regexp.MustCompile(`<no value>|NaN|Inf|%!`).Find(page); hole != nil {
		t.Errorf("the page has %s in it:\n%s", hole, page)
	}
	for line := range strings.Lines(string(page)) {
		if strings.HasPrefix(line, "| ") && strings.HasSuffix(line, "| |\n") && line != "| | |\n" {
			t.Errorf("a row ends with nothing: %s", line)
		}
	}
	for command := range measured {
		without := measuredAll()
		delete(without, command)
		if page, err := render(machine{}, without); err == nil {
			t.Errorf("without the figures of %s there is a page:\n%s", command, page)
		}
	}
}

// measuredAll makes up a figure for all that the template asks for.
func measuredAll() results {
	measured := make(results)
	asked := regexp.MustCompile(`value "(\w+)" "([^"]+)" "([^"]+)"`)
	set := func(command, benchmark, unit string) {
		if measured[command] == nil {
			measured[command] = make(map[string]map[string][]float64)
		}
		if measured[command][benchmark] == nil {
			measured[command][benchmark] = make(map[string][]float64)
		}
		measured[command][benchmark][unit] = []float64{1234.5}
	}
	for _, m := range asked.FindAllStringSubmatch(pageTemplate, -1) {
		set(m[1], m[2], m[3])
	}
	for _, m := range regexp.MustCompile(`decoder "(\w+)" "([\w-]+)"`).FindAllStringSubmatch(pageTemplate, -1) {
		for _, unit := range []string{"-MB/s", "-elapsed-MB/s", "-allocs"} {
			set("decoders", m[1], m[2]+unit)
		}
	}
	for _, unit := range []string{"live-B/row", "rows"} {
		set("rows", "Heap/queue", unit)
	}
	for _, unit := range []string{"series", "page-B", "page-ms", "x-of-constants", "x-of-50-sessions", "gzip-B", "gzip-ms"} {
		set("scrape", "Scrape/teams=20/sessions=50000", unit)
	}
	return measured
}
