package collector

import (
	"strings"
	"sync"
	"unicode/utf8"
)

const (
	// maxLabelBytes is the length of a label value at which it is cut.
	maxLabelBytes = 128
	// maxLabelValues is the number of values that an appliance can make in one
	// metric. The rest are exported together as otherValue.
	maxLabelValues = 1000
	otherValue     = "other"
)

// clean makes a label value of what came over the wire: valid UTF-8, cut at 128
// bytes between two characters.
func clean(value string) string {
	if len(value) <= maxLabelBytes && utf8.ValidString(value) {
		return value
	}
	value = strings.ToValidUTF8(value, "\uFFFD")
	if len(value) <= maxLabelBytes {
		return value
	}
	end := maxLabelBytes
	for !utf8.RuneStart(value[end]) {
		end--
	}
	return value[:end]
}

// bound limits the number of values, or of combinations of values, that an
// appliance can make in one metric. Those that came first stay, so that no
// series changes its meaning from one scrape to the next.
type bound struct {
	// places are the places of the limited labels among all labels.
	places []int

	mu   sync.Mutex
	seen map[string]struct{}
	key  []byte
}

// apply replaces the limited ones among a row's clean label values by other if
// they are past the limit.
func (b *bound) apply(values []string) {
	if len(b.places) == 0 || b.admit(values) {
		return
	}
	for _, place := range b.places {
		values[place] = otherValue
	}
}

// admit tells whether the combination has been seen or may still be new.
func (b *bound) admit(values []string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.key = b.key[:0]
	for _, place := range b.places {
		// No clean value has such a byte in it.
		b.key = append(append(b.key, values[place]...), 0xff)
	}
	if _, ok := b.seen[string(b.key)]; ok {
		return true
	}
	if len(b.seen) >= maxLabelValues {
		return false
	}
	if b.seen == nil {
		b.seen = make(map[string]struct{})
	}
	b.seen[string(b.key)] = struct{}{}
	return true
}
