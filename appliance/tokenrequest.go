package appliance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// requestToken asks the appliance for a token: the client credentials flow of the API
// guides, "Create a Token".
func (c *Client) requestToken(ctx context.Context, secret string) (*oauth2.Token, *Error) {
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	asked := request{api: apiToken, action: actionToken}
	if err := c.admit(ctx, &c.apiHold); err != nil {
		return nil, c.complete(asked, err)
	}

	transport := &tokenTransport{next: c.http.Transport, clientID: c.config.ClientID, secret: secret}
	client := &http.Client{Transport: transport, CheckRedirect: refuseRedirect}
	endpoint := clientcredentials.Config{
		ClientID: c.config.ClientID, ClientSecret: secret,
		TokenURL:  c.url("/oauth2/token", nil),
		AuthStyle: oauth2.AuthStyleInHeader,
	}
	start := time.Now()
	token, err := endpoint.Token(context.WithValue(ctx, oauth2.HTTPClient, client))
	if err == nil && !validToken(token.AccessToken) {
		err = errors.New("the access token has characters in it that no HTTP header can carry")
	}
	var failure *Error
	if err != nil {
		failure = c.complete(asked, c.tokenFailure(err, transport))
	} else {
		c.tookAnswer(&c.apiHold, transport.header)
	}
	c.observe(asked, failure, time.Since(start))
	return token, failure
}

// tokenFailure says what the failure of a request for a token means.
func (c *Client) tokenFailure(err error, transport *tokenTransport) *Error {
	if transport.body != nil && transport.body.err != nil {
		return transportError(transport.body.err)
	}
	refused, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok {
		if transport.header == nil {
			return transportError(err)
		}
		return &Error{Kind: KindMalformed, Status: transport.status, Err: err}
	}
	failure := c.statusError(transport.status, transport.header, &c.apiHold)
	failure.Text = strings.TrimSpace(refused.ErrorCode + " " + refused.ErrorDescription)
	switch transport.status {
	case statusOK, http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden:
		failure.Kind = KindCredentials
	}
	return failure
}

// tokenTransport sends a request for a token as the appliance wants it, and remembers what
// of the answer the oauth2 package keeps to itself.
type tokenTransport struct {
	next             http.RoundTripper
	clientID, secret string

	status int
	header http.Header
	body   *boundedBody
}

// RoundTrip sends the client ID and secret as they are: the oauth2 package percent-encodes
// them as RFC 6749 has it, the vendor's documents do not, and a secret may have a + in it. An
// answer is read as the JSON that it is whatever media type it is labelled with, and its life as
// the number that it is however it is spelt.
func (t *tokenTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.SetBasicAuth(t.clientID, t.secret)
	r.Header.Set("User-Agent", userAgent)
	r.Header.Set("Accept", "application/json")
	response, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	t.status, t.header = response.StatusCode, response.Header
	t.body = &boundedBody{body: response.Body, left: maxErrorBody}
	text, err := io.ReadAll(t.body)
	if err != nil {
		t.body.Close()
		return nil, err
	}
	response.Body = struct {
		io.Reader
		io.Closer
	}{bytes.NewReader(wholeLife(text)), t.body}
	response.Header = response.Header.Clone()
	response.Header.Set("Content-Type", "application/json")
	return response, nil
}

// wholeLife returns the answer to a request for a token with whole seconds of life: the oauth2
// package refuses one that has a fraction or an exponent, and the token with it.
func wholeLife(answer []byte) []byte {
	const life = "expires_in"
	var fields map[string]json.RawMessage
	if json.Unmarshal(answer, &fields) != nil {
		return answer
	}
	seconds, err := strconv.ParseFloat(strings.Trim(string(fields[life]), `"`), 64)
	if err != nil || seconds > assumedLife.Seconds()*1000 || seconds < 0 {
		return answer
	}
	fields[life] = strconv.AppendInt(nil, int64(seconds), 10)
	whole, err := json.Marshal(fields)
	if err != nil {
		return answer
	}
	return whole
}

// validToken reports whether a token can be sent in an Authorization header.
func validToken(token string) bool {
	for _, b := range []byte(token) {
		if b <= ' ' || b > '~' {
			return false
		}
	}
	return token != ""
}
