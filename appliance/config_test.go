package appliance

import (
	"net/url"
	"strings"
	"testing"
)

func TestConfigErrors(t *testing.T) {
	good := func() Config {
		return Config{
			URL: &url.URL{Scheme: "https", Host: "support.example.com"}, ClientID: testID,
			Secret: func() (string, error) { return testSecret, nil },
		}
	}
	if c, err := New(good()); err != nil {
		t.Fatal(err)
	} else {
		c.Close()
	}
	tests := []struct {
		name   string
		change func(*Config)
		says   string
	}{
		{"no URL", func(c *Config) { c.URL = nil }, "has no URL"},
		{"no host", func(c *Config) { c.URL = &url.URL{Scheme: "https", Path: "support"} }, "has no URL"},
		{"http", func(c *Config) { c.URL.Scheme = "http" }, "only https"},
		{"a path", func(c *Config) { c.URL.Path = "/login" }, "https://support.example.com"},
		{"a password", func(c *Config) { c.URL.User = url.UserPassword("me", testSecret) }, "client ID"},
		{"no client ID", func(c *Config) { c.ClientID = "" }, "client ID"},
		{"no secret", func(c *Config) { c.Secret = nil }, "client secret"},
		{"a negative time", func(c *Config) { c.Timeout = -1 }, "time limit"},
		{"a proxy of another kind", func(c *Config) { c.ProxyURL = &url.URL{Scheme: "ftp", Host: "x"} }, "ftp"},
		{"a proxy without a host", func(c *Config) { c.ProxyURL = &url.URL{Scheme: "http"} }, "host"},
		{"no such product", func(c *Config) { c.Product = "vault" }, "remote_support"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			config := good()
			test.change(&config)
			_, err := New(config)
			if err == nil || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), testSecret) {
				t.Errorf("got %v, want an error that says %q", err, test.says)
			}
		})
	}
}
