package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxFileBytes is more than the appliances of anybody take.
const maxFileBytes = 16 << 20

// FileError is a mistake in a configuration file. It never repeats a secret or a password.
type FileError struct {
	// File is the file as it was named, Line where in it the mistake is, from 1 on; 0 where it
	// is in no line.
	File string
	Line int
	// Key is the path of the key, such as appliances.hq-a.url, "" where it is about the whole.
	Key string
	Err error
}

// Error tells the place, and then what is wrong and what to do.
func (e *FileError) Error() string {
	var text strings.Builder
	text.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&text, ":%d", e.Line)
	}
	text.WriteString(": ")
	if e.Key != "" {
		text.WriteString(e.Key + ": ")
	}
	text.WriteString(e.Err.Error())
	return text.String()
}

// Unwrap returns what is wrong.
func (e *FileError) Unwrap() error { return e.Err }

// Load reads a configuration file, and the files of certificates and secrets that it names, and
// returns its appliances in the order of the file. Relative paths in it are relative to its
// folder. base has what holds where the file says nothing; its Intervals name every collector that
// polls in the background, and collectors all that there are. An error is a *FileError.
func Load(file string, base Options, collectors []string) ([]Appliance, error) {
	text, err := readFile(file)
	if err != nil {
		return nil, &FileError{File: file, Err: err}
	}
	root, err := parseYAML(file, text)
	if err != nil {
		return nil, err
	}
	r := &reader{file: file, directory: filepath.Dir(file), base: base, known: collectors}
	return r.appliances(root)
}

// readFile reads the whole of a file that is no larger than one may be.
func readFile(file string) ([]byte, error) {
	text, err := readRegular(file, maxFileBytes)
	switch {
	case errors.Is(err, errTooLong):
		return nil, fmt.Errorf("it is larger than %s, which no configuration is", Bytes(maxFileBytes))
	case err != nil:
		return nil, fmt.Errorf("the configuration cannot be read: %w", bare(err))
	default:
		return text, nil
	}
}

// bare takes the path out of an error that is told beside it.
func bare(err error) error {
	if inner, ok := errors.AsType[*os.PathError](err); ok {
		return inner.Err
	}
	return err
}

// parseYAML returns the one document in a text, nil where there is nothing in it.
func parseYAML(file string, text []byte) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var document, more yaml.Node
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		return nil, nil
	case err != nil:
		return nil, syntaxError(file, text, err)
	}
	switch err := decoder.Decode(&more); {
	case errors.Is(err, io.EOF):
		return document.Content[0], nil
	case err != nil:
		return nil, syntaxError(file, text, err)
	default:
		return nil, &FileError{File: file, Line: more.Line, Err: errors.New("there is a second document: keep one, without --- in between")}
	}
}

// syntaxError takes the line out of an error of the YAML package, to which that is only text.
func syntaxError(file string, contents []byte, err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	e := &FileError{File: file}
	if _, scanErr := fmt.Sscanf(text, "line %d:", &e.Line); scanErr == nil {
		_, text, _ = strings.Cut(text, ": ")
	}
	if line, found := indentedByTab(contents, e.Line); found {
		e.Line, e.Err = line, errors.New("the line is indented with a tab, which YAML does not allow: indent with spaces")
		return e
	}
	if strings.Contains(text, "anchor") {
		// The name of the anchor may be a secret that begins with an asterisk.
		text = "an alias has no anchor: put quotes around a value that begins with an asterisk"
	}
	e.Err = fmt.Errorf("it is no YAML: %s", text)
	return e
}

// indentedByTab returns the line with a tab in its indentation that an error is due to, if there
// is one: the line that the YAML package tells, or the next, since it tells of some errors where
// the line before ends.
func indentedByTab(contents []byte, told int) (line int, found bool) {
	n := 0
	for text := range bytes.Lines(contents) {
		n++
		indentation := text[:len(text)-len(bytes.TrimLeft(text, " \t"))]
		if (n == told || n == told+1) && bytes.ContainsRune(indentation, '\t') {
			return n, true
		}
	}
	return 0, false
}

// reader makes appliances of a configuration file.
type reader struct {
	file, directory string
	base            Options
	known           []string // the collectors
}

// appliances reads the root of a file.
func (r *reader) appliances(root *yaml.Node) ([]Appliance, error) {
	if root == nil {
		root = &yaml.Node{Kind: yaml.MappingNode}
	}
	var defaults, named *yaml.Node
	err := r.mapping(at{root, ""}, map[string]func(at) error{
		"defaults":   func(v at) error { defaults = v.node; return nil },
		"appliances": func(v at) error { named = v.node; return nil },
	})
	if err != nil {
		return nil, err
	}
	common := &settings{Options: r.base, places: make(map[Setting]at)}
	if defaults != nil {
		if err := r.overlay(common, at{defaults, "defaults"}, false); err != nil {
			return nil, err
		}
	}
	var appliances []Appliance
	if named != nil {
		err = r.entries(at{named, "appliances"}, func(name string, key, value at) error {
			appliance, err := r.appliance(common, name, key, value)
			if err == nil {
				appliances = append(appliances, appliance)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if len(appliances) == 0 {
		return nil, &FileError{File: r.file, Key: "appliances", Err: errors.New("no appliance is named: give at least one name, with the url of its public site below it")}
	}
	return appliances, nil
}

// appliance reads the entry of one appliance.
func (r *reader) appliance(common *settings, name string, key, value at) (Appliance, error) {
	s := common.clone()
	s.Name = name
	s.places[SettingName] = key
	if err := checkName(name); err != nil {
		return Appliance{}, r.wrong(key, err)
	}
	if err := r.overlay(s, value, true); err != nil {
		return Appliance{}, err
	}
	if s.secretVariable != "" {
		secret, ok := os.LookupEnv(s.secretVariable)
		if !ok {
			return Appliance{}, r.wrong(s.places[SettingClientSecret], fmt.Errorf("the environment variable %s is not set: give the client secret in it", s.secretVariable))
		}
		s.ClientSecret = NewSecret(secret)
	}
	s.Spelling = s.spelling(key.path)
	appliance, err := s.Validate()
	wrong, ok := errors.AsType[*Error](err)
	if !ok {
		return appliance, err
	}
	if errors.Is(wrong, ErrMissing) {
		wrong.Err = missing(wrong.Setting)
	}
	return Appliance{}, r.wrong(s.place(wrong.Setting, key), wrong.Err)
}

// missing is the error of a setting that was left out, which says where to take it from.
func missing(s Setting) error {
	switch s {
	case SettingURL:
		return fmt.Errorf("%w: give the address of the public site, such as https://support.example.com", ErrMissing)
	case SettingClientSecret:
		return fmt.Errorf("%w: give client_secret_file, client_secret_env or client_secret", ErrMissing)
	default:
		return fmt.Errorf("%w: it is in /login > Management > API Configuration", ErrMissing)
	}
}

// spelling returns what says how the settings of an appliance, whose key is given, are spelt. It
// keeps nothing of the file but the paths of keys.
func (s *settings) spelling(appliance string) func(Setting) string {
	paths := make(map[Setting]string, len(s.places))
	for setting, place := range s.places {
		paths[setting] = place.path
	}
	return func(setting Setting) string {
		if path, given := paths[setting]; given {
			return path
		}
		return appliance + "." + settingKey(setting)
	}
}

// place returns where a setting of an appliance is, or belongs where it was left out.
func (s *settings) place(setting Setting, appliance at) at {
	if place, given := s.places[setting]; given {
		return place
	}
	return at{appliance.node, s.spelling(appliance.path)(setting)}
}

// settingKey says how a setting is spelt in a file.
func settingKey(s Setting) string {
	switch s {
	case SettingCAFile, SettingServerName, SettingSkipVerify:
		return "tls_config." + string(s)
	default:
		return string(s)
	}
}

// settings are the settings of one appliance while they are put together, and where each stands.
type settings struct {
	Options
	secretVariable string
	places         map[Setting]at
}

func (s *settings) clone() *settings {
	c := *s
	c.Collectors, c.Intervals, c.LicenseLimits = maps.Clone(s.Collectors), maps.Clone(s.Intervals), maps.Clone(s.LicenseLimits)
	c.places = maps.Clone(s.places)
	return &c
}
