package grafana

// The thresholds that recur. Where an alert has the same one, so has the panel: what is red here wakes somebody there.

// answeredInTime is for the share that is to be answered in time: four of five.
func answeredInTime() *Thresholds { return from(red, step(orange, 0.7), step(green, 0.8)) }

// gaveUp is for the share that gave up: the alert is at one of five.
func gaveUp() *Thresholds { return from(green, step(orange, 0.1), step(red, 0.2)) }

// waits is for the seconds that a customer waits: the alert is at five minutes.
func waits() *Thresholds { return from(green, step(yellow, 60), step(orange, 120), step(red, 300)) }

// someone is for those who could answer: none, one, more.
func someone() *Thresholds { return from(red, step(yellow, 1), step(green, 2)) }

// fault is for counts of what should not be.
func fault() *Thresholds { return from(green, step(red, 1)) }

// wellOrNot are the states 0 and 1 of what is to be 1.
func wellOrNot(not, well string) []MappedText {
	return []MappedText{{Text: not, Color: red}, {Text: well, Color: green}}
}

// threshold draws where an alert or a target is: what the recording rules of deploy/prometheus say, which a site can change, or
// their default where they are not loaded.
func threshold(recorded, otherwise, legend string) Target {
	return query("max("+recorded+") or vector("+otherwise+")", legend)
}
