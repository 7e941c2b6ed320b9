// Package xmlanswer reads the XML that an appliance answers with, from its start to its end and
// whatever bytes come: what is read is valid UTF-8 of bounded length, and what cannot be bounded,
// is cut off or is not what was asked for is an error. It also tells apart the answers that say
// that something went wrong, an <error> or the JSON that a refused token is answered with.
//
// What the elements mean is their reader's affair, who goes through them with Read or ReadLong
// and a Document. Nothing here knows HTTP, commands, reports or permissions.
package xmlanswer

import (
	"errors"
	"fmt"
	"io"
	"slices"
)

// Child gets each element below the root and reports whether it knows it.
type Child func(*Document, Element) (known bool, err error)

// Read reads an answer whose root is named one of roots, or else has at least one child that
// child takes, and returns the namespace of its root. An <error>, as the root or below it, and
// the JSON that a refused token is answered with, are returned as *Error. What child was given
// before an error is not the whole answer.
func Read(r io.Reader, roots []string, child Child) (namespace string, err error) {
	text := newTextReader(r)
	d := &Document{dec: newDecoder(text)}
	return d.read(text, d.Each, roots, child)
}

// read does the work of Read, on the text that the decoder reads. each goes through the elements
// below the root: d.Each or d.Every.
func (d *Document) read(text *textReader, each func(func(Element) error) error, roots []string, child Child) (namespace string, err error) {
	if err := text.json(); err != nil {
		return "", err
	}
	root, space, err := d.start()
	switch {
	case errors.Is(err, io.EOF):
		return "", errors.New("the answer is empty")
	case err != nil:
		return "", err
	case root.Name == "error":
		return space, d.error(root)
	}
	known := slices.Contains(roots, root.Name)
	err = each(func(e Element) error {
		if e.Name == "error" {
			return d.error(e)
		}
		k, err := child(d, e)
		known = known || k
		return err
	})
	if err != nil {
		return space, err
	}
	switch extra, _, err := d.start(); {
	case err == nil:
		return space, fmt.Errorf("after its end comes another element, <%s>", extra.Name)
	case !errors.Is(err, io.EOF):
		return space, err
	}
	if !known {
		return space, fmt.Errorf("it is a <%s>, with nothing in it that was asked for", root.Name)
	}
	return space, nil
}
