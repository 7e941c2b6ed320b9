package reports

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// byTeamNothing is an appliance that has an <error> for the surveys of teams.
type byTeamNothing struct{ *pretend }

func (b byTeamNothing) Surveys(ctx context.Context, report string, scope appliance.SurveyScope, w appliance.Window, each func(*appliance.Survey) error) error {
	if scope == appliance.ByTeam {
		return answerError("Keine Umfragen gefunden")
	}
	return b.pretend.Surveys(ctx, report, scope, w, each)
}

// A report that was answered in one selection was answered: an <error> in the other is an empty answer.
func TestErrorInOneSelection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pretend{noError: true}
		r := begin(t, Config{Client: byTeamNothing{p}, Info: p.info, Intervals: all(Surveys)})
		if err := r.poll(t.Context()); err != nil {
			t.Error(err)
		}
		if v := r.View(); !v.Collectors[0].Success || len(v.LastSuccess) != 2 {
			t.Errorf("%+v", v)
		}
	})
}

// What another report of the collector answered says nothing of this one: an <error> for it, which
// may mean that the account may not read it, is a failure.
func TestErrorOfAnotherReport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pretend{noError: true, fault: func(report string, _ int) error {
			if report == "SupportRepExitSurvey" {
				return answerError("Zugriff verweigert")
			}
			return nil
		}}
		r := begin(t, Config{Client: p, Info: p.info, Intervals: all(Surveys)})
		if err := r.poll(t.Context()); !errors.Is(err, appliance.KindAnswer) {
			t.Errorf("the poll ended with %v", err)
		}
		if v := r.View(); v.Collectors[0].Success || len(v.LastSuccess) != 1 || v.LastSuccess[0].Report != "SupportCustExitSurvey" {
			t.Errorf("%+v", v)
		}
	})
}

// Where an <error> says that nothing was found, quiet weeks that were polled are not missed, through
// a restart as well; those that nobody asked about are.
func TestQuietWeeks(t *testing.T) {
	for _, away := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			p := &pretend{permissions: []appliance.Permission{{Name: "perm_reporting_vault", Access: "1"}}}
			var logged lines
			config := Config{Client: p, Info: p.info, Intervals: all(Vault), Directory: t.TempDir(), Logger: logged.logger()}
			r := begin(t, config)
			poll := func(after time.Duration) {
				t.Helper()
				time.Sleep(after)
				if err := r.poll(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			for range 5 {
				poll(2 * 24 * time.Hour)
			}
			r = begin(t, config)
			if away {
				time.Sleep(8 * 24 * time.Hour)
			}
			p.events = []event{{Event: happen(time.Now(), "Account Created", "x")}}
			poll(time.Minute)
			if got := sum(r.View().VaultEvents, 0)["Account Created"]; got != 1 {
				t.Errorf("%d events", got)
			}
			want := 0
			if away {
				want = 1
			}
			if logged.count("seven days") != want || logged.count("missed=24h1m0s") != want {
				t.Errorf("away %t: %s", away, logged.all.String())
			}
		})
	}
}
