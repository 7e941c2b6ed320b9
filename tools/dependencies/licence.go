package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// licenceFiles returns the files that have the licences and notices of a module, in the order of
// their names: its own, and those of the folders in which it keeps what it has from others, where
// these are in the binary.
func licenceFiles(m module) ([]string, error) {
	folders := map[string]bool{m.directory: true}
	for folder := range m.folders {
		for ; len(folder) > len(m.directory); folder = filepath.Dir(folder) {
			folders[folder] = true
		}
	}
	var files []string
	for _, folder := range slices.Sorted(maps.Keys(folders)) {
		entries, err := os.ReadDir(folder)
		if err != nil {
			return nil, fmt.Errorf("looking for the licence of %s: %w", m.path, err)
		}
		for _, entry := range entries {
			name, _, _ := strings.Cut(strings.ToUpper(entry.Name()), ".")
			if !entry.IsDir() && slices.Contains([]string{"LICENSE", "LICENCE", "COPYING", "NOTICE"}, name) {
				files = append(files, filepath.Join(folder, entry.Name()))
			}
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s %s has no licence: look for one before it is in the binary", m.path, m.version)
	}
	return files, nil
}

// licence returns the SPDX identifiers of the licences of a module.
func licence(m module) (string, error) {
	files, err := licenceFiles(m)
	if err != nil {
		return "", err
	}
	var found []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return "", fmt.Errorf("reading the licence of %s: %w", m.path, err)
		}
		for _, id := range recognise(string(text)) {
			if !slices.Contains(found, id) {
				found = append(found, id)
			}
		}
	}
	if len(found) == 0 {
		return "", fmt.Errorf("the licence of %s %s is none that is known to go with Apache-2.0: read %s", m.path, m.version, strings.Join(files, " and "))
	}
	slices.Sort(found)
	return strings.Join(found, " and "), nil
}

// recognise returns the licences whose words a text has.
func recognise(text string) []string {
	text = strings.Join(strings.Fields(text), " ")
	has := func(words string) bool { return strings.Contains(text, words) }
	var found []string
	if has("Apache License Version 2.0, January 2004") || has("Licensed under the Apache License, Version 2.0") {
		found = append(found, "Apache-2.0")
	}
	if has("Permission is hereby granted, free of charge, to any person obtaining a copy") {
		found = append(found, "MIT")
	}
	if has("Permission to use, copy, modify, and distribute this software for any purpose with or without fee is hereby granted") {
		found = append(found, "ISC")
	}
	if has("Redistribution and use in source and binary forms, with or without modification, are permitted") {
		if has("may be used to endorse or promote products derived from this software") {
			found = append(found, "BSD-3-Clause")
		} else {
			found = append(found, "BSD-2-Clause")
		}
	}
	return found
}

// licenceTexts returns the texts of all licences and notices, as those licences ask for beside a
// binary. Equal modules give equal texts, wherever they lie.
func licenceTexts(modules []module) ([]byte, error) {
	var all bytes.Buffer
	all.WriteString("The binary has parts that others have written. These are their licences.\n")
	for _, m := range modules {
		if _, err := licence(m); err != nil {
			return nil, err
		}
		files, err := licenceFiles(m)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, fmt.Errorf("reading the licence of %s: %w", m.path, err)
			}
			name, err := filepath.Rel(m.directory, file)
			if err != nil {
				return nil, fmt.Errorf("naming the licence of %s: %w", m.path, err)
			}
			fmt.Fprintf(&all, "\n%s\n%s %s: %s\n\n%s\n", strings.Repeat("=", 80), m.path, m.version, filepath.ToSlash(name), bytes.TrimSpace(text))
		}
	}
	return all.Bytes(), nil
}
