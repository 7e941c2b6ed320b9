package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
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
	commandDemo     = "demo"
	commandSimulate = "simulate"
)

const (
	// defaultAddress is where the exporter listens. The demo listens on loopback alone.
	defaultAddress     = ":10985"
	defaultDemoAddress = "127.0.0.1:10985"

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
	collectors map[string]*bool

	toolkit                *toolkit.FlagConfig
	telemetryPath          string
	enablePprof            bool
	maxRequests            int
	disableExporterMetrics bool
	timeoutOffset          time.Duration
	log                    promslog.Config
	simulate               simulateFlags

	listenSet, levelSet bool
	applianceSet        map[string]*bool // by flag, whether it is on the command line
}

// parseFlags reads the command line and the environment. It writes what --help and --version
// say to stdout; an error is one line that names the flag.
func parseFlags(args []string, stdout, stderr io.Writer) (*flags, error) {
	f := &flags{collectors: make(map[string]*bool), applianceSet: make(map[string]*bool)}
	app := kingpin.New(program, "Prometheus exporter for BeyondTrust Remote Support and Privileged Remote Access appliances.")
	app.UsageWriter(stdout)
	app.ErrorWriter(stderr)
	app.Terminate(func(status int) {
		if !f.ended {
			f.ended, f.status = true, status
		}
	})
	app.Version(version.Print(program))
	app.HelpFlag.Short('h')

	f.addApplianceFlags(app)
	f.addWebFlags(app)
	f.addLogFlags(app)
	app.Command(commandServe, "Export the metrics of an appliance. This is what happens without a command.").Default()
	f.simulate.addDesk(app.Command(commandDemo, "Show the exporter at work: a simulated appliance and the exporter in one process, on loopback, without configuration."))
	simulate := app.Command(commandSimulate, "Run the simulated appliance alone, on loopback.")
	f.simulate.addDesk(simulate)
	f.simulate.addAddresses(simulate)

	var err error
	f.command, err = app.Parse(args)
	if err != nil {
		if f.ended {
			return f, nil // What was to be said was said, an error comes from what follows it.
		}
		return nil, fmt.Errorf("%w, try --help", err)
	}
	if f.ended {
		return f, nil
	}
	if f.command != commandServe {
		for name, set := range f.applianceSet {
			if *set {
				return nil, fmt.Errorf("--%s: %s brings an appliance of its own, leave it out", name, f.command)
			}
		}
	}
	if f.command == commandDemo {
		f.quietDown()
	}
	return f, nil
}

// quietDown makes the defaults of the demo: loopback, and no log of what goes well.
func (f *flags) quietDown() {
	if !f.listenSet {
		*f.toolkit.WebListenAddresses = []string{defaultDemoAddress}
	}
	if !f.levelSet {
		_ = f.log.Level.Set("warn") // A level that exists.
	}
}

func (f *flags) addApplianceFlags(app *kingpin.Application) {
	flag := func(name, help string) *kingpin.FlagClause {
		f.applianceSet[name] = new(bool)
		return app.Flag(name, help).IsSetByUser(f.applianceSet[name])
	}
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
	addValue(app, "appliance.cache-ttl", "How long an answer of the appliance is good for further scrapes.", "10s", time.ParseDuration, &o.CacheTTL)
	addValue(app, "appliance.timeout", "How long one request to the appliance may take.", "10s", time.ParseDuration, &o.Timeout)
	for _, info := range collector.All() {
		on := new(bool)
		f.collectors[info.Name] = on
		app.Flag("collector."+info.Name, info.Help).Default(fmt.Sprint(info.Default)).BoolVar(on)
	}
	addValue(app, "state.max-message-bytes", "The largest message of the real-time state API that is taken.", "256MiB", config.ParseBytes, &o.State.MaxMessageBytes)
	addValue(app, "state.idle-timeout", "The silence on the real-time state API after which a ping must be answered.", "60s", time.ParseDuration, &o.State.IdleTimeout)
	addValue(app, "state.resync-grace", "How long sessions and representatives that are missing after a reconnect or a restart of the appliance are waited for.", "60s", time.ParseDuration, &o.State.ResyncGrace)
}

func (f *flags) addWebFlags(app *kingpin.Application) {
	f.toolkit = kingpinflag.AddFlags(app, defaultAddress)
	app.GetFlag("web.listen-address").IsSetByUser(&f.listenSet)
	app.Flag("web.telemetry-path", "Path of the metrics.").Default("/metrics").StringVar(&f.telemetryPath)
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

// appliance validates what the flags and the environment say of the appliance.
func (f *flags) appliance() (config.Appliance, error) {
	o := f.options
	if secret, ok := os.LookupEnv(secretVariable); ok {
		o.ClientSecret = config.NewSecret(secret)
	}
	return f.validate(o)
}

// validate validates the options, and names the flags in what is wrong with them.
func (f *flags) validate(o config.Options) (config.Appliance, error) {
	o.Collectors = make(map[string]bool)
	for name, on := range f.collectors {
		o.Collectors[name] = *on
	}
	appliance, err := o.Validate()
	var wrong *config.Error
	switch {
	case errors.As(err, &wrong) && wrong.Setting == config.SettingURL && errors.Is(err, config.ErrMissing):
		return appliance, fmt.Errorf("no appliance to watch: give the address of its public site with --appliance.url or BEYONDTRUST_URL, or see what the exporter does by %s %s", program, commandDemo)
	case errors.As(err, &wrong):
		return appliance, fmt.Errorf("%s: %w", settingFlag(wrong.Setting), wrong.Err)
	default:
		return appliance, err
	}
}

// settingFlag says how a setting is spelt on the command line and in the environment.
func settingFlag(s config.Setting) string {
	switch s {
	case config.SettingURL:
		return "--appliance.url (or BEYONDTRUST_URL)"
	case config.SettingClientID:
		return "--appliance.client-id (or BEYONDTRUST_CLIENT_ID)"
	case config.SettingClientSecret:
		return "--appliance.client-secret-file (or " + secretVariable + ")"
	case config.SettingClientSecretFile:
		return "--appliance.client-secret-file (or BEYONDTRUST_CLIENT_SECRET_FILE)"
	case config.SettingCAFile:
		return "--appliance.ca-file (or BEYONDTRUST_CA_FILE)"
	default:
		section, name, found := strings.Cut(string(s), ".")
		if !found {
			section, name = "appliance", section
		}
		return "--" + section + "." + strings.ReplaceAll(name, "_", "-")
	}
}

// web returns what the flags say of the HTTP face.
func (f *flags) web(appliance web.Appliance, logger *slog.Logger) web.Options {
	return web.Options{
		Appliance:              appliance,
		TelemetryPath:          f.telemetryPath,
		MaxRequests:            f.maxRequests,
		TimeoutOffset:          f.timeoutOffset,
		EnablePprof:            f.enablePprof,
		DisableExporterMetrics: f.disableExporterMetrics,
		Logger:                 logger,
	}
}
