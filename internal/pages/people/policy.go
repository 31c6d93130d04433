package people

import (
	"net/url"
	"strings"
)

// always is what holds for every page: no script, nothing from elsewhere, in no frame.
const always = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action "

// policy is that of a page without a form.
func policy() string { return always + "'none'" }

// formPolicy is that of a page whose forms go to the site itself, and from there perhaps to an app: Chromium holds form-action against each redirect that
// follows, too.
func formPolicy(redirect string) string {
	if to := source(redirect); to != "" {
		return always + "'self' " + to
	}
	return always + "'self'"
}

// source is a URI as a policy names where it leads: its origin, or its scheme alone where that has no hosts, or CSP cannot write this one (CSP 3 §2.3.1 knows
// no IPv6 address, and what has a semicolon in it would end the directive).
func source(uri string) string {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme == "" {
		return ""
	}
	if u.Scheme != "http" && u.Scheme != "https" || !isHost(u.Host) {
		return u.Scheme + ":" // url.Parse takes no other letters in a scheme than CSP does
	}
	return u.Scheme + "://" + u.Host
}

func isHost(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:") == ""
}
