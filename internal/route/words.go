package route

import (
	"slices"
	"strings"

	"github.com/candor-gateway/candor/internal/ascii"
)

// MethodFault is what is wrong with a method in a list, to follow the method in quotes; "" if nothing is. It leaves out what no route can take: CONNECT asks for a tunnel, and TRACE would show a client what Candor adds for the upstream alone.
func MethodFault(s string) string {
	upper := strings.ToUpper(s)
	switch {
	case upper == "*" || upper == "ANY" || upper == "ALL":
		return "is not a valid method; leave methods: out, and the route takes every one"
	case joined(s) != "":
		return "is not a valid method; each stands alone, as in [" + joined(s) + "]"
	case !ascii.IsToken(s):
		return "is not a valid method; expected one like GET or POST"
	case s == "CONNECT" || s == "TRACE":
		return "is a method that no route can take"
	case upper != s && Registered([]byte(upper)):
		return "is written " + upper + ": methods are case-sensitive"
	}
	return ""
}

// joined is a list of methods that was written as one, as it is written here; "" if it is none.
func joined(s string) string {
	words := strings.FieldsFunc(s, func(c rune) bool { return strings.ContainsRune(",|/ ", c) })
	if len(words) < 2 || slices.ContainsFunc(words, func(w string) bool { return !Registered([]byte(w)) }) {
		return ""
	}
	return strings.Join(words, ", ")
}

// MediaTypeFault is what is wrong with a media type, to follow it in quotes; "" if nothing is: type/subtype, type/* and */*, without parameters.
func MediaTypeFault(s string) string {
	kind, sub, ok := strings.Cut(s, "/")
	if !ok || !ascii.IsToken(kind) || !ascii.IsToken(sub) || strings.ToLower(s) != s {
		return "is not a valid media type: expected one in small letters and without parameters, as in application/json"
	}
	return ""
}

// VersionFault is what is wrong with an active version, to follow it in quotes; "" if nothing is.
func VersionFault(s string) string {
	if _, ok := parseVersion([]byte(s)); !ok || len(s) != len("202511") {
		return "is not a valid version: expected year and month, as in 202511"
	}
	return ""
}
