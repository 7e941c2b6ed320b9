package simulator

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// document writes XML, an element a line.
type document struct {
	b     bytes.Buffer
	open  []string
	empty bool // the open element has no child yet

	to  io.Writer // where a long document goes as it grows; nil keeps it
	err error     // of writing there
}

// spillage is the size from which a document that goes somewhere is sent on.
const spillage = 32 << 10

// spill sends on what there is of a document that goes somewhere, and tells whether its reader is still there.
func (d *document) spill() bool {
	if d.to != nil && d.err == nil && d.b.Len() >= spillage {
		_, d.err = d.b.WriteTo(d.to)
	}
	return d.err == nil
}

// finish closes what is open and sends on the rest.
func (d *document) finish() {
	d.close()
	if d.err == nil {
		_, d.err = d.b.WriteTo(d.to)
	}
}

// declare writes the XML declaration.
func (d *document) declare() {
	d.b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\n")
}

// begin opens an element; attributes are names and values in turn.
func (d *document) begin(name string, attributes ...string) {
	d.line()
	d.b.WriteString("<" + name)
	for i := 0; i+1 < len(attributes); i += 2 {
		d.b.WriteString(" " + attributes[i] + `="` + escape(attributes[i+1]) + `"`)
	}
	d.b.WriteByte('>')
	d.open = append(d.open, name)
	d.empty = true
}

// line begins a line for a child.
func (d *document) line() {
	if len(d.open) > 0 {
		d.b.WriteByte('\n')
		for range d.open {
			d.b.WriteByte('\t')
		}
	}
}

// end closes the element that was opened last.
func (d *document) end() {
	last := len(d.open) - 1
	name := d.open[last]
	d.open = d.open[:last]
	if !d.empty {
		d.line()
		if last == 0 {
			d.b.WriteByte('\n')
		}
	}
	d.b.WriteString("</" + name + ">")
	d.empty = false
}

// text is the content of the open element.
func (d *document) text(v string) {
	d.b.WriteString(escape(v))
}

// element writes a whole element with a text.
func (d *document) element(name, text string, attributes ...string) {
	d.begin(name, attributes...)
	d.text(text)
	d.end()
}

// number writes a whole element with a number, flag one with 1 or 0.
func (d *document) number(name string, n int, attributes ...string) {
	d.element(name, strconv.Itoa(n), attributes...)
}

func (d *document) flag(name string, v bool) {
	n := 0
	if v {
		n = 1
	}
	d.number(name, n)
}

// close closes what is open.
func (d *document) close() {
	for len(d.open) > 0 {
		d.end()
	}
	d.b.WriteByte('\n')
}

// done closes what is open and returns the document.
func (d *document) done() string {
	d.close()
	return d.b.String()
}

func escape(v string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(v)); err != nil {
		return fmt.Sprintf("%q", v)
	}
	return b.String()
}
