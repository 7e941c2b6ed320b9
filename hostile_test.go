package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// FuzzFlags gives the flags that this package reads itself anything. What they take can be what
// it is taken for, and what they refuse is refused in one line.
func FuzzFlags(f *testing.F) {
	for _, text := range []string{"full=50", "=", "a=-1", "a=99999999999999999999", "a=1=2", "\n=1", "40", "-1", "500ms", "-5s", "1ns", "9999999h"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		limits := make(licenseLimits)
		first := limits.Set(text)
		license, number, _ := strings.Cut(text, "=")
		if taken, ok := limits[license]; (first == nil) != ok || ok && strings.TrimLeft(number, "0") != strings.TrimLeft(fmt.Sprint(taken), "0") {
			t.Errorf("%q became %v, %v", text, limits, first)
		}
		if first == nil && limits.Set(text) == nil {
			t.Errorf("%q was taken twice", text)
		}
		n, countErr := parseCount(text)
		length, lengthErr := parseLength(text)
		interval, intervalErr := parseInterval(text)
		if n < 0 || lengthErr == nil && length < 0 || intervalErr == nil && interval <= 0 {
			t.Errorf("%q became %d, %s and %s", text, n, length, interval)
		}
		for _, err := range []error{first, countErr, lengthErr, intervalErr, errors.New(text)} {
			if err != nil && strings.ContainsAny(oneLine(err), "\r\n") {
				t.Errorf("%q is not in one line", oneLine(err))
			}
		}
	})
}

// What docs/security.md says is shown by a test is: there is such a test, in the file that it
// names, and each fuzz target has its line.
func TestSecurityNamesTests(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("docs", "security.md"))
	if err != nil {
		t.Fatal(err)
	}
	document := string(text)
	named := regexp.MustCompile("`([a-z0-9_/]+_test\\.go):(\\w+)`").FindAllStringSubmatch(document, -1)
	if len(named) == 0 {
		t.Error("docs/security.md names no test")
	}
	for _, test := range named {
		code, err := os.ReadFile(filepath.FromSlash(test[1]))
		if err != nil || !strings.Contains(string(code), "\nfunc "+test[2]+"(t *testing.T) {") {
			t.Errorf("docs/security.md names %s of %s, which is not there (%v)", test[2], test[1], err)
		}
	}
	target := regexp.MustCompile(`(?m)^func (Fuzz\w+)\(`)
	err = filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && path != "." && strings.HasPrefix(entry.Name(), ".") {
			return fs.SkipDir // The tools that were built, for one.
		}
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		code, err := os.ReadFile(path)
		for _, found := range target.FindAllStringSubmatch(string(code), -1) {
			if !strings.Contains(document, "| `"+found[1]+"` |") {
				t.Errorf("docs/security.md does not tell of %s in %s", found[1], path)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
