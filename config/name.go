package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxNameBytes is more than any appliance is called by. Names are labels, and what a file is
// named after.
const maxNameBytes = 128

// checkName says what is wrong with the name of an appliance.
func checkName(name string) error {
	const rule = "a name begins with a letter or a digit and goes on with those, dots, hyphens, underscores and colons"
	first, _ := utf8.DecodeRuneInString(name)
	switch {
	case len(name) > maxNameBytes:
		return fmt.Errorf("it is longer than %d bytes: give a shorter name", maxNameBytes)
	case !plainLetter(first):
		return errors.New("it is no name for an appliance: " + rule)
	}
	for _, r := range name {
		if !plainLetter(r) && !strings.ContainsRune(".-_:", r) {
			return fmt.Errorf("there is %q in it: %s", r, rule)
		}
	}
	return nil
}

func plainLetter(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// checkLabels says what is wrong with the labels of an appliance.
func checkLabels(labels map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		if err := checkLabel(name); err != nil {
			return err
		}
		if !utf8.ValidString(labels[name]) {
			return fmt.Errorf("the value of the label %q is no valid UTF-8", name)
		}
	}
	return nil
}

// checkLabel says what is wrong with the name of a label: Prometheus would refuse it, or it is
// one that means something else already.
func checkLabel(name string) error {
	switch name {
	case "instance", "appliance":
		return fmt.Errorf("the label %q is the appliance's name already: call yours something else", name)
	case "job":
		return fmt.Errorf("the label %q is that of Prometheus's scrape configuration: call yours something else", name)
	}
	if strings.HasPrefix(name, "__") {
		return fmt.Errorf("labels that begin with two underscores, as %q does, are Prometheus's own: call yours something else", name)
	}
	for i, r := range name {
		letter := r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return fmt.Errorf("%q is no name for a label: one has letters from a to z, digits and underscores, and no digit at its beginning", name)
		}
	}
	if name == "" {
		return errors.New("there is a label without a name: give it one")
	}
	return nil
}
