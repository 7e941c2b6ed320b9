package appliance

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

const (
	maxDepth = 64

	// maxText bounds one value: the longest that anything is done with are error texts.
	maxText = 4 << 10

	// maxItems bounds each list in an answer.
	maxItems = 10_000
)

// errorAnswer is an answer that says that something went wrong.
type errorAnswer struct {
	code string // of the appliance, where it gives one
	text string
}

// Error returns what the appliance says.
func (e *errorAnswer) Error() string { return "the appliance says: " + e.String() }

// String returns its words and its code.
func (e *errorAnswer) String() string {
	if e.code == "" {
		return e.text
	}
	return strings.TrimSpace(e.text + " (code " + e.code + ")")
}

// document reads an XML answer from its start to its end. Elements are known by their local
// names, since the namespace differs with product and age. Entities that a document declares
// are not expanded: a reference to one is an error. Whoever reads an element need not read all
// of it; what is left is passed over.
type document struct {
	dec   *xml.Decoder
	depth int
}

// element is the start of an element.
type element struct {
	name  string
	space string // the namespace
	attrs []xml.Attr
}

// attr returns an attribute, in valid UTF-8 and of bounded length.
func (e element) attr(name string) string {
	for _, a := range e.attrs {
		if a.Name.Local == name {
			return cut(strings.TrimSpace(a.Value), maxText)
		}
	}
	return ""
}

// readDocument reads an answer whose root is named one of roots, or else has at least one
// child that child takes, and returns the namespace of its root. child gets each element below
// the root and reports whether it knows it. An <error>, as the root or below it, and the JSON
// that a refused token is answered with, are returned as *errorAnswer.
func readDocument(r io.Reader, roots []string, child func(*document, element) (known bool, err error)) (namespace string, err error) {
	text := newTextReader(r)
	d := &document{dec: newDecoder(text)}
	return d.read(text, d.each, roots, child)
}

// newDecoder returns a decoder of what comes, in the end, out of a textReader, which has left no
// character set to be told apart.
func newDecoder(r io.Reader) *xml.Decoder {
	decoder := xml.NewDecoder(r)
	decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	return decoder
}

// read does the work of readDocument, on the text that the decoder reads. each goes through the
// elements below the root: d.each or d.every.
func (d *document) read(text *textReader, each func(func(element) error) error, roots []string, child func(*document, element) (known bool, err error)) (namespace string, err error) {
	if err := jsonAnswer(text); err != nil {
		return "", err
	}
	root, err := d.start()
	switch {
	case errors.Is(err, io.EOF):
		return "", errors.New("the answer is empty")
	case err != nil:
		return "", err
	case root.name == "error":
		return root.space, d.errorAnswer(root)
	}
	known := slices.Contains(roots, root.name)
	err = each(func(e element) error {
		if e.name == "error" {
			return d.errorAnswer(e)
		}
		k, err := child(d, e)
		known = known || k
		return err
	})
	if err != nil {
		return root.space, err
	}
	switch extra, err := d.start(); {
	case err == nil:
		return root.space, fmt.Errorf("after its end comes another element, <%s>", extra.name)
	case !errors.Is(err, io.EOF):
		return root.space, err
	}
	if !known {
		return root.space, fmt.Errorf("it is a <%s>, with nothing in it that was asked for", root.name)
	}
	return root.space, nil
}

// jsonAnswer returns what an answer in JSON says, nil where it is in something else:
// "Authentication Errors" of the Programmer's Guide are JSON, whatever was asked for.
func jsonAnswer(t *textReader) error {
	head, _ := t.src.Peek(sniffed) // An error comes again when it is read.
	if !bytes.HasPrefix(bytes.TrimSpace(head), []byte("{")) {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(t, maxErrorBody))
	if err != nil {
		return err
	}
	if answer := jsonError(body); answer != nil {
		return answer
	}
	return errors.New("it is JSON, not XML")
}

// jsonError reads {"error": …, "message": …}, and what else may stand for the message.
func jsonError(body []byte) *errorAnswer {
	var answer struct {
		Error       string `json:"error"`
		Message     string `json:"message"`
		Description string `json:"error_description"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.Error == "" {
		return nil
	}
	text := answer.Message
	if text == "" {
		text = answer.Description
	}
	return &errorAnswer{code: cut(answer.Error, maxErrorText), text: cut(text, maxErrorText)}
}

// refusalText returns what an answer with a status other than 200 says: the text of its JSON or
// of its <error>. Of a page only the words that tell of a missing permission are worth keeping.
func refusalText(r io.Reader) string {
	body, err := io.ReadAll(io.LimitReader(r, maxErrorBody))
	if err != nil {
		return ""
	}
	if answer := jsonError(body); answer != nil {
		return answer.String()
	}
	_, err = readDocument(bytes.NewReader(body), nil, func(*document, element) (bool, error) { return true, nil })
	if answer, ok := errors.AsType[*errorAnswer](err); ok {
		return answer.String()
	}
	if meansNoPermission(string(body)) {
		return documentNotFound
	}
	return ""
}

// start goes to the next start of an element: the root, or what should not come after it.
func (d *document) start() (element, error) {
	for {
		token, err := d.token()
		if err != nil {
			return element{}, err
		}
		if e, ok := token.(xml.StartElement); ok {
			return element{name: e.Name.Local, space: e.Name.Space, attrs: e.Attr}, nil
		}
	}
}

// token returns the next token and keeps count of the depth.
func (d *document) token() (xml.Token, error) {
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

// each calls read for each element directly below the current one, up to its end. There may not
// be more than maxItems.
func (d *document) each(read func(element) error) error {
	n := 0
	return d.every(func(e element) error {
		if n++; n > maxItems {
			return fmt.Errorf("it has a list of more than %d elements", maxItems)
		}
		return read(e)
	})
}

// every is each without a limit on how many elements there are.
func (d *document) every(read func(element) error) error {
	inside := d.depth
	for {
		token, err := d.token()
		if err != nil {
			return unexpectedEnd(err)
		}
		switch token := token.(type) {
		case xml.EndElement:
			if d.depth < inside {
				return nil
			}
		case xml.StartElement:
			if d.depth != inside+1 {
				continue
			}
			if err := read(element{name: token.Name.Local, space: token.Name.Space, attrs: token.Attr}); err != nil {
				return err
			}
			// What read left unread comes as tokens deeper than the children.
		}
	}
}

// text returns the text of the current element, up to its end, without that of elements in it.
func (d *document) text() (string, error) { return d.collect(false) }

// collect returns the text of the current element; all adds that of the elements in it.
func (d *document) collect(all bool) (string, error) {
	inside := d.depth
	var b strings.Builder
	for {
		token, err := d.token()
		if err != nil {
			return "", unexpectedEnd(err)
		}
		switch token := token.(type) {
		case xml.CharData:
			if (all || d.depth == inside) && b.Len() <= maxText {
				b.Write(token[:min(len(token), maxText+1)])
			}
		case xml.EndElement:
			if d.depth < inside {
				return cut(strings.TrimSpace(b.String()), maxText), nil
			}
		}
	}
}

// errorAnswer reads an <error> to its end.
func (d *document) errorAnswer(e element) error {
	text, err := d.collect(true)
	if err != nil {
		return err
	}
	return &errorAnswer{code: e.attr("code"), text: text}
}

// unexpectedEnd says that a document ended inside an element.
func unexpectedEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
