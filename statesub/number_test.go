package statesub

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// TestNumbersInPlace reads numbers in every spelling, in place where that can
// be, and compares what comes of it with what comes of the same value as a token.
func TestNumbersInPlace(t *testing.T) {
	texts := []string{
		"0", "00", "01", "1", "2", "-0", "-1", "+1", "9", "12", "1234567", "12345678", "123456789", "1234567x", "12345678x", "1234567812345678", "12345678123456789",
		"999999999999999999", "9999999999999999999", "10000000000000000000", "18446744073709551614", "18446744073709551615",
		"18446744073709551616", "18446744073709551625", "20000000000000000000", "99999999999999999999", "184467440737095516150", "100000000000000000000000",
		"00000000000000000001", "000000000000000000001", "1.5", "1e3", "1E3", "1.0", "100000000000", "100000000001", "2147483647", "2147483648", "-2147483648",
		"", " 1", "1 ", "/", ":", "1/", "1:", "12345/78", "123456:8", "\xb1\xb1\xb1\xb1\xb1\xb1\xb1\xb1", "true", "null",
	}
	random := rand.New(rand.NewPCG(1, 2))
	for length := range 21 {
		for range 20 {
			text := make([]byte, length)
			for i := range text {
				text[i] = '0' + byte(random.IntN(10))
			}
			texts = append(texts, string(text))
		}
	}
	for _, text := range texts {
		for _, spelling := range []string{text, `"` + text + `"`} {
			for _, format := range []string{`%s}`, ` %s,`, "\n%s ]", `%s`} {
				value := fmt.Sprintf(format, spelling)
				comparePlace(t, value, (*Decoder).reference, token.reference)
				comparePlace(t, value, (*Decoder).flag, token.flag)
				comparePlace(t, value, (*Decoder).timestamp, token.timestamp)
				comparePlace(t, value, (*Decoder).integer, token.integer)
			}
		}
	}
}

func comparePlace[T comparable](t *testing.T, value string, inPlace func(*Decoder) T, asToken func(token) (T, bool)) {
	t.Helper()
	d, s := NewDecoder(), scanner{data: []byte(value)}
	d.data, d.update = []byte(value), new(Update)
	got := inPlace(d)
	want, ok := asToken(s.token(depthField))
	unreadable := d.update.Unreadable[d.table]
	if !ok {
		var missing T
		want = missing
	}
	if got != want || unreadable != 0 == ok || d.pos != s.pos || (d.err == nil) != (s.err == nil) {
		t.Errorf("%q: %v, %d unreadable, up to %d, error %v; as a token %v, %v, up to %d, error %v", value, got, unreadable, d.pos, d.err, want, ok, s.pos, s.err)
	}
}

// TestLargestNumbers keeps the limit of a number exact.
func TestLargestNumbers(t *testing.T) {
	for _, most := range []uint64{0, 1, 9, 12345678, math.MaxInt32, math.MaxUint64 - 1, math.MaxUint64} {
		for _, n := range []uint64{0, 1, most - 1, most, most + 1} {
			s := scanner{data: fmt.Appendf(nil, "%d,", n)}
			got, ok := s.whole(most)
			if ok != (n <= most) || ok && got != n {
				t.Errorf("%d, at most %d: %d, %v", n, most, got, ok)
			}
		}
	}
}
