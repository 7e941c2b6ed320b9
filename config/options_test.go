package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// good are options that will do, with a secret that no output may contain.
func good() Options {
	return Options{
		URL:          "https://support.example.com",
		ClientID:     "e52a9aa6fc05",
		ClientSecret: NewSecret("hunter2-hunter2"),
		CacheTTL:     10 * time.Second,
		Timeout:      10 * time.Second,
		Product:      "auto",
		Collectors:   map[string]bool{"health": true},
		State:        State{MaxMessageBytes: 256 << 20, IdleTimeout: time.Minute, ResyncGrace: time.Minute},
	}
}

func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestValidateURL(t *testing.T) {
	for _, test := range []struct {
		url  string
		want string // of the URL, or a part of the error
		ok   bool
	}{
		{"https://support.example.com", "https://support.example.com", true},
		{" https://support.example.com/\n", "https://support.example.com", true},
		{"https://support.example.com:8443", "https://support.example.com:8443", true},
		{"https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443", true},
		{"", "not given", false},
		{"http://support.example.com", "https://", false},
		{"support.example.com", "https://", false},
		{"https://", "no host", false},
		{"https://:443", "no host", false},
		{"https://support.example.com:65535", "https://support.example.com:65535", true},
		{"https://support.example.com:65536", "no number from 1 to 65535", false},
		{"https://support.example.com:99999999999999999999", "no number from 1 to 65535", false},
		{"https://support.example.com:0", "no number from 1 to 65535", false},
		{"https://support.example.com:", "no number from 1 to 65535", false},
		{"https://[2001:db8::1]:", "no number from 1 to 65535", false},
		{"https://support.example.com/login", `"/login"`, false},
		{"https://admin:hunter2@support.example.com", "user name", false},
		{"https://support.example.com/?a=b", "after the host", false},
		{"https://support.example.com#x", "after the host", false},
		{"https://admin:hunter2@support.example.com:%zz", "no URL", false},
	} {
		options := good()
		options.URL = test.url
		appliance, err := options.Validate()
		if test.ok {
			if err != nil || appliance.URL().String() != test.want {
				t.Errorf("URL %q: got %q, %v; want %q", test.url, appliance.URL(), err, test.want)
			}
			continue
		}
		var wrong *Error
		if !errors.As(err, &wrong) || wrong.Setting != SettingURL || !strings.Contains(err.Error(), test.want) {
			t.Errorf("URL %q: got %v; want an error of %s with %q", test.url, err, SettingURL, test.want)
			continue
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("URL %q: the error repeats the password: %v", test.url, err)
		}
	}
}

func TestValidateSettings(t *testing.T) {
	empty, noPEM := write(t, " \n\t"), write(t, "no certificate")
	lines, utf16 := write(t, "hunter2\nhunter2\n"), write(t, "\xff\xfeh\x00u\x00n\x00t\x00e\x00r\x002\x00\r\x00\n\x00")
	large := write(t, strings.Repeat("x", maxSecretBytes+1))
	missing := filepath.Join(t.TempDir(), "missing")
	for _, test := range []struct {
		name    string
		change  func(*Options)
		setting Setting
		want    string
	}{
		{"no client ID", func(o *Options) { o.ClientID = " " }, SettingClientID, "not given"},
		{"no secret", func(o *Options) { o.ClientSecret = Secret{} }, SettingClientSecret, "not given"},
		{"secret of white space", func(o *Options) { o.ClientSecret = NewSecret(" \n") }, SettingClientSecret, "empty"},
		{"missing secret file", func(o *Options) { o.ClientSecret, o.ClientSecretFile = Secret{}, missing }, SettingClientSecretFile, missing},
		{"empty secret file", func(o *Options) { o.ClientSecret, o.ClientSecretFile = Secret{}, empty }, SettingClientSecretFile, "empty"},
		{"large secret file", func(o *Options) { o.ClientSecret, o.ClientSecretFile = Secret{}, large }, SettingClientSecretFile, "larger"},
		{"secret file of two lines", func(o *Options) { o.ClientSecret, o.ClientSecretFile = Secret{}, lines }, SettingClientSecretFile, "more than one line"},
		{"secret file in UTF-16", func(o *Options) { o.ClientSecret, o.ClientSecretFile = Secret{}, utf16 }, SettingClientSecretFile, "as UTF-8"},
		{"secret with NUL", func(o *Options) { o.ClientSecret = NewSecret("hunter2\x00") }, SettingClientSecret, "control characters"},
		{"secret of two lines", func(o *Options) { o.ClientSecret = NewSecret("hunter2\r\nhunter2") }, SettingClientSecret, "more than one line"},
		{"port of the proxy", func(o *Options) { o.ProxyURL = NewSecret("http://me:hunter2@proxy.example.com:70000") }, SettingProxyURL, "no number from 1 to 65535"},
		{"two secrets", func(o *Options) { o.ClientSecretFile = empty }, SettingClientSecretFile, "keep one"},
		{"missing CA file", func(o *Options) { o.CAFile = missing }, SettingCAFile, missing},
		{"CA file without a certificate", func(o *Options) { o.CAFile = noPEM }, SettingCAFile, "no certificate"},
		{"product", func(o *Options) { o.Product = "pra" }, SettingProduct, "privileged_remote_access"},
		{"time limit", func(o *Options) { o.Timeout = 0 }, SettingTimeout, "more than 0s"},
		{"cache time", func(o *Options) { o.CacheTTL = -1 }, SettingCacheTTL, "0s or more"},
		{"message size", func(o *Options) { o.State.MaxMessageBytes = 0 }, SettingMaxMessageBytes, "more than 0B"},
		{"idle timeout", func(o *Options) { o.State.IdleTimeout = -time.Second }, SettingIdleTimeout, "more than 0s"},
		{"grace", func(o *Options) { o.State.ResyncGrace = -1 }, SettingResyncGrace, "0s or more"},
	} {
		t.Run(test.name, func(t *testing.T) {
			options := good()
			test.change(&options)
			_, err := options.Validate()
			var wrong *Error
			if !errors.As(err, &wrong) || wrong.Setting != test.setting || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v; want an error of %s with %q", err, test.setting, test.want)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("the error has more than one line: %q", err)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error has the secret in it: %v", err)
			}
		})
	}
}

// A rotated secret must be taken without a restart, and what an editor leaves around it is none of it.
func TestSecretFileIsReadAgain(t *testing.T) {
	options := good()
	options.ClientSecret, options.ClientSecretFile = Secret{}, write(t, "\tfirst\r\n")
	appliance, err := options.Validate()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := appliance.Secret(); err != nil || got.Reveal() != "first" {
		t.Errorf("got %q, %v; want first", got.Reveal(), err)
	}
	if err := os.WriteFile(options.ClientSecretFile, []byte("second"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := appliance.Secret(); err != nil || got.Reveal() != "second" {
		t.Errorf("after a change got %q, %v; want second", got.Reveal(), err)
	}
	if err := os.WriteFile(options.ClientSecretFile, []byte("\xef\xbb\xbfthird\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := appliance.Secret(); err != nil || got.Reveal() != "third" {
		t.Errorf("with a byte order mark before it got %q, %v; want third", got.Reveal(), err)
	}
	if err := os.Truncate(options.ClientSecretFile, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := appliance.Secret(); !errors.Is(err, errEmptySecret) {
		t.Errorf("of an empty file got %v; want errEmptySecret", err)
	}
}

func TestNothingPrintsTheSecret(t *testing.T) {
	options := good()
	appliance, err := options.Validate()
	if err != nil {
		t.Fatal(err)
	}
	secret, err := appliance.Secret()
	if err != nil || secret.Reveal() != "hunter2-hunter2" {
		t.Fatalf("got %q, %v; want the secret that was given", secret.Reveal(), err)
	}
	// fmt does not call the methods of what lies in unexported fields.
	nested := struct {
		options   Options
		appliance Appliance
		secret    Secret
	}{options, appliance, secret}
	for _, value := range []any{options, appliance, &appliance, secret, nested} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			if text := fmt.Sprintf(verb, value); strings.Contains(text, "hunter2") || strings.Contains(text, "68756e74657232") {
				t.Errorf("%s prints the secret: %s", verb, text)
			}
		}
	}
	for _, value := range []any{options, appliance, secret} {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "hunter2") {
			t.Errorf("JSON has the secret in it: %s", text)
		}
	}
}

func TestAppliance(t *testing.T) {
	options := good()
	options.Product = ""
	options.InsecureSkipVerify = true
	appliance, err := options.Validate()
	if err != nil {
		t.Fatal(err)
	}
	if appliance.Name() != "support.example.com" || appliance.ClientID() != "e52a9aa6fc05" || appliance.RootCAs() != nil ||
		!appliance.InsecureSkipVerify() || appliance.CacheTTL() != 10*time.Second || appliance.Timeout() != 10*time.Second ||
		appliance.Product() != ProductAuto || appliance.State() != options.State {
		t.Errorf("the appliance has other settings than were given: %v", appliance)
	}
	options.Collectors["health"] = false
	appliance.Collectors()["health"] = false
	appliance.URL().Host = "elsewhere"
	if !appliance.Collectors()["health"] || appliance.URL().Host != "support.example.com" {
		t.Error("a validated appliance was changed from outside")
	}
}
