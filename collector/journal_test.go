package collector

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// To a person it is one thing, told once, whether the scrape was over before an answer came or
// before its collector had come to an end: which of the two it is is chance.
func TestLateIsOneCause(t *testing.T) {
	var log bytes.Buffer
	j := newJournal(slog.New(slog.NewTextHandler(&log, nil)))
	waited := fmt.Errorf("waiting for the answer to get_appliances: %w", context.DeadlineExceeded)
	j.tell([]work{{name: "health", err: waited}, {name: "clients", err: errLate}})
	if !strings.Contains(log.String(), "collectors=health,clients") {
		t.Errorf("two that were late are not one line:\n%s", &log)
	}
	log.Reset()
	j.tell([]work{{name: "health", err: errLate}, {name: "clients", err: waited}})
	if log.Len() > 0 {
		t.Errorf("the same again is told as if it were new:\n%s", &log)
	}
}
