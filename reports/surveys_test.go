package reports

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// A session may have several surveys, each of which counts once: by whomever, in whichever order
// and selection, however often it is in an answer, and whatever becomes of its questions.
func TestSeveralSurveysOfASession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pretend{noError: true}
		r := begin(t, Config{Client: p, Info: p.info, Intervals: all(Surveys)})
		ended := time.Now().Add(time.Minute)
		submit := func(by byte, answer string, byRep, byTeam bool) survey {
			s := survey{ended: ended, byRep: byRep, byTeam: byTeam}
			s.Said[0] = by
			s.LSID, s.By, s.Answers = "a", [16]byte{by}, []appliance.SurveyAnswer{{Question: "q", Answer: answer}}
			return s
		}
		check := func(when string, want map[string]uint64) {
			t.Helper()
			time.Sleep(5 * time.Minute)
			if err := r.poll(t.Context()); err != nil {
				t.Fatal(err)
			}
			got := make(map[string]uint64)
			for _, s := range r.View().SurveyAnswers {
				if s.Labels[0] == "customer" {
					got[s.Labels[2]] = s.Value
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s:\n%s", when, diff)
			}
		}
		ann, again, bob := submit(1, "good", true, true), submit(1, "good", true, true), submit(2, "bad", true, false)
		again.Said[1] = 'x' // Ann typed something else.
		p.surveys = []survey{ann, bob, ann}
		check("two", map[string]uint64{"good": 1, "bad": 1})
		check("the same two", map[string]uint64{"good": 1, "bad": 1})
		carl := submit(3, "fair", false, true)
		p.surveys = []survey{carl, bob, again, again, ann}
		check("one more by each of two, before the others", map[string]uint64{"good": 2, "bad": 1, "fair": 1})
		for i := range p.surveys {
			p.surveys[i].Answers = []appliance.SurveyAnswer{{Question: "q", Answer: "edited"}}
		}
		check("an edited question", map[string]uint64{"good": 2, "bad": 1, "fair": 1})
	})
}
