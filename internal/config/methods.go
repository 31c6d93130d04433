package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/candor-gateway/candor/internal/route"
)

// methodRule leaves out what no route can take: CONNECT asks for a tunnel, and TRACE would show a client what Candor adds for the upstream alone.
func methodRule(s string) string {
	upper := strings.ToUpper(s)
	switch {
	case upper == "*" || upper == "ANY" || upper == "ALL":
		return "is no method; leave methods: out, and the route takes every one"
	case joined(s) != "":
		return "is no method; each stands alone, as in [" + joined(s) + "]"
	case !isToken(s):
		return "is no method; expected one like GET or POST"
	case s == "CONNECT" || s == "TRACE":
		return "is a method that no route can take"
	case upper != s && route.Registered([]byte(upper)):
		return "is written " + upper + ": methods are case-sensitive"
	}
	return ""
}

// joined is a list of methods that was written as one, as it is written here; "" if it is none.
func joined(s string) string {
	words := strings.FieldsFunc(s, func(c rune) bool { return strings.ContainsRune(",|/ ", c) })
	if len(words) < 2 || slices.ContainsFunc(words, func(w string) bool { return !route.Registered([]byte(w)) }) {
		return ""
	}
	return strings.Join(words, ", ")
}

var commonMethods = [...]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

// ownMethods are in common use and in no registry.
var ownMethods = [...]string{"BAN", "M-SEARCH", "NOTIFY", "PURGE", "REFRESH", "SUBSCRIBE", "UNSUBSCRIBE"}

// checkMethods warns of methods that HTTP's registry does not have: an API may have its own, and most are slips.
func (r *reader) checkMethods(methods []string, path ...any) {
	for i, m := range methods {
		if methodRule(m) != "" || route.Registered([]byte(m)) || slices.Contains(ownMethods[:], m) {
			continue
		}
		say := quoted(m) + " is a method that no registry knows"
		if near := Nearest(m, commonMethods[:]); near != "" {
			say += fmt.Sprintf("; did you mean %s?", near)
		}
		r.warn(say, append(slices.Clone(path), i)...)
	}
}
