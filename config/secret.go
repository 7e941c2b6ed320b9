package config

// hidden is what a Secret shows of itself, as in all of Prometheus.
const hidden = "<secret>"

// Secret is a text that nothing prints, however it is asked and however deep in another value
// it lies: the Secret of github.com/prometheus/common only hides itself in YAML and JSON, and
// fmt passes over the methods of unexported fields. The zero value is empty.
type Secret struct {
	text *string // behind a pointer, since fmt shows the address of one
}

// NewSecret hides a text.
func NewSecret(text string) Secret { return Secret{&text} }

// Reveal returns the text.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Empty says that there is no text, not even white space.
func (s Secret) Empty() bool { return s.Reveal() == "" }

// String hides the text.
func (Secret) String() string { return hidden }

// GoString hides the text from %#v.
func (Secret) GoString() string { return hidden }

// MarshalText hides the text from JSON, YAML and slog.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }
