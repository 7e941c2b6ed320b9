package xmlanswer

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// told writes down all that a reader is told of an answer.
func told(read reader, answer []byte) (string, error) {
	var b strings.Builder
	namespace, err := read(bytes.NewReader(answer), []string{"answer"}, func(d *Document, e Element) (bool, error) {
		fmt.Fprintf(&b, "<%s %s %d %v\n", e.Name, e.Attr("code"), e.Time(e.Attr("ts")).Unix(), Flag(e.Attr("b")) != nil)
		switch e.Name {
		case "each":
			return true, d.Each(func(e Element) error {
				text, err := d.Text()
				if len(text) > maxText {
					return errTooLong
				}
				fmt.Fprintf(&b, "%s=%s\n", e.Name, text)
				return err
			})
		case "walk":
			return true, d.Walk(func(token xml.Token, depth int) error {
				if depth < 0 || depth > maxDepth {
					return errTooLong
				}
				fmt.Fprintf(&b, "%d %s\n", depth, token)
				return nil
			})
		}
		return e.Name == "known", nil
	})
	return namespace + "\n" + b.String(), err
}

// errTooLong says that a reader was given more than it may be.
var errTooLong = errors.New("a bound does not hold")

// FuzzRead reads anything. What comes of it is valid text within its bounds, the same each time
// and both ways, or an error.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		`<answer xmlns="urn:a"><each code="1"><a ts="2">b</a>c</each><walk><a b="1">d<e/></a></walk></answer>`,
		`<other><known ts="1570408370"/></other>`, `<error code="1">x</error>`, `{"error":"access_denied","message":"x"}`,
		"\xEF\xBB\xBF<answer>&#0;</answer>", "<?xml version='1.0' encoding='ISO-8859-1'?><answer><each><a>\x80\xFC</a></each></answer>",
		`<!DOCTYPE a [<!ENTITY e "x">]><answer>&e;</answer>`, "<answer><walk><![CDATA[<]]><!-- > --><?a b?></walk></answer>",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		first, err := told(Read, answer)
		if errors.Is(err, errTooLong) {
			t.Error(err)
		}
		if said, ok := errors.AsType[*Error](err); ok && (len(said.Text) > maxText || len(said.Code) > maxText || !utf8.ValidString(said.Error())) {
			t.Errorf("%.300q is no text for a person", said.Error())
		}
		if !utf8.ValidString(first) {
			t.Errorf("%.300q is not valid", first)
		}
		if second, again := told(Read, answer); second != first || (again == nil) != (err == nil) {
			t.Errorf("read again it is %.300q, %v, not %.300q, %v", second, again, first, err)
		}
		if long, longErr := told(ReadLong, answer); err == nil && (long != first || longErr != nil) {
			t.Errorf("read as it comes it is %.300q, %v, not %.300q", long, longErr, first)
		}
	})
}
