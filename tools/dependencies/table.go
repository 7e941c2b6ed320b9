package main

import (
	"fmt"
	"strings"
)

// The table stands between these lines.
const (
	begin = "<!-- go run ./tools/dependencies writes what follows -->\n"
	end   = "<!-- up to here -->\n"
)

// withTable returns a document with its table made anew.
func withTable(text string, modules []module) (string, error) {
	head, rest, begun := strings.Cut(text, begin)
	_, tail, ended := strings.Cut(rest, end)
	if !begun || !ended {
		return "", fmt.Errorf("%s has no place for the table: put it between the lines %q and %q", document, strings.TrimSpace(begin), strings.TrimSpace(end))
	}
	var table strings.Builder
	table.WriteString("\n| module | version | licence | imported by |\n|---|---|---|---|\n")
	for _, m := range modules {
		id, err := licence(m)
		if err != nil {
			return "", err
		}
		var by []string
		for _, importer := range m.by {
			if importer == "" {
				importer = "the exporter"
			}
			by = append(by, strings.TrimPrefix(importer, "github.com/"))
		}
		fmt.Fprintf(&table, "| %s | %s | %s | %s |\n", m.path, m.version, id, strings.Join(by, ", "))
	}
	return head + begin + table.String() + "\n" + end + tail, nil
}
