package statesub

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// FuzzFrames sends any bytes where frames are expected, to a subscription that
// was made. The connection ends, and nothing of it is left.
func FuzzFrames(f *testing.F) {
	for _, frames := range []string{
		"\x82\x03{}\n", "\x02\x01{\x00\x01}\x80\x01\n", "\x88\x02\x03\xe8", "\x88\x01\x03", "\x89\x00\x8a\x00", "\xc2\x02{}",
		"\x82\xfe\x00\x00", "\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff", "\x82\x7f\x40\x00\x00\x00\x00\x00\x00\x00x", "\x83\x00", "\x81\x02\xff\n",
		"\x82\x30" + `{"type":"truncate_model"}`, "\x82\x7e\x04\x00" + strings.Repeat("x", 1024),
	} {
		f.Add([]byte(frames))
	}
	sent := make(chan []byte, 1)
	server := bubbleServer(f, serving(func(p *peer) error {
		if err := p.accept(); err != nil {
			return err
		}
		p.reading.Go(func() {
			for range p.frames { // what the client answers is of no interest
			}
		})
		_, err := p.conn.Write(<-sent)
		return err
	}))
	f.Fuzz(func(t *testing.T, frames []byte) {
		s := newSubscription(t, server, func(c *Config) { c.MaxMessageBytes = 1000 })
		sent <- frames
		end := s.attempt(t.Context())
		if end == nil || end.err == nil || !end.subscribed {
			t.Fatalf("it ended as %+v", end)
		}
		s.Look(func(_ Instant, m *Model) {
			for table := range Table(NumTables) {
				if n := m.Rows(table); n > 0 || m.Synced() {
					t.Errorf("%d rows of %s stay", n, table)
				}
			}
		})
	})
}

// subscribedPeer serves a client until it is subscribed, and what it answers
// after that is thrown away.
func subscribedPeer(speak func(*peer) error) func(*peer) error {
	return func(p *peer) error {
		if err := p.accept(); err != nil {
			return err
		}
		done := make(chan struct{})
		p.reading.Go(func() {
			defer close(done)
			for range p.frames {
			}
		})
		if err := speak(p); err != nil {
			return err
		}
		<-done
		return nil
	}
}

// Frames that break RFC 6455 end the connection, and what came before them in
// the same breath is not applied by half.
func TestHostileFrames(t *testing.T) {
	half := []byte(`{"type":"model_update","insert":{"support_session":{"8":{"lsid":"b"}}`)
	for _, tt := range []struct {
		name  string
		frame string
	}{
		{"a length of 2^63", "\x82\x7f\x80\x00\x00\x00\x00\x00\x00\x00"},
		{"a length of 2^64-1", "\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff"},
		{"compressed, which was not agreed on", "\xc2\x02{}"},
		{"reserved bits", "\xb2\x02{}"},
		{"a reserved kind of data", "\x83\x02{}"},
		{"a reserved kind of control", "\x8b\x00"},
		{"a new message inside another", "\x02\x01{\x02\x01}"},
		{"the end of a message that never began", "\x80\x02{}"},
		{"a ping in pieces", "\x09\x00"},
		{"a ping that is too long", "\x89\x7e\x00\x7e" + strings.Repeat("x", 126)},
		{"a close frame of one byte", "\x88\x01\x03"},
		{"a close frame with a code that must not be sent", "\x88\x02\x03\xed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			serve := subscribedPeer(func(p *peer) error {
				if err := p.send(session); err != nil {
					return err
				}
				if err := p.write(opBinary, true, half); err != nil {
					return err
				}
				_, _ = p.conn.Write([]byte(tt.frame))
				return nil
			})
			bubble(t, serve, nil, func(t *testing.T, s *Subscription, _ func()) {
				time.Sleep(stepTimeout)
				synctest.Wait()
				c := s.Stats()
				if ended := c.Disconnects[Network] + c.Disconnects[ClosedByAppliance]; ended == 0 || ended != total(c.Disconnects[:]) {
					t.Errorf("connections ended as %v; %s", c.Disconnects, c.LastError)
				}
				if c.RowChanges[TableSupportSession][OpInsert] != c.Messages[MessageModelUpdate] {
					t.Errorf("%d rows of %d messages", c.RowChanges[TableSupportSession][OpInsert], c.Messages[MessageModelUpdate])
				}
			})
		})
	}
}

func total(counts []uint64) (sum uint64) {
	for _, n := range counts {
		sum += n
	}
	return sum
}

// A length that nobody will ever send is no reason to make room for it: the
// message ends where it is too large.
func TestLengthIsNotBelieved(t *testing.T) {
	serve := subscribedPeer(func(p *peer) error {
		_, err := p.conn.Write(append([]byte("\x82\x7f\x40\x00\x00\x00\x00\x00\x00\x00"), bytes.Repeat([]byte("x"), 2000)...))
		return err
	})
	bubble(t, serve, func(c *Config) { c.MaxMessageBytes = 1000 }, func(t *testing.T, s *Subscription, _ func()) {
		if c := s.Stats(); c.Disconnects[TooLarge] != 1 {
			t.Errorf("connections ended as %v; %s", c.Disconnects, c.LastError)
		}
	})
}

// A flood of pings, of empty messages and of white space keeps nobody from
// being heard, and nothing of it piles up.
func TestFloods(t *testing.T) {
	for name, flood := range map[string]string{"pings": "\x89\x00", "pongs": "\x8a\x00", "empty messages": "\x82\x00", "white space": "\x82\x02\n\n"} {
		t.Run(name, func(t *testing.T) {
			serve := subscribedPeer(func(p *peer) error {
				for range 100 {
					if _, err := p.conn.Write([]byte(strings.Repeat(flood, 100))); err != nil {
						return err
					}
				}
				return p.send(session)
			})
			bubble(t, serve, nil, func(t *testing.T, s *Subscription, _ func()) {
				time.Sleep(copyLimit + copySilence)
				synctest.Wait()
				s.Look(func(_ Instant, m *Model) {
					if c := s.Stats(); !m.Synced() || m.Rows(TableSupportSession) != 1 || c.Connections[ResultOK] != 1 {
						t.Errorf("in sync %v, %d sessions, connections %v; %s", m.Synced(), m.Rows(TableSupportSession), c.Connections, c.LastError)
					}
				})
			})
		})
	}
}

// An appliance that pings and reads no answer is let go of, and in time.
func TestPingsWithoutReading(t *testing.T) {
	serve := func(p *peer) error {
		if err := p.accept(); err != nil {
			return err
		}
		// What is answered fills the frames, and then nobody reads on.
		for {
			if _, err := p.conn.Write([]byte("\x89\x00")); err != nil {
				return err
			}
		}
	}
	bubble(t, serve, nil, func(t *testing.T, s *Subscription, _ func()) {
		time.Sleep(time.Minute)
		synctest.Wait()
		if c := s.Stats(); total(c.Disconnects[:]) == 0 {
			t.Errorf("after a minute connections ended as %v; %s", c.Disconnects, c.LastError)
		}
	})
}

// A message that comes a byte a second and never ends is not taken for the end
// of the copy, and neither hides nor holds up the end of the process.
func TestMessageThatDrips(t *testing.T) {
	serve := subscribedPeer(func(p *peer) error {
		for {
			if err := p.write(opBinary, false, []byte(" ")); err != nil {
				return err
			}
			time.Sleep(time.Second)
		}
	})
	bubble(t, func(p *peer) error {
		p.mu.Lock()
		p.answersPings = false
		p.mu.Unlock()
		return serve(p)
	}, nil, func(t *testing.T, s *Subscription, stop func()) {
		time.Sleep(time.Hour)
		synctest.Wait()
		s.Look(func(_ Instant, m *Model) {
			if m.Synced() {
				t.Error("it is in sync")
			}
		})
		began := time.Now()
		stop()
		if took := time.Since(began); took > closeTimeout {
			t.Errorf("the end took %s", took)
		}
	})
}

// An extension or a sub-protocol that was not asked for is no connection, and
// what a server writes at length is not told at length.
func TestHostileUpgrade(t *testing.T) {
	long := strings.Repeat("x", 32<<10)
	for _, header := range []http.Header{
		{"Sec-Websocket-Extensions": {"permessage-deflate"}},
		{"Sec-Websocket-Extensions": {long}},
		{"Sec-Websocket-Protocol": {long}},
		{"Sec-Websocket-Accept": {long}},
		{"Connection": {long}, "Upgrade": {long}},
	} {
		serve := func(w http.ResponseWriter, r *http.Request) {
			maps.Copy(w.Header(), header)
			if header.Get("Connection") == "" {
				w.Header().Set("Connection", "Upgrade")
				w.Header().Set("Upgrade", "websocket")
			}
			w.WriteHeader(http.StatusSwitchingProtocols)
		}
		synctest.Test(t, func(t *testing.T) {
			s := newSubscription(t, bubbleServer(t, http.HandlerFunc(serve)), nil)
			start(t, s)
			time.Sleep(stepTimeout)
			synctest.Wait()
			c := s.Stats()
			if c.Connections[ResultRefused] == 0 || c.Connections[ResultOK] > 0 || len(c.LastError) > maxError {
				t.Errorf("%.100v: connections %v, and %d bytes are told", header, c.Connections, len(c.LastError))
			}
		})
	}
}

// A token that the appliance repeats, in a refusal or in a close frame, is not
// in what is told of it.
func TestTokenIsNotRepeated(t *testing.T) {
	const token = "0123456789abcdef0123456789abcdef01234567"
	for _, serve := range []func(*peer) error{
		func(p *peer) error {
			if _, err := p.receive("authenticate"); err != nil {
				return err
			}
			return p.send(`{"type":"authenticate_response","success":false,"reason":"no ` + token + `"}`)
		},
		subscribedPeer(func(p *peer) error { return p.write(opClose, true, []byte("\x03\xe8not with "+token)) }),
	} {
		bubble(t, func(p *peer) error {
			err := serve(p)
			p.wait()
			return err
		}, func(c *Config) {
			c.Token = tokenOf(token)
			c.Redact = func(text string) string { return strings.ReplaceAll(text, token, "<token>") }
		}, func(t *testing.T, s *Subscription, _ func()) {
			time.Sleep(time.Second)
			synctest.Wait()
			if told := s.Stats().LastError; strings.Contains(told, token) || !strings.Contains(told, "<token>") {
				t.Errorf("it says %q", told)
			}
		})
	}
}

func tokenOf(token string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return token, nil }
}

// Rows without an end are refused, in one message and over many, before they
// have taken the memory of the machine.
func TestRowsWithoutEnd(t *testing.T) {
	const insert = `{"type":"model_update","insert":{"queue":{`
	for name, text := range map[string]string{
		"inserts": insert + strings.Repeat(`"1":{},`, maxRows) + `"1":{}}}}`,
		"updates": strings.Replace(insert, "insert", "update", 1) + strings.Repeat(`"1":{},`, maxRows) + `"1":{}}}}`,
		"deletes": `{"type":"model_update","delete":{"queue":[` + strings.Repeat("1,", maxRows) + `1]}}`,
	} {
		var m Message
		if err := NewDecoder().Decode([]byte(text), &m); !errors.Is(err, errTooLarge) || showUpdate(&m.Update) != "" {
			t.Errorf("%s: error %v", name, err)
		}
	}

	// Over several messages it is what the model holds that counts.
	most := []byte(insert)
	for id := range maxRows {
		most = append(strconv.AppendInt(append(most, '"'), int64(id), 10), `":{},`...)
	}
	serve := subscribedPeer(func(p *peer) error {
		return p.send(string(most[:len(most)-1])+"}}}", session)
	})
	bubble(t, serve, nil, func(t *testing.T, s *Subscription, _ func()) {
		c := s.Stats()
		if c.Messages[MessageModelUpdate] != 2 || c.Disconnects[TooLarge] != 1 {
			t.Errorf("after %d updates connections ended as %v; %s", c.Messages[MessageModelUpdate], c.Disconnects, c.LastError)
		}
	})
}

// Whatever happens, the appliance is sent the token, the wish to be told of all
// tables, pings, pongs and the end of the connection, and nothing else.
func TestAllThatIsEverSent(t *testing.T) {
	sent := make(map[string]int)
	serve := func(p *peer) error {
		p.mu.Lock()
		p.answersPings = true
		p.mu.Unlock()
		if err := p.accept(); err != nil {
			return err
		}
		if err := p.send(session, `{"type":"truncate_model"}`, `{"type":"something_new"}`, session); err != nil {
			return err
		}
		if err := p.write(opPing, true, nil); err != nil {
			return err
		}
		for f := range p.frames {
			sent[fmt.Sprintf("%#x %s", f.opcode, f.payload)]++
		}
		return nil
	}
	bubble(t, serve, nil, func(t *testing.T, s *Subscription, stop func()) {
		time.Sleep(time.Hour)
		if c := s.Stats(); c.Connections[ResultOK] != 1 {
			t.Errorf("connections %v", c.Connections)
		}
		stop()
		synctest.Wait()
		for what := range sent {
			if what != "0xa " && !strings.HasPrefix(what, "0x8 ") {
				t.Errorf("it sent %q", what)
			}
		}
		if sent["0xa "] != 1 {
			t.Errorf("it sent %v; want a pong among it", sent)
		}
	})
}
