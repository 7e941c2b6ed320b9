package simulator

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
)

const controlHelp = `The simulated appliance is controlled here.

GET    /book       what truly happened at the desk since the first subscription, as JSON
POST   /book       begin the book anew
GET    /state      what is at the desk now, the role, the subscribers, the open connections and the faults that are on
POST   /failover   swap the roles of the pair, or change this appliance's; ?role=none, primary or backup gives this one a role and leaves its peer alone
POST   /restart    restart the processes; ?mode=truncate (the default), close or both
POST   /datasync   what the last data sync looks like; ?age=3h&status=TEXT; without an age the pair syncs by its interval again
POST   /tokens     revoke all tokens
POST   /faults     let something go wrong; ?kind=KIND&count=N&duration=30s&delay=5s
DELETE /faults     let nothing go wrong any more

Kinds of fault: slow (by delay), 503, garbage (no XML), error (an <error> document), drop (no answer), token (a valid one is refused),
rate_limit (429), unhealthy; for the real-time state API drop_state, cut (half a message, then the end), malformed (a line that is no JSON),
duplicate (a message twice); for the reporting API report_error, report_nothing (an <error> that says that nothing was found), report_root (a
document that is no report), report_cut (half a document), report_drop (half an answer), report_503, report_slow (by delay).
A fault strikes count times, or as often as there is occasion for its duration, or once.
`

// Control returns the handler by which the appliance is controlled. It asks nobody who they are: serve it on a loopback address.
func (a *Appliance) Control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=UTF-8")
		_, _ = io.WriteString(w, controlHelp)
	})
	mux.HandleFunc("GET /book", func(w http.ResponseWriter, _ *http.Request) { controlAnswer(w, a.Book(), nil) })
	mux.HandleFunc("POST /book", func(w http.ResponseWriter, _ *http.Request) {
		controlAnswer(w, map[string]time.Time{"from": a.StartBook()}, nil)
	})
	mux.HandleFunc("GET /state", func(w http.ResponseWriter, _ *http.Request) { controlAnswer(w, a.status(), nil) })
	mux.HandleFunc("POST /failover", func(w http.ResponseWriter, r *http.Request) { controlAnswer(w, a.status, a.controlRole(r)) })
	mux.HandleFunc("POST /restart", func(w http.ResponseWriter, r *http.Request) {
		mode := RestartMode(r.URL.Query().Get("mode"))
		orDefault(&mode, RestartTruncate)
		controlAnswer(w, a.status, a.Restart(mode))
	})
	mux.HandleFunc("POST /datasync", func(w http.ResponseWriter, r *http.Request) { controlAnswer(w, a.status, a.controlSync(r)) })
	mux.HandleFunc("POST /tokens", func(w http.ResponseWriter, _ *http.Request) {
		a.RevokeTokens()
		controlAnswer(w, a.status, nil)
	})
	mux.HandleFunc("POST /faults", func(w http.ResponseWriter, r *http.Request) { controlAnswer(w, a.status, a.controlFault(r)) })
	mux.HandleFunc("DELETE /faults", func(w http.ResponseWriter, _ *http.Request) {
		a.ClearFaults()
		controlAnswer(w, a.status, nil)
	})
	return mux
}

// status is what GET /state answers.
type status struct {
	Clock       time.Time   `json:"clock"`
	Role        Role        `json:"role"`
	Subscribers int         `json:"subscribers"`
	Connections int         `json:"connections"`
	Faults      []FaultKind `json:"faults"`
	Desk        world.State `json:"desk"`
}

func (a *Appliance) status() status {
	return status{a.Clock(), a.Role(), a.Subscribers(), a.Connections(), a.faults.kinds(a.Clock()), a.State()}
}

func (a *Appliance) controlRole(r *http.Request) error {
	switch role := Role(r.URL.Query().Get("role")); role {
	case "":
		return a.Failover()
	case RoleNone, RolePrimary, RoleBackup:
		a.SetRole(role)
		return nil
	default:
		return fmt.Errorf("there is no role %q; give none, primary or backup", role)
	}
}

func (a *Appliance) controlSync(r *http.Request) error {
	age, err := controlDuration(r, "age")
	if err != nil {
		return err
	}
	if age == 0 {
		a.SetDataSync(time.Time{}, "")
		return nil
	}
	a.SetDataSync(a.Clock().Add(-age), r.URL.Query().Get("status"))
	return nil
}

func (a *Appliance) controlFault(r *http.Request) error {
	fault := Fault{Kind: FaultKind(r.URL.Query().Get("kind"))}
	var err error
	if v := r.URL.Query().Get("count"); v != "" {
		if fault.Count, err = strconv.Atoi(v); err != nil {
			return fmt.Errorf("count is %q; give a whole number", v)
		}
	}
	if fault.Duration, err = controlDuration(r, "duration"); err != nil {
		return err
	}
	if fault.Delay, err = controlDuration(r, "delay"); err != nil {
		return err
	}
	return a.Fault(fault)
}

func controlDuration(r *http.Request, name string) (time.Duration, error) {
	v := r.URL.Query().Get(name)
	if v == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(v)
	if err != nil {
		return 0, fmt.Errorf("%s is %q; give a duration such as 30s", name, v)
	}
	return d, nil
}

// controlAnswer answers with JSON, or with what is wrong about the request. A function is called for the answer once all is done.
func controlAnswer(w http.ResponseWriter, v any, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if f, ok := v.(func() status); ok {
		v = f()
	}
	w.Header().Set("Content-Type", "application/json")
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	_ = e.Encode(v) // a client that is gone needs no answer
}
