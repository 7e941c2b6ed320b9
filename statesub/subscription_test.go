package statesub

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const session = `{"type":"model_update","insert":{"support_session":{"7":{"lsid":"a"}}}}`

// bubble runs a test in a bubble of synctest, in which time passes only when
// everybody waits, with a subscription to an appliance that serves with f.
func bubble(t *testing.T, f func(p *peer) error, change func(*Config), test func(t *testing.T, s *Subscription, stop func())) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := newSubscription(t, bubbleServer(t, serving(f)), change)
		stop := start(t, s)
		synctest.Wait()
		test(t, s, stop)
	})
}

// What the appliance sends, how the attempt or the connection ends, and that
// nothing of what ends it is applied.
func TestEndings(t *testing.T) {
	after := func(messages ...string) func(*peer) error {
		return func(p *peer) error {
			if err := p.accept(); err != nil {
				return err
			}
			if err := p.send(messages...); err != nil {
				return err
			}
			p.wait()
			return nil
		}
	}
	first := func(message string) func(*peer) error {
		return func(p *peer) error {
			if _, err := p.receive("authenticate"); err != nil {
				return err
			}
			if err := p.send(message); err != nil {
				return err
			}
			p.wait()
			return nil
		}
	}
	const subscribed = 255
	for _, tt := range []struct {
		name   string
		serve  func(*peer) error
		result Result
		reason DisconnectReason // subscribed: none
	}{
		{"half a message", after(session, `{"type":"model_update","insert":{"support_session":{"8":{"lsid":"b"}`), ResultOK, Malformed},
		{"garbage after a row", after(session, `{"type":"model_update","insert":{"support_session":{"8":{"lsid":"b"}}},}`), ResultOK, Malformed},
		{"no object", after(session, `[]`), ResultOK, Malformed},
		{"too large", after(session, strings.Repeat("x", 2000)), ResultOK, TooLarge},
		{"closed with a frame", func(p *peer) error {
			if err := p.accept(); err != nil {
				return err
			}
			_ = p.write(opClose, true, []byte{0x03, 0xe9})
			p.wait()
			return nil
		}, ResultOK, ClosedByAppliance},
		{"hung up", (*peer).accept, ResultOK, ClosedByAppliance},
		{"hung up inside a message", func(p *peer) error {
			if err := p.accept(); err != nil {
				return err
			}
			return p.write(opBinary, false, []byte(`{"type":"model_update","insert":{"support_session":{"8":`))
		}, ResultOK, ClosedByAppliance},
		{"a broken frame", func(p *peer) error {
			if err := p.accept(); err != nil {
				return err
			}
			_ = p.write(opContinuation, true, []byte("x"))
			p.wait()
			return nil
		}, ResultOK, Network},
		{"an update instead of an answer", first(session), ResultNetwork, Malformed},
		{"a truncate instead of an answer", first(`{"type":"truncate_model"}`), ResultNetwork, Malformed},
		{"the second answer first", first(`{"type":"subscribe_response","success":true}`), ResultNetwork, Malformed},
		{"an answer that says nothing", first(`{"type":"authenticate_response"}`), ResultNetwork, Malformed},
		{"an update before the second answer", first(`{"type":"authenticate_response","success":true}` + "\n" + session), ResultNetwork, Malformed},
		{"a second answer that says nothing", first(`{"type":"authenticate_response","success":true}` + "\n" + `{"type":"subscribe_response","success":"perhaps"}`), ResultNetwork, Malformed},
		{"a refusal", first(`{"type":"authenticate_response","success":true}` + "\n" + `{"type":"subscribe_response","success":false,"reason":"thirty"}`), ResultSubscribeFailed, subscribed},
		{"no answer", first(``), ResultNetwork, subscribed},
		{"hung up before an answer", func(*peer) error { return nil }, ResultNetwork, subscribed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, tt.serve, func(c *Config) { c.MaxMessageBytes = 1000 }, func(t *testing.T, s *Subscription, _ func()) {
				time.Sleep(stepTimeout + time.Millisecond)
				synctest.Wait()
				c := s.Stats()
				if c.Connections[tt.result] == 0 {
					t.Errorf("connections %v", c.Connections)
				}
				for r, n := range c.Connections {
					if n > 0 && Result(r) != tt.result {
						t.Errorf("%d attempts ended as %v", n, Result(r))
					}
				}
				for r, n := range c.Disconnects {
					if (n > 0) != (DisconnectReason(r) == tt.reason) {
						t.Errorf("%d connections ended as %v", n, DisconnectReason(r))
					}
				}
				if c.RowChanges[TableSupportSession][OpInsert] != c.Messages[MessageModelUpdate] && tt.result == ResultOK {
					t.Errorf("%d rows in %d messages", c.RowChanges[TableSupportSession][OpInsert], c.Messages[MessageModelUpdate])
				}
				if tt.result != ResultOK && c.RowChanges[TableSupportSession][OpInsert] > 0 {
					t.Error("rows were applied before the subscription")
				}
				if c.LastError == "" {
					t.Error("there is no last error")
				}
			})
		})
	}
}

// Messages are what is between newlines, whatever the frames.
func TestFrames(t *testing.T) {
	stream := []byte(strings.Join([]string{
		`{"type":"model_update","insert":{"queue":{"1":{"type":"team","name":"Équipe 😀"}}}}`,
		``, "\r",
		session,
		`{"type":"something_new"}`,
		`{"type":"subscribe_response","timestamp":1,"success":false}`,
		`{"type":"authenticate_response","success":false}`,
		`{"update":{"support_session":{"7":{"priority":1},"x":{}}},"type":"update_model"}`,
		``,
	}, "\n"))
	for _, size := range []int{1, 2, 3, 7, 50, len(stream)} {
		for _, fragments := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d bytes, fragments %v", size, fragments), func(t *testing.T) {
				serve := func(p *peer) error {
					if err := p.accept(); err != nil {
						return err
					}
					opcode := byte(opText)
					for piece := range slices.Chunk(stream, size) {
						if err := p.write(opcode, !fragments, piece); err != nil {
							return err
						}
						if fragments {
							opcode = opContinuation
						}
					}
					if fragments {
						_ = p.write(opContinuation, true, nil)
					}
					p.wait()
					return nil
				}
				bubble(t, serve, nil, func(t *testing.T, s *Subscription, _ func()) {
					time.Sleep(2 * time.Second)
					synctest.Wait()
					s.Look(func(_ Instant, m *Model) {
						c := s.Stats()
						if !m.Synced() || m.Rows(TableQueue) != 1 || m.Rows(TableSupportSession) != 1 {
							t.Errorf("in sync %v, %d queues, %d sessions; %s", m.Synced(), m.Rows(TableQueue), m.Rows(TableSupportSession), c.LastError)
						}
						if want := [NumMessageKinds]uint64{MessageOther: 1, MessageAuthenticateResponse: 2, MessageSubscribeResponse: 2, MessageModelUpdate: 3}; c.Messages != want {
							t.Errorf("messages %v, want %v", c.Messages, want)
						}
						if c.RowChanges[TableSupportSession] != [NumOps]uint64{1, 1, 0} || c.Unreadable[TableSupportSession] != 1 {
							t.Errorf("row changes %v, unreadable %v", c.RowChanges[TableSupportSession], c.Unreadable[TableSupportSession])
						}
						if c.ReceivedBytes < uint64(len(stream)) || c.LastMessage.IsZero() || c.SubscribedSince.IsZero() {
							t.Errorf("%d bytes, last message %v, subscribed since %v", c.ReceivedBytes, c.LastMessage, c.SubscribedSince)
						}
					})
				})
			})
		}
	}
}
