package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"time"

	"github.com/alecthomas/kingpin/v2"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/check"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/collector"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/config"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/target"
)

// The forms of what check prints.
const (
	formatText = "text"
	formatJSON = "json"
)

// checkFlags say how the check is made and shown.
type checkFlags struct {
	format       string
	stateTimeout time.Duration
}

// add adds the flags of the command.
func (f *checkFlags) add(command *kingpin.CmdClause) {
	addValue(command, "format", "How to print what was found: text or json.", formatText, parseFormat, &f.format)
	addValue(command, "state-timeout", "How long the full copy of the real-time state may take.", check.DefaultStateTimeout.String(), parseLength, &f.stateTimeout)
}

// parseFormat reads one of the forms.
func parseFormat(text string) (string, error) {
	if text != formatText && text != formatJSON {
		return "", fmt.Errorf("%q is no format: give %s or %s", text, formatText, formatJSON)
	}
	return text, nil
}

// checkAppliances tries each configured appliance and prints what works, what does not and what
// to do. It returns the status to exit with.
func checkAppliances(ctx context.Context, f *flags, stdout io.Writer) (status int, err error) {
	configured, err := f.appliances().load()
	if err != nil {
		return 1, err
	}
	var appliances []check.Appliance
	for _, a := range configured {
		enabled := a.Collectors()
		named := maps.Clone(enabled)
		for _, info := range collector.All() {
			if _, said := enabled[info.Name]; !said {
				enabled[info.Name] = info.Default
			}
		}
		appliances = append(appliances, check.Appliance{
			Name: a.Name(), Client: target.ClientConfig(a), Collectors: enabled, Named: named, Pair: a.Pair(),
			MaxMessageBytes: int64(a.State().MaxMessageBytes), MaxMessageName: a.Spell(config.SettingMaxMessageBytes),
		})
	}
	options := check.Options{StateTimeout: f.check.stateTimeout}
	if f.check.format == formatJSON {
		report := check.Run(ctx, appliances, options)
		return report.ExitStatus(), check.WriteJSON(stdout, report)
	}
	text := check.NewText(stdout)
	options.Progress = text.Step
	report := check.Run(ctx, appliances, options)
	return report.ExitStatus(), text.End(report)
}
