package desk

// maxValues is the number of values of a label that an appliance can make in
// one metric. The rest are counted together as other.
const maxValues = 1000

const otherValue = "other"

// tally counts things by label value. A value once seen stays, at 0, so that a
// graph does not lose its line.
type tally map[string]int

func (t tally) add(value string, delta int) {
	// A value past the limit is counted as other for as long as the tally lives,
	// since none ever leaves: what is taken out was put into the same place.
	if _, ok := t[value]; !ok && len(t) >= maxValues {
		value = otherValue
	}
	t[value] += delta
}

func (t tally) counts() []Count {
	counts := make([]Count, 0, len(t))
	for value, n := range t {
		counts = append(counts, Count{Label: value, N: n})
	}
	return counts
}

// totals counts what happened by label value, bounded like a tally.
type totals map[string]uint64

func (t totals) add(value string, n uint64) {
	if _, ok := t[value]; !ok && len(t) >= maxValues {
		value = otherValue
	}
	t[value] += n
}

func (t totals) list() []Total {
	list := make([]Total, 0, len(t))
	for value, n := range t {
		list = append(list, Total{Label: value, N: n})
	}
	return list
}
