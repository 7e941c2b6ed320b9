package appliance

import (
	"context"
	"crypto/sha256"
	"hash"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance/xmlanswer"
)

// maxAnswers bounds the answers that are taken from one question of one survey.
const maxAnswers = 1000

// SurveyScope is how exit surveys are selected: either may miss some that the other has.
type SurveyScope string

const (
	// ByRepresentative selects by the representative who last owned the session.
	ByRepresentative SurveyScope = "rep"

	// ByTeam selects by the team.
	ByTeam SurveyScope = "team"
)

// Survey is one exit survey of the reports SupportCustExitSurvey and SupportRepExitSurvey
// ("XML Response for SupportCustExitSurvey and SupportRepExitSurvey Queries"). Its answers are
// those to choice questions; what a person typed is not in it.
type Survey struct {
	// LSID identifies the session that the survey is about.
	LSID string

	// By is a digest of who submitted it: the name itself is nobody's business. The same
	// person may submit several.
	By [16]byte

	// Said is a digest of all that was answered, what a person typed among it.
	Said [16]byte

	// Answers are the options chosen, a question as often as options were. Questions that
	// were left unanswered are not among them.
	Answers []SurveyAnswer
}

// SurveyAnswer is one option that was chosen.
type SurveyAnswer struct {
	// Question is the question's report_header, or its name where that is blank.
	Question string

	// Answer is the logged value of the option.
	Answer string
}

// Surveys asks for the surveys of sessions of a window, of all representatives or all teams,
// and gives them to each as they come: report is SupportCustExitSurvey or SupportRepExitSurvey.
// The Survey, with its slice, is valid during the call alone. Errors are of type *Error; what
// was given before one is not the whole report.
func (c *Client) Surveys(ctx context.Context, report string, scope SurveyScope, w Window, each func(*Survey) error) error {
	query := w.query()
	query.Set("report_type", string(scope))
	query.Set("id", "all")
	return c.report(ctx, report, query, []string{"exit_survey_list"}, surveyReader(each))
}

func surveyReader(each func(*Survey) error) xmlanswer.Child {
	var s Survey
	said := sha256.New()
	return func(d *xmlanswer.Document, e xmlanswer.Element) (bool, error) {
		if e.Name != "exit_survey" {
			return false, nil
		}
		s = Survey{LSID: e.Attr("lsid"), Answers: s.Answers[:0]}
		said.Reset()
		err := d.Every(func(e xmlanswer.Element) error {
			switch e.Name {
			case "submitted_by":
				name, err := d.Text()
				sum := sha256.Sum256([]byte(e.Attr("type") + "\x00" + name))
				s.By = [16]byte(sum[:16])
				return err
			case "question_list":
			default:
				return nil
			}
			return d.Every(func(e xmlanswer.Element) error {
				if e.Name != "question" {
					return nil
				}
				return readSurveyQuestion(d, &s, said)
			})
		})
		if err != nil {
			return true, err
		}
		s.Said = [16]byte(said.Sum(nil)[:16])
		return true, each(&s)
	}
}

// readSurveyQuestion reads a <question>, whose parts may come in any order.
func readSurveyQuestion(d *xmlanswer.Document, s *Survey, said hash.Hash) error {
	var kind, header, name string
	var answers []string
	err := d.Every(func(e xmlanswer.Element) (err error) {
		switch e.Name {
		case "type":
			kind, err = d.Text()
		case "report_header":
			header, err = d.Text()
		case "name":
			name, err = d.Text()
		case "answer_list":
			err = d.Every(func(e xmlanswer.Element) error {
				text, err := d.Text()
				if e.Name == "answer" && text != "" && len(answers) < maxAnswers {
					answers = append(answers, text)
				}
				return err
			})
		}
		return err
	})
	if err != nil {
		return err
	}
	say(said, 'q', kind)
	for _, text := range append([]string{header, name}, answers...) {
		say(said, 't', text)
	}
	// Of a type that is not known nobody can say that no person typed it.
	switch kind {
	case "radio", "checkbox", "select":
	default:
		return nil
	}
	if header == "" {
		header = name
	}
	for _, answer := range answers {
		if len(s.Answers) < maxAnswers {
			s.Answers = append(s.Answers, SurveyAnswer{Question: header, Answer: answer})
		}
	}
	return nil
}
