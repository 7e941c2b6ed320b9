package statesub

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
)

// The opcodes of WebSocket frames (RFC 6455, section 5.2).
const (
	opContinuation = 0x0
	opText         = 0x1
	opBinary       = 0x2
	opClose        = 0x8
	opPing         = 0x9
	opPong         = 0xa
)

// upgrade answers the request for a WebSocket. With no sub-protocol the
// header is left out.
func upgrade(w http.ResponseWriter, r *http.Request, subprotocol string) *peer {
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n",
		base64.StdEncoding.EncodeToString(sum[:]))
	if subprotocol != "" {
		fmt.Fprintf(conn, "Sec-WebSocket-Protocol: %s\r\n", subprotocol)
	}
	_, _ = io.WriteString(conn, "\r\n")
	p := &peer{conn: conn, frames: make(chan frame, 100), answersPings: true}
	p.reading.Go(func() { p.read(rw.Reader) })
	return p
}

// peer is a connection as the appliance sees it, written from RFC 6455 and
// nothing else.
type peer struct {
	conn         net.Conn
	frames       chan frame // what came, but for pings
	reading      sync.WaitGroup
	mu           sync.Mutex // guards writing and what follows
	answersPings bool
	pings        int
}

type frame struct {
	opcode  byte
	payload []byte
}

func (p *peer) read(r *bufio.Reader) {
	defer close(p.frames)
	for {
		var head [2]byte
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return
		}
		length := uint64(head[1] & 0x7f)
		switch length {
		case 126:
			var n [2]byte
			_, _ = io.ReadFull(r, n[:])
			length = uint64(binary.BigEndian.Uint16(n[:]))
		case 127:
			var n [8]byte
			_, _ = io.ReadFull(r, n[:])
			length = binary.BigEndian.Uint64(n[:])
		}
		var mask [4]byte
		payload := make([]byte, length)
		_, _ = io.ReadFull(r, mask[:])
		if _, err := io.ReadFull(r, payload); err != nil {
			return
		}
		for i := range payload {
			payload[i] ^= mask[i%4]
		}
		f := frame{head[0] & 0xf, payload}
		if f.opcode == opPing {
			p.mu.Lock()
			p.pings++
			answer := p.answersPings
			p.mu.Unlock()
			if answer {
				_ = p.write(opPong, true, payload)
			}
			continue
		}
		p.frames <- f
	}
}

// write writes a frame. Errors are the client's end of the connection.
func (p *peer) write(opcode byte, fin bool, payload []byte) error {
	head := []byte{opcode}
	if fin {
		head[0] |= 0x80
	}
	switch n := len(payload); {
	case n < 126:
		head = append(head, byte(n))
	case n < 1<<16:
		head = binary.BigEndian.AppendUint16(append(head, 126), uint16(n))
	default:
		head = binary.BigEndian.AppendUint64(append(head, 127), uint64(n))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	_, err := p.conn.Write(append(head, payload...))
	return err
}

// send sends messages, each in a frame of its own.
func (p *peer) send(messages ...string) error {
	for _, m := range messages {
		if err := p.write(opBinary, true, []byte(m+"\n")); err != nil {
			return err
		}
	}
	return nil
}

// receive returns the next message of the client, which is to be of the type.
func (p *peer) receive(messageType string) (map[string]any, error) {
	f, ok := <-p.frames
	if !ok {
		return nil, errors.New("the client is gone")
	}
	var m map[string]any
	if f.opcode != opText || len(f.payload) == 0 || f.payload[len(f.payload)-1] != '\n' || json.Unmarshal(f.payload, &m) != nil || m["type"] != messageType {
		return nil, fmt.Errorf("the client sent opcode %d, %q instead of a line of type %s", f.opcode, f.payload, messageType)
	}
	return m, nil
}

// accept authenticates and subscribes the client.
func (p *peer) accept() error {
	if _, err := p.receive("authenticate"); err != nil {
		return err
	}
	if err := p.send(`{"type":"authenticate_response","success":true}`); err != nil {
		return err
	}
	m, err := p.receive("subscribe")
	if err != nil {
		return err
	}
	if m["tables"] != "all" {
		return fmt.Errorf("the client subscribes to %v", m["tables"])
	}
	return p.send(`{"type":"subscribe_response","timestamp":1700000000,"success":true}`)
}

// wait waits until the client is gone, or says goodbye.
func (p *peer) wait() (goodbye *frame) {
	for f := range p.frames {
		if f.opcode == opClose {
			return &f
		}
	}
	return nil
}

func (p *peer) close() {
	p.conn.Close()
	for range p.frames {
	}
	p.reading.Wait()
}
