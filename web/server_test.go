package web

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	toolkit "github.com/prometheus/exporter-toolkit/web"
)

func testFlags(addresses ...string) *toolkit.FlagConfig {
	noSocket, noFile := false, ""
	return &toolkit.FlagConfig{WebListenAddresses: &addresses, WebSystemdSocket: &noSocket, WebConfigFile: &noFile}
}

// get asks a real server, without keeping the connection.
func get(url string) (int, string, error) {
	transport := &http.Transport{DisableKeepAlives: true}
	response, err := (&http.Client{Transport: transport}).Get(url)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response.StatusCode, string(body), err
}

func TestServe(t *testing.T) {
	started, release := make(chan struct{}), make(chan struct{})
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			close(started)
			<-release
		}
		_, _ = io.WriteString(w, "served")
	})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	server, err := Listen(ctx, testFlags("127.0.0.1:0", "127.0.0.1:0"), handler, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx) }()
	for _, address := range server.Addresses() {
		if _, body, err := get("http://" + address.String() + "/"); err != nil || body != "served" {
			t.Errorf("%s: got %q, %v; want it served", address, body, err)
		}
	}

	// A scrape that runs when the end comes is answered.
	address := server.Addresses()[0].String()
	slow := make(chan string, 1)
	go func() {
		_, body, err := get("http://" + address + "/slow")
		if err != nil {
			body = err.Error()
		}
		slow <- body
	}()
	<-started
	cancel()
	for { // until nobody new is let in
		if _, _, err := get("http://" + address + "/"); err != nil {
			break
		}
	}
	close(release)
	if body := <-slow; body != "served" {
		t.Errorf("the running request got %q; want it served", body)
	}
	if err := <-ended; err != nil {
		t.Errorf("Serve: %v", err)
	}
}

// A scrape that waits for an appliance must not keep the process.
func TestServeCancelsWhatDoesNotEnd(t *testing.T) {
	started := make(chan struct{})
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(started)
		<-r.Context().Done()
		_, _ = io.WriteString(w, "what there was")
	})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	server, err := Listen(ctx, testFlags("127.0.0.1:0"), handler, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx) }()
	got := make(chan string, 1)
	go func() {
		_, body, _ := get("http://" + server.Addresses()[0].String() + "/")
		got <- body
	}()
	<-started
	cancel()
	if body := <-got; body != "what there was" {
		t.Errorf("the running request got %q; want what there was", body)
	}
	if err := <-ended; err != nil {
		t.Errorf("Serve: %v", err)
	}
}

func TestListenErrors(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	file := filepath.Join(t.TempDir(), "web.yml")
	if err := os.WriteFile(file, []byte("tls_server_config: {cert_file: missing.crt, key_file: missing.key}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	badFile := testFlags("127.0.0.1:0")
	badFile.WebConfigFile = &file
	for _, test := range []struct {
		flags *toolkit.FlagConfig
		want  string
	}{
		{testFlags("127.0.0.1:0", taken.Addr().String()), "--web.listen-address=" + taken.Addr().String()},
		{testFlags("nonsense"), "--web.listen-address=nonsense"},
		{badFile, "--web.config.file=" + file},
	} {
		_, err := Listen(context.Background(), test.flags, http.NotFoundHandler(), slog.New(slog.DiscardHandler))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("got %v; want an error with %q", err, test.want)
		}
	}
}

// What is opened late names its flag as well.
func TestServeWithoutSockets(t *testing.T) {
	t.Setenv("LISTEN_FDS", "")
	fromSystemd, fromHypervisor := testFlags("127.0.0.1:0"), testFlags("vsock://nonsense")
	*fromSystemd.WebSystemdSocket = true
	for want, flags := range map[string]*toolkit.FlagConfig{"--web.systemd-socket": fromSystemd, "--web.listen-address": fromHypervisor} {
		server, err := Listen(context.Background(), flags, http.NotFoundHandler(), slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		if err := server.Serve(context.Background()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v; want an error with %q", err, want)
		}
	}
}

// Basic authentication and TLS are the toolkit's; this is that they are asked for.
func TestServeWithAuthentication(t *testing.T) {
	file := filepath.Join(t.TempDir(), "web.yml")
	if err := os.WriteFile(file, []byte("basic_auth_users: {prometheus: $2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	flags := testFlags("127.0.0.1:0", "127.0.0.1:0")
	flags.WebConfigFile = &file
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	server, err := Listen(ctx, flags, http.NotFoundHandler(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx) }()
	for _, address := range server.Addresses() {
		if code, _, err := get("http://" + address.String()); err != nil || code != http.StatusUnauthorized {
			t.Errorf("without a password: got %d, %v; want 401", code, err)
		}
		if code, _, err := get("http://prometheus:fakepassword@" + address.String()); err != nil || code != http.StatusNotFound {
			t.Errorf("with the password: got %d, %v; want the handler's 404", code, err)
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Serve: %v", err)
	}
}
