package statesub

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// The appliance's clock is the subscribe_response's, and runs from there.
func TestClock(t *testing.T) {
	for _, tt := range []struct {
		name, timestamp string
		offset          float64
		known           bool
		want            func(local float64) float64
		told            bool
	}{
		{"told", `"timestamp":1600000000.5,`, 100, true, func(float64) float64 { return 1600000000.5 }, true},
		{"from elsewhere", ``, 100, true, func(local float64) float64 { return local + 100 }, false},
		{"not known", `"timestamp":null,`, 0, false, func(local float64) float64 { return local }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			serve := func(p *peer) error {
				if _, err := p.receive("authenticate"); err != nil {
					return err
				}
				_ = p.send(`{"type":"authenticate_response","success":1}`)
				if _, err := p.receive("subscribe"); err != nil {
					return err
				}
				_ = p.send(`{"type":"subscribe_response",` + tt.timestamp + `"success":1}`)
				p.wait()
				return nil
			}
			change := func(c *Config) { c.ClockOffset = func() (float64, bool) { return tt.offset, tt.known } }
			bubble(t, serve, change, func(t *testing.T, s *Subscription, _ func()) {
				want := tt.want(unixSeconds(time.Now())) + 90
				time.Sleep(90 * time.Second)
				s.Look(func(now Instant, _ *Model) {
					if now.Appliance-want > 1e-5 || want-now.Appliance > 1e-5 || now.Elapsed != 90*time.Second {
						t.Errorf("the appliance's clock is at %f, want %f; elapsed %v", now.Appliance, want, now.Elapsed)
					}
					if c := s.Stats(); c.ClockOffsetKnown != tt.told {
						t.Errorf("offset %v, known %v", c.ClockOffset, c.ClockOffsetKnown)
					}
				})
			})
		})
	}
}

// An appliance that is silent for a minute has to answer a ping.
func TestIdle(t *testing.T) {
	for _, answers := range []bool{true, false} {
		t.Run(fmt.Sprintf("answers %v", answers), func(t *testing.T) {
			pings := make(chan int, 100)
			serve := func(p *peer) error {
				p.mu.Lock()
				p.answersPings = answers
				p.mu.Unlock()
				if err := p.accept(); err != nil {
					return err
				}
				p.wait()
				p.mu.Lock()
				defer p.mu.Unlock()
				pings <- p.pings
				return nil
			}
			bubble(t, serve, nil, func(t *testing.T, s *Subscription, stop func()) {
				time.Sleep(59 * time.Second)
				until(t, s, "sync", func(m *Model, c Stats) bool { return m.Synced() })
				time.Sleep(20 * time.Second)
				synctest.Wait()
				if got := s.Stats().Disconnects[Idle]; (got == 1) == answers {
					t.Errorf("%d connections ended for silence", got)
				}
				time.Sleep(5 * time.Minute)
				stop()
				if n := <-pings; answers && n < 5 || !answers && n != 1 {
					t.Errorf("%d pings", n)
				}
			})
		})
	}
}

// A message that stops half-way ends the connection after the idle timeout,
// though pings are answered: the desk is not in sync for as long as it is waited
// for, or stands still. One that comes slowly does not.
func TestMessageThatStops(t *testing.T) {
	begin, rest := []byte(session[:20]), []byte(session[20:]+"\n")
	for _, tt := range []struct {
		name  string
		speak func(*peer) error
		after time.Duration
	}{
		{"before its newline", func(p *peer) error { return p.write(opBinary, true, begin) }, defaultIdleTimeout},
		{"after one that was slow", func(p *peer) error {
			if err := p.write(opBinary, true, begin); err != nil {
				return err
			}
			time.Sleep(50 * time.Second)
			if err := p.write(opBinary, true, rest); err != nil {
				return err
			}
			time.Sleep(5 * time.Minute)
			return p.write(opBinary, true, begin)
		}, 50*time.Second + 5*time.Minute + defaultIdleTimeout},
		{"and goes on with nothing", func(p *peer) error {
			err := p.write(opBinary, false, begin)
			for ; err == nil; time.Sleep(time.Second) {
				err = p.write(opContinuation, false, nil)
			}
			return err
		}, defaultIdleTimeout},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, subscribedPeer(tt.speak), nil, func(t *testing.T, s *Subscription, stop func()) {
				time.Sleep(tt.after - time.Millisecond)
				synctest.Wait()
				if c := s.Stats(); c.Connections[ResultOK] != 1 || c.Disconnects != [NumDisconnectReasons]uint64{} {
					t.Errorf("too early: disconnects %v; %s", c.Disconnects, c.LastError)
				}
				time.Sleep(2 * time.Millisecond)
				synctest.Wait()
				if c := s.Stats(); c.Disconnects != [NumDisconnectReasons]uint64{Idle: 1} || !strings.Contains(c.LastError, "in the middle of a message") {
					t.Errorf("disconnects %v; %s", c.Disconnects, c.LastError)
				}
				stop()
				time.Sleep(10 * time.Minute) // The appliance notices.
			})
		})
	}
}

// A large message that comes slowly has not stopped.
func TestLargeMessageThatIsSlow(t *testing.T) {
	speak := func(p *peer) error {
		body := []byte(session + strings.Repeat(" ", 100_000) + "\n")
		frame := append(binary.BigEndian.AppendUint64([]byte{0x80 | opBinary, 127}, uint64(len(body))), body...)
		for piece := range slices.Chunk(frame, 250) {
			if _, err := p.conn.Write(piece); err != nil {
				return err
			}
			time.Sleep(time.Second)
		}
		p.wait()
		return nil
	}
	bubble(t, subscribedPeer(speak), nil, func(t *testing.T, s *Subscription, _ func()) {
		time.Sleep(405 * time.Second)
		synctest.Wait()
		s.Look(func(_ Instant, m *Model) {
			if c := s.Stats(); !m.Synced() || total(c.Disconnects[:]) > 0 {
				t.Errorf("in sync %v, disconnects %v; %s", m.Synced(), c.Disconnects, c.LastError)
			}
		})
	})
}

// The newline ends a message, whatever frames it is cut into: nothing is waited
// for where the frames go on and the message does not.
func TestFramesThatGoOn(t *testing.T) {
	bubble(t, subscribedPeer(func(p *peer) error {
		if err := p.write(opBinary, false, []byte(session+"\n")); err != nil {
			return err
		}
		time.Sleep(10 * time.Minute)
		return p.write(opContinuation, false, []byte(`{"type":"model_update","delete":{"support_session":["7"]}}`+"\n"))
	}), nil, func(t *testing.T, s *Subscription, _ func()) {
		for rows := 1; rows >= 0; rows-- {
			time.Sleep(5 * time.Minute)
			s.Look(func(_ Instant, m *Model) {
				if c := s.Stats(); !m.Synced() || m.Rows(TableSupportSession) != rows || total(c.Disconnects[:]) > 0 {
					t.Errorf("in sync %v, %d sessions of %d, disconnects %v; %s", m.Synced(), m.Rows(TableSupportSession), rows, c.Disconnects, c.LastError)
				}
			})
			time.Sleep(5*time.Minute + time.Second)
		}
	})
}

// A full copy that trickles in for minutes is no silence, and is not taken to
// be in before it has ended.
func TestSlowCopy(t *testing.T) {
	serve := func(p *peer) error {
		p.answersPings = false // all that is sent before would be in front
		if err := p.accept(); err != nil {
			return err
		}
		for piece := range slices.Chunk([]byte(session+"\n"), 10) {
			time.Sleep(50 * time.Second)
			_ = p.write(opBinary, true, piece)
		}
		p.wait()
		return nil
	}
	bubble(t, serve, nil, func(t *testing.T, s *Subscription, _ func()) {
		time.Sleep(51 * time.Second)
		for range 6 {
			s.Look(func(_ Instant, m *Model) {
				if m.Rows(TableSupportSession) != 0 {
					t.Error("half a message was applied")
				}
			})
			time.Sleep(50 * time.Second)
		}
		time.Sleep(52 * time.Second)
		s.Look(func(_ Instant, m *Model) {
			if !m.Synced() || m.Rows(TableSupportSession) != 1 {
				t.Errorf("in sync %v, %d sessions", m.Synced(), m.Rows(TableSupportSession))
			}
		})
		if c := s.Stats(); c.Disconnects != [NumDisconnectReasons]uint64{} {
			t.Errorf("disconnects %v", c.Disconnects)
		}
	})
}

// A record of TLS that takes seconds over a slow link is no silence, though
// nothing of the message in it can be read before it is whole.
func TestSlowLink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const row = `{"type":"model_update","insert":{"support_session":{"%d":{"note":"%s"}}}}`
		long := strings.Repeat("x", 15000)
		s := run(t, slowServer(t, serving(func(p *peer) error {
			if err := p.accept(); err != nil {
				return err
			}
			if err := p.send(fmt.Sprintf(row, 1, long), fmt.Sprintf(row, 2, long)); err != nil {
				return err
			}
			p.wait()
			return nil
		})), nil)
		for rows := 0; rows < 2; time.Sleep(50 * time.Millisecond) {
			s.Look(func(_ Instant, m *Model) {
				rows = m.Rows(TableSupportSession)
				if m.Synced() && rows < 2 {
					t.Errorf("in sync after %d of 2 sessions; %s", rows, s.Stats().LastError)
				}
			})
		}
		until(t, s, "sync", func(m *Model, _ Stats) bool { return m.Synced() })
	})
}

// Nor has a message stopped of which a record takes longer than the idle timeout.
func TestLongMessageOverSlowLink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		message := fmt.Sprintf(`{"type":"model_update","insert":{"support_session":{"1":{"note":"%s"}}}}`+"\n", strings.Repeat("x", 100_000))
		s := run(t, slowServer(t, serving(func(p *peer) error {
			if err := p.accept(); err != nil {
				return err
			}
			answer := func(pings bool) {
				p.mu.Lock()
				defer p.mu.Unlock()
				p.answersPings = pings
			}
			answer(false) // A pong would have to wait for the message.
			frame := binary.BigEndian.AppendUint64([]byte{0x80 | opBinary, 127}, uint64(len(message)))
			if _, err := p.conn.Write(append(frame, message...)); err != nil {
				return err
			}
			answer(true)
			p.wait()
			return nil
		})), func(c *Config) { c.IdleTimeout = 2 * time.Second })
		time.Sleep(time.Minute)
		synctest.Wait()
		s.Look(func(_ Instant, m *Model) {
			if c := s.Stats(); c.Disconnects != [NumDisconnectReasons]uint64{} || m.Rows(TableSupportSession) != 1 {
				t.Errorf("%d sessions, disconnects %v; %s", m.Rows(TableSupportSession), c.Disconnects, c.LastError)
			}
		})
	})
}

// On the way out the appliance gets a close frame, and two seconds to answer.
func TestShutdown(t *testing.T) {
	for _, answers := range []bool{true, false} {
		t.Run(fmt.Sprintf("answers %v", answers), func(t *testing.T) {
			goodbyes := make(chan *frame, 1)
			serve := func(p *peer) error {
				if err := p.accept(); err != nil {
					return err
				}
				f := p.wait()
				goodbyes <- f
				if answers && f != nil {
					_ = p.write(opClose, true, f.payload)
				}
				p.wait()
				return nil
			}
			bubble(t, serve, nil, func(t *testing.T, s *Subscription, stop func()) {
				began := time.Now()
				stop()
				if took := time.Since(began); answers && took > 0 || took > closeTimeout {
					t.Errorf("it took %v", took)
				}
				if f := <-goodbyes; f == nil || !bytes.Equal(f.payload, []byte{0x03, 0xe8}) {
					t.Errorf("the close frame is %v", f)
				}
				c := s.Stats()
				if c.Disconnects[Shutdown] != 1 || c.LastError != "" || !c.SubscribedSince.IsZero() {
					t.Errorf("disconnects %v, last error %q", c.Disconnects, c.LastError)
				}
				s.Look(func(_ Instant, m *Model) {
					if m.Synced() {
						t.Error("still in sync")
					}
				})
			})
		})
	}
}
