package xmlanswer

import "testing"

// Whatever bytes come, text comes of them that is valid.
func TestBytes(t *testing.T) {
	for _, test := range []struct{ name, answer, want string }{
		{"byte order mark", "\xEF\xBB\xBF<answer><a>b</a></answer>", "b"},
		{"odd bytes", "<answer><a>B\xFCro \x00eins&#x1F;\xF0\x9F\x98\x80&#0;</a></answer>", "B\uFFFDro eins😀"},
		{"ISO 8859-1", "<?xml version='1.0' encoding='ISO-8859-1'?><answer><a>B\xFCro</a></answer>", "Büro"},
		{"windows-1252", "\n<?xml version=\"1.0\" encoding = \"Windows-1252\" ?><answer><a>5\x80 \xFC</a></answer>", "5€ ü"},
		{"a charset that is not known is read as UTF-8", "<?xml version='1.0' encoding='Shift_JIS'?><answer><a>a\x83b</a></answer>", "a\uFFFDb"},
		{"CDATA and comments", "<answer><!-- > --><a><![CDATA[a<b>&#0;c]]></a></answer><!-- end -->", "a<b>c"},
		{"an end of a tag within quotes is none", `<answer><a b=">" c='">'>d</a></answer>`, "d"},
	} {
		for name, read := range readers() {
			got, _, err := texts(read, test.answer, "a")
			if err != nil || len(got) != 1 || got[0] != "a="+test.want {
				t.Errorf("%s, %s: got %q, %v; want %q", test.name, name, got, err, test.want)
			}
		}
	}
}
