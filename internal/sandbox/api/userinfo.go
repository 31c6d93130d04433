package api

import (
	"net/http"
	"slices"
	"strings"
)

// userinfo is GET and POST /v2/userinfo: the claims that the token's scopes open (OpenID Connect Core §5.3, §5.4).
func (a *API) userinfo(r *http.Request, c caller) answer {
	p, known := a.people[c.member]
	if !known {
		return a.noMember(r, c, "/userinfo")
	}
	scopes := strings.Fields(c.scopes)
	claims := object{{key: "sub", value: p.ID}}
	if slices.Contains(scopes, "profile") {
		locale := object{{key: "country", value: p.country}, {key: "language", value: p.language}}
		claims = append(claims,
			pair{key: "name", value: preferred(p.First, p.localFirst) + " " + preferred(p.Last, p.localLast)},
			pair{key: "given_name", value: preferred(p.First, p.localFirst)},
			pair{key: "family_name", value: preferred(p.Last, p.localLast)},
			pair{key: "picture", value: a.pictureURL(p)},
			pair{key: "locale", value: locale})
	}
	if slices.Contains(scopes, "email") {
		claims = append(claims, pair{key: "email", value: p.Email}, pair{key: "email_verified", value: true})
	}
	return ok(claims)
}
