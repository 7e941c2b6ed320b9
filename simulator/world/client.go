package world

import "strings"

// client is a row of customer_client: what runs on the customer's computer, or speaks to it.
type client struct {
	row
	session   *session
	kind      string
	connected bool
	elevated  bool
	host      string
	system    string
	address   string
}

// What of a customer's client changes while it lives.
const (
	clientConnected fields = 1 << iota << 1
	clientElevated
)

func (c *client) base() *row   { return &c.row }
func (c *client) table() Table { return TableCustomerClient }

func (c *client) encode(e *encoder, which fields) {
	if which&fixed != 0 {
		e.text("client_type", c.kind)
		e.stamp("created_timestamp", c.made)
		e.text("hostname", c.host)
		e.text("operating_system", c.system)
		e.id("support_session_id", c.session.id)
		if !e.dialect.Old {
			e.text("private_ip", c.address)
			e.text("public_ip", "203.0.113.7:49152")
		}
	}
	if which&clientConnected != 0 && !e.dialect.Old {
		e.flag("connected", c.connected)
	}
	if which&clientElevated != 0 {
		e.flag("elevated", c.elevated)
	}
}

// addClients gives a session its customer's clients, by the way in which it was started.
func (w *World) addClients(s *session) {
	kind := "desktop"
	switch {
	case strings.Contains(s.method, "rdp"):
		kind = "rdp"
	case strings.Contains(s.method, "vnc"):
		kind = "vnc"
	case s.method == "vpro":
		kind = "vpro"
	case s.method == "shell_jump":
		kind = "shell"
	case !s.byRepresentative() && w.chance(0.12):
		kind = "web_chat"
	case !s.byRepresentative() && w.chance(0.08):
		kind = "mobile"
	}
	c := &client{
		session: s, kind: kind, connected: true, host: w.host(), address: w.address(),
		system:   pick(w, []string{"Windows 11 Enterprise (x64)", "Windows 10 (x64)", "macOS 14.6", "Ubuntu 24.04"}),
		elevated: s.byRepresentative(),
	}
	c.id = w.newID()
	s.clients = append(s.clients, c)
	w.insert(c)
	if kind == "web_chat" && w.chance(0.3) {
		// The customer who chats in a browser downloads the client as well: two clients, one session.
		second := *c
		second.row = row{id: w.newID()}
		second.kind = "desktop"
		s.clients = append(s.clients, &second)
		w.insert(&second)
	}
}

// removeClients takes the customer out of a session, which goes on without.
func (w *World) removeClients(s *session) {
	if len(s.clients) > 0 {
		w.note(s, SessionEvent{Type: eventMemberLeft, By: w.customerOf(s)})
	}
	for _, c := range s.clients {
		w.remove(c)
	}
	s.clients = nil
}
