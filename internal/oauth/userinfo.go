package oauth

import (
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

// Bearer is the access token of a request (RFC 6750 §2.1, §2.2). In the URL it is refused: URLs are kept in logs.
func Bearer(r *http.Request, body []byte) (string, *problem.OAuthProblem) {
	const name = "access_token"
	for pair := range strings.SplitSeq(r.URL.RawQuery, "&") {
		key, _, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(key); err == nil && plain == name {
			return "", &problem.OAuthProblem{Cause: problem.OAuthBearerInURL}
		}
	}
	var inForm string
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err == nil && kind == "application/x-www-form-urlencoded" && r.Method == http.MethodPost {
		q := &Request{Form: map[string]string{}}
		if p := q.readForm(string(body)); p != nil {
			return "", p
		}
		inForm = q.Form[name]
	}
	switch fields := r.Header.Values("Authorization"); {
	case len(fields) > 1, len(fields) == 1 && inForm != "":
		return "", &problem.OAuthProblem{Cause: problem.OAuthBearerTwice}
	case len(fields) == 1:
		return bearerOf(fields[0])
	case inForm == "":
		return "", &problem.OAuthProblem{Cause: problem.OAuthBearerMissing}
	}
	return inForm, nil
}

func bearerOf(field string) (string, *problem.OAuthProblem) {
	scheme, text, _ := strings.Cut(strings.TrimSpace(field), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", &problem.OAuthProblem{Cause: problem.OAuthBearerMalformed, Value: "its scheme is another than Bearer"}
	}
	if text = strings.TrimSpace(text); text == "" {
		return "", &problem.OAuthProblem{Cause: problem.OAuthBearerMalformed, Value: "nothing follows Bearer"}
	}
	return text, nil
}

// revocations say why a grant is dead.
var revocations = map[access.Reason]string{
	access.NotRevoked:   "it was taken back",
	access.ByMember:     "access was taken back",
	access.ByOperator:   "whoever runs the API took the access back",
	access.ByApp:        "the application gave it back",
	access.ScopeChanged: "other scopes were allowed to the application since",
	access.Reused:       "a refresh token that had been replaced was used again",
}

// DecideUserInfo decides whether who shows a token is told of its member, and whether the e-mail address is part of it.
func DecideUserInfo(s *Seen, f *Facts) (member *access.Member, email bool, p *problem.OAuthProblem) {
	if p = refusal(s, f); p != nil {
		return nil, false, p
	}
	if s.Grant.Member == nil {
		return nil, false, &problem.OAuthProblem{Cause: problem.OAuthTokenNoMember}
	}
	has := func(name string) bool {
		n, known := f.Names.Scope(name)
		return known && s.Grant.Scopes.Has(n)
	}
	if opening := openings(f.Profile); !slices.ContainsFunc(opening, has) {
		return nil, false, &problem.OAuthProblem{Cause: problem.OAuthTokenScope, Known: strings.Join(opening, " or ")}
	}
	return s.Grant.Member, has(ScopeEmail), nil
}

// openings are the scopes of which userinfo wants one.
func openings(p problem.Profile) []string {
	if p == problem.LinkedIn {
		return []string{ScopeOpenID, ScopeProfile, ScopeEmail}
	}
	return []string{ScopeOpenID}
}

// refusal is why a token is not good, in the order in which a call to an API is told.
func refusal(s *Seen, f *Facts) *problem.OAuthProblem {
	switch s.State {
	case token.Expired:
		return &problem.OAuthProblem{Cause: problem.OAuthTokenExpired, Value: instant(s.ExpiredAt)}
	case token.Revoked:
		return &problem.OAuthProblem{Cause: problem.OAuthTokenRevoked, Value: revocations[s.Grant.Reason()]}
	case token.Restricted:
		return &problem.OAuthProblem{Cause: problem.OAuthTokenRestricted}
	case token.Good:
	default:
		return &problem.OAuthProblem{Cause: problem.OAuthTokenInvalid, Value: s.Why.String()}
	}
	if app := f.Apps.Get(s.Grant.App); app == nil || app.Disabled {
		return &problem.OAuthProblem{Cause: problem.OAuthTokenDisabled}
	}
	return nil
}

// userInfo is what OpenID Connect Core 1.0 §5.3.2 answers.
type userInfo struct {
	Subject  string `json:"sub"`
	Email    string `json:"email,omitempty"`
	Verified *bool  `json:"email_verified,omitempty"`
}

// AppendUserInfo appends what is told of a member: the id, and what is known of them beside where it may be told.
func AppendUserInfo(dst []byte, member *access.Member, p Person) []byte {
	u := userInfo{Subject: member.Subject, Email: p.Email}
	if p.Email != "" {
		u.Verified = &p.Verified
	}
	return appendJSON(dst, u)
}

// AppendBearerChallenge appends the value of WWW-Authenticate for a refusal (RFC 6750 §3). Who sent no token is told no error (§3.1).
func AppendBearerChallenge(dst []byte, p *problem.OAuthProblem, profile problem.Profile) []byte {
	dst = append(dst, `Bearer realm="oauth"`...)
	if p.Cause == problem.OAuthBearerMissing {
		return dst
	}
	dst = appendReason(dst, p, profile)
	if p.Cause == problem.OAuthTokenScope || p.Cause == problem.OAuthTokenNoMember {
		dst = append(append(append(dst, `, scope="`...), ScopeOpenID...), '"')
	}
	return dst
}

// AppendBasicChallenge appends the value of WWW-Authenticate for a refusal of who came with Basic (RFC 6749 §5.2). It has what the body says as well: some
// clients show their developer the challenge, and not the body.
func AppendBasicChallenge(dst []byte, p *problem.OAuthProblem, profile problem.Profile, pages string) []byte {
	dst = appendReason(append(dst, `Basic realm="oauth"`...), p, profile)
	if page := p.Page(profile, pages); page != "" {
		dst = append(append(append(dst, `, error_uri="`...), page...), '"')
	}
	return dst
}

// appendReason appends the error of a refusal to a challenge.
func appendReason(dst []byte, p *problem.OAuthProblem, profile problem.Profile) []byte {
	row := p.Row(profile)
	dst = append(append(append(dst, `, error="`...), row.Error...), `", error_description="`...)
	return append(append(dst, strings.ReplaceAll(row.Description, `"`, "'")...), '"')
}
