package config

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// parseURL takes the address of a public site. Its errors do not repeat a URL that may have a
// password in it.
func parseURL(text string) (*url.URL, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, ErrMissing
	}
	const example = "give the address of the public site alone, such as https://support.example.com"
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, errors.New("it is no URL: " + example)
	case u.User != nil:
		return nil, errors.New("there is a user name or a password in it: the API takes a client ID and a client secret instead; " + example)
	case u.Scheme != "https":
		return nil, errors.New("it does not begin with https://, and the client secret is sent to it: " + example)
	case u.Hostname() == "":
		return nil, errors.New("there is no host in it: " + example)
	case !validPort(u):
		return nil, errors.New(badPort + example)
	case u.Path != "" && u.Path != "/":
		return nil, fmt.Errorf("there is a path in it, %q: the APIs are below the root; %s", u.EscapedPath(), example)
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, errors.New("it goes on after the host: " + example)
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}

const badPort = "the port in it is no number from 1 to 65535: "

// validPort tells whether a URL has a port that there can be, or none.
func validPort(u *url.URL) bool {
	if u.Port() == "" {
		return !strings.HasSuffix(u.Host, ":")
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	return err == nil && port > 0
}

// parseProxy takes the URL of a proxy, nil where there is none. Its errors do not repeat it:
// there may be a password in it.
func parseProxy(text string) (*url.URL, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, nil
	}
	const example = "give one such as http://proxy.example.com:3128"
	u, err := url.Parse(text)
	if err != nil {
		return nil, errors.New("it is no URL: " + example)
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
	default:
		return nil, errors.New("it does not begin with http://, https:// or socks5://: " + example)
	}
	switch {
	case u.Hostname() == "":
		return nil, errors.New("there is no host in it: " + example)
	case !validPort(u):
		return nil, errors.New(badPort + example)
	case (u.Path != "" && u.Path != "/") || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, errors.New("it goes on after the host: " + example)
	}
	return &url.URL{Scheme: u.Scheme, User: u.User, Host: u.Host}, nil
}
