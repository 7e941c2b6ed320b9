package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"golang.org/x/sync/errgroup"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/config"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/web"
)

// loopback is any free port of this machine that nobody else can reach.
const loopback = "127.0.0.1:0"

// flushEvery is how often the desk tells what changed: as often as anybody looks, and yet seldom
// enough that after a full copy there is a second's silence, which is what ends one.
const flushEvery = 1100 * time.Millisecond

// minSpeed and maxSpeed bound how fast a desk lives.
const (
	minSpeed = 0.01
	maxSpeed = 100_000
)

// simulateFlags say which appliance is simulated, and where.
type simulateFlags struct {
	representatives, sessions int
	speed                     float64
	seed                      uint64

	address, controlAddress string
	caFile                  string

	pair          bool
	failoverEvery time.Duration
}

// addDesk adds the flags of the simulated support desk.
func (f *simulateFlags) addDesk(command *kingpin.CmdClause) {
	addValue(command, "simulate.representatives", fmt.Sprintf("How many representatives there are, 1 to %d.", world.MaxRepresentatives), "120", parseBetween(1, world.MaxRepresentatives), &f.representatives)
	addValue(command, "simulate.sessions", fmt.Sprintf("How many support sessions there are at once in the busiest hour, 1 to %d; 0 is as many as the representatives can do well.", world.MaxSessions), "150", parseBetween(0, world.MaxSessions), &f.sessions)
	addValue(command, "simulate.speed", fmt.Sprintf("How many seconds pass at the desk in one second, %v to %d.", minSpeed, maxSpeed), "6", parseSpeed, &f.speed)
	addValue(command, "simulate.seed", "What happens is drawn from this number: the same number, the same day.", "1", parseSeed, &f.seed)
}

// addAddresses adds the flags of a simulated appliance that runs alone.
func (f *simulateFlags) addAddresses(command *kingpin.CmdClause) {
	command.Flag("simulate.listen-address", "Address of the simulated appliance.").Default("127.0.0.1:10986").StringVar(&f.address)
	command.Flag("simulate.control-address", "Address at which to make things happen: failover, restart, faults.").Default("127.0.0.1:10987").StringVar(&f.controlAddress)
	command.Flag("simulate.ca-file", "Where to write the certificate of the authority that the simulated appliance's was issued by; by default to a temporary file that goes at the end.").
		PlaceHolder("FILE").StringVar(&f.caFile)
}

// addPair adds the flags of a simulated failover pair.
func (f *simulateFlags) addPair(command *kingpin.CmdClause) {
	command.Flag("pair", "Simulate a failover pair: two appliances that share the support desk, of which one is the backup.").BoolVar(&f.pair)
	addValue(command, "simulate.failover-every", "How often the roles of the pair are swapped; 0s is only on command.", "1m", parseLength, &f.failoverEvery)
}

// parseBetween returns what reads a whole number within bounds.
func parseBetween(least, most int) func(string) (int, error) {
	return func(text string) (int, error) {
		n, err := strconv.Atoi(text)
		if err != nil || n < least || n > most {
			return 0, fmt.Errorf("%q will not do: give a whole number from %d to %d", text, least, most)
		}
		return n, nil
	}
}

// parseSpeed reads how fast a desk lives.
func parseSpeed(text string) (float64, error) {
	speed, err := strconv.ParseFloat(text, 64)
	if err != nil || !(speed >= minSpeed && speed <= maxSpeed) { // which is false of NaN
		return 0, fmt.Errorf("%q is no speed: give a number from %v to %d, such as 1", text, minSpeed, maxSpeed)
	}
	return speed, nil
}

// parseSeed reads a seed.
func parseSeed(text string) (uint64, error) {
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is no seed: give a whole number, 0 or more", text)
	}
	return seed, nil
}

// writeCA writes the authority's certificate where the flags say. The function it returns
// removes what nobody asked for.
func (f *simulateFlags) writeCA(pem []byte) (file string, remove func(), err error) {
	file, remove = f.caFile, func() {}
	if file == "" {
		directory, err := os.MkdirTemp("", program+"-")
		if err != nil {
			return "", nil, fmt.Errorf("--simulate.ca-file: %w", err)
		}
		file, remove = filepath.Join(directory, "ca.pem"), func() { _ = os.RemoveAll(directory) }
	}
	if err := os.WriteFile(file, pem, 0o644); err != nil {
		remove()
		return "", nil, fmt.Errorf("--simulate.ca-file: %w", err)
	}
	return file, remove, nil
}

// simulation is a simulated appliance and its control address, listening already. run must be
// called, or close.
type simulation struct {
	appliance *simulator.Appliance
	listener  net.Listener
	control   net.Listener
	logger    *slog.Logger
}

// newSimulation simulates one appliance.
func newSimulation(ctx context.Context, f simulateFlags, address, controlAddress string, logger *slog.Logger) (*simulation, error) {
	appliance, err := simulator.New(f.config(logger))
	if err != nil {
		return nil, fmt.Errorf("making the simulated appliance: %w", err)
	}
	return listen(ctx, appliance, address, controlAddress, logger)
}

// newPair simulates a failover pair, the primary first.
func newPair(ctx context.Context, f simulateFlags, logger *slog.Logger) ([]*simulation, error) {
	first := f.config(logger)
	first.SharedIPs = []string{"192.0.2.10"}
	primary, backup, err := simulator.NewPair(first, simulator.Config{Logger: logger})
	if err != nil {
		return nil, fmt.Errorf("making the simulated pair: %w", err)
	}
	var pair []*simulation
	for _, appliance := range []*simulator.Appliance{primary, backup} {
		s, err := listen(ctx, appliance, loopback, loopback, logger)
		if err != nil {
			for _, s := range pair {
				s.close()
			}
			return nil, err
		}
		pair = append(pair, s)
	}
	return pair, nil
}

// listen opens the addresses of a simulated appliance.
func listen(ctx context.Context, appliance *simulator.Appliance, address, controlAddress string, logger *slog.Logger) (*simulation, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("--simulate.listen-address=%s: %w", address, web.ExplainListen(err))
	}
	control, err := (&net.ListenConfig{}).Listen(ctx, "tcp", controlAddress)
	if err != nil {
		_ = listener.Close()
		return nil, fmt.Errorf("--simulate.control-address=%s: %w", controlAddress, web.ExplainListen(err))
	}
	return &simulation{appliance: appliance, listener: listener, control: control, logger: logger}, nil
}

func (s *simulation) url() string        { return "https://" + s.listener.Addr().String() }
func (s *simulation) controlURL() string { return "http://" + s.control.Addr().String() }

// options are what the exporter watches the appliance with.
func (s *simulation) options(o config.Options) config.Options {
	o.URL = s.url()
	o.ClientID = s.appliance.ClientID()
	o.ClientSecret, o.ClientSecretFile = config.NewSecret(s.appliance.ClientSecret()), ""
	o.CA, o.CAFile = s.appliance.CACertificatePEM(), ""
	return o
}

func (s *simulation) close() {
	_ = s.listener.Close()
	_ = s.control.Close()
}

// run serves the appliance and its control address until the context ends.
func (s *simulation) run(ctx context.Context) error {
	defer s.close()
	server := &http.Server{
		Handler:           s.appliance.Control(),
		ReadHeaderTimeout: 5 * time.Second,
		ErrorLog:          slog.NewLogLogger(s.logger.Handler(), slog.LevelWarn),
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		if err := s.appliance.Serve(ctx, s.listener); err != nil && ctx.Err() == nil {
			return fmt.Errorf("serving the simulated appliance: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		if err := server.Serve(s.control); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serving the control address: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		return server.Close()
	})
	return group.Wait()
}

// config is what the simulator makes of the flags.
func (f *simulateFlags) config(logger *slog.Logger) simulator.Config {
	return simulator.Config{
		World: world.Config{
			Seed:            f.seed,
			Speed:           f.speed,
			Representatives: f.representatives,
			Sessions:        f.sessions,
			FlushEvery:      flushEvery,
		},
		Logger: logger,
	}
}

// failOver swaps the roles of a pair again and again until the context ends.
func failOver(ctx context.Context, appliance *simulator.Appliance, every time.Duration) error {
	if every == 0 {
		<-ctx.Done()
		return nil
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if err := appliance.Failover(); err != nil {
				return fmt.Errorf("swapping the roles of the simulated pair: %w", err)
			}
		}
	}
}
