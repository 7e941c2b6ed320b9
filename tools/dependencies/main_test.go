package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const root = "../.."

// docs/dependencies.md tells what is in the binary now, each direct dependency is justified in
// it, and no other is.
func TestDocument(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(root, document))
	if err != nil {
		t.Fatal(err)
	}
	modules, err := linked(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	want, err := withTable(string(text), modules)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("%s is not what the binary is made of, run `go run ./tools/dependencies` (-now +there):\n%s", document, diff)
	}

	gomod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	var required []string
	for _, line := range regexp.MustCompile(`(?m)^\t(\S+) v\S+$`).FindAllSubmatch(gomod, -1) {
		required = append(required, string(line[1]))
	}
	justified, _, _ := strings.Cut(string(text), begin)
	var told []string
	for _, row := range regexp.MustCompile("(?m)^\\| `(\\S+)` \\|").FindAllStringSubmatch(justified, -1) {
		told = append(told, row[1])
	}
	slices.Sort(required)
	slices.Sort(told)
	if diff := cmp.Diff(required, told); diff != "" {
		t.Errorf("%s does not justify what go.mod requires (-required +justified):\n%s", document, diff)
	}
}

// The notices have the texts of every module's licences, of what a module has from others, and of
// Go's own.
func TestNotices(t *testing.T) {
	t.Chdir(root)
	file := filepath.Join(t.TempDir(), "notices")
	if err := run(t.Context(), []string{"-notices", file}, io.Discard); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	modules, err := linked(t.Context(), ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range modules {
		if !strings.Contains(string(text), "\n"+m.path+" "+m.version+": ") {
			t.Errorf("the licence of %s is missing", m.path)
		}
	}
	for _, want := range []string{
		"Permission is hereby granted, free of charge", "Go's standard library go1.", ": internal/github.com/golang/gddo/LICENSE\n",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the notices lack %q", want)
		}
	}
}

// A module whose licence is missing or unknown is not passed over.
func TestLicence(t *testing.T) {
	t.Parallel()
	const mit = "Permission is hereby granted, free of charge,\n  to any person obtaining a copy of this"
	const bsd = "Redistribution and use in source and binary forms, with or without modification, are permitted provided"
	for _, test := range []struct {
		name, file, text string
		want             string
		fails            string
	}{
		{"MIT", "LICENSE.md", mit, "MIT", ""},
		{"MIT elsewhere", "copying", mit, "MIT", ""},
		{"Apache", "LICENSE", "Apache License\n   Version 2.0, January 2004", "Apache-2.0", ""},
		{"BSD with three", "LICENSE", bsd + " may be used to endorse or promote products derived from this software", "BSD-3-Clause", ""},
		{"BSD with two", "LICENSE", bsd, "BSD-2-Clause", ""},
		{"both", "LICENSE", mit + " Apache License Version 2.0, January 2004", "Apache-2.0 and MIT", ""},
		{"unknown", "LICENSE", "GNU AFFERO GENERAL PUBLIC LICENSE", "", "is none that is known"},
		{"missing", "README.md", mit, "", "has no licence"},
	} {
		directory := t.TempDir()
		if err := os.WriteFile(filepath.Join(directory, test.file), []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := licence(module{path: "example.com/a", directory: directory})
		if got != test.want || (err != nil) != (test.fails != "") || err != nil && !strings.Contains(err.Error(), test.fails) {
			t.Errorf("%s: %q, %v; want %q and an error with %q", test.name, got, err, test.want, test.fails)
		}
	}
}
