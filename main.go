// Command beyondtrust_exporter exports metrics of a BeyondTrust Remote Support or Privileged
// Remote Access appliance for Prometheus. This package reads the command line and wires the
// others; whatever needs a test of its own lives in them.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/prometheus/common/promslog"
	"github.com/prometheus/common/version"
)

// program is what the binary calls itself.
const program = "beyondtrust_exporter"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The second signal ends the process at once, as if nobody had asked for the first.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run does what the command line says until the context ends, and returns the status to exit
// with.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	f, err := parseFlags(args, stdout, stderr)
	if err == nil && !f.ended {
		err = command(ctx, f, stdout, stderr)
	}
	if err != nil {
		fmt.Fprintf(stderr, "%s: %s\n", program, oneLine(err))
		return 1
	}
	return f.status
}

// command runs the command that was asked for.
func command(ctx context.Context, f *flags, stdout, stderr io.Writer) error {
	f.log.Writer = stderr
	logger := promslog.New(&f.log)
	switch f.command {
	case commandDemo:
		return demo(ctx, f, stdout, logger)
	case commandSimulate:
		return simulate(ctx, f, stdout, logger)
	default:
		appliance, err := f.appliance()
		if err != nil {
			return err
		}
		e, err := newExporter(ctx, f, appliance, logger)
		if err != nil {
			return err
		}
		logger.Info("Starting "+program, "version", version.Info(), "build_context", version.BuildContext(), "appliance", appliance.Name())
		return e.run(ctx)
	}
}
