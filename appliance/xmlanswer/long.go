package xmlanswer

import (
	"encoding/xml"
	"errors"
	"io"
)

// maxPiece bounds each single piece of a long document that has to be held as a whole. Tags have a
// bound of their own and texts are shortened, so it is a type of document that can go beyond it.
const maxPiece = 2 << 20

var errLongPiece = errors.New("its document type goes on for more than 2 MiB")

// ReadLong is Read for answers of any length: it has no limit on how many elements there are below
// the root.
func ReadLong(r io.Reader, roots []string, child Child) (namespace string, err error) {
	text := newTextReader(r)
	meter := &pieceMeter{src: text}
	d := &Document{dec: xml.NewTokenDecoder(&meteredTokens{dec: newDecoder(meter), meter: meter})}
	return d.read(text, d.Every, roots, child)
}

// pieceMeter counts what was read since the last token, and ends what goes on for too long.
type pieceMeter struct {
	src  io.Reader
	read int
}

// Read reads on.
func (m *pieceMeter) Read(p []byte) (int, error) {
	if m.read > maxPiece {
		return 0, errLongPiece
	}
	n, err := m.src.Read(p)
	m.read += n
	return n, err
}

// meteredTokens gives the tokens of a decoder as they are; the one above it sees to it that
// they fit together, and knows their namespaces.
type meteredTokens struct {
	dec   *xml.Decoder
	meter *pieceMeter
}

// Token returns the next token.
func (t *meteredTokens) Token() (xml.Token, error) {
	t.meter.read = 0
	return t.dec.RawToken()
}
