package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kingpin/v2"
)

// usageTemplate is what --help prints. Of a command it lists the flags that are its own first,
// and of the others only those that the command takes.
const usageTemplate = `{{define "commands"}}{{range .FlattenedCommands}}{{if not .Hidden}}  {{.FullCommand}}{{if .Default}}*{{end}}
{{.Help | Wrap 4}}
{{end}}{{end}}{{end -}}
{{with .Context.SelectedCommand -}}
usage: {{$.App.Name}} {{.}} [<flags>]

{{.Help | Wrap 0}}
{{if .Flags}}Flags of {{.}}:
{{.Flags | FlagsToTwoColumns | FormatTwoColumns}}
{{end}}Flags:
{{taken .Name $.App.Flags | FlagsToTwoColumns | FormatTwoColumns -}}
{{else -}}
usage: {{.App.Name}} [<flags>] <command>

{{.App.Help | Wrap 0}}
Commands:
{{template "commands" .App -}}
Flags:
{{.App.Flags | FlagsToTwoColumns | FormatTwoColumns -}}
{{end -}}
`

// addHelp has --help print what is of use to the command that it is asked of.
func (f *flags) addHelp(app *kingpin.Application) {
	app.HelpFlag.Short('h')
	app.UsageTemplate(usageTemplate).UsageFuncs(map[string]any{
		"taken": func(command string, all []*kingpin.FlagModel) []*kingpin.FlagModel {
			taken := slices.DeleteFunc(slices.Clone(all), func(flag *kingpin.FlagModel) bool { return !f.takes(command, flag.Name) })
			for i, flag := range taken {
				if value, ok := demoDefault(flag.Name); ok && command == commandDemo {
					own := *flag
					own.Default = []string{value}
					own.Help = strings.Replace(own.Help, offByDefault, onByDefault, 1)
					taken[i] = &own
				}
			}
			return taken
		},
	})
}

// explain returns the error of a command line in words that name what is wrong in it, where those
// of the parser do not: it takes a value that a switch was given for an argument, and a word that
// is no command for one of the command that there is without one.
func explain(app *kingpin.Application, args []string, err error) error {
	word, unexpected := strings.CutPrefix(err.Error(), "unexpected ")
	if !unexpected {
		return err
	}
	for _, arg := range args {
		name, value, given := strings.Cut(strings.TrimPrefix(arg, "--"), "=")
		if name = strings.TrimPrefix(name, "no-"); given && value == word && strings.HasPrefix(arg, "--") && isSwitch(app, name) {
			return fmt.Errorf("--%s: it takes no value: give --%[1]s or --no-%[1]s", name)
		}
	}
	return fmt.Errorf("%q is no command and no flag: give one of the commands %s, %s, %s and %s, or none", word,
		commandServe, commandCheck, commandDemo, commandSimulate)
}

// isSwitch tells whether a flag, of all commands or of one, takes no value.
func isSwitch(app *kingpin.Application, name string) bool {
	flags := app.Model().Flags
	for _, command := range app.Model().Commands {
		flags = append(flags, command.Flags...)
	}
	return slices.ContainsFunc(flags, func(flag *kingpin.FlagModel) bool { return flag.Name == name && flag.IsBoolFlag() })
}

// demoDefault returns the default of a flag that has another one in the demo.
func demoDefault(flag string) (value string, ok bool) {
	switch {
	case flag == "web.listen-address":
		return defaultDemoAddress, true
	case flag == "log.level":
		return defaultDemoLevel, true
	case strings.HasPrefix(flag, "collector.") && strings.HasSuffix(flag, ".interval"):
		return demoInterval.String(), true
	case strings.HasPrefix(flag, "collector."):
		return "true", true
	default:
		return "", false
	}
}

// takes tells whether a flag is of use to a command.
func (f *flags) takes(command, flag string) bool {
	section, _, _ := strings.Cut(flag, ".")
	switch command {
	case commandCheck:
		return slices.Contains([]string{"help", "version", "config", "appliance", "collector", "license", "state"}, section) && flag != "config.check"
	case commandDemo:
		_, source := f.sourceSet[flag]
		return !source && flag != "shard" && flag != "total-shards"
	case commandSimulate:
		return slices.Contains([]string{"help", "version", "log"}, section)
	default:
		return true
	}
}
