package appliance

import (
	"encoding/base64"
	"slices"
	"strings"
)

const (
	// maxSent is how many secrets and tokens are remembered: an answer may be on its way while
	// both are replaced.
	maxSent = 8

	// shortestPart is how much of a secret at the end of a text is taken for the beginning of
	// it, of which the rest was cut off.
	shortestPart = 6

	redacted = "<secret>"
)

// sent remembers a secret or a token, so that it can be taken out of what an appliance writes.
// The caller holds the lock.
func (t *tokens) sent(secret string) {
	// Used again it is the newest: the client secret outlives many tokens.
	t.secrets = append(slices.DeleteFunc(t.secrets, func(s string) bool { return s == secret }), secret)
	if len(t.secrets) > maxSent {
		t.secrets = slices.Delete(t.secrets, 0, 1)
	}
}

// Redact takes the client secret and the tokens out of a text that an appliance wrote: one that
// repeats what it was sent must not bring it into a log. It is for whoever talks to the appliance
// with a token of the client's.
func (c *Client) Redact(text string) string {
	c.tokens.mu.Lock()
	secrets := slices.Clone(c.tokens.secrets)
	c.tokens.mu.Unlock()
	for _, secret := range secrets {
		basic := base64.StdEncoding.EncodeToString([]byte(c.config.ClientID + ":" + secret))
		for _, s := range []string{basic, secret} {
			text = withoutPart(strings.ReplaceAll(text, s, redacted), s)
		}
	}
	return text
}

// withoutPart takes the beginning of a secret from the end of a text that was cut within it.
func withoutPart(text, secret string) string {
	text, dots := strings.CutSuffix(text, "…")
	for n := min(len(secret)-1, len(text)); n >= shortestPart; n-- {
		if strings.HasSuffix(text, secret[:n]) {
			text = text[:len(text)-n] + redacted
			break
		}
	}
	if dots {
		text += "…"
	}
	return text
}
