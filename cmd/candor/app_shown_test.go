package main

import (
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/admin"
)

// TestUsesAreShown: what became of scopes stands among the rest of an app, but for apps that ask another server.
func TestUsesAreShown(t *testing.T) {
	some := []admin.ScopeUse{{Scope: "r_people", Asked: 12, Granted: 10, Refused: 1}, {Unknown: true, Asked: 3, Refused: 3}}
	for name, c := range map[string]struct {
		app  admin.App
		want string
	}{
		"some":                {admin.App{ScopeUses: some}, "  last 24 hours  r_people: asked 12, granted 10, refused 1\n                 scopes that are unknown: asked 3, granted 0, refused 3\n"},
		"none":                {admin.App{ScopeUses: []admin.ScopeUse{}}, "  last 24 hours  asked for no scope\n"},
		"not known":           {admin.App{}, ""},
		"of another issuer's": {admin.App{ScopeUses: some, External: "ISSUER|id"}, ""},
	} {
		var w strings.Builder
		if err := writeApp(&w, &c.app, time.Time{}); err != nil {
			t.Fatal(err)
		}
		_, got, _ := strings.Cut(w.String(), "secrets        none\n")
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
