// Command dependencies tells which modules of others end up in the binary, and under which
// licences. It writes the table of docs/dependencies.md anew, or with -notices the texts of the
// licences and of Go's own, which are to go with the binary:
//
//	go run ./tools/dependencies
//	go run ./tools/dependencies -notices THIRD_PARTY_NOTICES
//
// A module without a licence that it knows ends it with 1. It asks the go command alone, and
// reads the modules that a build has downloaded.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
)

// document is what has the table, from the folder of go.mod on.
const document = "docs/dependencies.md"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	// The second interrupt ends the process at once.
	context.AfterFunc(ctx, stop)
	if err := run(ctx, os.Args[1:], os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "dependencies:", err)
		os.Exit(1) //nolint:forbidigo // This is main.
	}
}

// run does what the command line says, in the folder of go.mod.
func run(ctx context.Context, args []string, stderr io.Writer) error {
	flags := flag.NewFlagSet("dependencies", flag.ContinueOnError)
	flags.SetOutput(stderr)
	notices := flags.String("notices", "", "write the texts of the licences to this file, and leave the document alone")
	if err := flags.Parse(args); err != nil {
		return err
	}
	modules, err := linked(ctx, ".")
	if err != nil {
		return err
	}
	if *notices != "" {
		language, err := standard(ctx)
		if err != nil {
			return err
		}
		text, err := licenceTexts(append(modules, language))
		if err != nil {
			return err
		}
		return os.WriteFile(*notices, text, 0o644)
	}
	before, err := os.ReadFile(document)
	if err != nil {
		return fmt.Errorf("reading the document: %w", err)
	}
	after, err := withTable(string(before), modules)
	if err != nil {
		return err
	}
	return os.WriteFile(document, []byte(after), 0o644)
}
