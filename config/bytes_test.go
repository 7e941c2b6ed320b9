package config

import "testing"

func TestParseBytes(t *testing.T) {
	for _, test := range []struct {
		text  string
		want  Bytes
		spelt string
	}{
		{"256MiB", 256 << 20, "256MiB"},
		{"1GiB", 1 << 30, "1GiB"},
		{"1536KiB", 1536 << 10, "1536KiB"},
		{"64KB", 64_000, "64000B"},
		{"2MB", 2_000_000, "2000000B"},
		{"1GB", 1_000_000_000, "1000000000B"},
		{"1024", 1024, "1KiB"},
		{"1000B", 1000, "1000B"},
		{"0", 0, "0B"},
	} {
		got, err := ParseBytes(test.text)
		if err != nil || got != test.want || got.String() != test.spelt {
			t.Errorf("ParseBytes(%q) = %d (%s), %v; want %d (%s)", test.text, got, got, err, test.want, test.spelt)
		}
	}
	for _, text := range []string{"", "MiB", "-1MiB", "1.5MiB", "1 MiB", "1TiB", "9223372036854775807KiB", "1mib", "0x10"} {
		if got, err := ParseBytes(text); err == nil {
			t.Errorf("ParseBytes(%q) = %d; want an error", text, got)
		}
	}
}
