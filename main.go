// Command beyondtrust_exporter exports metrics of BeyondTrust Remote Support and Privileged
// Remote Access appliances for Prometheus. This package reads the command line and wires the
// others; whatever needs a test of its own lives in them.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/prometheus/common/promslog"
	"github.com/prometheus/common/version"
)

// program is what the binary calls itself.
const program = "beyondtrust_exporter"

func main() {
	tellModuleVersion()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The second signal ends the process at once, as if nobody had asked for the first.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// tellModuleVersion has a build without the release's linker flags, as go install makes it, tell
// the version of its module.
func tellModuleVersion() {
	if info, ok := debug.ReadBuildInfo(); ok && version.Version == "" && info.Main.Version != "(devel)" {
		version.Version = strings.TrimPrefix(info.Main.Version, "v")
	}
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

// command runs the command that was asked for, and sets the status to exit with where that is
// not 0.
func command(ctx context.Context, f *flags, stdout, stderr io.Writer) error {
	f.log.Writer = stderr
	logger := promslog.New(&f.log)
	switch {
	case f.configCheck:
		return checkConfiguration(f, stdout)
	case f.command == commandCheck:
		var err error
		f.status, err = checkAppliances(ctx, f, stdout)
		return err
	case f.command == commandDemo:
		return demo(ctx, f, stdout, logger)
	case f.command == commandSimulate:
		return simulate(ctx, f, stdout, logger)
	default:
		e, err := newExporter(ctx, f, f.appliances(), logger)
		if err != nil {
			return err
		}
		logger.Info("Starting "+program, "version", version.Info(), "build_context", version.BuildContext())
		return e.run(ctx)
	}
}
