package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
)

const (
	protocolEncoded = "ingredi%20state%20api"
	protocolDecoded = "ingredi state api"
	loginTime       = 15 * time.Second // for each of authenticate and subscribe
	maxRequest      = 64 << 10
)

// serveState answers GET /nw, the real-time state API (Remote Support API Programmer's Guide, Protocol of the Real-Time State API).
// The connection ends with ctx.
func (a *Appliance) serveState(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	switch {
	case a.cfg.Product == PrivilegedRemoteAccess:
		http.NotFound(w, r)
		return
	case a.Role() == RoleBackup:
		w.Header().Set("Connection", "close")
		http.Error(w, "this appliance is a backup and does not accept connections", http.StatusServiceUnavailable)
		return
	case !offersProtocol(r):
		a.cfg.Logger.Warn("state connection refused: the sub-protocol is missing or wrong")
		http.Error(w, "unknown sub-protocol", http.StatusBadRequest)
		return
	}
	switch a.cfg.Echo {
	case EchoEncoded:
		w.Header().Set("Sec-WebSocket-Protocol", protocolEncoded)
	case EchoDecoded:
		w.Header().Set("Sec-WebSocket-Protocol", protocolDecoded)
	}
	// No sub-protocol is negotiated here: the header above is sent as it stands, whatever the client offered.
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		a.cfg.Logger.Warn("state connection refused", "error", err)
		return
	}
	defer func() { _ = conn.CloseNow() }() // closed by then, mostly
	conn.SetReadLimit(maxRequest)
	if err := a.integrate(ctx, conn); err != nil {
		a.cfg.Logger.Warn("state connection ended", "error", err)
	}
}

// offersProtocol tells whether a client offers the sub-protocol, in one spelling or the other.
func offersProtocol(r *http.Request) bool {
	for _, line := range r.Header.Values("Sec-WebSocket-Protocol") {
		for offer := range strings.SplitSeq(line, ",") {
			if offer = strings.TrimSpace(offer); strings.EqualFold(offer, protocolEncoded) || strings.EqualFold(offer, protocolDecoded) {
				return true
			}
		}
	}
	return false
}

// integrate speaks the protocol with one client: authenticate, subscribe, and then updates until one of the two has had enough.
func (a *Appliance) integrate(ctx context.Context, conn *websocket.Conn) error {
	in := &lineReader{conn: conn}
	send := &framer{
		conn: conn, max: a.cfg.FrameBytes, patient: a.cfg.SlowReader,
		rng: rand.New(rand.NewPCG(a.cfg.World.Seed, a.connections.Add(1))),
	}
	if err := a.authenticate(ctx, in, send); err != nil {
		return err
	}
	sub, err := a.subscription(ctx, in, send)
	if err != nil {
		return err
	}
	defer a.desk.leave(sub)

	// The client has nothing more to say, but its pings and its close frame must be read.
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer cancel()
		for {
			if _, _, err := conn.Read(ctx); err != nil {
				return
			}
		}
	}()
	defer func() {
		cancel()
		<-done
	}()
	return a.tell(ctx, conn, send, sub)
}

// tell sends a subscriber what is queued for it, until the context ends or it is disconnected.
func (a *Appliance) tell(ctx context.Context, conn *websocket.Conn, send *framer, sub *subscriber) error {
	for {
		lines, over := sub.take()
		switch {
		case over && sub.wasSlow():
			_ = conn.CloseNow()
			return errors.New("the client is too slow to read")
		case over:
			return conn.Close(websocket.StatusGoingAway, "the appliance ends the connection")
		case len(lines) == 0:
			select {
			case <-ctx.Done():
				return nil
			case <-sub.wake:
			}
			continue
		}
		if over, err := a.spoil(ctx, conn, send, lines); over || err != nil {
			return err
		}
		if err := send.send(ctx, lines); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
	}
}

// spoil does to the first of some lines what a fault says, and tells whether the connection is over.
func (a *Appliance) spoil(ctx context.Context, conn *websocket.Conn, send *framer, lines [][]byte) (bool, error) {
	switch {
	case a.faults.take(FaultDropState, a.Clock()):
		return true, conn.CloseNow()
	case a.faults.take(FaultCut, a.Clock()):
		if err := send.frame(ctx, lines[0][:len(lines[0])/2]); err != nil {
			return true, err
		}
		return true, conn.CloseNow()
	case a.faults.take(FaultMalformed, a.Clock()):
		broken := append([]byte(nil), lines[0][:len(lines[0])/2]...)
		return false, send.frame(ctx, append(broken, '\n'))
	case a.faults.take(FaultDuplicate, a.Clock()):
		return false, send.frame(ctx, lines[0])
	}
	return false, nil
}

// authenticate reads the client's token and answers.
func (a *Appliance) authenticate(ctx context.Context, in *lineReader, send *framer) error {
	var request struct {
		Type        string `json:"type"`
		Credentials struct {
			BearerToken string `json:"bearer_token"`
		} `json:"credentials"`
	}
	if err := in.read(ctx, &request); err != nil {
		return fmt.Errorf("reading authenticate: %w", err)
	}
	reason := ""
	switch {
	case request.Type != "authenticate":
		reason = "authenticate was expected"
	case a.faults.take(FaultToken, a.Clock()), !a.account.knows(request.Credentials.BearerToken):
		reason = "invalid credentials"
	case a.cfg.Permissions.NoState:
		reason = "the API account has no permission to use the real-time state API"
	}
	return a.respond(ctx, send, "authenticate_response", reason)
}

// subscription reads which tables the client wants and gives it the full copy.
func (a *Appliance) subscription(ctx context.Context, in *lineReader, send *framer) (*subscriber, error) {
	var request struct {
		Type   string          `json:"type"`
		Tables json.RawMessage `json:"tables"`
	}
	if err := in.read(ctx, &request); err != nil {
		return nil, fmt.Errorf("reading subscribe: %w", err)
	}
	tables, err := wanted(request.Tables)
	if request.Type != "subscribe" {
		err = errors.New("subscribe was expected")
	}
	if err != nil {
		return nil, a.respond(ctx, send, "subscribe_response", err.Error())
	}
	if a.Role() == RoleBackup {
		return nil, a.respond(ctx, send, "subscribe_response", "this appliance has become a backup")
	}
	sub := newSubscriber(tables, a.cfg.Backlog)
	if !a.desk.subscribe(sub, a.cfg.MaxIntegrations, subscribed) {
		return nil, a.respond(ctx, send, "subscribe_response", "too many integrations are connected")
	}
	return sub, nil
}

// subscribed is the answer to a subscribe, with the appliance's clock.
func subscribed(now time.Time) []byte {
	return fmt.Appendf(nil, "{\"type\":\"subscribe_response\",\"timestamp\":%d,\"success\":true}\n", now.Unix())
}

// wanted reads the tables of a subscribe: nil for all.
func wanted(raw json.RawMessage) (map[world.Table]bool, error) {
	var all string
	if json.Unmarshal(raw, &all) == nil && all == "all" {
		return nil, nil
	}
	var names []world.Table
	if err := json.Unmarshal(raw, &names); err != nil || len(names) == 0 {
		return nil, errors.New(`tables must be "all" or a list of tables`)
	}
	known := make(map[world.Table]bool)
	for _, t := range world.Tables() {
		known[t] = true
	}
	tables := make(map[world.Table]bool)
	for _, name := range names {
		if !known[name] {
			return nil, errors.New("there is no such table")
		}
		tables[name] = true
	}
	return tables, nil
}

// respond answers authenticate or a failed subscribe. Where there is a reason, it is a refusal, and the connection is over.
func (a *Appliance) respond(ctx context.Context, send *framer, kind, reason string) error {
	answer := map[string]any{"type": kind, "success": reason == ""}
	if reason != "" {
		answer["reason"] = reason
	}
	if kind == "subscribe_response" {
		answer["timestamp"] = a.Clock().Unix()
	}
	line, err := json.Marshal(answer)
	if err != nil {
		return fmt.Errorf("writing %s: %w", kind, err)
	}
	if err := send.send(ctx, [][]byte{append(line, '\n')}); err != nil {
		return err
	}
	if reason == "" {
		return nil
	}
	_ = send.conn.Close(websocket.StatusPolicyViolation, "refused")
	return fmt.Errorf("%s: %s", kind, reason)
}

// lineReader reads what a client sends: JSON, each message ended by a newline.
type lineReader struct {
	conn *websocket.Conn
	rest []byte
}

func (l *lineReader) read(ctx context.Context, v any) error {
	ctx, cancel := context.WithTimeout(ctx, loginTime)
	defer cancel()
	for {
		if i := strings.IndexByte(string(l.rest), '\n'); i >= 0 {
			line := l.rest[:i]
			l.rest = l.rest[i+1:]
			return json.Unmarshal(line, v)
		}
		if len(l.rest) > maxRequest {
			return errors.New("the message is too long")
		}
		_, b, err := l.conn.Read(ctx)
		if err != nil {
			return err
		}
		l.rest = append(l.rest, b...)
	}
}
