package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"golang.org/x/sync/errgroup"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/config"
)

// demo runs a simulated appliance and the exporter of it in one process, and says where to
// look.
func demo(ctx context.Context, f *flags, stdout io.Writer, logger *slog.Logger) error {
	simulated, err := newSimulation(ctx, f.simulate, loopback, loopback, logger)
	if err != nil {
		return err
	}
	options := f.options
	options.URL = simulated.url()
	options.ClientID = simulated.appliance.ClientID()
	options.ClientSecret, options.ClientSecretFile = config.NewSecret(simulated.appliance.ClientSecret()), ""
	options.CA, options.CAFile = simulated.appliance.CACertificatePEM(), ""
	appliance, err := f.validate(options)
	if err != nil {
		simulated.close()
		return err
	}
	e, err := newExporter(ctx, f, appliance, logger)
	if err != nil {
		simulated.close()
		return err
	}
	fmt.Fprintln(stdout, "A simulated support desk is at work, and the exporter watches it.")
	for _, address := range e.server.Addresses() {
		fmt.Fprintf(stdout, "  its metrics          http://%s%s\n  in a browser         http://%s/\n", address, f.telemetryPath, address)
	}
	fmt.Fprintf(stdout, "  make things happen   %s/\n"+
		"Look at the metrics twice: the desk changes from second to second. Ctrl-C ends it.\n", simulated.controlURL())
	// The simulated appliance outlives the exporter, which takes its leave of it.
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	group, background := errgroup.WithContext(background)
	group.Go(func() error { return simulated.run(background) })
	group.Go(func() error {
		defer stop()
		serving, cancel := context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(background, cancel)()
		return e.run(serving)
	})
	return group.Wait()
}

// simulate runs the simulated appliance alone, and says how to watch it.
func simulate(ctx context.Context, f *flags, stdout io.Writer, logger *slog.Logger) error {
	simulated, err := newSimulation(ctx, f.simulate, f.simulate.address, f.simulate.controlAddress, logger)
	if err != nil {
		return err
	}
	caFile, remove, err := f.simulate.writeCA(simulated.appliance.CACertificatePEM())
	if err != nil {
		simulated.close()
		return err
	}
	defer remove()
	fmt.Fprintf(stdout, "A simulated appliance is at work.\n"+
		"  address              %s\n"+
		"  its authority        %s\n"+
		"  client ID            %s\n"+
		"  client secret        %s\n"+
		"  make things happen   %s/\n"+
		"Watch it with:\n"+
		"  %s=%s %s \\\n    --appliance.url=%s --appliance.client-id=%s --appliance.ca-file=%s\n",
		simulated.url(), caFile, simulated.appliance.ClientID(), simulated.appliance.ClientSecret(), simulated.controlURL(),
		secretVariable, simulated.appliance.ClientSecret(), program, simulated.url(), simulated.appliance.ClientID(), caFile)
	return simulated.run(ctx)
}
