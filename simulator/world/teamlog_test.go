package world

import (
	"testing"
	"time"
)

// The teams' logs say who was there before: with the logins and logouts after that, it is who is there now.
func TestWhoWasLoggedIn(t *testing.T) {
	w := newWorld(t, Config{Seed: 8, TimeOfDay: 15 * time.Hour})
	from := w.stamp()
	w.Run(w.Now().Add(4 * time.Hour))
	activity := w.Activity(Window{From: from, To: w.stamp() + 1}, 0)
	if len(activity) == 0 {
		t.Fatal("nothing happened")
	}
	for _, a := range activity {
		present := make(map[uint64]bool)
		for _, p := range a.LoggedIn {
			present[p.GS] = true
		}
		for _, e := range a.Events {
			switch e.Type {
			case eventMemberAdded:
				present[e.By.ID] = true
			case eventMemberLeft:
				if !present[e.By.ID] {
					t.Errorf("%s left %s and was not there", e.By.Name, a.Team.Name)
				}
				delete(present, e.By.ID)
			}
		}
		now := 0
		for _, r := range w.reps {
			if r.in(w.teams[a.Team.ID-1]) {
				now++
				if !present[r.gs] {
					t.Errorf("%s is in %s and never came", r.private, a.Team.Name)
				}
			}
		}
		if now != len(present) {
			t.Errorf("%s: %d are there, %d came and did not leave", a.Team.Name, now, len(present))
		}
	}
}
