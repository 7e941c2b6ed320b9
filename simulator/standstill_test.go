package simulator

import (
	"crypto/tls"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// What happened before a desk stands still is told, however long it would have waited, and nothing happens after it.
func TestStandStill(t *testing.T) {
	c := newClock()
	cfg := Config{Now: c.Now}
	cfg.World.FlushEvery = 24 * time.Hour
	s := serve(t, cfg)
	client := s.dial(dialOptions{})
	client.subscribe()
	c.advance(time.Hour)
	s.StandStill()
	stood := s.State()
	model := rows{}
	for !cmp.Equal(model.counts(), stood.Rows, cmpopts.EquateEmpty()) {
		line, err := client.line()
		if err != nil {
			t.Fatalf("%v; still different:\n%s", err, cmp.Diff(stood.Rows, model.counts()))
		}
		var m message
		if err := json.Unmarshal(line, &m); err != nil {
			t.Fatal(err)
		}
		model.take(m)
	}
	started := s.Book().Started
	c.advance(time.Hour)
	if got := s.State(); !cmp.Equal(got, stood) {
		t.Errorf("an hour later there is something else:\n%s", cmp.Diff(stood, got))
	}
	if got := s.Book().Started; len(started) == 0 || !cmp.Equal(got, started) {
		t.Errorf("an hour later %v were started, before %v", got, started)
	}
}

func TestConnectionsAreCounted(t *testing.T) {
	s := serve(t, Config{})
	settings := s.client.Transport.(*http.Transport).TLSClientConfig
	var open []*tls.Conn
	for range 3 {
		conn, err := tls.Dial("tcp", strings.TrimPrefix(s.url, "https://"), settings)
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, conn)
	}
	for n := len(open); n >= 0; n-- {
		eventually(t, "so many connections are open as clients hold", func() bool { return s.Connections() == n })
		if n > 0 {
			_ = open[n-1].Close()
		}
	}
}
