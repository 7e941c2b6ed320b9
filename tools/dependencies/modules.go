package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// module is a module of others that is in the binary.
type module struct {
	path, version, directory string
	// folders are those of its packages that are in the binary.
	folders map[string]bool
	// by are the modules whose packages import it, "" for this one.
	by []string
}

// platforms are those that releases are made for. What is in the binary differs a little.
func platforms() []string {
	return []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64", "windows/amd64", "windows/arm64"}
}

// listed is a package as go list tells of it.
type listed struct {
	ImportPath string
	Dir        string
	Imports    []string
	Module     *struct {
		Path, Version, Dir string
		Main               bool
	}
}

// linked returns the modules of others that the command in a folder is made of on any of the
// platforms, in the order of their paths.
func linked(ctx context.Context, folder string) ([]module, error) {
	modules := make(map[string]module)
	by := make(map[string]map[string]bool)
	for _, platform := range platforms() {
		packages, err := list(ctx, folder, platform)
		if err != nil {
			return nil, err
		}
		owners := make(map[string]string)
		for _, p := range packages {
			if p.Module == nil {
				continue // It is the standard library's.
			}
			owners[p.ImportPath] = p.Module.Path
			if p.Module.Main {
				continue
			}
			m, known := modules[p.Module.Path]
			if !known {
				m = module{path: p.Module.Path, version: p.Module.Version, directory: p.Module.Dir, folders: make(map[string]bool)}
				modules[m.path] = m
			}
			m.folders[p.Dir] = true
		}
		for _, p := range packages {
			for _, imported := range p.Imports {
				owner, importer := owners[imported], owners[p.ImportPath]
				if owner == "" || owner == importer {
					continue
				}
				if by[owner] == nil {
					by[owner] = make(map[string]bool)
				}
				if p.Module.Main {
					importer = ""
				}
				by[owner][importer] = true
			}
		}
	}
	var all []module
	for _, path := range slices.Sorted(maps.Keys(modules)) {
		m := modules[path]
		m.by = slices.Sorted(maps.Keys(by[path]))
		all = append(all, m)
	}
	return all, nil
}

// standard returns what is in the binary of Go itself, which has a version and a licence as the
// modules have.
func standard(ctx context.Context) (module, error) {
	output, err := exec.CommandContext(ctx, "go", "env", "GOROOT", "GOVERSION").Output()
	if err != nil {
		return module{}, fmt.Errorf("asking for the folder and the version of Go: %w", err)
	}
	root, version, _ := strings.Cut(strings.TrimSpace(string(output)), "\n")
	return module{path: "Go's standard library", version: version, directory: root}, nil
}

// list returns the packages of which the command in a folder is made on a platform.
func list(ctx context.Context, folder, platform string) ([]listed, error) {
	system, architecture, _ := strings.Cut(platform, "/")
	command := exec.CommandContext(ctx, "go", "list", "-deps", "-json=ImportPath,Dir,Imports,Module", ".")
	command.Dir = folder
	command.Env = append(os.Environ(), "GOOS="+system, "GOARCH="+architecture, "CGO_ENABLED=0")
	var stderr bytes.Buffer
	command.Stderr = &stderr
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("listing the packages for %s: %w: %s", platform, err, stderr.String())
	}
	var packages []listed
	decoder := json.NewDecoder(bytes.NewReader(output))
	for {
		var p listed
		switch err := decoder.Decode(&p); {
		case errors.Is(err, io.EOF):
			return packages, nil
		case err != nil:
			return nil, fmt.Errorf("reading what go list tells of %s: %w", platform, err)
		}
		packages = append(packages, p)
	}
}
