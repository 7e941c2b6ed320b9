package config

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// FuzzValidate gives settings as no person would. Those that are taken are what they are taken
// for, and no error repeats a password.
func FuzzValidate(f *testing.F) {
	f.Add("https://support.example.com", "http://proxy.example.com:3128", "support.example.com", "256MiB", "pair")
	f.Add("https://[::1]:8443/", "socks5://[fe80::1%25eth0]:1080", "", "1e3B", "__name__")
	f.Add("https://a@b", "https://:@c/?", "a b", "-1", "")
	f.Add("https://a#", "http://\x7f/", "\x00", "99999999999999999999GiB", "\xff")
	const password = "hunter2-hunter2"
	f.Fuzz(func(t *testing.T, address, proxy, serverName, size, label string) {
		o := base()
		o.URL, o.ServerName, o.ClientID, o.ClientSecret = address, serverName, "a", NewSecret(password)
		o.ProxyURL = NewSecret(strings.Replace(proxy, "://", "://user:"+password+"@", 1))
		o.Labels = map[string]string{label: label}
		if bytes, err := ParseBytes(size); err == nil {
			o.State.MaxMessageBytes = bytes
		}
		a, err := o.Validate()
		if err != nil {
			if strings.Contains(err.Error(), password) {
				t.Errorf("a password is in %q", err)
			}
			return
		}
		u := a.URL()
		if *u != (url.URL{Scheme: "https", Host: u.Host}) || u.Hostname() == "" {
			t.Errorf("%q was taken for the address %#v", address, u)
		}
		if again, err := url.Parse(u.String()); err != nil || *again != *u {
			t.Errorf("%q became %q, which is %v, %v", address, u, again, err)
		}
		if a.State().MaxMessageBytes <= 0 || strings.HasPrefix(label, "__") || label == "instance" {
			t.Errorf("state %+v and label %q were taken", a.State(), label)
		}
	})
}

// shadow is what the file of a system's passwords looks like.
const shadow = "root:$y$j9T$hunter2salt$hunter2hash:19000:0:99999:7:::\ndaemon:*:19000:0:99999:7:::\nhunter2: {hunter2: hunter2}\n"

// Whatever file is named as whatever, no error shows what is in it.
func TestErrorsDoNotShowFiles(t *testing.T) {
	directory := folder(t, map[string]string{
		"shadow": shadow, "key.pem": "-----BEGIN PRIVATE KEY-----\nhunter2hunter2hunter2\n-----END PRIVATE KEY-----\n",
		"secret": "hunter2-hunter2", "pair": "hunter2: hunter2\n", "json": `{"hunter2": "hunter2"}`, "env": "SECRET=hunter2\n: hunter2",
		"alias": "*hunter2", "tag": "!hunter2 hunter2", "binary": "\x7fELF\x00hunter2", "tabs": "a:\n\thunter2: b", "directive": "%hunter2 hunter2\n---\na", "braces": "{hunter2",
		"long": strings.Repeat(shadow, 1+maxSecretBytes/len(shadow)),
	})
	entries, err := os.ReadDir(directory)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		file := filepath.Join(directory, entry.Name())
		var errs []error
		_, err := Load(file, base(), known())
		errs = append(errs, err)
		o := base()
		o.URL, o.ClientID, o.ClientSecret, o.CAFile = "https://a", "a", NewSecret("a"), file
		_, err = o.Validate()
		errs = append(errs, err)
		o.CAFile, o.ClientSecret, o.ClientSecretFile = "", Secret{}, file
		_, err = o.Validate()
		errs = append(errs, err)
		if errs[0] == nil {
			t.Errorf("%s is a configuration", entry.Name())
		}
		for _, err := range errs {
			if err != nil && strings.Contains(strings.ReplaceAll(err.Error(), directory, ""), "hunter2") {
				t.Errorf("what is in %s is in %q", entry.Name(), err)
			}
		}
	}
}

// What is no file that can be read again is refused, where opening it would wait for ever as well.
func TestOnlyRegularFiles(t *testing.T) {
	files := []string{t.TempDir(), os.DevNull}
	if runtime.GOOS != "windows" {
		pipe := filepath.Join(t.TempDir(), "pipe")
		if text, err := exec.Command("mkfifo", pipe).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		files = append(files, pipe)
	}
	for _, file := range files {
		if _, err := Load(file, base(), known()); !errors.Is(err, errNotRegular) {
			t.Errorf("%s as the configuration: %v", file, err)
		}
		o := base()
		o.URL, o.ClientID, o.ClientSecretFile = "https://a", "a", file
		if _, err := o.Validate(); !errors.Is(err, errNotRegular) {
			t.Errorf("%s as the secret: %v", file, err)
		}
		o.ClientSecretFile, o.ClientSecret, o.CAFile = "", NewSecret("a"), file
		if _, err := o.Validate(); !errors.Is(err, errNotRegular) {
			t.Errorf("%s as the authorities: %v", file, err)
		}
	}
}

// A file that is larger than any is refused by its size, and not once it has been read.
func TestHugeFiles(t *testing.T) {
	file := filepath.Join(t.TempDir(), "huge")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	// It takes no room on the disk: there is nothing in it.
	if err := os.Truncate(file, 1<<40); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(file, base(), known()); err == nil || !strings.Contains(err.Error(), "larger than 16MiB") {
		t.Errorf("as the configuration: %v", err)
	}
	o := base()
	o.URL, o.ClientID, o.ClientSecretFile = "https://a", "a", file
	if _, err := o.Validate(); err == nil || !strings.Contains(err.Error(), "larger than any client secret") {
		t.Errorf("as the secret: %v", err)
	}
	o.ClientSecretFile, o.ClientSecret, o.CAFile = "", NewSecret("a"), file
	if _, err := o.Validate(); !errors.Is(err, errTooLong) {
		t.Errorf("as the authorities: %v", err)
	}
}

// YAML that stands for far more than it says is told as the mistake that it is.
func TestYAMLBombs(t *testing.T) {
	var laughs strings.Builder
	laughs.WriteString("defaults:\n  a0: &a0 lol\n")
	for i := range 40 {
		fmt.Fprintf(&laughs, "  a%d: &a%d [%s*a%d]\n", i+1, i+1, strings.Repeat(fmt.Sprintf("*a%d, ", i), 9), i)
	}
	const entry = "appliances:\n  hq: &hq\n    url: https://a\n    client_id: a\n    client_secret: a\n"
	for name, text := range map[string]string{
		"a billion laughs":       laughs.String(),
		"deep lists":             "appliances: " + strings.Repeat("[", 100_000),
		"deep mappings":          "appliances: " + strings.Repeat("{a: ", 100_000),
		"deep indentation":       "appliances:\n" + deep(2000),
		"an alias of itself":     "appliances: &a\n  hq: *a\n",
		"labels of themselves":   entry + "    labels: &l {a: *l}\n",
		"a list of itself":       entry + "    timeout: &t [*t]\n",
		"a key that is a bomb":   "? [a, [b]]\n: c\n",
		"a merge":                entry + "  hq-b:\n    <<: *hq\n    url: https://b\n",
		"an appliance twice":     entry + "  hq: *hq\n",
		"a key twice":            entry + "    timeout: 5s\n    timeout: 6s\n",
		"two documents":          entry + "---\n" + entry,
		"a number past all ends": entry + "    license_limits: {full: 1e400}\n",
		"a negative number":      entry + "    license_limits: {full: -1}\n",
		"UTF-16":                 "\xff\xfea\x00:\x00",
		"NUL":                    entry + "    timeout: \"1\\0s\"\n",
	} {
		if appliances, err := load(t, text); err == nil || len(err.Error()) > 2000 {
			t.Errorf("%s: got %v, %.300v", name, appliances, err)
		}
	}
}

// deep is mappings within mappings, further in with each.
func deep(levels int) string {
	var b strings.Builder
	for i := range levels {
		b.WriteString(strings.Repeat(" ", i+1) + "a:\n")
	}
	return b.String()
}
