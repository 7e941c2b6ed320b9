package appliance

import (
	"crypto/x509"
	"testing"
	"time"
)

func TestLongestEnd(t *testing.T) {
	chain := func(days ...int) []*x509.Certificate {
		var certs []*x509.Certificate
		for _, day := range days {
			certs = append(certs, &x509.Certificate{NotAfter: time.Date(2030, 1, day, 0, 0, 0, 0, time.UTC)})
		}
		return certs
	}
	tests := []struct {
		name   string
		chains [][]*x509.Certificate
		want   int
	}{
		{"one", [][]*x509.Certificate{chain(5, 20)}, 5},
		{"the authority ends first", [][]*x509.Certificate{chain(20, 9, 30)}, 9},
		{"the first lasts longest", [][]*x509.Certificate{chain(20, 15), chain(20, 9)}, 15},
		{"the last lasts longest", [][]*x509.Certificate{chain(20, 9), chain(20, 3), chain(20, 15)}, 15},
	}
	for _, test := range tests {
		if got := longestEnd(test.chains); got.Day() != test.want {
			t.Errorf("%s: it ends on day %d, want %d", test.name, got.Day(), test.want)
		}
	}
}
