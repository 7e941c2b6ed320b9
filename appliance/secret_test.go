package appliance

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// An appliance that repeats what it was sent brings it into no error and no log, and printing a
// client shows nothing either.
func TestSecretsStayIn(t *testing.T) {
	a := newAccount()
	echo := func(w http.ResponseWriter, r *http.Request) {
		sent := r.Header.Get("Authorization")
		switch r.URL.Query().Get("action") {
		case "check_health":
			says("<error code='"+sent+"'>"+sent+" "+testSecret+"</error>")(w, r)
		case "get_api_info":
			says("<"+strings.ReplaceAll(sent, "Bearer ", "")+"></wrong>")(w, r)
		case "get_appliances":
			w.Header().Set("Location", "https://"+strings.TrimPrefix(sent, "Bearer ")+"/")
			w.WriteHeader(http.StatusFound)
		default:
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprintf(w, `{"error":"access_denied","message":%q}`, sent)
		}
	}
	server, ca := serve(t, a.appliance(echo))
	var logged bytes.Buffer
	c := newClient(t, server.URL, func(config *Config) {
		config.TLS.RootCAs = ca.pool()
		config.TLS.InsecureSkipVerify = true
		config.Logger = slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	proxied := c.config
	proxied.ProxyURL = &url.URL{Scheme: "http", User: url.UserPassword("me", testSecret), Host: "proxy.example.com"}
	texts := []string{fmt.Sprintf("%v %+v %#v", proxied, proxied, proxied)}
	try := func(err error) {
		t.Helper()
		if err == nil {
			t.Error("no error")
		}
		for ; err != nil; err = errors.Unwrap(err) {
			texts = append(texts, err.Error(), fmt.Sprintf("%+v %#v", err, err))
		}
	}
	_, err := c.CheckHealth(t.Context())
	try(err)
	_, err = c.APIInfo(t.Context())
	try(err)
	_, err = c.Appliances(t.Context())
	try(err)
	_, err = c.ClientSummary(t.Context())
	try(err)
	a.mu.Lock()
	a.secret = "another"
	a.mu.Unlock()
	a.revoke()
	_, err = c.Appliances(t.Context())
	if !errors.Is(err, KindCredentials) {
		t.Errorf("got %v", err)
	}
	try(err)
	texts = append(texts, fmt.Sprintf("%v %+v %#v %s", c, c, c, c), logged.String())
	if !strings.Contains(logged.String(), "Not verifying") || !strings.Contains(logged.String(), "code=302") {
		t.Errorf("the log lacks lines: %s", &logged)
	}
	all := strings.Join(texts, "\n")
	for _, secret := range []string{testSecret, "token-number-", "Basic "} {
		if strings.Contains(all, secret) {
			t.Errorf("%q is in one of these:\n%s", secret, all)
		}
	}
}
