package xmlanswer

import (
	"encoding/xml"
	"testing"
	"time"
)

func TestFlag(t *testing.T) {
	for text, want := range map[string]bool{"1": true, "true": true, "TRUE": true, "0": false, "False": false} {
		if got := Flag(text); got == nil || *got != want {
			t.Errorf("%q: got %v, want %t", text, got, want)
		}
	}
	for _, text := range []string{"", "maybe", "2", "-1", "yes"} {
		if got := Flag(text); got != nil {
			t.Errorf("%q: got %t, want nothing", text, *got)
		}
	}
}

func TestTime(t *testing.T) {
	for _, test := range []struct {
		name, attr, value, text string
		want                    time.Time
	}{
		{"beside a text of the command API", "ts", "1570408370", "2019-10-07T00:32:50.877+0000", time.Unix(1570408370, 0)},
		{"beside a text of a report", "timestamp", "1570408370.5", "", time.Unix(1570408370, 5e8)},
		{"Unix seconds", "", "", "1574638362", time.Unix(1574638362, 0)},
		{"zone without a colon", "", "", "2019-10-07T00:32:50.877+0000", time.Date(2019, 10, 7, 0, 32, 50, 877e6, time.UTC)},
		{"zone with a colon", "", "", "2024-12-03T17:26:05+02:00", time.Date(2024, 12, 3, 15, 26, 5, 0, time.UTC)},
		{"an attribute that is none", "ts", "0", "2019-11-24T23:32:42Z", time.Unix(1574638362, 0)},
		{"0 is none", "ts", "0", "0", time.Time{}},
		{"without a zone it may be hours off", "", "", "2024-12-03T15:26:05", time.Time{}},
		{"not a number", "ts", "NaN", "1e300", time.Time{}},
		{"past the year 9999", "", "", "253402300800", time.Time{}},
	} {
		e := Element{Attrs: []xml.Attr{{Name: xml.Name{Local: test.attr}, Value: test.value}}}
		if got := e.Time(test.text); !got.Equal(test.want) {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}

func TestCut(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"12345678", "12345678"}, {"123456789", "12345…"}, {"1234é5678", "1234…"}, {"a\xFFb", "a\uFFFDb"}, {"", ""},
	} {
		if got := Cut(test.text, 8); got != test.want {
			t.Errorf("%q became %q, want %q", test.text, got, test.want)
		}
	}
}
