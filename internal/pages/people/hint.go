package people

import (
	"net/url"
	"strings"
)

// alike is what two URIs that are not equal have in common but for one thing. The first that fits is said.
var alike = []struct {
	fold func(string) string
	say  string
}{
	{strings.TrimSpace, "The only difference is blanks at an end."},
	{func(s string) string { return strings.TrimSuffix(s, "/") }, "The only difference is the slash at the end."},
	{strings.ToLower, "The only difference is capital letters."},
	{plainHTTP, "The only difference is http and https."},
	{func(s string) string { return before(s, "#") }, "The only difference is what stands behind #, which a redirect URI cannot have."},
	{func(s string) string { return before(s, "?") }, "The only difference is the query. It has to be the registered one; what is of this sign-in alone belongs into state."},
	{decoded, "The only difference is the percent encoding: it was done once too often, or not often enough."},
	{withoutPort, "The only difference is the port. Only public apps may choose it, on a loopback address that is registered."},
	{loopback, "The only difference is the name of this machine: localhost, 127.0.0.1 and [::1] are three."},
}

// hint says what alone differs, if it is something that often does; "" otherwise.
func hint(sent, registered string) string {
	if sent == registered {
		return ""
	}
	for _, a := range alike {
		if a.fold(sent) == a.fold(registered) {
			return a.say
		}
	}
	return ""
}

func before(s, sign string) string {
	s, _, _ = strings.Cut(s, sign)
	return s
}

func plainHTTP(s string) string {
	if rest, ok := strings.CutPrefix(s, "https:"); ok {
		return "http:" + rest
	}
	return s
}

// decoded is a text without percent encoding, however often it was done.
func decoded(s string) string {
	const often = 3
	for range often {
		d, err := url.PathUnescape(s)
		if err != nil {
			return s
		}
		s = d
	}
	return s
}

func withoutPort(s string) string {
	return rehost(s, func(u *url.URL) string { return u.Hostname() })
}

func loopback(s string) string {
	return rehost(s, func(u *url.URL) string {
		switch u.Hostname() {
		case "localhost", "127.0.0.1", "::1":
			return "localhost:" + u.Port()
		}
		return u.Host
	})
}

// rehost is a URI with another host; what is none stays.
func rehost(s string, host func(*url.URL) string) string {
	u, err := url.Parse(s)
	if err != nil {
		return s
	}
	u.Host = host(u)
	return u.String()
}
