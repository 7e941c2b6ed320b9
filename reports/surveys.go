package reports

import (
	"context"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// maxAnswers is how many answers of one question are told apart; the rest is other.
const maxAnswers = 200

// readSurveys counts the answers of surveys. A session may have several: each representative
// in it may have filled one in, and a customer more than one. What both selections have of a
// session is the same, so the nth survey that somebody submitted about it is the same survey in
// either. What it says does not tell those of two answers apart: where an administrator edits a
// question, the answers that were given to it before come otherwise than they did. Within one answer
// it does: one that is there twice, such as under each team that had the session, is one.
//
// A survey does not say when its session ended, so it is remembered for as long as a window may
// have it that this one touches.
func readSurveys(report, survey string, scope appliance.SurveyScope) func(context.Context, Client, appliance.Window, *intake) error {
	return func(ctx context.Context, c Client, w appliance.Window, in *intake) error {
		seen := make(map[identity]bool)
		return c.Surveys(ctx, report, scope, w, func(s *appliance.Survey) error {
			// Without an lsid nothing tells it from its double in the other selection.
			if s.LSID == "" {
				return nil
			}
			said := identify("said", s.LSID, string(s.By[:]), string(s.Said[:]))
			if seen[said] {
				return nil
			}
			seen[said] = true
			id := identify("lsid", s.LSID, string(s.By[:]))
			if in.counted.ordinal(id, in.nth(id), in.window.until) {
				in.book.countSurvey(survey, s)
			}
			return nil
		})
	}
}

// countSurvey counts the answers of a survey.
func (b *book) countSurvey(survey string, s *appliance.Survey) {
	answers := b.Counters[surveyAnswers().name]
	for _, a := range s.Answers {
		answers.add(1, survey, a.Question, a.Answer)
	}
}
