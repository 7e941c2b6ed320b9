package reports

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"strings"
)

// identity is what tells a thing from others of its report. It is a digest, so that no session
// id and nothing that a person wrote is kept.
type identity [16]byte

// identify makes an identity of what tells a thing from others.
func identify(parts ...string) identity {
	sum := sha256.Sum256([]byte(strings.Join(parts, separator)))
	return identity(sum[:16])
}

// MarshalText writes it in hexadecimal digits.
func (i identity) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, i[:]), nil }

// UnmarshalText reads it.
func (i *identity) UnmarshalText(text []byte) error {
	if hex.DecodedLen(len(text)) != len(i) {
		return fmt.Errorf("%q is no identity", text)
	}
	_, err := hex.Decode(i[:], text)
	return err
}

// counted is what is remembered of a thing that was counted.
type counted struct {
	// Bound is the latest time, in Unix seconds by the appliance's clock, by which a window
	// may have it again.
	Bound int64 `json:"bound"`
	// N is how many there are that are alike.
	N uint32 `json:"n"`
}

// ledger has what was counted and may come again.
type ledger map[identity]counted

func (l ledger) clone() ledger {
	if l == nil {
		return make(ledger)
	}
	return maps.Clone(l)
}

// once takes note of a thing that there is one of, and reports whether it is new.
func (l ledger) once(id identity, bound int64) bool {
	c, known := l[id]
	l[id] = counted{Bound: max(c.Bound, bound), N: 1}
	return !known
}

// ordinal takes note of the nth of the things that are alike, and reports whether it is new.
func (l ledger) ordinal(id identity, n uint32, bound int64) bool {
	c := l[id]
	l[id] = counted{Bound: max(c.Bound, bound), N: max(c.N, n)}
	return n > c.N
}

// forget forgets what no window from a time on can have.
func (l ledger) forget(from int64) {
	maps.DeleteFunc(l, func(_ identity, c counted) bool { return c.Bound < from })
}
