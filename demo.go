package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/collector"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/config"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/target"
)

// demo runs simulated appliances and the exporter of them in one process, and says where to
// look.
func demo(ctx context.Context, f *flags, stdout io.Writer, logger *slog.Logger) error {
	f.showEverything()
	simulated, appliances, err := demonstrated(ctx, f, logger)
	if err != nil {
		return err
	}
	e, err := newExporter(ctx, f, appliances, logger)
	if err != nil {
		for _, s := range simulated {
			s.close()
		}
		return err
	}
	// The simulated appliances outlive the exporter, which takes its leave of them.
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	group, background := errgroup.WithContext(background)
	for _, s := range simulated {
		group.Go(func() error { return s.run(background) })
	}
	if f.simulate.pair {
		group.Go(func() error { return failOver(background, simulated[0].appliance, f.simulate.failoverEvery) })
	}
	serving, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(background, cancel)()
	group.Go(func() error {
		defer stop()
		return e.run(serving)
	})
	group.Go(func() error {
		// Whoever follows an address at once is to see the desk.
		synced := awaitSync(serving, e.fleet.Statuses, syncPatience)
		if serving.Err() != nil {
			return nil
		}
		introduce(stdout, f, simulated, e)
		if !synced {
			fmt.Fprintf(stdout, "The desk is not in sync after %s: its live metrics come once beyondtrust_state_synced is 1.\n", syncPatience)
		}
		return nil
	})
	return group.Wait()
}

// syncPatience is how long the demo waits for the desk before it says where to look, and syncPoll
// how often it looks itself. The smallest desk takes a good second.
const (
	syncPatience = 15 * time.Second
	syncPoll     = 50 * time.Millisecond
)

// awaitSync waits until an appliance is in sync, of a pair the primary, and returns true then, or
// at once where no state is subscribed to. It gives up when its patience or the context ends.
func awaitSync(ctx context.Context, statuses func(context.Context) []target.Status, patience time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(syncPoll)
	defer tick.Stop()
	for {
		now := statuses(ctx)
		if slices.ContainsFunc(now, func(s target.Status) bool { return s.State.Synced }) ||
			!slices.ContainsFunc(now, func(s target.Status) bool { return s.State.Enabled }) {
			return true
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return false
		}
	}
}

// demoInterval is how often the demo polls what is polled in the background.
const demoInterval = 10 * time.Second

// showEverything turns on what the command line says nothing of and what is off at first, and has
// it polled often: a demo is there to be seen.
func (f *flags) showEverything() {
	for _, info := range collector.All() {
		c := f.collectors[info.Name]
		if info.Interval == 0 {
			continue
		}
		if !c.said {
			c.on, c.said = true, true
		}
		c.interval = min(c.interval, demoInterval)
	}
	if len(f.options.LicenseLimits) == 0 {
		f.options.LicenseLimits["full"], f.options.LicenseLimits["chat"] = 110, 20
	}
}

// demonstrated makes what the demo shows: one appliance as flags would have it, or a pair as a
// configuration file would.
func demonstrated(ctx context.Context, f *flags, logger *slog.Logger) ([]*simulation, source, error) {
	if !f.simulate.pair {
		s, err := newSimulation(ctx, f.simulate, loopback, loopback, logger)
		if err != nil {
			return nil, source{}, err
		}
		return []*simulation{s}, source{load: func() ([]config.Appliance, error) { return f.validate(s.options(f.options)) }}, nil
	}
	pair, err := newPair(ctx, f.simulate, logger)
	if err != nil {
		return nil, source{}, err
	}
	return pair, source{discovered: true, load: func() ([]config.Appliance, error) {
		var options []config.Options
		for i, s := range pair {
			o := s.options(f.options)
			o.Name, o.Labels = pairNames()[i], map[string]string{"pair": "hq"}
			options = append(options, o)
		}
		return f.validate(options...)
	}}, nil
}

// pairNames are what the two of the demo's pair are called.
func pairNames() []string { return []string{"hq-a", "hq-b"} }

// introduce says what is there to be seen.
func introduce(stdout io.Writer, f *flags, simulated []*simulation, e *exporter) {
	what := "A simulated support desk is at work, and the exporter watches it."
	if f.simulate.pair {
		what = "A simulated failover pair is at work, and the exporter watches both of its appliances."
	}
	fmt.Fprintln(stdout, what)
	places := tabwriter.NewWriter(stdout, 0, 0, 3, ' ', 0)
	for _, address := range e.server.Addresses() {
		if !f.simulate.pair {
			fmt.Fprintf(places, "  its metrics\thttp://%s%s\n  in a browser\thttp://%s/\n", address, f.telemetryPath, address)
			continue
		}
		fmt.Fprintf(places, "  in a browser\thttp://%s/\n  for discovery\thttp://%s/sd\n", address, address)
		for _, listing := range e.fleet.Listings() {
			fmt.Fprintf(places, "  metrics of %s\thttp://%s/probe?target=%s\n", listing.Name, address, listing.Name)
		}
	}
	for i, s := range simulated {
		at := ""
		if f.simulate.pair {
			at = " to " + pairNames()[i]
		}
		fmt.Fprintf(places, "  make things happen%s\t%s/\n", at, s.controlURL())
	}
	_ = places.Flush() // Whoever reads stdout has gone, and is missed by nobody.
	switch {
	case !f.simulate.pair:
		fmt.Fprintln(stdout, "Look at the metrics twice: the desk changes from second to second. Ctrl-C ends it.")
	case f.simulate.failoverEvery == 0:
		fmt.Fprintf(stdout, "A failover is one request away: curl -X POST %s/failover. Ctrl-C ends it.\n", simulated[0].controlURL())
	default:
		fmt.Fprintf(stdout, "The roles are swapped every %s, and at once by: curl -X POST %s/failover. Ctrl-C ends it.\n",
			f.simulate.failoverEvery, simulated[0].controlURL())
	}
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
		secretVariable, simulated.appliance.ClientSecret(), os.Args[0], simulated.url(), simulated.appliance.ClientID(), caFile)
	return simulated.run(ctx)
}
