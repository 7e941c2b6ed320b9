package world

import (
	"math"
	"strconv"
	"time"
)

// encoder writes rows as JSON, in a dialect.
type encoder struct {
	b       []byte
	dialect Dialect
	world   *World
	first   bool
}

// object writes one row's fields.
func (e *encoder) object(r record, which fields) {
	e.b = append(e.b, '{')
	e.first = true
	r.encode(e, which)
	if which&fixed != 0 && e.dialect.Extras {
		e.key("x_replica_hint")
		e.b = append(e.b, `{"shard":[1,null,"é\"}"],"weight":1.5e3}`...)
	}
	e.b = append(e.b, '}')
}

func (e *encoder) key(name string) {
	if !e.first {
		e.b = append(e.b, ',')
	}
	e.first = false
	e.b = append(e.b, '"')
	e.b = append(e.b, name...)
	e.b = append(e.b, '"', ':')
}

// id writes an id or a reference that points to something.
func (e *encoder) id(name string, id uint64) {
	e.key(name)
	e.b = appendID(e.b, id, e.dialect.NumericIDs)
}

// reference writes a reference; 0 points to nothing.
func (e *encoder) reference(name string, id uint64) {
	if id != 0 {
		e.id(name, id)
		return
	}
	e.key(name)
	switch {
	case e.dialect.NoReference == NoReferenceNull:
		e.b = append(e.b, "null"...)
	case e.dialect.NoReference == NoReferenceEmpty:
		e.b = append(e.b, `""`...)
	default:
		e.b = appendID(e.b, 0, e.dialect.NumericIDs)
	}
}

func (e *encoder) text(name, v string) {
	e.key(name)
	e.b = appendText(e.b, v)
}

func (e *encoder) flag(name string, v bool) {
	e.key(name)
	e.b = e.dialect.appendBool(e.b, v)
}

func (e *encoder) number(name string, v int) {
	e.key(name)
	e.b = strconv.AppendInt(e.b, int64(v), 10)
}

// stamp writes a moment of the desk as a UNIX timestamp by the appliance's clock.
func (e *encoder) stamp(name string, at int64) {
	e.key(name)
	e.b = e.dialect.appendStamp(e.b, e.world.wire(at))
}

// noStamp writes the timestamp of what has no time.
func (e *encoder) noStamp(name string) {
	e.key(name)
	e.b = append(e.b, '0')
}

// appendStamp spells a time.
func (d Dialect) appendStamp(b []byte, at time.Time) []byte {
	millis := at.UnixMilli()
	b = strconv.AppendInt(b, int64(math.Floor(float64(millis)/1000)), 10)
	if !d.FractionalTimestamps {
		return b
	}
	rest := strconv.Itoa(int((millis%1000+1000)%1000) + 1000)
	b = append(b, '.')
	return append(b, rest[1:]...)
}

// appendID spells an id.
func appendID(b []byte, id uint64, numeric bool) []byte {
	if numeric {
		return strconv.AppendUint(b, id, 10)
	}
	b = append(b, '"')
	b = strconv.AppendUint(b, id, 10)
	return append(b, '"')
}

// appendText spells a text as a JSON string. Characters beyond ASCII stay as they are, in UTF-8, so that a frame may be cut inside one.
func appendText(b []byte, v string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c < ' ':
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}
