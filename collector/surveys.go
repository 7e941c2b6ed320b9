package collector

import (
	"context"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
	"github.com/beyondtrust-exporter/beyondtrust_exporter/reports"
)

// surveysCollector shows what the reports of exit surveys have told.
type surveysCollector struct {
	table table

	answers *metric
}

func newSurveysCollector() *surveysCollector {
	c := new(surveysCollector)
	c.answers = c.table.counter("beyondtrust_survey_answers_total",
		"Answers to the choice questions of exit surveys, by the question's report header; beyond 200 answers of a question the rest is other.",
		"survey", "question", "answer").fixed("survey", "question", "answer")
	return c
}

func (c *surveysCollector) info() Info {
	return Info{
		Name:     string(reports.Surveys),
		Help:     "What customers and representatives chose in exit surveys (the reports SupportCustExitSurvey and SupportRepExitSurvey, Remote Support only).",
		Interval: reports.DefaultInterval,
		product:  appliance.RemoteSupport,
	}
}

func (c *surveysCollector) describe() *table { return &c.table }

func (c *surveysCollector) collect(_ context.Context, now *moment, out *page) error {
	v := now.reports()
	p := c.table.page()
	p.addSeries(c.answers, v.SurveyAnswers)
	out.put(p)
	return out.polled(v, reports.Surveys)
}
