package world

import (
	"fmt"
	"slices"
	"strconv"
)

// Survey is an exit survey that somebody submitted.
type Survey struct {
	By      Party // by id, not by gsnumber; a customer's is 0
	Answers []Answer
}

// Answer is what was said to one question: nothing, where the question was left out.
type Answer struct {
	Question *Question
	Texts    []string
}

// Question is one of an exit survey. Who got one must not change it.
type Question struct {
	ID     int
	Name   string
	Type   string // radio, checkbox, select, text or textarea
	Label  string
	Header string // by which reports tell questions apart
	Values []string
}

// Choice tells whether the answers are chosen from what an administrator configured.
func (q *Question) Choice() bool {
	return q.Type == "radio" || q.Type == "checkbox" || q.Type == "select"
}

// The two surveys, as the metrics call them.
const (
	surveyCustomer       = "customer"
	surveyRepresentative = "representative"
)

// writeSurveys makes the questions of the two surveys.
func (c *catalogue) writeSurveys(products int) {
	var list []string
	for i := range products {
		list = append(list, fmt.Sprintf("Produkt %03d", i+1))
	}
	c.customerSurvey = []*Question{
		{1, "satisfaction_q", "radio", "How satisfied are you?", "Satisfaction", []string{"very satisfied", "satisfied", "neutral", "not satisfied"}},
		{2, "contact_q", "checkbox", "How may we reach you?", "Contact by", []string{"phone", "mail", "Besuch & Termin"}},
		{3, "product_q", "select", "Which product is it about?", "Product", list},
		{4, "comment_q", "textarea", "Anything else?", "Comment", nil},
		{5, "ticket_q", "text", "Your ticket", "Ticket", nil},
	}
	c.repSurvey = []*Question{
		{11, "solved_q", "radio", "Is it solved?", "Gelöst?", []string{"yes", "no", "partly"}},
		{12, "category_q", "select", "Category", "Category", []string{"hardware", "software", "network", "account"}},
		{13, "notes_q", "textarea", "Notes", "Notes", nil},
	}
}

// fillSurveys lets those who were in a session submit surveys: sometimes nobody does, sometimes several do.
func (w *World) fillSurveys(s *session) {
	r := s.report
	if w.cfg.Access || r.Jump || !r.taken && !w.likely(0.05) {
		return
	}
	if w.likely(0.35) {
		by := Party{Kind: PartyCustomer, Name: r.Customer.Name}
		r.CustomerSurveys = submit(r.CustomerSurveys, w.fill(w.catalogue.customerSurvey, by))
		w.note(s, SessionEvent{Type: "Customer Exit Survey", By: w.customerOf(s)})
		if w.likely(0.1) {
			r.CustomerSurveys = submit(r.CustomerSurveys, w.fill(w.catalogue.customerSurvey, by))
		}
	}
	for i := range r.Representatives {
		if w.likely(0.5) {
			p := &r.Representatives[i]
			r.RepresentativeSurveys = submit(r.RepresentativeSurveys, w.fill(w.catalogue.repSurvey, Party{PartyRepresentative, p.User, p.Private}))
			w.note(s, SessionEvent{Type: "Representative Exit Survey", By: Party{PartyRepresentative, p.GS, p.Private}})
		}
	}
}

// submit adds a survey, unless the same person has said the very same before: reports, which have
// some surveys twice, could not tell the two apart.
func submit(list []Survey, s Survey) []Survey {
	if slices.ContainsFunc(list, func(before Survey) bool { return before.same(s) }) {
		return list
	}
	return append(list, s)
}

// same tells whether a survey says what another does, by a person of the same name.
func (s Survey) same(t Survey) bool {
	return s.By.Kind == t.By.Kind && s.By.Name == t.By.Name &&
		slices.EqualFunc(s.Answers, t.Answers, func(a, b Answer) bool { return a.Question == b.Question && slices.Equal(a.Texts, b.Texts) })
}

// fill draws the answers of one who fills in a survey; some questions are left out.
func (w *World) fill(questions []*Question, by Party) Survey {
	sheet := Survey{By: by}
	for _, q := range questions {
		a := Answer{Question: q}
		switch {
		case w.likely(0.15):
		case q.Type == "checkbox":
			for _, v := range q.Values {
				if w.likely(0.5) {
					a.Texts = append(a.Texts, v)
				}
			}
		case q.Choice():
			a.Texts = []string{choose(w.clerk, q.Values)}
		case q.Type == "text":
			a.Texts = []string{"INC" + strconv.Itoa(w.clerk.IntN(1_000_000))}
		default:
			a.Texts = []string{"Danke, " + by.Name + "! <3"}
		}
		sheet.Answers = append(sheet.Answers, a)
	}
	return sheet
}
