package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// overlay puts what a mapping says over the settings: that of an appliance, or that of the
// defaults, which have neither a url nor labels.
func (r *reader) overlay(s *settings, mapping at, appliance bool) error {
	secrets := 0
	secret := func(take func(at, string)) func(at) error {
		return func(v at) error {
			text, err := r.text(v)
			if err != nil {
				return err
			}
			if strings.TrimSpace(text) == "" {
				return r.wrong(v, errEmptySecret)
			}
			if secrets++; secrets > 1 {
				return r.wrong(v, errors.New("the client secret is given twice: keep one of client_secret, client_secret_file and client_secret_env"))
			}
			// Whatever the defaults say of the secret, this is said instead.
			s.ClientSecret, s.ClientSecretFile, s.secretVariable = Secret{}, "", ""
			s.places[SettingClientSecret], s.places[SettingClientSecretFile] = v, v
			take(v, text)
			return nil
		}
	}
	keys := map[string]func(at) error{
		"client_id":          r.string(s, SettingClientID, &s.ClientID),
		"client_secret":      secret(func(_ at, text string) { s.ClientSecret = NewSecret(text) }),
		"client_secret_file": secret(func(_ at, text string) { s.ClientSecretFile = r.path(text) }),
		"client_secret_env":  secret(func(_ at, text string) { s.secretVariable = strings.TrimSpace(text) }),
		"product":            r.string(s, SettingProduct, &s.Product),
		"timeout":            value(r, s, SettingTimeout, ParseDuration, &s.Timeout),
		"cache_ttl":          value(r, s, SettingCacheTTL, ParseDuration, &s.CacheTTL),
		"proxy_url":          value(r, s, SettingProxyURL, parseSecret, &s.ProxyURL),
		"tls_config": r.section(map[string]func(at) error{
			"ca_file":              value(r, s, SettingCAFile, r.parsePath, &s.CAFile),
			"server_name":          r.string(s, SettingServerName, &s.ServerName),
			"insecure_skip_verify": value(r, s, SettingSkipVerify, parseBool, &s.InsecureSkipVerify),
		}),
		"state": r.section(map[string]func(at) error{
			"max_message_bytes": value(r, s, SettingMaxMessageBytes, ParseBytes, &s.State.MaxMessageBytes),
			"idle_timeout":      value(r, s, SettingIdleTimeout, ParseDuration, &s.State.IdleTimeout),
			"resync_grace":      value(r, s, SettingResyncGrace, ParseDuration, &s.State.ResyncGrace),
		}),
		"collectors":     func(v at) error { return r.collectors(s, v) },
		"license_limits": func(v at) error { return r.licenseLimits(s, v) },
	}
	if appliance {
		keys["url"] = r.string(s, SettingURL, &s.URL)
		keys["labels"] = func(v at) error { return r.labels(s, v) }
	}
	return r.mapping(mapping, keys)
}

// collectors reads what is said of each collector.
func (r *reader) collectors(s *settings, v at) error {
	s.places[SettingCollectors] = v
	if s.Collectors == nil {
		s.Collectors = make(map[string]bool)
	}
	return r.entries(v, func(name string, key, value at) error {
		if !slices.Contains(r.known, name) {
			return r.wrong(key, fmt.Errorf("there is no such collector: give one of %s", words(r.known)))
		}
		return r.mapping(value, map[string]func(at) error{
			"enabled": func(v at) error {
				return r.parse(v, func(text string) (err error) {
					s.Collectors[name], err = parseBool(text)
					return err
				})
			},
			"interval": func(v at) error {
				interval, polled := s.Intervals[name]
				if !polled {
					return r.wrong(v, fmt.Errorf("the collector %s does not poll in the background, so that it has no interval: leave it out", name))
				}
				err := r.parse(v, func(text string) (err error) {
					interval, err = ParseDuration(text)
					return err
				})
				s.Intervals[name] = interval
				return err
			},
		})
	})
}

// licenseLimits reads how many licences there are of each type.
func (r *reader) licenseLimits(s *settings, v at) error {
	if s.LicenseLimits == nil {
		s.LicenseLimits = make(map[string]uint64)
	}
	return r.entries(v, func(license string, _, value at) error {
		return r.parse(value, func(text string) error {
			limit, err := strconv.ParseUint(text, 10, 32)
			if err != nil {
				return errors.New("it is no number of licences: give 0 or more")
			}
			s.LicenseLimits[license] = limit
			return nil
		})
	})
}

// labels reads the labels of an appliance.
func (r *reader) labels(s *settings, v at) error {
	s.Labels = make(map[string]string)
	return r.entries(v, func(name string, key, value at) error {
		if err := checkLabel(name); err != nil {
			return r.wrong(key, err)
		}
		text, err := r.text(value)
		s.Labels[name] = text
		return err
	})
}

// string reads a text.
func (r *reader) string(s *settings, setting Setting, to *string) func(at) error {
	return value(r, s, setting, func(text string) (string, error) { return text, nil }, to)
}

// value reads what parse understands.
func value[T any](r *reader, s *settings, setting Setting, parse func(string) (T, error), to *T) func(at) error {
	return func(v at) error {
		s.places[setting] = v
		return r.parse(v, func(text string) (err error) {
			*to, err = parse(text)
			return err
		})
	}
}

// parseBool reads true or false.
func parseBool(text string) (bool, error) {
	if text != "true" && text != "false" {
		return false, errors.New("it is neither true nor false: give one of the two")
	}
	return text == "true", nil
}

// section reads a mapping with keys of its own.
func (r *reader) section(keys map[string]func(at) error) func(at) error {
	return func(v at) error { return r.mapping(v, keys) }
}

// ParseDuration reads a duration. Its error says how one is written, which Go's does not.
func ParseDuration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(strings.TrimSpace(text))
	if err != nil {
		return 0, fmt.Errorf("%q is no duration: give a number and a unit, such as 10s or 5m", text)
	}
	return d, nil
}

func parseSecret(text string) (Secret, error) { return NewSecret(text), nil }

func (r *reader) parsePath(text string) (string, error) { return r.path(text), nil }

// path returns the path of a file that the configuration file names.
func (r *reader) path(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || filepath.IsAbs(text) {
		return text
	}
	return filepath.Join(r.directory, text)
}
