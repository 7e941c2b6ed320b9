package xmlanswer

import (
	"strings"
	"testing"
)

// What stands within quotes in a type of document neither begins a comment nor ends the type.
func TestDoctype(t *testing.T) {
	long := strings.Repeat(`<each><a>b</a></each>`, 5000)
	for _, doctype := range []string{
		`<!DOCTYPE answer [<!ENTITY e "y">]>`,
		`<!DOCTYPE answer [<!ENTITY e "<!--">]>`,
		`<!DOCTYPE answer [<!ENTITY e "<![CDATA[">]>`,
		`<!DOCTYPE answer [<!ENTITY e "a < b's">]>`,
	} {
		for _, read := range []reader{Read, ReadLong} {
			got, err := told(read, []byte(doctype+"<answer>"+long+"</answer>"))
			if n := strings.Count(got, "<each"); n != 5000 || err != nil {
				t.Errorf("%s: %d elements of 5000, %v", doctype, n, err)
			}
		}
	}
}
