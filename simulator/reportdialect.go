package simulator

import (
	"strconv"
	"time"
)

// ReportDialect is how the reporting API spells what the documents leave open, or spell otherwise than appliances do. The zero value is what today's
// appliances do.
type ReportDialect struct {
	// Language is that of the site: by default English. Errors are told in it.
	Language Language
	// EmptyLists answers with a report that has nothing in it where nothing was found, as the documents have it, and not with an <error>.
	EmptyLists bool
	// ErrorCodes gives the <error> a code attribute.
	ErrorCodes bool
	// Milliseconds spells dates with them and the offset without a colon: 2019-10-07T00:32:50.000+0000.
	Milliseconds bool
	// OddBytes sends chats as they were typed, with bytes that XML cannot have, instead of an <encoded_body>.
	OddBytes bool
	// Big answers every request for sessions with a big report of its own, where it has Sessions.
	Big BigReport
}

// Language is a language that a site can have.
type Language string

// The languages that the simulator knows.
const (
	English Language = ""
	German  Language = "de"
	French  Language = "fr"
)

func (l Language) known() bool {
	return l == English || l == German || l == French
}

// nothingFound is how a site says that a report has nothing in it.
func (l Language) nothingFound() string {
	switch l {
	case German:
		return "Es sind keine Daten verfügbar, die Ihren Kriterien entsprechen."
	case French:
		return "Aucune donnée n’est disponible pour les critères choisis."
	}
	return "No report data matching your chosen criteria is available."
}

// missingPermission is how a site says that the account may not read a report.
func (l Language) missingPermission() string {
	switch l {
	case German:
		return "Dokument nicht gefunden"
	case French:
		return "Document introuvable"
	}
	return "Document Not Found"
}

// internal is how a site says that something went wrong.
func (l Language) internal() string {
	switch l {
	case German:
		return "Ein interner Fehler ist aufgetreten."
	case French:
		return "Une erreur interne s’est produite."
	}
	return "An internal error occurred."
}

// date spells a UNIX timestamp.
func (r ReportDialect) date(at int64) string {
	layout := "2006-01-02T15:04:05-07:00"
	if r.Milliseconds {
		layout = "2006-01-02T15:04:05.000-0700"
	}
	return time.Unix(at, 0).UTC().Format(layout)
}

// when writes an element with a date, and its UNIX timestamp beside it; empty where there is none.
func (a *Appliance) when(d *document, name string, at int64) {
	if at == 0 {
		d.element(name, "")
		return
	}
	d.element(name, a.cfg.Reports.date(at), "timestamp", strconv.FormatInt(at, 10))
}
