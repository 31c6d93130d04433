package access

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/candor-gateway/candor/internal/ascii"
)

// MaxRedirectURI bounds a redirect URI, in bytes.
const MaxRedirectURI = 1024

// CheckRedirectURI reports why uri cannot be registered as the place where an app's members come back to. Since it is compared byte for byte (RFC 9700
// §2.1), what stands for several places is refused: wildcards, and what browsers and libraries read in two ways. A code must travel encrypted or stay on the
// machine (RFC 8252 §7), so http is for loopback alone, and a scheme of the app's own has the dot of a reversed domain.
func CheckRedirectURI(uri string) error {
	if uri == "" || len(uri) > MaxRedirectURI {
		return fmt.Errorf("a redirect URI has 1 to %d bytes, this one has %d", MaxRedirectURI, len(uri))
	}
	if err := checkURIBytes(uri); err != nil {
		return err
	}
	scheme, rest, found := strings.Cut(uri, ":")
	if !found || !isScheme(scheme) {
		return fmt.Errorf("a redirect URI is absolute: it begins with a scheme, as https://app.example/callback does")
	}
	switch scheme = strings.ToLower(scheme); {
	case scheme == "https" || scheme == "http":
		return checkWebRedirect(uri, scheme)
	case runsHere[scheme]:
		return fmt.Errorf("%s: is content of the browser itself and no place to send members to", scheme)
	case !strings.Contains(scheme, "."):
		return fmt.Errorf("the scheme %q has no dot; an app's own scheme is a domain of its maker reversed, as com.example.app (RFC 8252 §7.1)", scheme)
	case !strings.HasPrefix(rest, "/"):
		return fmt.Errorf("a '/' must follow %q", scheme+":")
	}
	return checkAuthority(uri)
}

// runsHere are schemes that a browser runs, or reads from where it is, instead of going somewhere.
var runsHere = map[string]bool{
	"javascript": true, "vbscript": true, "data": true, "file": true, "blob": true, "filesystem": true, "about": true, "view-source": true,
}

// checkURIBytes finds what RFC 3986 has no place for, and what a redirect URI must not have: a fragment (RFC 6749 §3.1.2) and wildcards.
func checkURIBytes(uri string) error {
	for i := range len(uri) {
		switch c := uri[i]; {
		case c == '#':
			return fmt.Errorf("'#' at position %d: a redirect URI has no fragment", i+1)
		case c == '*':
			return fmt.Errorf("'*' at position %d: redirect URIs are compared byte for byte, so there are no wildcards; register each one", i+1)
		case c <= ' ' || c > '~' || strings.IndexByte("\"<>\\^`{|}", c) >= 0:
			r, _ := utf8.DecodeRuneInString(uri[i:])
			return fmt.Errorf("character %q at position %d cannot stand in a URI", r, i+1)
		case c == '%' && !isEscape(uri[i:]):
			return fmt.Errorf("'%%' at position %d must be followed by two hexadecimal digits", i+1)
		}
	}
	return nil
}

// checkWebRedirect is for http and https.
func checkWebRedirect(uri, scheme string) error {
	if !strings.HasPrefix(uri[len(scheme):], "://") {
		return fmt.Errorf("%q must be followed by \"//\" and a host", scheme+":")
	}
	if err := checkAuthority(uri); err != nil {
		return err
	}
	u, err := url.Parse(uri)
	if err != nil || u.Hostname() == "" {
		return fmt.Errorf("a host must follow %q", scheme+"://")
	}
	if scheme == "http" && !IsLoopback(u.Hostname()) {
		return fmt.Errorf("http is for localhost, 127.0.0.1 and [::1] alone, since the code would cross the network unencrypted; use https")
	}
	return nil
}

// checkAuthority looks at what is between "//" and the path, where there is something.
func checkAuthority(uri string) error {
	u, err := url.Parse(uri)
	if err != nil {
		return fmt.Errorf("this is no URI: %s", reason(err))
	}
	if u.User != nil {
		return fmt.Errorf("a redirect URI has no user name or password before its host ('@')")
	}
	if i := strings.LastIndexByte(u.Host, ':'); i >= 0 && !strings.HasSuffix(u.Host, "]") {
		if port, err := strconv.ParseUint(u.Host[i+1:], 10, 16); err != nil || port == 0 {
			return fmt.Errorf("the port %q is none; ports go from 1 to 65535", u.Host[i+1:])
		}
	}
	return nil
}

// IsLoopback reports whether a URL's host, without port and brackets, can only be this machine.
func IsLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// reason is what a fault of net/url says, without the URL, which may be anything.
func reason(err error) string {
	if fault := (*url.Error)(nil); errors.As(err, &fault) {
		return fault.Err.Error()
	}
	return err.Error()
}

// isScheme reports whether s is a scheme (RFC 3986 §3.1).
func isScheme(s string) bool {
	for i := range len(s) {
		if c := s[i]; !ascii.IsAlnum(c) && (i == 0 || c != '+' && c != '-' && c != '.') || i == 0 && c <= '9' {
			return false
		}
	}
	return s != ""
}

func isEscape(s string) bool {
	return len(s) > 2 && ascii.IsHex(s[1]) && ascii.IsHex(s[2])
}
