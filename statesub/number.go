package statesub

import (
	"encoding/binary"
	"math"
	"strconv"
)

// whole reads the value at pos if it is a whole number from 0 to most, plain or
// in a string and spelled without ado. Otherwise it does not move, and the value
// is to be read as a token. Ids, timestamps and flags are such numbers, in one
// spelling or the other, and they are most of what is read.
func (s *scanner) whole(most uint64) (n uint64, ok bool) {
	b := s.data[s.pos:]
	quotes := 0
	if len(b) > 0 && b[0] == '"' {
		quotes = 1
		b = b[1:]
	}
	length := 0
	for length <= 8 && len(b)-length >= 8 {
		eight, ok := eightDigits(b[length:])
		if !ok {
			break
		}
		n = n*1e8 + eight
		length += 8
	}
	// Nineteen digits always fit.
	for length < len(b) && length < 19 && b[length]-'0' <= 9 {
		n = n*10 + uint64(b[length]-'0')
		length++
	}
	if length == 19 && len(b) > 19 && b[19]-'0' <= 9 {
		digit := uint64(b[19] - '0')
		if n > (math.MaxUint64-digit)/10 {
			return 0, false
		}
		n = n*10 + digit
		length++
	}
	if length == 0 || length == len(b) || n > most || b[0] == '0' && length > 1 {
		return 0, false
	}
	switch end := b[length]; {
	case quotes == 1 && end != '"':
		return 0, false
	case quotes == 0 && end != ',' && end != '}' && end != ']':
		// A fraction or an exponent may follow.
		return 0, false
	}
	s.pos += length + 2*quotes
	return n, true
}

// eightDigits returns the number that the first eight bytes of b spell, if all
// of them are decimal digits. Reading the twenty digits of an id one by one
// would be a fifth of all decoding.
func eightDigits(b []byte) (n uint64, ok bool) {
	w := binary.LittleEndian.Uint64(b) ^ lowBits*'0'
	if (w|(w+lowBits*(0x80-10)))&highBits != 0 {
		return 0, false
	}
	// The first digit is in the lowest byte: neighbours become pairs, pairs
	// fours, and fours the whole.
	w = (w*10 + w>>8) & 0x00ff00ff00ff00ff
	w = (w*100 + w>>16) & 0x0000ffff0000ffff
	w = (w*10_000 + w>>32) & 0x00000000ffffffff
	return w, true
}

// number passes over the number at pos and returns its text.
func (s *scanner) number() []byte {
	n := numberLength(s.data[s.pos:])
	if n == 0 {
		s.fail("valid number")
		return nil
	}
	text := s.data[s.pos : s.pos+n]
	s.pos += n
	return text
}

// numberLength returns the length of the JSON number that b begins with, 0 if
// it does not begin with one.
func numberLength(b []byte) int {
	i := 0
	if i < len(b) && b[i] == '-' {
		i++
	}
	whole := digits(b[i:])
	if whole == 0 || whole > 1 && b[i] == '0' {
		return 0
	}
	i += whole
	if i < len(b) && b[i] == '.' {
		n := digits(b[i+1:])
		if n == 0 {
			return 0
		}
		i += 1 + n
	}
	if i < len(b) && b[i]|' ' == 'e' {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		n := digits(b[i:])
		if n == 0 {
			return 0
		}
		i += n
	}
	return i
}

// digits returns the number of decimal digits that b begins with.
func digits(b []byte) int {
	i := 0
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	return i
}

// parseID reads an unsigned 64-bit number. It never goes through a float64,
// which cannot hold the larger ones.
func parseID(b []byte) (id uint64, ok bool) {
	if len(b) == 0 || len(b) > len("18446744073709551615") {
		return 0, false
	}
	for _, c := range b {
		digit := uint64(c - '0')
		if digit > 9 || id > math.MaxUint64/10 || id == math.MaxUint64/10 && digit > math.MaxUint64%10 {
			return 0, false
		}
		id = id*10 + digit
	}
	return id, true
}

// exactDigits is a number of decimal digits that a float64 holds exactly.
const exactDigits = 15

// parseTimestamp reads a number that is finite and not negative.
func parseTimestamp(b []byte) (seconds float64, ok bool) {
	// Nearly all timestamps are a few digits: there the quotient of two exact
	// numbers is what strconv.ParseFloat finds with more effort.
	if len(b) <= exactDigits+1 {
		var mantissa, divisor uint64 = 0, 1
		whole := digits(b)
		fraction := b[whole:]
		if len(fraction) > 1 && fraction[0] == '.' {
			fraction = fraction[1:]
		}
		if whole > 0 && whole <= exactDigits && digits(fraction) == len(fraction) && (whole == 1 || b[0] != '0') && b[len(b)-1] != '.' {
			for _, c := range b[:whole] {
				mantissa = mantissa*10 + uint64(c-'0')
			}
			for _, c := range fraction {
				mantissa = mantissa*10 + uint64(c-'0')
				divisor *= 10
			}
			return float64(mantissa) / float64(divisor), true
		}
	}
	// strconv takes more than JSON does: NaN, infinities, hexadecimal.
	if n := numberLength(b); n == 0 || n != len(b) {
		return 0, false
	}
	seconds, err := strconv.ParseFloat(string(b), 64)
	if err != nil || seconds < 0 {
		return 0, false
	}
	return seconds + 0, true // no negative zero
}
