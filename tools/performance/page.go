package main

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/template"
)

//go:embed performance.md.tmpl
var pageTemplate string

// render fills in the page. A figure that the template asks for and nobody
// measured is an error.
func render(m machine, measured results) ([]byte, error) {
	named := make(map[string]command)
	for _, c := range commands() {
		named[c.name] = c
	}
	functions := template.FuncMap{
		"machine": func() machine { return m },
		"command": func(name string) (string, error) {
			c, ok := named[name]
			if !ok {
				return "", fmt.Errorf("there is no command %s", name)
			}
			return c.String(), nil
		},
		"value":   measured.median,
		"decoder": measured.decoder,
		"tables":  func() ([]string, error) { return measured.under("rows", "Heap/") },
		"desks":   measured.desks,
		"over":    func(a, b float64) float64 { return a / b },
		"round":   round,
		"count":   count,
	}
	t, err := template.New("performance.md").Funcs(functions).Parse(pageTemplate)
	if err != nil {
		return nil, err
	}
	var page bytes.Buffer
	if err := t.Execute(&page, nil); err != nil {
		return nil, err
	}
	return page.Bytes(), nil
}

// decoder returns the cells of a row that compares a decoder with statesub:
// bytes for each second of processor time and by the clock, allocations, and how
// many times as long as statesub it takes.
func (r results) decoder(benchmark, name string) (string, error) {
	var missing error
	value := func(unit string) float64 {
		v, err := r.median("decoders", benchmark, unit)
		if err != nil {
			missing = err
		}
		return v
	}
	speed := value(name + "-MB/s")
	allocations := value(name + "-allocs")
	told := count(allocations)
	if allocations > 1000 {
		told = round(2, allocations)
	}
	cells := fmt.Sprintf("%s | %s | %s | %s", round(2, speed), round(2, value(name+"-elapsed-MB/s")), told,
		round(2, value("statesub-MB/s")/speed))
	return cells, missing
}

// desk is a desk that was scraped.
type desk struct {
	Name            string
	Teams, Sessions float64
}

// desks returns the desks that were scraped, by their teams and their sessions.
func (r results) desks() ([]desk, error) {
	names, err := r.under("scrape", "Scrape/")
	if err != nil {
		return nil, err
	}
	var desks []desk
	for _, name := range names {
		d := desk{Name: name}
		if _, err := fmt.Sscanf(name, "teams=%g/sessions=%g", &d.Teams, &d.Sessions); err != nil {
			return nil, fmt.Errorf("the benchmark of a scrape is called %s, which tells no desk: %w", name, err)
		}
		desks = append(desks, d)
	}
	slices.SortFunc(desks, func(a, b desk) int {
		return cmp.Or(cmp.Compare(a.Teams, b.Teams), cmp.Compare(a.Sessions, b.Sessions))
	})
	return desks, nil
}

// round returns a figure with so many significant digits.
func round(digits int, value float64) string {
	if value == 0 {
		return "0"
	}
	// To as many digits first: that may make a digit more before the point.
	value, _ = strconv.ParseFloat(strconv.FormatFloat(value, 'e', digits-1, 64), 64)
	whole := int(math.Floor(math.Log10(math.Abs(value)))) + 1
	return grouped(strconv.FormatFloat(value, 'f', max(digits-whole, 0), 64))
}

// count returns the whole number that is nearest.
func count(value float64) string { return grouped(strconv.FormatFloat(value, 'f', 0, 64)) }

// grouped puts a space between each three digits before the point.
func grouped(number string) string {
	before, after, fraction := strings.Cut(number, ".")
	var b strings.Builder
	for i, digit := range before {
		if i > 0 && (len(before)-i)%3 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(digit)
	}
	if fraction {
		return b.String() + "." + after
	}
	return b.String()
}
