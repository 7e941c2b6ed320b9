package prometheustest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/internal/processtest"
)

// Server is a running Prometheus. Its methods may be called from several goroutines.
type Server struct {
	// URL is its address, without a slash at the end.
	URL string
	ctx context.Context // the test's, which ends the server as well as what is asked of it
}

// Start runs Prometheus with a configuration, on a free port of loopback and with a storage of
// its own, and returns once it answers queries. Paths in the configuration are better absolute:
// relative ones start at a directory of the server's own. Further flags of Prometheus may be
// given. The server ends with the test; where the test fails, its log is in the test's.
func Start(t testing.TB, configuration string, flags ...string) *Server {
	t.Helper()
	directory := t.TempDir()
	file := filepath.Join(directory, "prometheus.yml")
	if err := os.WriteFile(file, []byte(configuration), 0o600); err != nil {
		t.Fatalf("writing the configuration of Prometheus: %v", err)
	}
	p := processtest.Start(t, exec.CommandContext(t.Context(), Tool(t, "prometheus"), append([]string{
		"--config.file=" + file,
		"--storage.tsdb.path=" + filepath.Join(directory, "data"),
		"--web.listen-address=127.0.0.1:0",
	}, flags...)...))
	// The two may come in either order.
	address := p.Stderr.Find(`msg="Listening on" .*\baddress=(\S+)`)
	p.Stderr.Find(`msg="Server is ready to receive web requests\."`)
	return &Server{URL: "http://" + address, ctx: t.Context()}
}
