package world

import "slices"

// LicensePeak is how many licences were in use at a moment when at least 90 of 100 were, as the report LicenseUsage tells it.
type LicensePeak struct {
	At     int64          `json:"at"` // UNIX timestamp by the appliance's clock
	Counts []LicenseCount `json:"counts"`
}

// LicenseCount is how many licences of a type were in use, for a reason: login or extended_contact; all of them where it is empty.
type LicenseCount struct {
	Type   string `json:"license_type"`
	Reason string `json:"reason,omitempty"`
	Count  int    `json:"count"`
}

// total is how many licences were in use.
func (p LicensePeak) total() (n int) {
	for _, c := range p.Counts {
		if c.Reason == "" {
			n += c.Count
		}
	}
	return n
}

func atLicensePeak(p LicensePeak) int64 { return p.At }

// The types of licence that this desk has.
const (
	licenseFull = "full"
	licenseChat = "chat"
)

// countLicenses logs how many licences are in use, if that is enough to be logged and more than in this hour before.
func (w *World) countLicenses() {
	now := LicensePeak{At: w.stamp(), Counts: w.licensesTaken()}
	if now.total()*10 < w.cfg.Licenses*9 {
		return
	}
	a := &w.archive
	if last := len(a.licenses) - 1; last >= 0 && a.licenses[last].At/3600 == now.At/3600 {
		if a.licenses[last].total() < now.total() {
			a.licenses[last] = now
		}
		return
	}
	a.licenses = filed(a.licenses, now, atLicensePeak, now.At-a.retention, a.history)
}

// populateLicenses logs a peak of the hour before the desk began, when two shifts overlapped and all who have an account were there, as far as
// there are licences.
func (w *World) populateLicenses() {
	if len(w.accounts)*10 < w.cfg.Licenses*9 {
		return
	}
	peak := LicensePeak{At: w.stampOf(w.now - dayLength/24), Counts: w.licensesTaken()}
	if free := min(len(w.accounts), w.cfg.Licenses) - peak.total(); free > 0 {
		peak.Counts[0].Count += free
		peak.Counts[2].Count += free
	}
	w.archive.licenses = append(w.archive.licenses, peak)
}

// licensesTaken counts the licences in use by type, and by reason within one. Some of those who are logged out can be called in nevertheless,
// which takes a licence too.
func (w *World) licensesTaken() (counts []LicenseCount) {
	login, extended := make(map[string]int), make(map[string]int)
	for _, r := range w.reps {
		login[r.license]++
	}
	for i, r := range w.accounts {
		if !r.loggedIn && i%10 == 3 {
			extended[r.license]++
		}
	}
	for _, kind := range []string{licenseFull, licenseChat} {
		counts = append(counts, LicenseCount{kind, "login", login[kind]}, LicenseCount{kind, "extended_contact", extended[kind]},
			LicenseCount{kind, "", login[kind] + extended[kind]})
	}
	return counts
}

// LicenseUsage returns the highest peak of each interval in which one was logged; interval is the same for all times of one. The slice is the
// caller's.
func (w *World) LicenseUsage(v Window, interval func(at int64) string) []LicensePeak {
	var peaks []LicensePeak
	for _, p := range between(w.archive.licenses, atLicensePeak, v.From, v.To) {
		switch last := len(peaks) - 1; {
		case last < 0 || interval(peaks[last].At) != interval(p.At):
			peaks = append(peaks, p)
		case peaks[last].total() < p.total():
			peaks[last] = p
		}
	}
	return peaks
}

// licensesInUse is how many representatives are connected, by type of licence.
func (w *World) licensesInUse() map[string]int {
	n := make(map[string]int)
	for _, r := range w.reps {
		if r.present && r.connected {
			n[r.license]++
		}
	}
	return n
}

// newestPeak is the peak of the newest hour in which one was logged.
func (w *World) newestPeak() *LicensePeak {
	if len(w.archive.licenses) == 0 {
		return nil
	}
	p := w.archive.licenses[len(w.archive.licenses)-1]
	p.Counts = slices.Clone(p.Counts)
	return &p
}
