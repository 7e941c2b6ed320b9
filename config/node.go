package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// at is a value in a configuration file, and the path of its key.
type at struct {
	node *yaml.Node
	path string
}

// wrong makes the error of something at a place.
func (r *reader) wrong(place at, err error) error {
	return &FileError{File: r.file, Line: place.node.Line, Key: place.path, Err: err}
}

// target returns what an alias stands for.
func target(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// entries calls f with each key of a mapping and its value, in the order of the file. A value
// that is left out is a mapping without keys. A key that stands there twice is an error.
func (r *reader) entries(v at, f func(name string, key, value at) error) error {
	mapping := target(v.node)
	switch {
	case mapping.Kind == yaml.ScalarNode && mapping.Tag == "!!null":
		return nil
	case mapping.Kind != yaml.MappingNode:
		return r.wrong(v, errors.New("keys and values are wanted here: write each as key: value, in a line of its own and further in"))
	}
	seen := make(map[string]int)
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		key, value := mapping.Content[i], mapping.Content[i+1]
		name := target(key).Value
		path := strings.TrimPrefix(v.path+"."+printable(name), ".")
		if target(key).Kind != yaml.ScalarNode {
			return r.wrong(at{key, v.path}, errors.New("a key is no plain word: write each as key: value"))
		}
		if line, twice := seen[name]; twice {
			return r.wrong(at{key, path}, fmt.Errorf("it stands in line %d already: keep one of the two", line))
		}
		seen[name] = key.Line
		if err := f(name, at{key, path}, at{value, path}); err != nil {
			return err
		}
	}
	return nil
}

// mapping reads a mapping whose keys are known. Any other key is an error.
func (r *reader) mapping(v at, keys map[string]func(at) error) error {
	return r.entries(v, func(name string, key, value at) error {
		read, known := keys[name]
		if name == "<<" {
			return r.wrong(key, errors.New("keys are not merged from elsewhere: write what is common under defaults"))
		}
		if !known {
			if !likeKey(name) {
				// Another file was given perhaps, and this is a secret in it.
				key.path = v.path
			}
			return r.wrong(key, fmt.Errorf("there is no such key here: give one of %s", words(slices.Sorted(maps.Keys(keys)))))
		}
		return read(value)
	})
}

// likeKey tells whether a name that is no key may have been meant for one.
func likeKey(name string) bool {
	const longest = 40
	return len(name) <= longest && !strings.ContainsFunc(name, func(r rune) bool {
		return r != '_' && r != '-' && r != '.' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

// text returns a value as it is written. Its errors do not repeat it.
func (r *reader) text(v at) (string, error) {
	value := target(v.node)
	switch {
	case value.Kind != yaml.ScalarNode:
		return "", r.wrong(v, errors.New("one value is wanted here, no list and no keys"))
	case value.Tag == "!!null":
		return "", r.wrong(v, errors.New("there is no value: give one, or leave the key out"))
	default:
		return value.Value, nil
	}
}

// parse hands a value to a function that understands it.
func (r *reader) parse(v at, parse func(text string) error) error {
	text, err := r.text(v)
	if err != nil {
		return err
	}
	if err := parse(text); err != nil {
		return r.wrong(v, err)
	}
	return nil
}

// printable keeps a name in one line.
func printable(name string) string {
	if strings.ContainsFunc(name, unicode.IsControl) {
		return strconv.Quote(name)
	}
	return name
}

// words lists names for a person.
func words(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
