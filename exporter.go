package main

import (
	"context"
	"fmt"
	"log/slog"

	"golang.org/x/sync/errgroup"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/config"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/target"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/web"
)

// exporter is the exporter of one appliance, listening already. run must be called.
type exporter struct {
	target *target.Target
	server *web.Server
}

// newExporter wires the exporter of an appliance and opens the addresses that the flags name.
func newExporter(ctx context.Context, f *flags, appliance config.Appliance, logger *slog.Logger) (*exporter, error) {
	watched, err := target.New(appliance, logger)
	if err != nil {
		return nil, err
	}
	handler, err := web.NewHandler(f.web(watched, logger))
	if err != nil {
		watched.Close()
		return nil, fmt.Errorf("--web.telemetry-path: %w", err)
	}
	server, err := web.Listen(ctx, f.toolkit, handler, logger)
	if err != nil {
		watched.Close()
		return nil, err
	}
	return &exporter{target: watched, server: server}, nil
}

// run serves and watches until the context ends or one of the two cannot go on. Everything has
// ended when it returns.
func (e *exporter) run(ctx context.Context) error {
	defer e.target.Close()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return e.target.Run(ctx) })
	group.Go(func() error { return e.server.Serve(ctx) })
	return group.Wait()
}
