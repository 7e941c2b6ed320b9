package appliance

import "io"

// What the calls do with an answer, without the calls.

func readLicensePeak(r io.Reader) (LicensePeak, string, error) {
	var newest LicensePeak
	namespace, err := readLong(r, []string{"license_usage"}, peakReader(&newest))
	if err != nil {
		return LicensePeak{}, namespace, err
	}
	return newest, namespace, nil
}

func readTeamEvents(r io.Reader, each func(Event) error) (string, error) {
	return readLong(r, []string{"team_activity_list"}, teamReader(each))
}

func readEvents(r io.Reader, each func(Event) error) (string, error) {
	return readLong(r, eventRoots(), eventReader(each))
}

func readSessions(r io.Reader, each func(*Session) error) (string, error) {
	return readLong(r, []string{"session_list"}, sessionReader(each))
}

func readSurveys(r io.Reader, each func(*Survey) error) (string, error) {
	return readLong(r, []string{"exit_survey_list"}, surveyReader(each))
}
