package world

import (
	"fmt"
	"testing"
	"time"
)

// Licences are logged when nine of ten are in use, once an hour, at the peak.
func TestLicensePeaks(t *testing.T) {
	for bought, want := range map[int]bool{35: true, 60: false} {
		w := newWorld(t, Config{Seed: 4, Representatives: 40, Licenses: bought, TimeOfDay: 6 * time.Hour})
		w.Run(w.Now().Add(10 * time.Hour))
		hour := func(at int64) string { return fmt.Sprint(at / 3600) }
		all := Window{To: w.stamp() + 1}
		peaks := w.LicenseUsage(all, hour)
		if (len(peaks) > 0) != want || want != (w.Book().LicensePeak != nil) {
			t.Errorf("%d licences: %d peaks, newest %v", bought, len(peaks), w.Book().LicensePeak)
		}
		seen, highest := make(map[string]bool), 0
		for _, p := range peaks {
			if p.total()*10 < bought*9 || seen[hour(p.At)] {
				t.Errorf("a peak of %d of %d, %v", p.total(), bought, p)
			}
			seen[hour(p.At)] = true
			highest = max(highest, p.total())
		}
		if day := w.LicenseUsage(all, func(int64) string { return "" }); want && (len(day) != 1 || day[0].total() != highest) {
			t.Errorf("the day's peak is %v, the hours' %d", day, highest)
		}
	}
}
