// Command performance runs the benchmarks and writes docs/performance.md: the
// machine, the commands and what they gave. Run it from the top of the checkout,
// on a machine that does nothing else:
//
//	go run ./tools/performance
//
// It takes some minutes. What is measured is the benchmarks' business, and how
// it is told the template's; this only carries figures from one to the other.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	// The second interrupt ends the process at once.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Stderr)) //nolint:forbidigo // This is main.
}

func run(ctx context.Context, args []string, stderr io.Writer) int {
	flags := flag.NewFlagSet("performance", flag.ContinueOnError)
	flags.SetOutput(stderr)
	out := flags.String("o", "docs/performance.md", "the file that is written")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if err := write(ctx, *out, stderr); err != nil {
		fmt.Fprintln(stderr, "performance:", err)
		return 1
	}
	return 0
}

// write measures and writes the page. The page that is there stays where
// anything fails.
func write(ctx context.Context, out string, progress io.Writer) error {
	machine, err := thisMachine(ctx)
	if err != nil {
		return fmt.Errorf("finding out what machine this is: %w", err)
	}
	measured := make(results)
	for _, c := range commands() {
		fmt.Fprintln(progress, c)
		output, err := c.run(ctx)
		if err != nil {
			return fmt.Errorf("running %s: %w\n%s", c, err, output)
		}
		if err := measured.add(c.name, output); err != nil {
			return fmt.Errorf("reading what %s printed: %w", c, err)
		}
	}
	page, err := render(machine, measured)
	if err != nil {
		return fmt.Errorf("filling in the template: %w", err)
	}
	return os.WriteFile(out, page, 0o644)
}
