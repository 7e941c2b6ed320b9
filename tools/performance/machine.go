package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// machine is what the figures were measured on, and of what.
type machine struct {
	Processor string
	Cores     int
	System    string
	Go        string
	Commit    string // its date and its hash
}

func thisMachine(ctx context.Context) (machine, error) {
	m := machine{Cores: runtime.NumCPU(), Go: runtime.Version()}
	m.Processor = fieldOf("/proc/cpuinfo", "model name", ":")
	if m.Processor == "" {
		m.Processor = "unknown " + runtime.GOARCH + " processor"
	}
	m.System = strings.Trim(fieldOf("/etc/os-release", "PRETTY_NAME", "="), `"`)
	if m.System == "" {
		m.System = runtime.GOOS
	}
	commit, err := exec.CommandContext(ctx, "git", "log", "-1", "--format=%cs, %h").Output()
	if err != nil {
		return m, fmt.Errorf("asking git for the commit: %w", err)
	}
	m.Commit = string(bytes.TrimSpace(commit))
	return m, nil
}

// fieldOf returns the value of the first line of a file that has the key, or ""
// where there is no such file or line.
func fieldOf(file, key, separator string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), separator); ok && strings.TrimSpace(name) == key {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
