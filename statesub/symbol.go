package statesub

import "unique"

// Symbol is an interned string: a value, such as a start method or the code
// name of an issue, of which an appliance has few and sends many. It takes one
// word in a row, whatever its length, and compares in one instruction. The
// zero Symbol is the empty string, which stands for a value that the row does
// not have.
type Symbol struct {
	handle unique.Handle[string]
}

// Intern returns the symbol of s.
func Intern(s string) Symbol {
	if s == "" {
		return Symbol{}
	}
	return Symbol{handle: unique.Make(s)}
}

// String returns the text of the symbol.
func (s Symbol) String() string {
	if s == (Symbol{}) {
		return ""
	}
	return s.handle.Value()
}
