package xmlanswer

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// reader is Read or ReadLong.
type reader func(io.Reader, []string, Child) (string, error)

// readers are both, for what they have in common.
func readers() map[string]reader { return map[string]reader{"Read": Read, "ReadLong": ReadLong} }

// texts reads the texts of the children of an <answer> of which the names are known, each as
// name=text, and passes over the others.
func texts(read reader, answer string, known ...string) (got []string, namespace string, err error) {
	namespace, err = read(strings.NewReader(answer), []string{"answer"}, func(d *Document, e Element) (bool, error) {
		for _, name := range known {
			if name != e.Name {
				continue
			}
			text, err := d.Text()
			got = append(got, name+"="+text)
			return true, err
		}
		return false, nil
	})
	return got, namespace, err
}

func TestRead(t *testing.T) {
	tests := []struct {
		name, answer string
		want         []string
		namespace    string
	}{
		{"a root that was asked for, and nothing in it", `<answer xmlns="urn:a"/>`, nil, "urn:a"},
		{"another root with a child that was asked for", `<other xmlns="urn:b"><a>1</a></other>`, []string{"a=1"}, "urn:b"},
		{"prefixes", `<p:answer xmlns:p="urn:c"><p:a>1</p:a></p:answer>`, []string{"a=1"}, "urn:c"},
		{"what is not known is passed over", `<answer><x><a>0</a><y/></x><a>1</a>between<!-- a --><a>2</a></answer>`, []string{"a=1", "a=2"}, ""},
		{"a text is its own, without those in it, and without the white space around it", `<answer><a> 1<b>2</b>3 </a><b/></answer>`, []string{"a=13", "b="}, ""},
		{"entities of XML", `<answer><a>5 &lt; 6 &amp; 7 &#8364;</a></answer>`, []string{"a=5 < 6 & 7 €"}, ""},
		{"a long text is cut at a character", `<answer><a>` + strings.Repeat("é", maxText) + `</a></answer>`, []string{"a=" + strings.Repeat("é", (maxText-3)/2) + "…"}, ""},
		{"a DTD that nothing refers to", `<!DOCTYPE x [<!ENTITY e "boom"><!ENTITY f SYSTEM "file:///etc/passwd">]><answer><a>h</a></answer>`, []string{"a=h"}, ""},
		{"NUL after the end", "<answer/>\n\x00", nil, ""},
	}
	for _, test := range tests {
		for name, read := range readers() {
			t.Run(test.name+", "+name, func(t *testing.T) {
				got, namespace, err := texts(read, test.answer, "a", "b")
				if err != nil || namespace != test.namespace {
					t.Errorf("got the namespace %q and the error %v, want the namespace %q", namespace, err, test.namespace)
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

// What is no whole answer must not be taken for one: each is an error, and says what it is.
func TestReadRefuses(t *testing.T) {
	tests := []struct{ name, answer, want string }{
		{"nothing", "", "empty"},
		{"blank", " \n\x00", "empty"},
		{"cut off", `<answer><a>1</a>`, "unexpected EOF"},
		{"cut off in an element", `<answer><a>1`, "unexpected EOF"},
		{"cut off in a tag", `<answer><a>1</a`, "unexpected EOF"},
		{"a page", `<!DOCTYPE html><html><head><title>Log in</title></head></html>`, "<html>, with nothing in it that was asked for"},
		{"a page that is no XML", `<html><body><br></body></html>`, "closed by"},
		{"no XML", `down for maintenance`, "empty"},
		{"two documents", `<answer/><answer/>`, "after its end comes another element"},
		{"elements that do not fit", `<answer><a></answer></a>`, "element <a> closed by </answer>"},
		{"an entity of its own", `<!DOCTYPE x [<!ENTITY e "boom">]><answer><a>&e;</a></answer>`, "entity"},
		{"an entity within itself", `<!DOCTYPE x [<!ENTITY a "&b;&b;"><!ENTITY b "&a;&a;">]><answer>&a;</answer>`, "entity"},
		{"too deep", strings.Repeat("<a>", maxDepth+1), "deep"},
		{"a tag without an end", `<answer a="` + strings.Repeat("x", maxTag+1) + `"/>`, "tag goes on for more than 1 MiB"},
		{"JSON", `{"status":"ok"}`, "it is JSON"},
		{"an error as the root", `<error xmlns="x" code="17"><message>Not </message>now</error>`, "Not now (code 17)"},
		{"an error below the root", `<answer><a>1</a><error>No such thing</error></answer>`, "No such thing"},
		{"half an error", `<error>No such`, "unexpected EOF"},
		{"the JSON of a refused token", `{"error":"access_denied","message":"denied"}`, "denied (code access_denied)"},
	}
	for _, test := range tests {
		for name, read := range readers() {
			t.Run(test.name+", "+name, func(t *testing.T) {
				if _, _, err := texts(read, test.answer, "a"); err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("got %v, want an error with %q", err, test.want)
				}
			})
		}
	}
}

// An answer may have a list of any length where it is read as it comes, and else not.
func TestLists(t *testing.T) {
	answer := "<answer>" + strings.Repeat("<a/>", maxItems+1) + "</answer>"
	if _, _, err := texts(Read, answer, "a"); err == nil || !strings.Contains(err.Error(), "a list of more than 10000 elements") {
		t.Errorf("Read: %v", err)
	}
	if got, _, err := texts(ReadLong, answer, "a"); err != nil || len(got) != maxItems+1 {
		t.Errorf("ReadLong: %d elements, %v", len(got), err)
	}
}

// A text of any length is no reason to lose what stands around it.
func TestLongPieces(t *testing.T) {
	for _, piece := range []struct{ begin, end string }{
		{"<b>", "</b>"}, {"<b/>", ""}, {"<![CDATA[", "]]>"}, {"<!--", "-->"}, {"<?b ", "?>"}, {"<b><![CDATA[", "]]></b>"},
	} {
		for _, filling := range []string{"x", " ", "ü", "\xFC", "\x00", "&amp;", "&#0;", ">", "]", "?", "-x", `"`} {
			if filling == "]" && !strings.Contains(piece.begin, "CDATA") {
				filling = "] " // Of "]]>" outside of a section an XML decoder thinks otherwise.
			}
			answer := "<answer><a>1</a>" + piece.begin + strings.Repeat(filling, 3<<20/len(filling)) + piece.end + "<a>2</a></answer>"
			got, _, err := texts(ReadLong, answer, "a")
			if want := []string{"a=1", "a=2"}; err != nil || !slices.Equal(got, want) {
				t.Errorf("%s%s…%s: got %q, %v; want %q", piece.begin, filling, piece.end, got, err, want)
			}
		}
	}
}

// The beginning of a long text is what is read of it.
func TestLongText(t *testing.T) {
	for _, answer := range []string{
		"<answer><a>" + strings.Repeat("&lt;x", maxRun) + "</a></answer>",
		"<answer><a><![CDATA[" + strings.Repeat("<x", maxRun) + "]]></a></answer>",
		"<answer><a><![CDATA[" + strings.Repeat("<x", maxRun) + "]]>" + strings.Repeat("x", maxRun) + "</a></answer>",
	} {
		got, _, err := texts(ReadLong, answer, "a")
		if err != nil || len(got) != 1 || got[0] != "a="+Cut(strings.Repeat("<x", maxText), maxText) {
			t.Errorf("got %.40q…, %v", got, err)
		}
	}
}

// What cannot be shortened is not held either.
func TestLongDocumentType(t *testing.T) {
	answer := "<!DOCTYPE answer [" + strings.Repeat("<!ENTITY a 'a'>", maxPiece/8)
	if _, _, err := texts(ReadLong, answer, "a"); !errors.Is(err, errLongPiece) {
		t.Errorf("got %v", err)
	}
}

// Walk gives all of an element, and no more than that.
func TestWalk(t *testing.T) {
	var got []string
	_, err := Read(strings.NewReader(`<answer><a>1<b c="2"><d/>3</b></a><e/></answer>`), nil, func(d *Document, e Element) (bool, error) {
		got = append(got, e.Name)
		return true, d.Walk(func(token xml.Token, depth int) error {
			switch token := token.(type) {
			case xml.StartElement:
				got = append(got, fmt.Sprintf("%d <%s>", depth, token.Name.Local))
			case xml.CharData:
				got = append(got, fmt.Sprintf("%d %s", depth, token))
			case xml.EndElement:
				got = append(got, fmt.Sprintf("%d </%s>", depth, token.Name.Local))
			}
			return nil
		})
	})
	want := []string{"a", "0 1", "1 <b>", "2 <d>", "2 </d>", "1 3", "1 </b>", "0 </a>", "e", "0 </e>"}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

func TestErrorIn(t *testing.T) {
	for body, want := range map[string]string{
		`<error code="3">Not now</error>`:                           "Not now (code 3)",
		`<answer><error>Not here</error></answer>`:                  "Not here",
		`{"error":"invalid","error_description":"no such account"}`: "no such account (code invalid)",
		`<answer/>`:         "",
		`{"status":"ok"}`:   "",
		`<html><br></html>`: "",
		``:                  "",
	} {
		got := ErrorIn([]byte(body))
		if (got == nil) != (want == "") || got != nil && got.String() != want {
			t.Errorf("%s: got %v, want %q", body, got, want)
		}
	}
}
