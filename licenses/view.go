package licenses

import (
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// View is what is known of the licences. It shares no memory with what goes on.
type View struct {
	// Polled is false before the first poll has ended.
	Polled bool

	// Success is true where the last poll brought what it should have.
	Success bool

	// Took is how long that poll took.
	Took time.Duration

	// InUse has how many licences are in use now, for each type that has a limit or was ever
	// seen, 0 included. It is nil where the last poll did not bring it.
	InUse map[string]uint64

	// Peak is the newest interval that the appliance logged. PeakKnown is false where there is
	// none, or where it may not or could not be read.
	Peak      appliance.LicensePeak
	PeakKnown bool
}
