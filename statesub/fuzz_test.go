package statesub

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
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

// eachMember calls f with each member of an object, in order, and returns
// whether value is one.
func eachMember(t *testing.T, value []byte, f func(name, value []byte)) bool {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(value))
	if first, err := d.Token(); err != nil || first != json.Delim('{') {
		return false
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(name)
		if err != nil {
			t.Fatal(err)
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			t.Fatal(err)
		}
		f(text, value)
	}
	return true
}

// oneByOne decodes each row of a valid message in a message of its own, and
// tells what showUpdate says of them, in the order of the lines, and how much
// could not be read.
func oneByOne(t *testing.T, message []byte) (lines []string, unreadable int) {
	t.Helper()
	decodeOne := func(format string, parts ...any) {
		var m Message
		if err := NewDecoder().Decode(fmt.Appendf(nil, format, parts...), &m); err != nil {
			t.Fatalf(format+": %v", append(parts, err)...)
		}
		lines, unreadable = addLines(lines, &m.Update), unreadable+allUnreadable(&m.Update)
	}
	eachMember(t, message, func(op, tables []byte) {
		object := eachMember(t, tables, func(table, rows []byte) {
			// Deletions have no rows: what is none is unreadable as a whole.
			deletions, _ := jsonString(op)
			if deletions == "delete" || !eachMember(t, rows, func(id, row []byte) { decodeOne("{%s:{%s:{%s:%s}}}", op, table, id, row) }) {
				decodeOne("{%s:{%s:%s}}", op, table, rows)
			}
		})
		if !object {
			decodeOne("{%s:%s}", op, tables)
		}
	})
	slices.Sort(lines)
	return lines, unreadable
}

// addLines adds what showUpdate says of the rows of an update.
func addLines(lines []string, u *Update) []string {
	for line := range strings.Lines(showUpdate(u)) {
		if !strings.HasPrefix(line, "unreadable") {
			lines = append(lines, line)
		}
	}
	return lines
}

func allUnreadable(u *Update) (n int) {
	for _, of := range u.Unreadable {
		n += of
	}
	return n
}

// FuzzDecode compares the decoder with encoding/json: it takes exactly the
// valid JSON objects, up to its depth, and what it takes can be applied. A row
// is read as if it came alone, whatever came before it.
func FuzzDecode(f *testing.F) {
	for _, tt := range updates {
		f.Add([]byte(tt.text))
	}
	f.Add([]byte(`{"type":"authenticate_response","success":true}`))
	// Rows that are spelled alike, nearly alike, and otherwise.
	f.Add([]byte(`{"insert":{"queue":{"1":{"name":"a","type":"team"},"2":{"name":"b","type":"team"},"3":{"name":"c","type" :"team"},"4":{"name":"d"},"5":{"type":"team","name":"e"},"6":{}},"attendee":{"1":{"connected":1}}},"update":{"queue":{"1":{"n\u0061me":"f"},"2":{"n\u0061me":"g","connected":1}}}}`))
	long := strings.Repeat("n", maxShape)
	f.Add([]byte(`{"insert":{"queue":{"1":{"name":"a","` + long + `":1,"type":"team"},"2":{"name":"b","` + long + `":1,"type":"team"},"3":{"name":"c","type":"team"}}}}`))
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
		if err != nil {
			return
		}
		got := addLines(nil, &m.Update)
		slices.Sort(got)
		rows, unreadable := oneByOne(t, text)
		if !slices.Equal(got, rows) || allUnreadable(&m.Update) != unreadable {
			t.Fatalf("%q:\ntogether %v, %d unreadable\none by one %v, %d unreadable", text, got, allUnreadable(&m.Update), rows, unreadable)
		}
	})
}

// ignore is a Watcher that does nothing.
type ignore struct{}

func (ignore) CopyBegan(Instant, bool)   {}
func (ignore) Changed(Instant, *Changes) {}
func (ignore) CopyIn(Instant)            {}
func (ignore) Lost(Instant)              {}
func (ignore) Advance(Instant)           {}
