package web

import (
	"io"
	"net/http"
)

// reload serves whoever asks for the configuration to be read again. The error is for them and
// for the log, since who asks may be a script that nobody watches.
func reload(o Options) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if !o.EnableLifecycle {
			http.Error(w, "the exporter was not started with --web.enable-lifecycle: send it SIGHUP instead", http.StatusForbidden)
			return
		}
		if err := o.Reload(); err != nil {
			http.Error(w, "the configuration was not read again, the one before it is still in force: "+err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, "The configuration was read again.\n")
	}
}
