package desk

// integral is a number of things integrated over the observed time, in
// thing-microseconds. Whole numbers keep sums exact: the seconds by concurrency
// add up to the seconds connected.
type integral struct {
	n     int64
	since int64 // observed microseconds
	sum   int64
}

// add changes the number by delta from now on.
func (i *integral) add(delta int, now int64) {
	i.sum += i.n * (now - i.since)
	i.since = now
	i.n += int64(delta)
}

// seconds returns the integral up to now, in thing-seconds.
func (i *integral) seconds(now int64) float64 {
	return float64(i.sum+i.n*(now-i.since)) / 1e6
}

// clear makes the number 0 from now on.
func (i *integral) clear(now int64) { i.add(-int(i.n), now) }
