package statesub

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// wire is the stream below a WebSocket. It tells when something came last,
// pongs and half frames included, and whether the other side has ended it, and
// can be cut while others read and write.
type wire struct {
	io.ReadWriteCloser
	socket *socket // below the encryption, nil where that is out of reach
	began  time.Time
	last   atomic.Int64 // since began, in nanoseconds
	ended  atomic.Bool
}

func newWire(stream io.ReadWriteCloser, s *socket) *wire {
	return &wire{ReadWriteCloser: stream, socket: s, began: time.Now()}
}

func (w *wire) Read(p []byte) (int, error) {
	if w.socket != nil {
		// Whoever asks for more has seen all that came before.
		w.socket.since.Store(0)
	}
	n, err := w.ReadWriteCloser.Read(p)
	if n > 0 {
		w.last.Store(int64(time.Since(w.began)))
	}
	if errors.Is(err, io.EOF) {
		w.ended.Store(true)
	}
	return n, err
}

// silence returns the time since something came last.
func (w *wire) silence() time.Duration {
	return time.Since(w.began) - time.Duration(w.last.Load())
}

// unread returns from when to when bytes came of which nothing could be read
// yet: a record of TLS can be read once it is whole, and takes seconds over a
// slow link. ok is false where there are none, or nobody can tell.
func (w *wire) unread() (since, last time.Time, ok bool) {
	if w.socket == nil {
		return time.Time{}, time.Time{}, false
	}
	first := w.socket.since.Load()
	return w.socket.made.Add(time.Duration(first)), w.socket.made.Add(time.Duration(w.socket.last.Load())), first != 0
}

// socket is a network connection, below the encryption.
type socket struct {
	net.Conn
	made        time.Time
	since, last atomic.Int64 // of the bytes not read yet, since made, in nanoseconds; since is 0 where there are none
}

func (s *socket) Read(p []byte) (int, error) {
	n, err := s.Conn.Read(p)
	if n > 0 {
		now := max(1, int64(time.Since(s.made)))
		s.last.Store(now)
		s.since.CompareAndSwap(0, now)
	}
	return n, err
}

// withSockets returns a copy of a transport whose connections are sockets.
func withSockets(transport *http.Transport) *http.Transport {
	transport = transport.Clone()
	dial := transport.DialContext
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &socket{Conn: conn, made: time.Now()}, nil
	}
	return transport
}

// noteSocket returns a context for a request that has found told, once there is
// a connection for it, which socket it goes through; nil where it is none.
func noteSocket(ctx context.Context, found func(*socket)) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		conn := info.Conn
		for {
			switch c := conn.(type) {
			case *socket:
				found(c)
				return
			case *tls.Conn:
				conn = c.NetConn()
			default:
				found(nil)
				return
			}
		}
	}})
}
