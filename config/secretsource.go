package config

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// errEmptySecret is the error of a client secret that has nothing in it but white space.
var errEmptySecret = errors.New("it is empty: generate a secret for the API account in /login > Management > API Configuration")

// maxSecretBytes is more than any client secret has. A file that is larger is another file.
const maxSecretBytes = 64 << 10

// secretSource is where the client secret comes from: a file, or else itself.
type secretSource struct {
	file   string
	inline Secret
}

// secretSource returns where the secret comes from, once it has been read from there.
func (o Options) secretSource() (secretSource, error) {
	inline, inlineErr := plainSecret(o.ClientSecret.Reveal())
	switch {
	case inlineErr != nil:
		return secretSource{}, &Error{SettingClientSecret, inlineErr}
	case o.ClientSecretFile != "" && !inline.Empty():
		return secretSource{}, &Error{SettingClientSecretFile, errors.New("the client secret itself is given as well: keep one of the two")}
	case o.ClientSecretFile != "":
		s := secretSource{file: o.ClientSecretFile}
		if _, err := s.read(); err != nil {
			return secretSource{}, &Error{SettingClientSecretFile, err}
		}
		return s, nil
	case !inline.Empty():
		return secretSource{inline: inline}, nil
	case !o.ClientSecret.Empty():
		return secretSource{}, &Error{SettingClientSecret, errEmptySecret}
	default:
		return secretSource{}, &Error{SettingClientSecret, ErrMissing}
	}
}

// read returns the secret as it is now.
func (s secretSource) read() (Secret, error) {
	if s.file == "" {
		return s.inline, nil
	}
	text, err := readRegular(s.file, maxSecretBytes)
	switch {
	case errors.Is(err, errTooLong):
		return Secret{}, fmt.Errorf("%s is larger than any client secret: name the file that holds the secret and nothing else", s.file)
	case err != nil:
		return Secret{}, fmt.Errorf("the client secret cannot be read: %w", err)
	}
	secret, err := plainSecret(string(text))
	if err == nil && secret.Empty() {
		err = errEmptySecret
	}
	if err != nil {
		return Secret{}, fmt.Errorf("the client secret in %s: %w", s.file, err)
	}
	return secret, nil
}

// plainSecret returns the secret in a text, without what editors leave around it: white space
// and a byte order mark. A text that cannot be one, such as that of another file or in UTF-16,
// is refused here: if the appliance refused it, that would count towards locking the account.
func plainSecret(text string) (Secret, error) {
	text = strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
	switch i := strings.IndexFunc(text, unicode.IsControl); {
	case i < 0:
		return NewSecret(text), nil
	case text[i] == '\n' || text[i] == '\r':
		return Secret{}, errors.New("there is more than one line of it: give the secret and nothing else")
	default:
		return Secret{}, errors.New("there are control characters in it, as in a file that is saved as UTF-16: save it as UTF-8, the secret and nothing else")
	}
}
