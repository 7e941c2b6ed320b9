package statesub

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
)

func jsonString(b []byte) (s string, ok bool) {
	err := json.Unmarshal(b, &s)
	return s, err == nil && len(b) > 0 && b[0] == '"'
}

// jsonDepth returns how deeply valid JSON is nested.
func jsonDepth(b []byte) int {
	depth, deepest := 0, 0
	d := json.NewDecoder(bytes.NewReader(b))
	for {
		t, err := d.Token()
		if err != nil {
			return deepest
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
			deepest = max(deepest, depth)
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
}

// FuzzDecode compares the decoder with encoding/json: it takes exactly the
// valid JSON objects, up to its depth, and what it takes can be applied.
func FuzzDecode(f *testing.F) {
	for _, tt := range updates {
		f.Add([]byte(tt.text))
	}
	f.Add([]byte(`{"type":"authenticate_response","success":true}`))
	f.Add([]byte(`{"a":[[{"b":-1.5e+3}]],"c":"\ud800"}`))
	d := NewDecoder()
	f.Fuzz(func(t *testing.T, text []byte) {
		var m Message
		err := d.Decode(text, &m)
		if err != nil && !errors.Is(err, ErrMalformed) {
			t.Fatalf("%q: error %v", text, err)
		}
		object := bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("{"))
		want := object && json.Valid(text) && jsonDepth(text) <= maxDepth
		if got := err == nil; got != want {
			t.Fatalf("%q: error %v, a valid object: %v", text, err, want)
		}
		model := NewModel(ignore{})
		model.Subscribed(Instant{})
		model.Apply(Instant{}, &m.Update)
	})
}

// ignore is a Watcher that does nothing.
type ignore struct{}

func (ignore) CopyBegan(Instant, bool)   {}
func (ignore) Changed(Instant, *Changes) {}
func (ignore) CopyIn(Instant)            {}
func (ignore) Lost(Instant)              {}
func (ignore) Advance(Instant)           {}
