package check

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance"
)

// failed returns the step of a call that ended with an error. The words are the error's own, but
// for whom was asked what, which the step tells anyway.
func failed(tried string, err error) Step {
	s := Step{Status: Failed, Tried: tried, Found: err.Error()}
	failure, ok := errors.AsType[*appliance.Error](err)
	if !ok {
		s.Remedy = "try again; if it stays so, run the exporter with --log.level=debug and see what it says"
		return s
	}
	plain := *failure
	plain.Remedy = ""
	if failure.Kind != appliance.KindRateLimited {
		// How long the exporter would wait is of no use to somebody who just tries.
		plain.Until = time.Time{}
	}
	s.Found = plain.Error()
	if _, rest, ok := strings.Cut(s.Found, " of "+failure.Host+": "); ok {
		s.Found = rest
	}
	s.Remedy = remedy(failure)
	return s
}

// remedy returns what the error says to do, or something for those kinds that say nothing.
func remedy(failure *appliance.Error) string {
	switch {
	case failure.Kind == appliance.KindCredentials:
		return failure.Remedy + "; where both are right, see there whether the account is enabled and not locked"
	case failure.Kind == appliance.KindStatus && failure.Status >= http.StatusInternalServerError:
		return failure.Remedy + ", and try again in some minutes"
	case failure.Kind == appliance.KindRateLimited:
		return "wait until then; " + failure.Remedy
	case failure.Remedy != "":
		return failure.Remedy
	case failure.Kind == appliance.KindCanceled:
		return "run the check again and let it end"
	default:
		return "these are the appliance's own words: see how it is in /login > Status, and try again"
	}
}
