package statesub

import "math"

// The methods below read the value of a field. A value that cannot be read
// counts as unreadable and is taken as missing. Those that read numbers take the
// ordinary spelling in place, and every other as a token.

func (d *Decoder) reference() uint64 {
	d.peek()
	if id, ok := d.whole(math.MaxUint64); ok {
		return id
	}
	id, ok := d.token(depthField).reference()
	return readable(d, id, ok)
}

func (d *Decoder) flag() Flag {
	d.peek()
	if n, ok := d.whole(1); ok {
		return No + Flag(n)
	}
	f, ok := d.token(depthField).flag()
	return readable(d, f, ok)
}

func (d *Decoder) timestamp() float64 {
	d.peek()
	if n, ok := d.whole(latestTimestamp); ok {
		return float64(n)
	}
	seconds, ok := d.token(depthField).timestamp()
	return readable(d, seconds, ok)
}

func (d *Decoder) integer() int32 {
	d.peek()
	if n, ok := d.whole(math.MaxInt32); ok {
		return int32(n)
	}
	n, ok := d.token(depthField).integer()
	return readable(d, n, ok)
}

// lsid reads a logging session id.
func (d *Decoder) lsid() string {
	text, ok := d.token(depthField).bytes()
	return readable(d, string(text), ok && len(text) <= maxLSID)
}

// label reads a text that is kept as a string of the row's own.
func (d *Decoder) label() string {
	text, ok := d.token(depthField).bytes()
	return readable(d, string(clip(text, maxText)), ok)
}

// symbol reads a text that many rows share.
func (d *Decoder) symbol() Symbol {
	text, ok := d.token(depthField).bytes()
	return readable(d, d.intern(clip(text, maxText)), ok)
}

// symbolList reads a comma-separated list of such texts.
func (d *Decoder) symbolList() Symbol {
	text, ok := d.token(depthField).bytes()
	return readable(d, d.intern(clipList(text)), ok)
}

func readable[T any](d *Decoder, value T, ok bool) T {
	if !ok {
		d.unreadable()
		var missing T
		return missing
	}
	return value
}

// intern returns the symbol of text, by a map of its own: looking there costs
// no allocation, and less than looking among all the process's symbols.
func (d *Decoder) intern(text []byte) Symbol {
	if len(text) == 0 {
		return Symbol{}
	}
	if s, ok := d.symbols[string(text)]; ok {
		return s
	}
	if len(d.symbols) >= maxSymbols {
		d.symbols = map[string]Symbol{}
	}
	s := string(text)
	symbol := Intern(s)
	d.symbols[s] = symbol
	return symbol
}
