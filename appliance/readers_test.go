package appliance

import (
	"io"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance/xmlanswer"
)

// What the calls do with an answer, without the calls.

func readLicensePeak(r io.Reader) (LicensePeak, string, error) {
	var newest LicensePeak
	namespace, err := xmlanswer.ReadLong(r, []string{"license_usage"}, peakReader(&newest))
	if err != nil {
		return LicensePeak{}, namespace, err
	}
	return newest, namespace, nil
}

func readTeamEvents(r io.Reader, each func(Event) error) (string, error) {
	return xmlanswer.ReadLong(r, []string{"team_activity_list"}, teamReader(each))
}

func readEvents(r io.Reader, each func(Event) error) (string, error) {
	return xmlanswer.ReadLong(r, eventRoots(), eventReader(each))
}

func readSessions(r io.Reader, each func(*Session) error) (string, error) {
	return xmlanswer.ReadLong(r, []string{"session_list"}, sessionReader(each))
}

func readSurveys(r io.Reader, each func(*Survey) error) (string, error) {
	return xmlanswer.ReadLong(r, []string{"exit_survey_list"}, surveyReader(each))
}
