package appliance

import "time"

const (
	// firstDenial and longestDenial bound how old a token must be before an action that it was
	// refused for, while others are taken, has it replaced.
	firstDenial   = 30 * time.Second
	longestDenial = 10 * time.Minute

	// deadWait is the same where nothing has been taken since.
	deadWait = 15 * time.Second

	// So many tokens are replaced in a row, and then one in each replacementInterval.
	replacementsInRow   = 9
	replacementInterval = 3 * time.Minute
)

// replacements decides which refusals of a token lead to a new one. A refusal may mean that the
// token has died, that the account may not do this one thing, or that the appliance takes no
// token at all for a while, and only a new token tells. But an account has thirty of them, which
// live for an hour, and those of other clients are among them. So an action that is refused gets
// a new token at once. Where that is refused too,
//   - and other actions are taken, it is the account that may not do this: the action has a token
//     replaced that is thirty seconds old, then twice that each time, up to ten minutes. A token
//     that was made for another serves it as well;
//   - and nothing is taken, the next token is asked for after fifteen seconds.
//
// All actions together have 29 tokens replaced in an hour at most, whatever the appliance does.
type replacements struct {
	token     int       // how many tokens came so far
	came      time.Time // when the current one did
	untaken   int       // how many were replaced since an API took one
	standings map[string]*standing
	spent     time.Time // when all replacements so far will have been made up for
}

// standing is how an action stands with the appliance.
type standing struct {
	worked  bool          // at any time
	refused int           // the token that it was refused for last, 0 where one was taken since
	wait    time.Duration // how old a token must be to be replaced for it while others are taken
	others  bool          // others were taken since it was refused that token
}

// of returns the standing of an action.
func (r *replacements) of(action string) *standing {
	if r.standings == nil {
		r.standings = make(map[string]*standing)
	}
	s := r.standings[action]
	if s == nil {
		s = new(standing)
		r.standings[action] = s
	}
	return s
}

// arrived takes note of a new token.
func (r *replacements) arrived(now time.Time) {
	r.token++
	r.came = now
}

// taken takes note that an API took a token for an action.
func (r *replacements) taken(action string) {
	r.untaken = 0
	*r.of(action) = standing{worked: true}
	for _, s := range r.standings {
		s.others = true
	}
}

// denied takes note that the current token was refused for an action and is not replaced. It
// reports whether the action ever worked.
func (r *replacements) denied(action string) (worked bool) {
	s := r.of(action)
	if s.refused == r.token {
		return s.worked
	}
	if s.others {
		s.wait = min(2*s.wait, longestDenial)
	}
	s.wait = max(s.wait, firstDenial)
	s.refused, s.others = r.token, false
	return s.worked
}

// worthwhile reports whether the current token, which was refused for an action, is to be
// replaced, and counts it where it is.
func (r *replacements) worthwhile(action string, now time.Time) bool {
	var wait time.Duration
	switch s := r.of(action); {
	case s.refused != 0 && s.others:
		wait = s.wait
	case s.refused != 0 || r.untaken > 1:
		wait = deadWait
	}
	if now.Sub(r.came) < wait || !r.spend(now) {
		return false
	}
	r.untaken++
	return true
}

// spend counts a replacement, and reports whether there may be one.
func (r *replacements) spend(now time.Time) bool {
	if r.spent.Sub(now) > (replacementsInRow-1)*replacementInterval {
		return false
	}
	if r.spent.Before(now) {
		r.spent = now
	}
	r.spent = r.spent.Add(replacementInterval)
	return true
}
