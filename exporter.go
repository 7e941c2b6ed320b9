package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/config"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/reports"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/target"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/web"
)

// exporter is the exporter of all appliances of a source, listening already. run must be called.
type exporter struct {
	fleet    *target.Fleet
	reloader *config.Reloader
	server   *web.Server
	storage  io.Closer // the lock of the storage directory
	logger   *slog.Logger
}

// newExporter wires the exporter and opens the addresses that the flags name. It asks no
// appliance for anything yet.
func newExporter(ctx context.Context, f *flags, appliances source, logger *slog.Logger) (e *exporter, err error) {
	shard, err := config.NewShard(f.shard, f.totalShards)
	if err != nil {
		return nil, fmt.Errorf("--shard and --total-shards: %w", err)
	}
	var storage io.Closer = io.NopCloser(nil)
	if f.storageDirectory != "" {
		if storage, err = reports.LockDirectory(f.storageDirectory); err != nil {
			return nil, fmt.Errorf("--storage.directory: %w", err)
		}
	}
	fleet := target.NewFleet(shard, f.storageDirectory, logger)
	defer func() {
		if err != nil {
			fleet.Close()
			_ = storage.Close() // Nothing was written to it.
		}
	}()
	apply := func(appliances []config.Appliance) error {
		if err := fleet.Apply(appliances); err != nil {
			return err
		}
		for _, doubt := range doubts(appliances) {
			logger.Warn("Found what may not be meant so in the configuration", "doubt", doubt)
		}
		return nil
	}
	e = &exporter{fleet: fleet, reloader: config.NewReloader(appliances.load, apply), storage: storage, logger: logger}
	if err := e.reloader.Reload(); err != nil {
		return nil, err
	}
	options := f.web(logger)
	options.Fleet, options.Discovered = e.fleet, appliances.discovered
	options.Collectors, options.Reload = []prometheus.Collector{e.reloader}, e.reload
	handler, err := web.NewHandler(options)
	if err != nil {
		return nil, fmt.Errorf("--web.telemetry-path: %w", err)
	}
	e.server, err = web.Listen(ctx, f.toolkit, handler, logger)
	if err != nil {
		return nil, err
	}
	return e, nil
}

// reload reads the configuration again. Why it was refused is said in the log whoever asked for
// it: a signal has no other way to hear of it.
func (e *exporter) reload() error {
	err := e.reloader.Reload()
	if err != nil {
		e.logger.Error("Cannot read the configuration again, the one before it is still in force", "err", err)
	}
	return err
}

// run serves and watches until the context ends or the exporter cannot serve. Everything has
// ended when it returns.
func (e *exporter) run(ctx context.Context) error {
	// Whoever comes next may have the directory once nobody writes to it any more.
	defer e.storage.Close()
	defer e.fleet.Close()
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		e.fleet.Run(ctx)
		return nil
	})
	group.Go(func() error { return e.server.Serve(ctx) })
	group.Go(func() error {
		for {
			select {
			case <-hangup:
				_ = e.reload() // which has told the log
			case <-ctx.Done():
				return nil
			}
		}
	})
	return group.Wait()
}

// checkConfiguration reads the configuration as a start does, and tells that it is in order, and
// what of it is hardly meant.
func checkConfiguration(f *flags, stdout io.Writer) error {
	appliances, err := f.appliances().load()
	if err != nil {
		return err
	}
	where := "the command line and the environment"
	if f.fromFile() {
		where = f.configFile
	}
	fmt.Fprintf(stdout, "%s: in order, appliances: %d\n", where, len(appliances))
	for _, doubt := range doubts(appliances) {
		fmt.Fprintf(stdout, "warning: %s\n", doubt)
	}
	return nil
}
