package processtest

import (
	"bytes"
	"regexp"
	"strings"
	"sync"
	"time"
)

// shown is how much of the end of an output anybody reads in a test's log.
const shown = 64 << 10

// Output is what a program has written so far to one of its streams. It is safe for use by several
// goroutines.
type Output struct {
	of *Process

	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{} // closed and made anew when there is more text
}

func newOutput(of *Process) *Output { return &Output{of: of, more: make(chan struct{})} }

// Write implements io.Writer.
func (o *Output) Write(text []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	close(o.more)
	o.more = make(chan struct{})
	return o.text.Write(text)
}

// String returns all of it.
func (o *Output) String() string {
	text, _ := o.read()
	return text
}

// read returns the text and what is closed when there is more.
func (o *Output) read() (string, <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String(), o.more
}

// end returns as much of the end of it as anybody reads.
func (o *Output) end() string {
	text := o.String()
	return text[max(0, len(text)-shown):]
}

// match returns the last group of the pattern in the lines written so far, and what is closed when
// there is more. Half a line may be half of what is looked for, unless it is all that will come.
func (o *Output) match(pattern *regexp.Regexp, ended bool) (found string, ok bool, more <-chan struct{}) {
	text, more := o.read()
	if !ended {
		text = text[:strings.LastIndexByte(text, '\n')+1]
	}
	groups := pattern.FindStringSubmatch(text)
	if groups == nil {
		return "", false, more
	}
	return groups[len(groups)-1], true, more
}

// Find waits until the lines written so far have the pattern, and returns its last group. It fails
// the test where the program ends without, or Patience does.
func (o *Output) Find(pattern string) string {
	t, expression := o.of.t, regexp.MustCompile(pattern)
	t.Helper()
	late := time.NewTimer(Patience)
	defer late.Stop()
	for ended := false; ; {
		found, ok, more := o.match(expression, ended)
		if ok {
			return found
		}
		if ended {
			t.Fatalf("%s has ended, %s, and not written %s", o.of.name(), o.of.command.ProcessState, pattern)
		}
		select {
		case <-more:
		case <-o.of.exited:
			ended = true
		case <-late.C:
			t.Fatalf("%s has not written %s within %s", o.of.name(), pattern, Patience)
		}
	}
}
