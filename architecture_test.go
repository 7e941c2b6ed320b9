package main

import (
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "github.com/beyondtrust-exporter/beyondtrust_exporter"

// imports returns the rooms of which the binary is made, each with those that it imports. A
// folder within a room is the room.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	rooms := make(map[string]map[string]bool)
	seen := make(map[string]bool)
	var visit func(folder string)
	visit = func(folder string) {
		if seen[folder] {
			return
		}
		seen[folder] = true
		room, _, _ := strings.Cut(folder, "/")
		if folder == "." {
			room = "main"
		}
		if rooms[room] == nil {
			rooms[room] = make(map[string]bool)
		}
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s has no code (%v)", folder, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, spec := range parsed.Imports {
				path, err := strconv.Unquote(spec.Path.Value)
				if err != nil {
					t.Fatal(err)
				}
				if imported, ours := strings.CutPrefix(path, module+"/"); ours {
					if other, _, _ := strings.Cut(imported, "/"); other != room {
						rooms[room][other] = true
					}
					visit(imported)
				}
			}
		}
	}
	visit(".")
	found := make(map[string][]string)
	for room, imported := range rooms {
		found[room] = slices.Sorted(maps.Keys(imported))
	}
	return found
}

// The picture in docs/architecture.md has each room of the binary and each import between them,
// and no other.
func TestArchitecturePicture(t *testing.T) {
	text, err := os.ReadFile("docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	picture := regexp.MustCompile("(?s)```mermaid\n(.*?)```").FindSubmatch(text)
	if picture == nil {
		t.Fatal("docs/architecture.md has no picture")
	}
	drawn := make(map[string][]string)
	for _, room := range regexp.MustCompile(`(?m)^\s+(\w+)\[`).FindAllSubmatch(picture[1], -1) {
		drawn[string(room[1])] = nil
	}
	for _, arrows := range regexp.MustCompile(`(?m)^\s+(\w+) --> (.*)$`).FindAllSubmatch(picture[1], -1) {
		from := string(arrows[1])
		if _, known := drawn[from]; !known {
			t.Errorf("the picture does not say what %s is", from)
		}
		drawn[from] = append(drawn[from], strings.Split(string(arrows[2]), " & ")...)
	}
	for _, imported := range drawn {
		slices.Sort(imported)
	}
	if diff := cmp.Diff(drawn, imports(t)); diff != "" {
		t.Errorf("the picture in docs/architecture.md is not what is imported (-drawn +imported):\n%s", diff)
	}
}
