package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kingpin/v2"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/config"
)

// flagAdder is what a flag can be added to: the application or a command.
type flagAdder interface {
	Flag(name, help string) *kingpin.FlagClause
}

// addValue adds a flag whose errors name it, which kingpin's own do not.
func addValue[T any](app flagAdder, name, help, byDefault string, parse func(string) (T, error), to *T) *kingpin.FlagClause {
	flag := app.Flag(name, help).Default(byDefault)
	flag.SetValue(named{name, &value[T]{parse: parse, to: to}})
	return flag
}

// value is a flag that parse understands.
type value[T any] struct {
	parse func(string) (T, error)
	to    *T
}

// Set implements kingpin.Value.
func (v *value[T]) Set(text string) error {
	parsed, err := v.parse(text)
	if err != nil {
		return err
	}
	*v.to = parsed
	return nil
}

// String implements kingpin.Value.
func (v *value[T]) String() string {
	if v == nil || v.to == nil {
		return ""
	}
	return fmt.Sprint(*v.to)
}

// named puts the flag's name before its errors.
type named struct {
	name string
	kingpin.Value
}

// Set implements kingpin.Value.
func (n named) Set(text string) error {
	if err := n.Value.Set(text); err != nil {
		return fmt.Errorf("--%s: %w", n.name, err)
	}
	return nil
}

// licenseLimits is a flag that is given once for each type of licence.
type licenseLimits map[string]uint64

// Set implements kingpin.Value.
func (l licenseLimits) Set(text string) error {
	license, number, found := strings.Cut(text, "=")
	limit, err := strconv.ParseUint(number, 10, 32)
	if !found || license == "" || err != nil {
		return fmt.Errorf("--license.limit: %q is no number of licences: give a type and a whole number, as in full=50", text)
	}
	if before, twice := l[license]; twice {
		return fmt.Errorf("--license.limit: the type %q is given twice, with %d and %d licences: give each type once", license, before, limit)
	}
	l[license] = limit
	return nil
}

// String implements kingpin.Value.
func (l licenseLimits) String() string { return "" }

// IsCumulative tells kingpin that the flag may be repeated.
func (l licenseLimits) IsCumulative() bool { return true }

// parseCount reads a number of things.
func parseCount(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%q will not do: give a whole number, 0 or more", text)
	}
	return n, nil
}

// parseLength reads a duration that is not negative.
func parseLength(text string) (time.Duration, error) {
	d, err := config.ParseDuration(text)
	if err == nil && d < 0 {
		err = errors.New("it is negative: give 0s or more")
	}
	return d, err
}

// parseInterval reads how often something is done.
func parseInterval(text string) (time.Duration, error) {
	d, err := config.ParseDuration(text)
	if err == nil && d < time.Second {
		err = fmt.Errorf("%s is too often: give 1s or more", d)
	}
	return d, err
}

// oneLine spells an error in one line, whatever it was made of.
func oneLine(err error) string {
	return strings.Join(strings.Fields(err.Error()), " ")
}
