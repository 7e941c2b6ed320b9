package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	toolkit "github.com/prometheus/exporter-toolkit/web"
	"golang.org/x/sync/errgroup"
)

// What a peer may take its time for. A scrape may last maxScrapeTime, and then its body must
// get through.
const (
	readHeaderTimeout = 10 * time.Second
	readTimeout       = 30 * time.Second
	writeTimeout      = maxScrapeTime + time.Minute
	idleTimeout       = 3 * time.Minute
	maxHeaderBytes    = 64 << 10
)

// How long a shutdown takes at most: running scrapes get the first, and are told to end with
// what they have; connections that are still open after the second are cut.
const (
	scrapePatience   = 2 * time.Second
	shutdownPatience = 3500 * time.Millisecond
)

// Server serves a handler on the addresses that the flags of the toolkit name.
type Server struct {
	flags     *toolkit.FlagConfig
	logger    *slog.Logger
	handler   http.Handler
	listeners []net.Listener // empty where the toolkit listens itself
}

// Listen checks the web configuration file and opens the addresses, so that a port in use is
// known before anything else begins. Serve must be called, which closes them. Sockets of
// systemd and of vsock are opened by Serve.
func Listen(ctx context.Context, flags *toolkit.FlagConfig, handler http.Handler, logger *slog.Logger) (*Server, error) {
	s := &Server{flags: flags, logger: logger, handler: handler}
	if info, err := os.Stat(*flags.WebConfigFile); err == nil && !info.Mode().IsRegular() {
		// The toolkit reads it for each connection, and from a pipe would wait for ever.
		return nil, fmt.Errorf("--web.config.file=%s: it is no regular file", *flags.WebConfigFile)
	}
	if err := toolkit.Validate(*flags.WebConfigFile); err != nil {
		return nil, fmt.Errorf("--web.config.file=%s: %w", *flags.WebConfigFile, err)
	}
	if *flags.WebSystemdSocket {
		return s, nil
	}
	for _, address := range *flags.WebListenAddresses {
		if strings.HasPrefix(address, "vsock://") {
			s.close()
			s.listeners = nil
			return s, nil
		}
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
		if err != nil {
			s.close()
			return nil, fmt.Errorf("--web.listen-address=%s: %w", address, ExplainListen(err))
		}
		s.listeners = append(s.listeners, listener)
	}
	return s, nil
}

// ExplainListen adds to the error of an address that cannot be listened on what to do.
func ExplainListen(err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%w: give another address, or end the program that listens there", err)
	}
	if errors.Is(err, syscall.EACCES) {
		return fmt.Errorf("%w: give a port of 1024 or more, which needs no privilege", err)
	}
	return fmt.Errorf("%w: give a host or address of this machine and a port that no other program listens at, such as :10985", err)
}

// Addresses returns the addresses listened on that are known before Serve.
func (s *Server) Addresses() []net.Addr {
	addresses := make([]net.Addr, 0, len(s.listeners))
	for _, listener := range s.listeners {
		addresses = append(addresses, listener.Addr())
	}
	return addresses
}

func (s *Server) close() {
	for _, listener := range s.listeners {
		_ = listener.Close()
	}
}

// Serve serves until the context ends, and returns within four seconds after that, when the
// running requests have ended. It returns nil then, and an error where it cannot serve.
func (s *Server) Serve(ctx context.Context) error {
	defer s.close()
	// Requests live longer than ctx: they may end by themselves first.
	requests, cancelRequests := context.WithCancel(context.WithoutCancel(ctx))
	defer cancelRequests()
	serving, stop := context.WithCancel(ctx)
	defer stop()

	var group errgroup.Group
	serve := func(run func(*http.Server) error) {
		// Each listener has a server of its own, since the toolkit writes to it.
		server := s.newServer(requests)
		group.Go(func() error {
			defer stop() // one that cannot serve ends the others
			if err := run(server); !errors.Is(err, http.ErrServerClosed) {
				return err
			}
			return nil
		})
		group.Go(func() error {
			<-serving.Done()
			return shutDown(server, cancelRequests)
		})
	}
	if len(s.listeners) == 0 {
		serve(s.listenAndServe)
	}
	for _, listener := range s.listeners {
		serve(func(server *http.Server) error { return toolkit.Serve(listener, server, s.flags, s.logger) })
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("serving HTTP: %w", err)
	}
	return nil
}

// listenAndServe serves what the toolkit alone knows how to open.
func (s *Server) listenAndServe(server *http.Server) error {
	err := toolkit.ListenAndServe(server, s.flags, s.logger)
	switch {
	case errors.Is(err, http.ErrServerClosed):
		return err
	case *s.flags.WebSystemdSocket:
		return fmt.Errorf("--web.systemd-socket: %w: start the exporter by its socket unit, or leave the flag out", err)
	default:
		return fmt.Errorf("--web.listen-address: %w", ExplainListen(err))
	}
}

func (s *Server) newServer(requests context.Context) *http.Server {
	return &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		BaseContext:       func(net.Listener) context.Context { return requests },
		ErrorLog:          slog.NewLogLogger(s.logger.Handler(), slog.LevelWarn),
	}
}

// shutDown ends a server in time.
func shutDown(server *http.Server, cancelRequests context.CancelFunc) error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownPatience)
	defer cancel()
	defer time.AfterFunc(scrapePatience, cancelRequests).Stop()
	err := server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		// Who is still there does not read. That is no reason to fail.
		err = server.Close()
	}
	if err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("shutting down: %w", err)
	}
	return nil
}
