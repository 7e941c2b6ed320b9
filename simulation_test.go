package main

import (
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator"
)

// Whoever asks for a desk that cannot be hears it of the flag, with what can be.
func TestSimulatedOutOfBounds(t *testing.T) {
	for _, command := range []string{commandDemo, commandSimulate} {
		for _, test := range []struct{ flag, value, want string }{
			{"simulate.representatives", "0", "from 1 to 10000"},
			{"simulate.representatives", "10001", "from 1 to 10000"},
			{"simulate.representatives", "many", "from 1 to 10000"},
			{"simulate.sessions", "-1", "from 0 to 50000"},
			{"simulate.sessions", "50001", "from 0 to 50000"},
			{"simulate.speed", "0.009", "from 0.01 to 100000"},
			{"simulate.speed", "100001", "from 0.01 to 100000"},
			{"simulate.speed", "NaN", "from 0.01 to 100000"},
			{"simulate.seed", "-1", "0 or more"},
		} {
			_, err := parseFlags([]string{command, "--" + test.flag + "=" + test.value}, io.Discard, io.Discard)
			if err == nil || !strings.HasPrefix(err.Error(), "--"+test.flag+": ") || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s --%s=%s: %v; want an error that names the flag, and %q", command, test.flag, test.value, err, test.want)
			}
		}
	}
}

// What the flags and their help allow, to its ends, is a desk.
func TestSimulatedAtBounds(t *testing.T) {
	for _, args := range [][]string{
		{"--simulate.representatives=1", "--simulate.sessions=0", "--simulate.speed=0.01"},
		{"--simulate.representatives=10000", "--simulate.sessions=50000", "--simulate.speed=100000"},
	} {
		f, err := parseFlags(append([]string{commandSimulate}, args...), io.Discard, io.Discard)
		if err != nil {
			t.Errorf("%v: %v", args, err)
			continue
		}
		if _, err := simulator.New(f.simulate.config(slog.New(slog.DiscardHandler))); err != nil {
			t.Errorf("%v: %v", args, err)
		}
	}
}
