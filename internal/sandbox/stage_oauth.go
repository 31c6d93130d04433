package sandbox

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/candor-gateway/candor/internal/oauth"
	"github.com/candor-gateway/candor/problem"
)

// oauthAPI begins what rules call the endpoints of the authorization server, as if they were routes of an API.
const oauthAPI = "oauth/"

// oauthRoutes are these endpoints, by their paths.
var oauthRoutes = map[string]string{
	oauth.TokenPath: oauthAPI + "accessToken", oauth.IntrospectPath: oauthAPI + "introspectToken", oauth.RevokePath: oauthAPI + "revoke", oauth.UserInfoPath: oauthAPI + "userinfo",
}

// oauthRouteNames are their names.
func oauthRouteNames() []string { return slices.Sorted(maps.Values(oauthRoutes)) }

// oauthFault is the seam at the endpoints of the authorization server: they fail as FaultHeader of the request asks for, or else as a rule does. It is named in the head of
// the answer, and in the note of the log.
func (s *stage) oauthFault(head http.Header, r *http.Request) (note string, refusal *problem.OAuthProblem) {
	if value := r.Header.Get(FaultHeader); value != "" {
		p := askedOAuth(value)
		if p.Cause.Name() == value {
			note = tellOAuth(head, value)
		}
		return note, p
	}
	if s.rules.none() {
		return "", nil
	}
	d := s.rules.draw(&facts{route: oauthRoutes[r.URL.Path], method: r.Method}, s.now())
	if d == nil {
		return "", nil
	}
	note = tellOAuth(head, d.String())
	pause(r.Context(), d.latency)
	if cause, fails := problem.OAuthCauseNamed(d.name); fails {
		return note, oauthExample(cause)
	}
	return note, nil
}

// tellOAuth names what is staged in the head of an answer, where a script of another origin can read it, too, and gives the note of the log.
func tellOAuth(head http.Header, name string) (note string) {
	const exposed = "Access-Control-Expose-Headers"
	head.Set(FaultHeader, name)
	if also := head.Get(exposed); also != "" {
		head.Set(exposed, also+", "+FaultHeader)
	}
	return stagedNote + name
}

// oauthCausesOf are the failures that answer with an error, as RFC 6749 or LinkedIn words it.
func oauthCausesOf(word string) (names []string) {
	for _, cause := range problem.OAuthCauses() {
		p := problem.OAuthProblem{Cause: cause}
		if p.Row(problem.Standard).Error == word || p.Row(problem.LinkedIn).Error == word {
			names = append(names, cause.Name())
		}
	}
	return names
}

// askedOAuth is the failure that a request asks for itself.
func askedOAuth(value string) *problem.OAuthProblem {
	if cause, there := problem.OAuthCauseNamed(value); there {
		return oauthExample(cause)
	}
	return &problem.OAuthProblem{Cause: problem.OAuthParameter, Parameter: FaultHeader, Value: value, Known: "here it takes the name of a cause, as in oauth_code_used"}
}

// oauthExample is a cause with facts of no request.
func oauthExample(cause problem.OAuthCause) *problem.OAuthProblem {
	return &problem.OAuthProblem{Cause: cause, Parameter: "code", Value: cmp.Or(oauthValues[cause], "what was sent"), Known: "what is known", RetryAfter: retryAfter[cause]}
}

// oauthValues are the facts of causes that tell no value of a parameter.
var oauthValues = map[problem.OAuthCause]string{
	problem.OAuthMalformed: "it ended too early, or its chunks are broken", problem.OAuthScheme: "it has another scheme", problem.OAuthBearerMalformed: "it has another scheme",
	problem.OAuthCodeUnknown: "no code begins so", problem.OAuthRefreshUnknown: "no refresh token begins so", problem.OAuthTokenInvalid: "no access token begins so",
	problem.OAuthCodeExpired: anEnd, problem.OAuthRefreshExpired: anEnd, problem.OAuthTokenExpired: anEnd,
	problem.OAuthCodeFailed: "5", problem.OAuthCodeVerifier: "it is another one", problem.OAuthTokenRevoked: "its member has taken access back", problem.OAuthChallenge: "is missing",
}

// anEnd is one that is past.
const anEnd = "2026-01-02T03:04:05Z"

// retryAfter are the causes of which it is said, in seconds, when to try again.
var retryAfter = map[problem.OAuthCause]int{problem.OAuthTooMany: 60, problem.OAuthUnavailable: 5}

// fitOAuth refuses what the endpoints of the authorization server cannot be asked for, and what only they can.
func (r *rule) fitOAuth(at string) error {
	var oauthNamed, others string
	for _, name := range append([]string{r.Fault}, r.Sequence...) {
		switch _, is := problem.OAuthCauseNamed(name); {
		case is:
			oauthNamed = name
		case name != "" && name != ok:
			others = name
		}
	}
	if !strings.HasPrefix(r.Match.Route, oauthAPI) {
		if oauthNamed != "" {
			return wrong(at, "%s is a failure of the authorization server: say of which endpoint by match.route, as in %saccessToken", oauthNamed, oauthAPI)
		}
		return nil
	}
	switch m := &r.Match; {
	case m.App != "" || m.Member != "" || m.Token != "":
		return wrong(below(at, "match"), "requests to %s are told apart by method alone: leave out app, member and token", m.Route)
	case others != "":
		return wrong(at, "%s is no failure of %s, which takes those of OAuth, as in oauth_too_many", others, m.Route)
	}
	return nil
}
