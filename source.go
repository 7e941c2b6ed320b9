package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/config"
)

// source is where it is said which appliances to watch.
type source struct {
	load func() ([]config.Appliance, error)
	// discovered says that Prometheus finds each of them by /sd. Else there is one, which is
	// on the exporter's own page.
	discovered bool
}

// appliances returns what to watch.
func (f *flags) appliances() source {
	if f.fromFile() {
		return source{discovered: true, load: func() ([]config.Appliance, error) {
			o := f.options
			// What the environment says of one appliance is not said of those in the file.
			appliances, err := config.Load(f.configFile, config.Options{
				CacheTTL: o.CacheTTL, Timeout: o.Timeout, Product: o.Product,
				Collectors: f.enabled(), Intervals: f.intervals(), LicenseLimits: o.LicenseLimits, State: o.State,
			}, slices.Sorted(maps.Keys(f.collectors)))
			if wrong, ok := errors.AsType[*config.FileError](err); ok && wrong.Line == 0 && wrong.Key == "" {
				// There is no place in the file to be named.
				return nil, fmt.Errorf("--config.file (or BEYONDTRUST_CONFIG_FILE): %w", err)
			}
			return appliances, err
		}}
	}
	return source{load: func() ([]config.Appliance, error) {
		o := f.options
		if secret, ok := os.LookupEnv(secretVariable); ok {
			o.ClientSecret = config.NewSecret(secret)
		}
		return f.validate(o)
	}}
}

// enabled says of the collectors that are on the command line whether they are wanted.
func (f *flags) enabled() map[string]bool {
	enabled := make(map[string]bool)
	for name, c := range f.collectors {
		if c.said {
			enabled[name] = c.on
		}
	}
	return enabled
}

// intervals says of the collectors that poll in the background how often they do.
func (f *flags) intervals() map[string]time.Duration {
	intervals := make(map[string]time.Duration)
	for name, c := range f.collectors {
		if c.interval != 0 {
			intervals[name] = c.interval
		}
	}
	return intervals
}

// validate validates the options of each appliance, and names the flags in what is wrong with
// them.
func (f *flags) validate(options ...config.Options) ([]config.Appliance, error) {
	var appliances []config.Appliance
	for _, o := range options {
		o.Collectors, o.Intervals, o.Spelling = f.enabled(), f.intervals(), settingFlag
		appliance, err := o.Validate()
		wrong, isSetting := errors.AsType[*config.Error](err)
		switch {
		case isSetting && wrong.Setting == config.SettingURL && errors.Is(err, config.ErrMissing):
			return nil, fmt.Errorf("no appliance to watch: give the address of its public site with --appliance.url or BEYONDTRUST_URL, or several in a file with --config.file, or see what the exporter does by %s %s", program, commandDemo)
		case isSetting && wrong.Setting == config.SettingClientSecret && errors.Is(err, config.ErrMissing):
			return nil, fmt.Errorf("no client secret: give the name of a file that has it with %s, or the secret itself in %s",
				settingFlag(config.SettingClientSecretFile), secretVariable)
		case isSetting && errors.Is(err, config.ErrMissing):
			return nil, fmt.Errorf("%s is not given: it is in /login > Management > API Configuration", settingFlag(wrong.Setting))
		case isSetting:
			return nil, fmt.Errorf("%s: %w", settingFlag(wrong.Setting), wrong.Err)
		case err != nil:
			return nil, err
		}
		appliances = append(appliances, appliance)
	}
	return appliances, nil
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
	case config.SettingServerName, config.SettingProxyURL:
		return string(s) + " in a file of --config.file"
	default:
		section, name, found := strings.Cut(string(s), ".")
		if !found {
			section, name = "appliance", section
		}
		return "--" + section + "." + strings.ReplaceAll(name, "_", "-")
	}
}
