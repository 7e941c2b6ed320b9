package processtest

import (
	"testing"
	"time"
)

// Patience is how long a condition may take to come true. It is long, since machines that run tests
// are slow; nothing waits for it where all is well.
const Patience = 2 * time.Minute

// Eventually waits until the condition holds. It fails the test where it never does, and says what
// was waited for, and what was seen last.
func Eventually(t testing.TB, what string, holds func() (ok bool, seen string)) {
	t.Helper()
	Within(t, Patience, what, holds)
}

// Within is Eventually with a limit that something promises.
func Within(t testing.TB, limit time.Duration, what string, holds func() (ok bool, seen string)) {
	t.Helper()
	late := time.NewTimer(limit)
	defer late.Stop()
	often := time.NewTicker(50 * time.Millisecond)
	defer often.Stop()
	for {
		ok, seen := holds()
		if ok {
			return
		}
		select {
		case <-late.C:
			t.Fatalf("%s: not within %s; seen last:\n%s", what, limit, seen)
		case <-often.C:
		}
	}
}
