package sandbox

import (
	"slices"
	"strings"

	"github.com/candor-gateway/candor/internal/config"
)

// known is what the words of rules can be.
type known struct {
	apps, routes []string
	members      map[string]string // name, e-mail address and id → id
	tokens       map[string]string // name in sandbox.json → token
}

// knownOf is what is known of a sandbox.
func knownOf(f *File, routes []string) *known {
	k := &known{routes: slices.Concat(routes, oauthRouteNames()), members: map[string]string{}, tokens: map[string]string{
		"good": f.Tokens.Good, "app": f.Tokens.App, "no_scope": f.Tokens.NoScope, "expired": f.Tokens.Expired, "revoked": f.Tokens.Revoked,
		"restricted_member": f.Tokens.RestrictedMember, "other_app": f.Tokens.OtherApp,
	}}
	for _, app := range f.Apps {
		k.apps = append(k.apps, app.Name)
	}
	for _, m := range f.Members {
		k.members[m.ID], k.members[m.Email], k.members[m.Name] = m.ID, m.ID, m.ID
	}
	return k
}

// tokenOf is the token of a name in sandbox.json, or a token itself.
func (k *known) tokenOf(at, said string) (string, error) {
	if token, named := k.tokens[said]; named {
		return token, nil
	}
	names := sortedKeys(k.tokens)
	near := config.Nearest(said, names)
	switch {
	case said == "refresh":
		return "", wrong(at, "no call brings the refresh token but to the authorization server, whose requests are told apart by route and method: match.route %saccessToken", oauthAPI)
	case near != "":
		return "", wrong(at, "%q is no token's name; did you mean %s?", said, near)
	case len(said) > longestToken, strings.ContainsFunc(said, func(c rune) bool { return c <= ' ' || c > '~' }):
		return "", wrong(at, "this can be no token: it has more than %d characters, or others than visible ASCII", longestToken)
	case said == "":
		return "", wrong(at, "it is empty: give a token, or the name of one: %s", strings.Join(names, ", "))
	}
	return said, nil
}
