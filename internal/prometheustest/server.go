package prometheustest

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long Prometheus may take to be ready, and a query to bring what is waited
// for. It is long, since machines that run tests are slow; nothing waits for it where all is
// well.
const patience = time.Minute

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
	command := exec.CommandContext(t.Context(), Tool(t, "prometheus"), append([]string{
		"--config.file=" + file,
		"--storage.tsdb.path=" + filepath.Join(directory, "data"),
		"--web.listen-address=127.0.0.1:0",
	}, flags...)...)
	output, input := io.Pipe()
	command.Stdout, command.Stderr = input, input
	if err := command.Start(); err != nil {
		t.Fatalf("starting Prometheus: %v", err)
	}
	l := newLog()
	go l.read(output)
	go func() {
		_ = command.Wait() // It is killed with the test's context, and nothing it did is kept.
		_ = input.Close()
	}()
	t.Cleanup(func() {
		<-l.ended
		if t.Failed() {
			t.Logf("Prometheus wrote:\n%s", l.String())
		}
	})
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-l.ready:
	case <-l.ended:
		t.Fatal("Prometheus ended before it was ready")
	case <-late.C:
		t.Fatalf("Prometheus is not ready after %s", patience)
	}
	return &Server{URL: "http://" + <-l.address, ctx: t.Context()}
}

// log is what Prometheus writes: where it listens and that it is ready is told there alone.
type log struct {
	address chan string   // gets the host and port
	ready   chan struct{} // is closed when queries are answered
	ended   chan struct{} // is closed when the process has ended

	mu   sync.Mutex
	text strings.Builder
}

func newLog() *log {
	return &log{address: make(chan string, 1), ready: make(chan struct{}), ended: make(chan struct{})}
}

// read takes in the lines until the process ends.
func (l *log) read(output io.Reader) {
	defer close(l.ended)
	// The two may come in either order.
	listening, loaded, told := false, false, false
	lines := bufio.NewReader(output)
	for {
		line, err := lines.ReadString('\n')
		l.mu.Lock()
		l.text.WriteString(line)
		l.mu.Unlock()
		if _, after, found := strings.Cut(line, " address="); found && !listening && strings.Contains(line, `msg="Listening on"`) {
			listening = true
			address, _, _ := strings.Cut(strings.TrimSpace(after), " ")
			l.address <- address
		}
		loaded = loaded || strings.Contains(line, `msg="Server is ready to receive web requests."`)
		if listening && loaded && !told {
			told = true
			close(l.ready)
		}
		if err != nil {
			return
		}
	}
}

// String returns all that was written so far.
func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
