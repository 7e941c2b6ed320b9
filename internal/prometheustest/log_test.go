package prometheustest

import (
	"strings"
	"testing"
)

// What is to be known of a server is in its log, in an order that is not always the same.
func TestLog(t *testing.T) {
	t.Parallel()
	const (
		listening = `time=x msg="Listening on" component=web address=127.0.0.1:9090` + "\n"
		loaded    = `time=x msg="Server is ready to receive web requests."` + "\n"
	)
	for name, text := range map[string]string{
		"listening first": "a line\n" + listening + loaded,
		"loaded first":    loaded + "a line\n" + listening,
		"told twice":      listening + listening + loaded + loaded,
		"more after it":   listening + `time=x msg="TLS is disabled." http2=false address=127.0.0.1:9090` + "\n" + loaded,
	} {
		l := newLog()
		l.read(strings.NewReader(text))
		select {
		case <-l.ready:
			if address := <-l.address; address != "127.0.0.1:9090" || l.String() != text {
				t.Errorf("%s: listening at %q with the log %q", name, address, l.String())
			}
		default:
			t.Errorf("%s: it is not known to be ready", name)
		}
	}
	half := newLog()
	half.read(strings.NewReader(loaded))
	select {
	case <-half.ready:
		t.Error("a server that does not listen is taken for ready")
	default:
	}
}
