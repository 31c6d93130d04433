package oauth

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/problem"
)

// AuthorizationPath is where a member is sent to, to allow an app something (RFC 6749 §3.1).
const AuthorizationPath = "/oauth/v2/authorization"

// Authorization is a request for it that may be shown to a member.
type Authorization struct {
	Return
	App       *access.App
	Scopes    access.ScopeSet
	Nonce     string
	Challenge string // S256; "" none
	LoginHint string
	TokenHint string // an id_token of ours that tells who should sign in
	MaxAge    int64  // seconds since the member signed in; -1: any
	Prompt    Prompt
	stranger  string // a scope that is not the app's
}

// Prompt is what a client says of the pages that a member is shown (OpenID Connect Core §3.1.2.1).
type Prompt uint8

// The prompts.
const (
	PromptNone    Prompt = 1 << iota // no page at all
	PromptLogin                      // sign in again
	PromptConsent                    // ask again
)

var prompts = map[string]Prompt{"none": PromptNone, "login": PromptLogin, "select_account": PromptLogin, "consent": PromptConsent}

// Bounds of what is kept until the code is used.
const (
	maxNonce = 512
	maxState = 8 << 10
	maxHint  = 254 // an e-mail address has no more
)

// DecideAuthorization reads a request. Without a back there is nobody whom the problem could be told but who sits at the browser: neither an unknown client nor an
// unknown redirect URI is led to. Else the problem goes to back, or the request to the member.
func DecideAuthorization(query string, issuer string, f *Facts) (a *Authorization, back *Return, p *problem.OAuthProblem) {
	form, repeated, p := readQuery(query)
	if p != nil {
		return nil, nil, p
	}
	app, p := f.returning(form, repeated)
	if p != nil {
		return nil, nil, p
	}
	back = &Return{RedirectURI: form["redirect_uri"], Issuer: issuer}
	if !slices.Contains(repeated, "state") {
		back.State = form["state"]
	}
	a = &Authorization{Return: *back, App: app, Nonce: form["nonce"], LoginHint: form["login_hint"], TokenHint: form["id_token_hint"], MaxAge: -1}
	switch {
	case len(repeated) > 0:
		return nil, back, &problem.OAuthProblem{Cause: problem.OAuthRepeated, Parameter: repeated[0]}
	case app.Disabled:
		return nil, back, &problem.OAuthProblem{Cause: problem.OAuthDisabled}
	}
	for _, read := range []func(map[string]string, *Facts) *problem.OAuthProblem{a.readUnsupported, a.readResponse, a.readChallenge, a.readPages, a.readScopes} {
		if p := read(form, f); p != nil {
			return nil, back, p
		}
	}
	return a, back, nil
}

// readQuery reads the parameters, and which of them came more than once. One without a value is as good as none.
func readQuery(query string) (form map[string]string, repeated []string, p *problem.OAuthProblem) {
	form = map[string]string{}
	for pair := range strings.SplitSeq(query, "&") {
		left, right, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(left)
		value, wrong := url.QueryUnescape(right)
		if err != nil || wrong != nil {
			return nil, nil, &problem.OAuthProblem{Cause: problem.OAuthMalformed, Value: "a percent sign without two hexadecimal digits behind it in the parameter '" + left + "'"}
		}
		if _, twice := form[name]; twice && name != "" {
			repeated = append(repeated, name)
			continue
		}
		form[name] = value
	}
	return form, repeated, nil
}

// returning finds the app, and whether it may be led back to.
func (f *Facts) returning(form map[string]string, repeated []string) (*access.App, *problem.OAuthProblem) {
	for _, name := range []string{"client_id", "redirect_uri"} {
		switch {
		case slices.Contains(repeated, name):
			return nil, &problem.OAuthProblem{Cause: problem.OAuthRepeated, Parameter: name}
		case form[name] == "":
			return nil, &problem.OAuthProblem{Cause: problem.OAuthAuthorizeMissing, Parameter: name}
		}
	}
	app := f.app(form["client_id"])
	if app == nil {
		return nil, &problem.OAuthProblem{Cause: problem.OAuthAuthorizeClient, Value: form["client_id"]}
	}
	if !mayReturn(app, form["redirect_uri"]) {
		return app, &problem.OAuthProblem{Cause: problem.OAuthAuthorizeRedirect, Value: form["redirect_uri"]}
	}
	return app, nil
}

// mayReturn reports whether a redirect URI is the app's, byte for byte (RFC 9700 §2.1). Of a public app, which runs on the member's machine and listens where it
// can, the port may be another where http to loopback is registered (RFC 8252 §7.3).
func mayReturn(app *access.App, uri string) bool {
	if slices.Contains(app.RedirectURIs, uri) {
		return true
	}
	if !app.Public || access.CheckRedirectURI(uri) != nil {
		return false
	}
	sent, ok := withoutPort(uri)
	return ok && slices.ContainsFunc(app.RedirectURIs, func(registered string) bool {
		known, ok := withoutPort(registered)
		return ok && known == sent
	})
}

// withoutPort is an http URI of this machine without its port.
func withoutPort(uri string) (string, bool) {
	u, err := url.Parse(uri)
	const scheme = "http://"
	if err != nil || !strings.HasPrefix(uri, scheme) || !access.IsLoopback(u.Hostname()) {
		return "", false
	}
	rest := strings.TrimPrefix(uri[len(scheme):], u.Host)
	host := strings.TrimSuffix(u.Host, ":"+u.Port())
	return scheme + host + rest, true
}

func (a *Authorization) readUnsupported(form map[string]string, _ *Facts) *problem.OAuthProblem {
	switch {
	case form["request"] != "":
		return &problem.OAuthProblem{Cause: problem.OAuthRequestObject}
	case form["request_uri"] != "":
		return &problem.OAuthProblem{Cause: problem.OAuthRequestURI}
	}
	return nil
}

func (a *Authorization) readResponse(form map[string]string, _ *Facts) *problem.OAuthProblem {
	switch kind, mode := form["response_type"], form["response_mode"]; {
	case kind == "":
		return &problem.OAuthProblem{Cause: problem.OAuthMissing, Parameter: "response_type"}
	case kind != "code":
		return &problem.OAuthProblem{Cause: problem.OAuthResponseType, Value: kind, Known: "code"}
	case mode != "" && mode != "query":
		return &problem.OAuthProblem{Cause: problem.OAuthResponseMode, Value: mode, Known: "query"}
	}
	return nil
}

// readChallenge holds to RFC 7636 §4.3 and RFC 9700 §2.1.1: S256 alone, and not without where nothing else shows that it is the app.
func (a *Authorization) readChallenge(form map[string]string, _ *Facts) *problem.OAuthProblem {
	challenge, method := form["code_challenge"], form["code_challenge_method"]
	switch {
	case challenge == "" && method == "" && !a.App.Public:
		return nil
	case challenge == "" && method == "":
		return &problem.OAuthProblem{Cause: problem.OAuthChallenge, Value: "is missing; a public app cannot do without"}
	case challenge == "":
		return &problem.OAuthProblem{Cause: problem.OAuthChallenge, Value: "is missing, though there is a code_challenge_method"}
	case method != "S256":
		if method == "" {
			method = "plain"
		}
		return &problem.OAuthProblem{Cause: problem.OAuthChallengeMethod, Value: method, Known: "S256"}
	case len(challenge) != 43 || strings.ContainsFunc(challenge, notBase64URL):
		return &problem.OAuthProblem{Cause: problem.OAuthChallenge, Value: "is no SHA-256 in base64url without padding, which has 43 characters; this one has " + strconv.Itoa(len(challenge))}
	}
	a.Challenge = challenge
	return nil
}

func notBase64URL(r rune) bool {
	return r > '~' || !ascii.IsAlnum(byte(r)) && r != '-' && r != '_'
}

// readPages reads what is said of the pages, and bounds what is kept.
func (a *Authorization) readPages(form map[string]string, _ *Facts) *problem.OAuthProblem {
	wrong := func(name, value, why string) *problem.OAuthProblem {
		return &problem.OAuthProblem{Cause: problem.OAuthParameter, Parameter: name, Value: value, Known: why}
	}
	for word := range strings.FieldsSeq(form["prompt"]) {
		p, known := prompts[word]
		if !known {
			return wrong("prompt", word, "it is one of none, login, consent and select_account")
		}
		a.Prompt |= p
	}
	if a.Prompt&PromptNone != 0 && a.Prompt != PromptNone {
		return wrong("prompt", form["prompt"], "none stands alone")
	}
	if age := form["max_age"]; age != "" {
		n, err := strconv.ParseInt(age, 10, 64)
		if err != nil || n < 0 {
			return wrong("max_age", age, "it is a number of seconds")
		}
		a.MaxAge = n
	}
	if len(a.LoginHint) > maxHint { // a hint may be left alone, and it goes on in a URL
		a.LoginHint = ""
	}
	if len(a.Nonce) > maxNonce {
		return wrong("nonce", a.Nonce, "it has at most "+strconv.Itoa(maxNonce)+" bytes")
	}
	if len(a.State) > maxState {
		return wrong("state", a.State, "it has at most "+strconv.Itoa(maxState)+" bytes")
	}
	return nil
}

// readScopes finds the scopes; without a list they are all of the app's. The standard profile tells of a scope that is not the app's only once somebody has signed
// in: a link that leads straight on to wherever an app is registered for is what phishers look for (RFC 9700 §4.11.2).
func (a *Authorization) readScopes(form map[string]string, f *Facts) *problem.OAuthProblem {
	asked := splitScopes(form["scope"], f.Profile)
	a.Scopes = a.App.Scopes
	if len(asked) > 0 {
		a.Scopes = access.ScopeSet{}
	}
	for _, name := range asked {
		n, known := f.Names.Scope(name)
		if !known || !a.App.Scopes.Has(n) {
			a.stranger = name
			break
		}
		a.Scopes = a.Scopes.With(n)
	}
	if a.Scopes == (access.ScopeSet{}) && a.stranger == "" {
		a.stranger = "any"
	}
	if f.Profile == problem.LinkedIn {
		return a.strange(f)
	}
	return nil
}

// strange is the problem of a scope that is not the app's.
func (a *Authorization) strange(f *Facts) *problem.OAuthProblem {
	if a.stranger == "" {
		return nil
	}
	return &problem.OAuthProblem{Cause: problem.OAuthScopeOfApp, Value: a.stranger, Known: f.told(a.App.Scopes)}
}

// ClientOf is the client id that a request for authorization names.
func ClientOf(query string) string {
	form, _, _ := readQuery(query)
	return form["client_id"]
}

// Registered are the redirect URIs of the app that a request names.
func (f *Facts) Registered(query string) []string {
	form, _, p := readQuery(query)
	if p != nil {
		return nil
	}
	if app := f.app(form["client_id"]); app != nil {
		return app.RedirectURIs
	}
	return nil
}
