package appliance

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"time"
)

const (
	apiReporting = "reporting"

	// maxReportBody is how much of a report is read.
	maxReportBody = 256 << 20

	// maxReportToken bounds each single piece of a report, such as the text of one element.
	// What is larger than this is the one thing that would have to be held as a whole.
	maxReportToken = 2 << 20
)

var errLongToken = errors.New("one element's text goes on for more than 2 MiB")

// Selection is the time of a thing that a report looks at to select it.
type Selection string

const (
	// ByStart selects what began, or happened, in the window, and sessions that are still
	// open among it.
	ByStart Selection = "start_time"

	// ByEnd selects what ended in the window.
	ByEnd Selection = "end_time"
)

// Window is the span of time that a report is asked for, by the appliance's clock, in whole
// seconds. Whether an appliance takes the end itself into it is not documented: be ready for
// either.
type Window struct {
	By       Selection
	From     time.Time
	Duration time.Duration // at least a second; 0 would mean "to present"
}

// query returns the window as the reporting API wants it.
func (w Window) query() url.Values {
	seconds := max(int64(w.Duration/time.Second), 1)
	return url.Values{
		string(w.By): {strconv.FormatInt(w.From.Unix(), 10)},
		"duration":   {strconv.FormatInt(seconds, 10)},
	}
}

// report asks the reporting API for a report and reads it as it comes, so that its size does
// not matter. roots are the names that its root may have, and child takes each element below
// it (readReport says how). Only the context bounds its time: the limit of a request is for
// answers that come at once, and a report may be worked at for minutes.
func (c *Client) report(ctx context.Context, name string, query url.Values, roots []string, child func(*document, element) (bool, error)) error {
	query.Set("generate_report", name)
	r := request{
		api: apiReporting, action: name,
		path: "/api/reporting", query: query,
		limit: maxReportBody,
		read: func(body io.Reader, _ time.Time) error {
			namespace, err := readReport(body, roots, child)
			if err == nil {
				c.learnProduct(productOf(namespace))
			}
			return err
		},
	}
	err := c.callReport(ctx, r)
	if failure, ok := errors.AsType[*Error](err); ok && failure.Kind == KindPermission {
		failure.Remedy = fmt.Sprintf("tick %s for the API account in /login > Management > API Configuration", ReportBox(name))
	}
	return err
}

// callReport asks for a report, with the one retry that a refused token gets.
func (c *Client) callReport(ctx context.Context, r request) error {
	token, err := c.tokens.get(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", r.name(), err)
	}
	failure := c.sendReport(ctx, r, token)
	if failure.refusesToken() && c.mayRetry(r) {
		c.tokens.invalidate(token)
		if token, err = c.tokens.get(ctx); err != nil {
			return fmt.Errorf("%s: %w", r.name(), err)
		}
		failure = c.sendReport(ctx, r, token)
		c.noteRetry(r, failure.refusesToken())
	}
	if failure == nil {
		c.noteRetry(r, false)
		return nil
	}
	if failure.refusesToken() {
		failure.Kind = KindPermission
	}
	return failure
}

// sendReport makes one request for a report, for as long as the context allows.
func (c *Client) sendReport(ctx context.Context, r request, token string) *Error {
	if failure := c.admit(ctx, &c.apiHold); failure != nil {
		return c.complete(r, failure)
	}
	start := time.Now()
	failure := c.exchange(ctx, r, token)
	if failure != nil {
		failure = c.complete(r, failure)
	}
	c.observe(r, failure, time.Since(start))
	return failure
}

// ReportBox returns the name of the box in /login > Management > API Configuration that lets an
// API account read a report, as "The API account must have the permission" has it in the
// vendor's description of each.
func ReportBox(name string) string {
	switch name {
	case "VaultAccountActivity":
		return "Allow Access to Vault Account Activity Reports"
	case LicenseReport:
		return "Allow Access to License Usage Reports"
	case "JumpItem":
		// The vendor's documents name the one and its configuration API the other.
		return "Allow Access to Jump Item Reports, or to License Usage Reports where there is no such box,"
	case "AccessSession", "Team":
		return "Allow Access to Access Session Reports and Recordings"
	default:
		return "Allow Access to Support Session Reports and Recordings"
	}
}

// Grants says what the account's permissions tell of a report: granted is true where one that
// allows it is given; denied is true where the one that it needs is there and is not. Where
// neither is, only the report itself can tell: of Privileged Remote Access the vendor documents
// no names, and for JumpItem a permission that may be another report's.
func (i APIInfo) Grants(report string) (granted, denied bool) {
	for _, p := range i.Permissions {
		names, certain := reportPermissions(report)
		if !slices.Contains(names, p.Name) {
			continue
		}
		given := readFlag(p.Access)
		granted = granted || given != nil && *given
		denied = denied || given != nil && !*given && certain
	}
	return granted, denied && !granted
}

// reportPermissions returns the names of the permissions that allow a report, and whether one
// that is not given denies it.
func reportPermissions(report string) (names []string, certain bool) {
	switch report {
	case "VaultAccountActivity":
		return []string{"perm_reporting_vault"}, true
	case LicenseReport:
		return []string{"perm_reporting_license"}, true
	case "JumpItem":
		return []string{"perm_reporting_license", "perm_reporting_jump_item"}, false
	case "AccessSession", "Team":
		return []string{"perm_reporting_access", "perm_reporting_support"}, false
	default:
		return []string{"perm_reporting_support"}, true
	}
}

// readReport is readDocument for answers of any length: it has no limit on how many elements
// there are, and one on what each may take of memory.
func readReport(r io.Reader, roots []string, child func(*document, element) (bool, error)) (namespace string, err error) {
	text := newTextReader(r)
	meter := &tokenMeter{src: text}
	inner := xml.NewDecoder(meter)
	inner.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) {
		return in, nil // textReader has done it.
	}
	d := &document{dec: xml.NewTokenDecoder(&meteredTokens{dec: inner, meter: meter})}
	if err := jsonAnswer(text); err != nil {
		return "", err
	}
	root, err := d.start()
	switch {
	case errors.Is(err, io.EOF):
		return "", errors.New("the answer is empty")
	case err != nil:
		return "", err
	case root.name == "error":
		return root.space, d.errorAnswer(root)
	}
	known := slices.Contains(roots, root.name)
	err = d.every(func(e element) error {
		if e.name == "error" {
			return d.errorAnswer(e)
		}
		k, err := child(d, e)
		known = known || k
		return err
	})
	if err != nil {
		return root.space, err
	}
	switch extra, err := d.start(); {
	case err == nil:
		return root.space, fmt.Errorf("after its end comes another element, <%s>", extra.name)
	case !errors.Is(err, io.EOF):
		return root.space, err
	}
	if !known {
		return root.space, fmt.Errorf("it is a <%s>, with nothing in it that was asked for", root.name)
	}
	return root.space, nil
}

// every is each without a limit on how many elements there are.
func (d *document) every(read func(element) error) error {
	inside := d.depth
	for {
		token, err := d.token()
		if err != nil {
			return unexpectedEnd(err)
		}
		switch token := token.(type) {
		case xml.EndElement:
			if d.depth < inside {
				return nil
			}
		case xml.StartElement:
			if d.depth != inside+1 {
				continue
			}
			if err := read(element{name: token.Name.Local, space: token.Name.Space, attrs: token.Attr}); err != nil {
				return err
			}
		}
	}
}

// tokenMeter counts what was read since the last token, and ends what goes on for too long.
type tokenMeter struct {
	src  io.Reader
	read int
}

// Read reads on.
func (m *tokenMeter) Read(p []byte) (int, error) {
	if m.read > maxReportToken {
		return 0, errLongToken
	}
	n, err := m.src.Read(p)
	m.read += n
	return n, err
}

// meteredTokens gives the tokens of a decoder as they are; the one above it sees to it that
// they fit together, and knows their namespaces.
type meteredTokens struct {
	dec   *xml.Decoder
	meter *tokenMeter
}

// Token returns the next token.
func (t *meteredTokens) Token() (xml.Token, error) {
	t.meter.read = 0
	return t.dec.RawToken()
}
