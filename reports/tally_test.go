package reports

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

func TestCountSession(t *testing.T) {
	at := func(s int64) time.Time { return time.Unix(1000+s, 0) }
	tests := []struct {
		name             string
		session          appliance.Session
		ended            bool
		labels           []string
		duration, pickup float64 // -1: not observed
	}{
		{"taken and ended", appliance.Session{PublicSite: "Default", Team: "Network", Jumpoint: "Berlin", Taken: true, Start: at(0), PickedUp: at(20), End: at(600)}, true,
			[]string{"Default", "", "Network", "Berlin", "served"}, 600, 20},
		{"nobody took it", appliance.Session{Team: "Network", Start: at(0), End: at(60)}, true, []string{"", "", "Network", "", "unserved"}, 60, -1},
		{"picked up, though nobody is primary", appliance.Session{Start: at(0), PickedUp: at(5), End: at(60)}, true, []string{"", "", "", "", "served"}, 60, 5},
		{"a Jump Group", appliance.Session{JumpGroup: "Servers", Taken: true, Start: at(0), End: at(1)}, true, []string{"", "Servers", "", "", "served"}, 1, -1},
		{"a person's", appliance.Session{JumpGroup: "Ann Other", PersonalJumpGroup: true, Start: at(0), End: at(1)}, true, []string{"", "personal", "", "", "unserved"}, 1, -1},
		{"clocks that went back", appliance.Session{Start: at(10), PickedUp: at(5), End: at(0)}, true, []string{"", "", "", "", "served"}, 0, 0},
		{"no start, but a length", appliance.Session{Duration: time.Minute, End: at(0)}, true, []string{"", "", "", "", "unserved"}, 60, -1},
		{"no start and no length", appliance.Session{End: at(0)}, true, []string{"", "", "", "", "unserved"}, -1, -1},
		{"closed abnormally", appliance.Session{Taken: true, Start: at(0), PickedUp: at(7)}, false, []string{"", "", "", "", "served"}, -1, 7},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBook(Sessions)
			b.countSession(&test.session, test.ended)
			if diff := cmp.Diff([]Series{{Labels: test.labels, Value: 1}}, b.Counters[sessionsTotal().name].show()); diff != "" {
				t.Error(diff)
			}
			for name, want := range map[string]float64{durationSeconds: test.duration, pickupSeconds: test.pickup} {
				got := -1.0
				for _, h := range b.Histograms[name].show(bucketsOf(name)) {
					if h.Count != 1 || h.Team != test.session.Team {
						t.Errorf("%s: %+v", name, h)
					}
					got = h.Sum
				}
				if got != want {
					t.Errorf("%s: %v, want %v", name, got, want)
				}
			}
		})
	}
}

func TestHistogramBuckets(t *testing.T) {
	h := make(histograms)
	for _, seconds := range []float64{0, 5, 5.1, 1800, 1801, -3} {
		h.observe(PickupBuckets(), "T", seconds)
	}
	got := h.show(PickupBuckets())[0]
	if got.Count != 6 || got.Sum != 5+5.1+1800+1801 || got.Buckets[5] != 3 || got.Buckets[10] != 4 || got.Buckets[1800] != 5 || len(got.Buckets) != 15 {
		t.Errorf("%+v", got)
	}
	if diff := cmp.Diff(map[int]int64{19: 2, 87: 2}, got.Native); diff != "" || got.Zero != 2 {
		t.Errorf("native buckets, %d of no length:\n%s", got.Zero, diff)
	}
	for i := range 3 * maxValues {
		h.observe(PickupBuckets(), fmt.Sprint(i), 1)
	}
	if len(h) != maxValues+1 || h[other].Counts[0] != 2*maxValues+1 {
		t.Errorf("%d teams", len(h))
	}
}

// A label has at most a thousand values, an answer of a question two hundred, and what is
// beyond is counted as other.
func TestBounds(t *testing.T) {
	c := newCounter(2, 0)
	for i := range 3 * maxValues {
		c.add(1, fmt.Sprint(i), "x")
	}
	if sums := sum(c.show(), 0); len(sums) != maxValues+1 || sums[other] != 2*maxValues || sums["7"] != 1 {
		t.Errorf("%d values, %d other", len(sums), sums[other])
	}
	for i := range 3 * maxValues {
		c.add(1, fmt.Sprint(i%100), fmt.Sprint(i))
	}
	if len(c.series) > maxSeries+1 {
		t.Errorf("%d series", len(c.series))
	}

	b := newBook(Surveys)
	for i := range 500 {
		for question := range 7 {
			b.countSurvey("customer", &appliance.Survey{Answers: []appliance.SurveyAnswer{{Question: fmt.Sprint("q", question), Answer: fmt.Sprint("a", i)}, {Question: fmt.Sprint("q", question), Answer: "a3"}}})
		}
	}
	answers := b.Counters[surveyAnswers().name]
	for question := range 7 {
		got := make(map[string]uint64)
		for _, s := range answers.show() {
			if s.Labels[1] == fmt.Sprint("q", question) {
				got[s.Labels[2]] = s.Value
			}
		}
		if len(got) != maxAnswers+1 || got[other] != 500-maxAnswers || got["a3"] != 501 && question > 0 {
			t.Errorf("question %d: %d answers, %d other, %d of a3", question, len(got), got[other], got["a3"])
		}
	}

	// The questions past the limit are one, and so is the limit of their answers.
	c = newCounter(2, maxAnswers)
	for i := range 2 * maxValues {
		c.add(1, fmt.Sprint("q", i), fmt.Sprint("a", i))
	}
	beyond := make(map[string]uint64)
	for _, s := range c.show() {
		if s.Labels[0] == other {
			beyond[s.Labels[1]] = s.Value
		}
	}
	if len(beyond) != maxAnswers+1 || beyond[other] != maxValues-maxAnswers {
		t.Errorf("questions past the limit: %d answers, %d other", len(beyond), beyond[other])
	}
}

func TestLabels(t *testing.T) {
	tests := map[string]string{
		"x": "x", "": "", "a\x00b": "ab", "B\xFCro": "B\uFFFDro",
		strings.Repeat("x", 200):                strings.Repeat("x", 128),
		strings.Repeat("x", 127) + "ü" + "rest": strings.Repeat("x", 127),
		strings.Repeat("€", 43):                 strings.Repeat("€", 42),
	}
	for text, want := range tests {
		if got := label(text); got != want {
			t.Errorf("%q becomes %q", text, got)
		}
	}
	// Two values that are cut to the same are one.
	c := newCounter(1, 0)
	c.add(1, strings.Repeat("x", 128)+"a")
	c.add(1, strings.Repeat("x", 128)+"b")
	if got := c.show(); len(got) != 1 || got[0].Value != 2 {
		t.Error(got)
	}
}

// What is documented starts at 0.
func TestKnownSeriesStartAtZero(t *testing.T) {
	p := &pretend{}
	r := begin(t, Config{Client: p, Info: p.info, Intervals: all()})
	v := r.View()
	if len(v.SessionEvents) != len(sessionEventTypes()) || len(v.Files) != 3 || len(v.VaultEvents) != 8 || len(v.Sessions) != 0 {
		t.Errorf("%d event types, %d operations, %d of Vault, %d sessions", len(v.SessionEvents), len(v.Files), len(v.VaultEvents), len(v.Sessions))
	}
}

// A view is the reader's own.
func TestViewSharesNothing(t *testing.T) {
	p := &pretend{}
	r := begin(t, Config{Client: p, Info: p.info, Intervals: all()})
	before := r.View()
	changed := r.View()
	changed.VaultEvents[0].Value = 99
	changed.VaultEvents[0].Labels[0] = "changed"
	if diff := cmp.Diff(before, r.View()); diff != "" {
		t.Error(diff)
	}
}
