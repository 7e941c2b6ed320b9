package reports

import (
	"context"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

const (
	// endedOverlap is by how much the windows of what is selected by its end overlap: a
	// session may be written down long after it ended, and its survey later still.
	endedOverlap = time.Hour

	// eventOverlap is the same for events.
	eventOverlap = 5 * time.Minute

	// seekInterval is how often sessions are looked for that only an event says the end of,
	// where not each poll has all that are open.
	seekInterval = time.Hour

	// longestOpen is how long after its start a session without an end counts as open.
	longestOpen = 24 * time.Hour
)

// source is one way of asking for a report, with a cursor of its own.
type source struct {
	// key names the source in the file.
	key string
	// report is the vendor's name.
	report  string
	overlap time.Duration
	by      appliance.Selection
	// earlier is how far before its window the search begins, and ahead how far before the
	// window's end it ends.
	earlier, ahead time.Duration
	read           func(context.Context, Client, appliance.Window, *intake) error
}

// window returns what the appliance is asked for.
func (s source) window(w span) appliance.Window {
	from := w.from - seconds(s.earlier)
	return appliance.Window{
		By:       s.by,
		From:     time.Unix(from, 0),
		Duration: time.Duration(w.until-seconds(s.ahead)-from) * time.Second,
	}
}

// exists reports whether a product has the reports that a collector lives on.
func (c Collector) exists(product appliance.Product) bool {
	return c != Surveys || product != appliance.PrivilegedRemoteAccess
}

// sources returns what a collector asks a product for. A product that is not known is taken
// for Remote Support.
func (c Collector) sources(product appliance.Product) []source {
	access := product == appliance.PrivilegedRemoteAccess
	switch c {
	case Sessions:
		if access {
			return sessionSources("AccessSession", true)
		}
		return sessionSources("SupportSession", false)
	case Surveys:
		return append(surveySources("SupportCustExitSurvey", "customer"), surveySources("SupportRepExitSurvey", "representative")...)
	case Teams:
		report := "SupportTeam"
		if access {
			report = "Team"
		}
		return []source{{key: report, report: report, overlap: eventOverlap, by: appliance.ByStart, read: readTeams(report)}}
	case Vault:
		return []source{{key: "VaultAccountActivity", report: "VaultAccountActivity", overlap: eventOverlap, by: appliance.ByStart, read: readVault}}
	case JumpItems:
		return []source{{key: "JumpItem", report: "JumpItem", overlap: eventOverlap, by: appliance.ByStart, read: readJumpItems}}
	default:
		return nil
	}
}

// sessionSources are the two ways to find sessions: those that ended, by their end; and those
// that have none, by their start.
//
// Where nobody shows the sessions that are open now, all that began within a day are asked for.
// Else only those that began a day before: the ones among them that never ended; and all of a day
// once an hour. A day of sessions each few minutes is much to ask of an appliance for nothing.
func sessionSources(report string, showOpen bool) []source {
	ended := source{
		key: report + "/ended", report: report, overlap: endedOverlap, by: appliance.ByEnd,
		read: readEnded(report),
	}
	open := source{
		key: report + "/open", report: report, overlap: endedOverlap, by: appliance.ByStart,
		earlier: longestOpen, ahead: longestOpen,
		read: readOpen(report),
	}
	if showOpen {
		open.ahead = 0
	}
	return []source{ended, open}
}

func surveySources(report, survey string) []source {
	var sources []source
	for _, scope := range []appliance.SurveyScope{appliance.ByRepresentative, appliance.ByTeam} {
		sources = append(sources, source{
			key: report + "/" + string(scope), report: report, overlap: endedOverlap, by: appliance.ByEnd,
			read: readSurveys(report, survey, scope),
		})
	}
	return sources
}
