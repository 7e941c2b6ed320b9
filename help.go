package main

import (
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
					taken[i] = &own
				}
			}
			return taken
		},
	})
}

// demoDefault returns the default of a flag that has another one in the demo.
func demoDefault(flag string) (value string, ok bool) {
	switch flag {
	case "web.listen-address":
		return defaultDemoAddress, true
	case "log.level":
		return defaultDemoLevel, true
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
