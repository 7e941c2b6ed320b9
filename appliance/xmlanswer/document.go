package xmlanswer

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	// maxDepth bounds how deep elements are nested.
	maxDepth = 64

	// maxItems bounds each list in an answer.
	maxItems = 10_000
)

// Document is an answer that is being read. Elements are known by their local names, since the
// namespace differs with product and age. Entities that a document declares are not expanded: a
// reference to one is an error. Whoever is given an element need not read all of it; what is left
// is passed over.
type Document struct {
	dec   *xml.Decoder
	depth int
}

// Element is the start of an element.
type Element struct {
	// Name is its local name.
	Name string

	// Attrs are its attributes, of any length.
	Attrs []xml.Attr
}

// Attr returns an attribute, in valid UTF-8 and of 4 KiB at most; empty where there is none.
func (e Element) Attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return Cut(strings.TrimSpace(a.Value), maxText)
		}
	}
	return ""
}

// newDecoder returns a decoder of what comes, in the end, out of a textReader, which has left no
// character set to be told apart.
func newDecoder(r io.Reader) *xml.Decoder {
	decoder := xml.NewDecoder(r)
	decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	return decoder
}

// start goes to the next start of an element and returns it and its namespace: the root, or what
// should not come after it.
func (d *Document) start() (e Element, namespace string, err error) {
	for {
		token, err := d.token()
		if err != nil {
			return Element{}, "", err
		}
		if e, ok := token.(xml.StartElement); ok {
			return Element{Name: e.Name.Local, Attrs: e.Attr}, e.Name.Space, nil
		}
	}
}

// token returns the next token and keeps count of the depth.
func (d *Document) token() (xml.Token, error) {
	token, err := d.dec.Token()
	if err != nil {
		return nil, err
	}
	switch token.(type) {
	case xml.StartElement:
		if d.depth++; d.depth > maxDepth {
			return nil, fmt.Errorf("its elements are nested more than %d deep", maxDepth)
		}
	case xml.EndElement:
		d.depth--
	}
	return token, nil
}

// Each calls read for each element directly below the current one, up to its end. More than
// 10 000 of them are an error.
func (d *Document) Each(read func(Element) error) error {
	n := 0
	return d.Every(func(e Element) error {
		if n++; n > maxItems {
			return fmt.Errorf("it has a list of more than %d elements", maxItems)
		}
		return read(e)
	})
}

// Every is Each without a limit on how many elements there are.
func (d *Document) Every(read func(Element) error) error {
	return d.Walk(func(token xml.Token, depth int) error {
		// What read left unread comes as tokens deeper than the children.
		if start, ok := token.(xml.StartElement); ok && depth == 1 {
			return read(Element{Name: start.Name.Local, Attrs: start.Attr})
		}
		return nil
	})
}

// Text returns the text of the current element, up to its end, without that of elements in it:
// 4 KiB of it at most.
func (d *Document) Text() (string, error) { return d.collect(0) }

// collect returns the text of the current element and of those in it down to a depth.
func (d *Document) collect(deepest int) (string, error) {
	var text Text
	err := d.Walk(func(token xml.Token, depth int) error {
		if piece, ok := token.(xml.CharData); ok && depth <= deepest {
			text.Add(piece)
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	return text.String(), nil
}

// Walk gives each token of the current element, up to its end and with that, and how deep below
// the current element it is: its own text and end are at 0, its children with their start, text
// and end at 1. The bytes of a text are valid during the call alone.
func (d *Document) Walk(each func(token xml.Token, depth int) error) error {
	outside := d.depth
	for {
		token, err := d.token()
		if err != nil {
			return unexpectedEnd(err)
		}
		depth := d.depth - outside
		_, end := token.(xml.EndElement)
		if end {
			depth++
		}
		if err := each(token, depth); err != nil {
			return err
		}
		if end && depth == 0 {
			return nil
		}
	}
}

// unexpectedEnd says that a document ended inside an element.
func unexpectedEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
