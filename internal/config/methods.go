package config

import (
	"fmt"
	"slices"

	"github.com/candor-gateway/candor/internal/route"
)

var commonMethods = [...]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

// ownMethods are in common use and in no registry.
var ownMethods = [...]string{"BAN", "M-SEARCH", "NOTIFY", "PURGE", "REFRESH", "SUBSCRIBE", "UNSUBSCRIBE"}

// checkMethods warns of methods that HTTP's registry does not have: an API may have its own, and most are slips.
func (r *reader) checkMethods(methods []string, path ...any) {
	for i, m := range methods {
		if route.MethodFault(m) != "" || route.Registered([]byte(m)) || slices.Contains(ownMethods[:], m) {
			continue
		}
		say := quoted(m) + " is a method that no registry knows"
		if near := Nearest(m, commonMethods[:]); near != "" {
			say += fmt.Sprintf("; did you mean %s?", near)
		}
		r.warn(say, append(slices.Clone(path), i)...)
	}
}
