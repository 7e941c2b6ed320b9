package main

import (
	"github.com/Shopify/toxiproxy/v2/toxics"
)

// corrupt flips one bit in every n-th byte of a connection, as memory and bad network cards do: the
// checksum of TCP is made after them.
type corrupt struct {
	Every int `json:"every"`
}

// passed is how many bytes of a connection have gone by since the last that was changed.
type passed struct{ bytes int }

// NewState implements toxics.StatefulToxic.
func (*corrupt) NewState() any { return new(passed) }

// Pipe implements toxics.Toxic.
func (c *corrupt) Pipe(stub *toxics.ToxicStub) {
	state, _ := stub.State.(*passed)
	for {
		select {
		case <-stub.Interrupt:
			return
		case chunk := <-stub.Input:
			if chunk == nil {
				stub.Close()
				return
			}
			for i := range chunk.Data {
				if state.bytes++; c.Every > 0 && state.bytes >= c.Every {
					state.bytes = 0
					chunk.Data[i] ^= 1 << (i % 8)
				}
			}
			stub.Output <- chunk
		}
	}
}

// halfOpen is a connection of which the other side is gone without a word, as where a firewall has
// lost its table: what is sent is swallowed, and no end is told. That one side closes it is passed on,
// so that nothing is left over after a test.
type halfOpen struct {
	Dead bool `json:"dead"`
}

// fate is whether a connection died once: then it stays dead.
type fate struct{ dead bool }

// NewState implements toxics.StatefulToxic.
func (*halfOpen) NewState() any { return new(fate) }

// Pipe implements toxics.Toxic.
func (h *halfOpen) Pipe(stub *toxics.ToxicStub) {
	state, _ := stub.State.(*fate)
	state.dead = state.dead || h.Dead
	for {
		select {
		case <-stub.Interrupt:
			return
		case chunk := <-stub.Input:
			switch {
			case chunk == nil:
				stub.Close()
				return
			case !state.dead:
				stub.Output <- chunk
			}
		}
	}
}
