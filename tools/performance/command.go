package main

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
)

// command is a run of benchmarks of one package.
type command struct {
	name  string // by which the template asks for its figures
	dir   string // the folder of a module of its own, or ""
	bench string
	flags string
	pkg   string
}

// commands returns what is run, in the order in which it is. Those that take
// the medians of many turns by themselves run once.
func commands() []command {
	return []command{
		{name: "decoders", dir: "tools/decoders", bench: ".", flags: "-benchtime 25x", pkg: "."},
		{name: "changes", bench: "Changes", flags: "-benchmem -benchtime 50x -count 3", pkg: "./statesub"},
		{name: "rows", bench: "Heap", flags: "-benchtime 1x -count 3", pkg: "./statesub"},
		{name: "desk", bench: ".", flags: "-benchtime 1s -count 3", pkg: "./desk"},
		{name: "scrape", bench: "Scrape", flags: "-benchtime 150x -count 3", pkg: "./collector"},
		{name: "wire", bench: "Wire", flags: "-benchtime 1000x", pkg: "./target"},
		{name: "largest", bench: "LargestDesk", flags: "-benchtime 4x", pkg: "./web"},
		{name: "fleet", bench: "Fleet", flags: "-benchtime 1x", pkg: "./web"},
		{name: "report", bench: "Report", flags: "-benchtime 1x", pkg: "./appliance"},
		{name: "poll", bench: "Poll", flags: "-benchtime 1x", pkg: "./reports"},
	}
}

// String returns the command as one types it in a shell.
func (c command) String() string {
	s := fmt.Sprintf("go test -run '^$' -bench %s %s %s", c.bench, c.flags, c.pkg)
	if c.dir != "" {
		s = fmt.Sprintf("(cd %s && %s)", c.dir, s)
	}
	return s
}

// run returns what the command printed.
func (c command) run(ctx context.Context) (string, error) {
	args := append([]string{"test", "-run", "^$", "-bench", c.bench}, strings.Fields(c.flags)...)
	cmd := exec.CommandContext(ctx, "go", append(args, c.pkg)...)
	cmd.Dir = c.dir
	output, err := cmd.CombinedOutput()
	return string(output), err
}
