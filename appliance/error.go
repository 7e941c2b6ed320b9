package appliance

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/beyondtrust-exporter/beyondtrust_exporter/appliance/xmlanswer"
)

// Kind is what went wrong, in a word or two. It is an error itself, so that a caller can ask
// errors.Is(err, appliance.KindPermission).
type Kind string

// Error returns the kind in words.
func (k Kind) Error() string { return string(k) }

const (
	// KindNetwork: no answer, or only part of one: the name is unknown, the connection refused or cut.
	KindNetwork Kind = "unreachable"

	// KindTimeout: no whole answer within the time limit of the request or of the caller.
	KindTimeout Kind = "timed out"

	// KindCanceled: the caller, or Close, no longer wanted the answer.
	KindCanceled Kind = "given up"

	// KindTLS: no secure connection came about: the certificate is not trusted, has ended or is
	// for another name, or there is no TLS.
	KindTLS Kind = "no trusted TLS connection"

	// KindSecret: the client secret could not be read from where it is kept.
	KindSecret Kind = "client secret not readable"

	// KindCredentials: the appliance refused the client ID and secret. Until says when they are
	// tried again.
	KindCredentials Kind = "client ID or secret refused"

	// KindPermission: the API account may not do this, or a token that is new was refused.
	KindPermission Kind = "permission missing"

	// KindAnswer: the appliance answered with an <error>. Text has its words.
	KindAnswer Kind = "answered with an error"

	// KindMalformed: the answer is not what was asked for, or not well formed.
	KindMalformed Kind = "answer not understood"

	// KindTooLarge: the answer is larger than the client takes.
	KindTooLarge Kind = "answer too large"

	// KindRateLimited: the appliance asked for a pause, or this client's own limit is used up.
	// Until says when the next request is let through.
	KindRateLimited Kind = "rate limited"

	// KindRedirect: the appliance sent the client elsewhere, where a token must not go.
	KindRedirect Kind = "redirected"

	// KindStatus: an HTTP status that none of the other kinds stands for.
	KindStatus Kind = "unexpected HTTP status"
)

const (
	// maxErrorText is how many bytes of an appliance's own words an error keeps.
	maxErrorText = 300

	// statusOK is the one HTTP status that comes with an answer.
	statusOK = 200
)

// Error is a call of the appliance that failed. Its text says what was asked of whom, what
// happened and what to do; it never has a secret or a token in it.
type Error struct {
	// Kind is what went wrong.
	Kind Kind

	// API is the interface that was asked: token, command, reporting or probe.
	API string

	// Action is what was asked of it, such as check_health.
	Action string

	// Host is whom it was asked of, with the port where the URL has one.
	Host string

	// Status is the HTTP status of the answer, 0 where there was none.
	Status int

	// Until is when the next request is let through, for KindCredentials and KindRateLimited.
	// It is zero where nothing holds requests back.
	Until time.Time

	// Text is what the appliance said, valid UTF-8 of at most 300 bytes.
	Text string

	// Remedy is what a person can do about it, empty where nobody knows.
	Remedy string

	// Err is the cause, nil where the appliance's answer is all there is.
	Err error
}

// Error tells all of it in one line.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s of %s: %s", request{api: e.API, action: e.Action}.name(), e.Host, e.Kind)
	if e.Status != 0 && e.Status != statusOK {
		fmt.Fprintf(&b, ": HTTP status %d", e.Status)
	}
	if e.Text != "" {
		fmt.Fprintf(&b, ": it says %q", e.Text)
	}
	if e.Err != nil {
		// Of a cause too an appliance may have written part, an element's name for one.
		fmt.Fprintf(&b, ": %s", xmlanswer.Cut(e.Err.Error(), maxErrorText))
	}
	if !e.Until.IsZero() {
		fmt.Fprintf(&b, "; not asked again before %s", e.Until.UTC().Format(time.RFC3339))
	}
	if e.Remedy != "" {
		fmt.Fprintf(&b, "; %s", e.Remedy)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether the target is this error's Kind.
func (e *Error) Is(target error) bool {
	kind, ok := target.(Kind)
	return ok && kind == e.Kind
}

// Code is the outcome as the code label of beyondtrust_api_requests_total spells it: the HTTP
// status where it was not 200; error where the answer was an <error> or could not be read;
// timeout; network where there was no answer, for want of trust in the certificate as well.
func (e *Error) Code() string {
	if e.Status != 0 && e.Status != statusOK {
		return strconv.Itoa(e.Status)
	}
	switch e.Kind {
	case KindTimeout, KindCanceled:
		return "timeout"
	case KindNetwork, KindTLS:
		return "network"
	default:
		return "error"
	}
}
