package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/common/promslog"
	promslogflag "github.com/prometheus/common/promslog/flag"
	"github.com/prometheus/common/version"
	toolkit "github.com/prometheus/exporter-toolkit/web"
	"github.com/prometheus/exporter-toolkit/web/kingpinflag"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/collector"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/config"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/web"
)

// The commands.
const (
	commandServe    = "serve"
	commandCheck    = "check"
	commandDemo     = "demo"
	commandSimulate = "simulate"
)

const (
	// defaultAddress is where the exporter listens. The demo listens on loopback alone.
	defaultAddress     = ":10985"
	defaultDemoAddress = "127.0.0.1:10985"

	// defaultDemoLevel is from which level on a demo logs, but for one of a pair.
	defaultDemoLevel = "warn"

	// onByDefault and offByDefault are what the help of a collector's flag ends with. The demo has
	// all of them on.
	onByDefault, offByDefault = "On by default.", "Off by default."

	// secretVariable is the one way to give the secret itself: a flag would show in the
	// list of processes.
	secretVariable = "BEYONDTRUST_CLIENT_SECRET"
)

// flags are the command line and the environment.
type flags struct {
	command string
	// ended says that the command line asked for nothing but words, which were said, and
	// status is what to exit with then.
	ended  bool
	status int

	options    config.Options
	collectors map[string]*collectorFlag

	configFile         string
	configCheck        bool
	shard, totalShards int
	enableLifecycle    bool

	toolkit                *toolkit.FlagConfig
	storageDirectory       string
	telemetryPath          string
	enablePprof            bool
	maxRequests            int
	disableExporterMetrics bool
	timeoutOffset          time.Duration
	log                    promslog.Config
	check                  checkFlags
	simulate               simulateFlags

	listenSet, levelSet bool
	sourceSet           map[string]*bool // by flag that says what to watch, whether it is on the command line
}

// collectorFlag is the flags of a collector: whether it is on, whether the command line says so,
// and how often it polls, 0 for one that does not poll in the background.
type collectorFlag struct {
	on, said bool
	interval time.Duration
}

// parseFlags reads the command line and the environment. It writes what --help and --version
// say to stdout; an error is one line that names the flag.
func parseFlags(args []string, stdout, stderr io.Writer) (*flags, error) {
	f := &flags{collectors: make(map[string]*collectorFlag), sourceSet: make(map[string]*bool)}
	app := kingpin.New(program, "Prometheus exporter for BeyondTrust Remote Support and Privileged Remote Access appliances.")
	app.UsageWriter(stdout)
	app.ErrorWriter(stderr)
	app.Terminate(func(status int) {
		if !f.ended {
			f.ended, f.status = true, status
		}
	})
	app.Version(version.Print(program))
	f.addHelp(app)

	f.addConfigFlags(app)
	f.addApplianceFlags(app)
	f.addWebFlags(app)
	f.addLogFlags(app)
	app.Command(commandServe, "Export the metrics of the configured appliances. This is what happens without a command.").Default()
	f.check.add(app.Command(commandCheck, "Try each configured appliance, and print line by line what works, what does not and why, and what to tick in /login. Ends with 1 where something asked for fails."))
	demo := app.Command(commandDemo, "Show the exporter at work: a simulated appliance and the exporter in one process, on loopback, without configuration.")
	f.simulate.addDesk(demo)
	f.simulate.addPair(demo)
	simulate := app.Command(commandSimulate, "Run the simulated appliance alone, on loopback.")
	f.simulate.addDesk(simulate)
	f.simulate.addAddresses(simulate)

	var err error
	f.command, err = app.Parse(args)
	if err != nil {
		if f.ended {
			return f, nil // What was to be said was said, an error comes from what follows it.
		}
		return nil, fmt.Errorf("%w, try --help", explain(app, args, err))
	}
	if f.ended {
		return f, nil
	}
	if err := f.checkExclusions(); err != nil {
		return nil, err
	}
	if f.command == commandDemo {
		f.quietDown()
	}
	return f, nil
}

// checkExclusions says which flags do not go together.
func (f *flags) checkExclusions() error {
	for _, name := range slices.Sorted(maps.Keys(f.sourceSet)) {
		if !*f.sourceSet[name] {
			continue
		}
		switch {
		case !f.configured():
			return fmt.Errorf("--%s: %s brings an appliance of its own, leave it out", name, f.command)
		case f.configFile != "" && strings.HasPrefix(name, "appliance."):
			return fmt.Errorf("--config.file (or BEYONDTRUST_CONFIG_FILE) and --%s exclude each other: say it in the file, or leave the file out", name)
		}
	}
	if _, err := config.NewShard(f.shard, f.totalShards); err != nil {
		return fmt.Errorf("--shard and --total-shards: %w", err)
	}
	if f.totalShards > 1 && !f.fromFile() {
		return errors.New("--total-shards: only the appliances of a file can be shared out: name one with --config.file")
	}
	return nil
}

// configured says that the appliances are the operator's: the demo and the simulator have their
// own, whatever the environment says.
func (f *flags) configured() bool { return f.command == commandServe || f.command == commandCheck }

// fromFile says that the appliances are those of a configuration file.
func (f *flags) fromFile() bool { return f.configFile != "" && f.configured() }

// quietDown makes the defaults of the demo: loopback, and no log of what goes as it should. A
// pair warns of each failover, which is what it is for.
func (f *flags) quietDown() {
	if !f.listenSet {
		*f.toolkit.WebListenAddresses = []string{defaultDemoAddress}
	}
	if !f.levelSet {
		level := defaultDemoLevel
		if f.simulate.pair {
			level = "error"
		}
		_ = f.log.Level.Set(level) // A level that exists.
	}
}

// sourceFlag adds a flag that says what to watch.
func (f *flags) sourceFlag(app *kingpin.Application, name, help string) *kingpin.FlagClause {
	return app.Flag(name, help).IsSetByUser(f.source(name))
}

// source returns where it is kept whether a flag that says what to watch is on the command line.
func (f *flags) source(name string) *bool {
	f.sourceSet[name] = new(bool)
	return f.sourceSet[name]
}

func (f *flags) addConfigFlags(app *kingpin.Application) {
	f.sourceFlag(app, "config.file", "File with the appliances to watch, where there are several. Excludes the flags that begin with --appliance.; the others hold where the file says nothing.").
		PlaceHolder("FILE").Envar("BEYONDTRUST_CONFIG_FILE").StringVar(&f.configFile)
	f.sourceFlag(app, "config.check", "Read and check the configuration, touch no network, and exit with 0 where all is well, else with 1.").BoolVar(&f.configCheck)
	app.Flag("storage.directory", "Directory where cursors and counters of the reports outlive a restart, in one file for each appliance. No other exporter may use it. Without it counting starts with the process.").
		PlaceHolder("DIRECTORY").StringVar(&f.storageDirectory)
	addValue(app, "shard", "Which part of the file's appliances to watch, counted from 0, of as many as --total-shards says.", "0", parseCount, &f.shard)
	addValue(app, "total-shards", "How many exporters share the file's appliances; each is watched by one, by a hash of its label pair or else of its name.", "1", parseCount, &f.totalShards)
}

func (f *flags) addApplianceFlags(app *kingpin.Application) {
	flag := func(name, help string) *kingpin.FlagClause { return f.sourceFlag(app, name, help) }
	o := &f.options
	flag("appliance.url", "Address of the appliance's public site, such as https://support.example.com.").
		PlaceHolder("URL").Envar("BEYONDTRUST_URL").StringVar(&o.URL)
	flag("appliance.client-id", "OAuth client ID of the API account.").
		PlaceHolder("ID").Envar("BEYONDTRUST_CLIENT_ID").StringVar(&o.ClientID)
	flag("appliance.client-secret-file", "File with the OAuth client secret of the API account, read again for each new token. The secret itself is taken from the environment alone, "+secretVariable+".").
		PlaceHolder("FILE").Envar("BEYONDTRUST_CLIENT_SECRET_FILE").StringVar(&o.ClientSecretFile)
	flag("appliance.ca-file", "File with the certificates, in PEM, of the authorities to trust; by default those of the system.").
		PlaceHolder("FILE").Envar("BEYONDTRUST_CA_FILE").StringVar(&o.CAFile)
	flag("appliance.insecure-skip-verify", "Do not verify the appliance's certificate. Anybody on the way can then read the client secret.").
		BoolVar(&o.InsecureSkipVerify)
	flag("appliance.product", "What the appliance runs: auto, remote_support or privileged_remote_access.").
		Default(string(config.ProductAuto)).StringVar(&o.Product)
	addValue(app, "appliance.cache-ttl", "How long an answer of the appliance is good for further scrapes.", "10s", config.ParseDuration, &o.CacheTTL).
		IsSetByUser(f.source("appliance.cache-ttl"))
	addValue(app, "appliance.timeout", "How long one request to the appliance may take.", "10s", config.ParseDuration, &o.Timeout).
		IsSetByUser(f.source("appliance.timeout"))
	for _, info := range collector.All() {
		c := new(collectorFlag)
		f.collectors[info.Name] = c
		def := offByDefault
		if info.Default {
			def = onByDefault
		}
		app.Flag("collector."+info.Name, info.Help+" "+def).Default(fmt.Sprint(info.Default)).IsSetByUser(&c.said).BoolVar(&c.on)
		if info.Interval > 0 {
			addValue(app, "collector."+info.Name+".interval", "How often the collector "+info.Name+" polls in the background.",
				info.Interval.String(), parseInterval, &c.interval)
		}
	}
	o.LicenseLimits = make(map[string]uint64)
	app.Flag("license.limit", "How many licences of a type were bought, such as full=50; the appliance does not tell. May be repeated.").
		PlaceHolder("TYPE=N").SetValue(licenseLimits(o.LicenseLimits))
	addValue(app, "state.max-message-bytes", "The largest message of the real-time state API that is taken.", "256MiB", config.ParseBytes, &o.State.MaxMessageBytes)
	addValue(app, "state.idle-timeout", "The silence on the real-time state API after which a ping must be answered.", "60s", config.ParseDuration, &o.State.IdleTimeout)
	addValue(app, "state.resync-grace", "How long sessions and representatives that are missing after a reconnect or a restart of the appliance are waited for.", "60s", config.ParseDuration, &o.State.ResyncGrace)
}

func (f *flags) addWebFlags(app *kingpin.Application) {
	f.toolkit = kingpinflag.AddFlags(app, defaultAddress)
	app.GetFlag("web.listen-address").IsSetByUser(&f.listenSet)
	app.Flag("web.telemetry-path", "Path of the metrics.").Default("/metrics").StringVar(&f.telemetryPath)
	app.Flag("web.enable-lifecycle", "Let whoever reaches the exporter have the configuration read again, by POST /-/reload. SIGHUP always does.").BoolVar(&f.enableLifecycle)
	app.Flag("web.enable-pprof", "Serve Go's profiles of the exporter below /debug/pprof/.").BoolVar(&f.enablePprof)
	addValue(app, "web.max-requests", "How many scrapes may run at once; 0 is any number.", "40", parseCount, &f.maxRequests)
	app.Flag("web.disable-exporter-metrics", "Leave out the metrics of the exporter itself (promhttp_*, process_*, go_*).").BoolVar(&f.disableExporterMetrics)
	addValue(app, "timeout-offset", "Taken off the time that Prometheus allows for a scrape, for the way back.", "500ms", parseLength, &f.timeoutOffset)
}

func (f *flags) addLogFlags(app *kingpin.Application) {
	f.log.Level, f.log.Format = promslog.NewLevel(), promslog.NewFormat()
	app.Flag(promslogflag.LevelFlagName, promslogflag.LevelFlagHelp).Default("info").
		IsSetByUser(&f.levelSet).SetValue(named{promslogflag.LevelFlagName, f.log.Level})
	app.Flag(promslogflag.FormatFlagName, promslogflag.FormatFlagHelp).Default("logfmt").
		SetValue(named{promslogflag.FormatFlagName, f.log.Format})
}

// web returns what the flags say of the HTTP face.
func (f *flags) web(logger *slog.Logger) web.Options {
	return web.Options{
		TelemetryPath:          f.telemetryPath,
		MaxRequests:            f.maxRequests,
		TimeoutOffset:          f.timeoutOffset,
		EnablePprof:            f.enablePprof,
		EnableLifecycle:        f.enableLifecycle,
		DisableExporterMetrics: f.disableExporterMetrics,
		Logger:                 logger,
	}
}
