package check

import "time"

// Report is the outcome of a check, in the order in which the appliances were given.
type Report struct {
	Results []Result
}

// Result is the outcome for one appliance.
type Result struct {
	// Appliance is its name, and URL the address of its public site.
	Appliance string
	URL       string

	// Steps are all steps, in the order in which they were tried.
	Steps []Step

	// Facts are what was learnt on the way.
	Facts Facts
}

// Facts are what a check learnt of an appliance, for a program to read. The zero value of each
// field says that it is not known.
type Facts struct {
	// Addresses are what the host's name stands for, or the proxy's.
	Addresses []string

	// CertificateIssuer and CertificateSubject are distinguished names of the certificate that
	// the appliance showed, and CertificateNotAfter is its end: of the verified chain, or of
	// the certificate alone where verification failed or is off.
	CertificateIssuer   string
	CertificateSubject  string
	CertificateNotAfter time.Time

	// ClockSkew is the appliance's clock minus this machine's, good to a second.
	ClockSkew *time.Duration

	// Product is remote_support or privileged_remote_access. Version is that of the
	// appliance's software, APIVersion that of its API.
	Product    string
	Version    string
	APIVersion string

	// Role is its failover role: none, primary or backup.
	Role string

	// StateRows is how many rows the full copy of the real-time state has, by table, and
	// StateCopy how long it took from the subscription to the last of them. StateRows is nil
	// where no copy came.
	StateRows map[string]int
	StateCopy time.Duration
}

// Status returns the worst that a step ended with: failed, warning or ok.
func (r Result) Status() Status {
	worst := OK
	for _, s := range r.Steps {
		switch s.Status {
		case Failed:
			return Failed
		case Warning:
			worst = Warning
		}
	}
	return worst
}

// Status returns the worst status of an appliance.
func (r Report) Status() Status {
	var all Result
	for _, result := range r.Results {
		all.Steps = append(all.Steps, Step{Status: result.Status()})
	}
	return all.Status()
}

// ExitStatus is what the process ends with: 1 where something that was asked for fails, else 0.
// A warning is no failure.
func (r Report) ExitStatus() int {
	if r.Status() == Failed {
		return 1
	}
	return 0
}
