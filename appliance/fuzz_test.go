package appliance

import (
	"bytes"
	"encoding/json"
	"testing"
	"unicode/utf8"
)

// fuzz feeds any bytes to a reader of answers. It must not panic, must give the same twice, and
// what it gives must be valid UTF-8 and no longer than what it was given allows.
func fuzz[T any](f *testing.F, read func(*bytes.Reader) (T, string, error), seeds ...string) {
	f.Helper()
	for _, seed := range append(seeds,
		`<error code="1">x</error>`, `{"error":"access_denied"}`, "\xEF\xBB\xBF<a>&#0;</a>",
		"<?xml version='1.0' encoding='ISO-8859-1'?><a b='\xFC'>\x80</a>", `<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>`,
	) {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		got, _, err := read(bytes.NewReader(answer))
		if err != nil {
			// What an error is made into is cut and made valid.
			if text := (&Error{Err: err}).Error(); !utf8.ValidString(text) {
				t.Errorf("%q is not valid", text)
			}
			return
		}
		first, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		// encoding/json writes an invalid byte as this escape; a U+FFFD in a value it writes as it is.
		if bytes.Contains(first, []byte(`\ufffd`)) {
			t.Errorf("a value is not valid UTF-8: %s", first)
		}
		again, _, err := read(bytes.NewReader(answer))
		if second, _ := json.Marshal(again); err != nil || !bytes.Equal(first, second) {
			t.Errorf("read again it is %s, %v, not %s", second, err, first)
		}
	})
}

func FuzzCheckHealth(f *testing.F) {
	fuzz(f, func(r *bytes.Reader) (HealthCheck, string, error) { return readHealthCheck(r) }, recordedHealthCheck,
		`<health_check><enabled_shared_ips><ip>1</ip></enabled_shared_ips><last_data_sync_time ts="1">2019-10-07T00:32:50.877+0000</last_data_sync_time></health_check>`)
}

func FuzzAPIInfo(f *testing.F) {
	fuzz(f, func(r *bytes.Reader) (APIInfo, string, error) { return readAPIInfo(r) }, recordedAPIInfo)
}

func FuzzAppliances(f *testing.F) {
	fuzz(f, func(r *bytes.Reader) ([]Member, string, error) { return readMembers(r) },
		`<appliances><appliance id="a"><name>x</name><accepting_connections>1</accepting_connections></appliance></appliances>`)
}

func FuzzClientSummary(f *testing.F) {
	fuzz(f, func(r *bytes.Reader) ([]ClientCount, string, error) { return readClientSummary(r) },
		`<connected_client_list><connected_client_summary><appliance_summary id="a"><count type="x">1</count></appliance_summary></connected_client_summary></connected_client_list>`)
}
