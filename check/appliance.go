package check

import "github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"

// Appliance is an appliance to check, as the exporter would watch it.
type Appliance struct {
	// Name is what the exporter calls the appliance.
	Name string

	// Client says how it is asked. Nothing of it is shown but the hosts, the client's remedies
	// and what the certificate says.
	Client appliance.Config

	// Collectors tells by name which collectors are on: those that are true. What no enabled
	// collector needs is skipped.
	Collectors map[string]bool

	// Named tells which of them the operator turned on by name: some run on a product only
	// then.
	Named map[string]bool

	// Pair is the failover pair that the appliance is of; "" is none.
	Pair string

	// MaxMessageBytes bounds a message of the real-time state API; 0 is what package statesub
	// takes.
	MaxMessageBytes int64

	// MaxMessageName is how the operator spells that limit.
	MaxMessageName string
}
