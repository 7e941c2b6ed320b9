package simulator

import (
	"slices"
	"strconv"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/simulator/world"
)

// customerSurveys is the report SupportCustExitSurvey.
func (a *Appliance) customerSurveys(q query) (func(*document), error) {
	return a.surveyReport(q, func(r *world.SessionReport) []world.Survey { return r.CustomerSurveys })
}

// representativeSurveys is the report SupportRepExitSurvey.
func (a *Appliance) representativeSurveys(q query) (func(*document), error) {
	return a.surveyReport(q, func(r *world.SessionReport) []world.Survey { return r.RepresentativeSurveys })
}

// surveyReport is a report of surveys. By representative it misses the sessions that nobody owned, by team those that no team had.
func (a *Appliance) surveyReport(q query, of func(*world.SessionReport) []world.Survey) (func(*document), error) {
	list, err := a.sessions(q)
	if err != nil {
		return nil, err
	}
	chosen, err := q.surveyed()
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(r *world.SessionReport) bool { return len(of(r)) == 0 || !chosen(r) })
	if len(list) == 0 {
		return nil, nil
	}
	return func(d *document) {
		for _, r := range list {
			for _, s := range of(r) {
				a.writeSurvey(d, r, s)
			}
			if !d.spill() {
				return
			}
		}
	}, nil
}

// surveyed reads report_type, id and site_id: which sessions' surveys are asked for.
func (q query) surveyed() (func(*world.SessionReport) bool, error) {
	kind, all := q.form.Get("report_type"), q.form.Get("id") == "all" || q.lsids() != nil
	switch {
	case kind == "":
		return nil, missing("report_type")
	case kind != "rep" && kind != "team":
		return nil, invalid("report_type")
	case !all && !q.form.Has("id"):
		return nil, missing("id")
	}
	id, err := strconv.ParseUint(q.form.Get("id"), 10, 64)
	if err != nil && !all {
		return nil, invalid("id")
	}
	site := q.form.Get("site_id")
	return func(r *world.SessionReport) bool {
		if site != "" && site != strconv.Itoa(r.Site.ID) {
			return false
		}
		if kind == "rep" {
			o := r.Owner()
			return o != nil && (all || o.User == id)
		}
		return len(r.Teams) > 0 && (all || uint64(r.Teams[len(r.Teams)-1].ID) == id)
	}, nil
}

// writeSurvey writes one survey, with whose session it is of.
func (a *Appliance) writeSurvey(d *document, r *world.SessionReport, s world.Survey) {
	d.begin("exit_survey", "lsid", r.LSID, "ts", strconv.FormatInt(r.Start, 10))
	d.element("session_type", "support")
	place(d, "public_site", r.Site)
	kind := "cust"
	if s.By.Kind == world.PartyRepresentative {
		kind = "rep"
	}
	d.element("submitted_by", s.By.Name, "type", kind)
	d.element("primary_customer", r.Customer.Name, "id", "0")
	if o := r.Owner(); o != nil {
		d.element("primary_rep", o.Private, "id", number(o.User))
	}
	if len(r.Teams) > 0 {
		place(d, "primary_team", r.Teams[len(r.Teams)-1])
	}
	a.writeParticipants(d, r)
	d.number("rep_resolved", 0)
	writeAnswers(d, s)
	d.end()
}

// writeAnswers writes the questions of a survey. One that was left out has a blank answer, or none at all.
func writeAnswers(d *document, s world.Survey) {
	d.begin("question_list")
	for _, answer := range s.Answers {
		q := answer.Question
		d.begin("question", "id", strconv.Itoa(q.ID))
		d.element("name", q.Name)
		d.element("type", q.Type)
		d.element("label", q.Label)
		d.element("report_header", q.Header)
		d.begin("answer_list")
		for _, text := range answer.Texts {
			d.element("answer", text)
		}
		if len(answer.Texts) == 0 && q.ID%2 == 1 {
			d.element("answer", "")
		}
		d.end()
		d.end()
	}
	d.end()
}

// writeSurveyLists writes the surveys of a session that ended, as the session has them.
func (a *Appliance) writeSurveyLists(d *document, r *world.SessionReport) {
	for _, list := range []struct {
		name, one string
		surveys   []world.Survey
	}{{"cust_survey_list", "cust_exit_survey", r.CustomerSurveys}, {"rep_survey_list", "rep_exit_survey", r.RepresentativeSurveys}} {
		if len(list.surveys) == 0 {
			continue
		}
		d.begin(list.name)
		for _, s := range list.surveys {
			d.begin(list.one)
			d.element("submitted_by", s.By.Name)
			writeAnswers(d, s)
			d.end()
		}
		d.end()
	}
}
