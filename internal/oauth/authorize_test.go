package oauth

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/problem"
)

// returning are the apps of known with places to go back to.
func returning(t *testing.T, profile problem.Profile) *Facts {
	t.Helper()
	f := known(t, profile)
	for _, app := range f.Apps {
		if app != nil {
			app.RedirectURIs = []string{callback, "https://app.example/with?query=1", "com.example.app:/back"}
		}
	}
	f.Apps[3].RedirectURIs = append(f.Apps[3].RedirectURIs, "http://127.0.0.1/cb", "http://[::1]:7/cb?x=1", "http://localhost:8080/cb")
	return f
}

// link is a query of pairs; one with an empty value is left out.
func link(base string, pairs ...string) string {
	v, err := url.ParseQuery(base)
	if err != nil {
		panic(err)
	}
	for i := 0; i < len(pairs); i += 2 {
		if v.Set(pairs[i], pairs[i+1]); pairs[i+1] == "" {
			v.Del(pairs[i])
		}
	}
	return v.Encode()
}

const good = "client_id=good&redirect_uri=" + callback + "&response_type=code&state=s"

// TestDecideAuthorization: each thing that can be wrong with a request, and whether the app is told of it or the person at the browser.
func TestDecideAuthorization(t *testing.T) {
	public := link(good, "client_id", "public", "code_challenge", challenge(verifier), "code_challenge_method", "S256")
	for name, c := range map[string]struct {
		query  string
		cause  problem.OAuthCause
		isPage bool
	}{
		"no client":                  {link(good, "client_id", ""), problem.OAuthAuthorizeMissing, true},
		"an unknown client":          {link(good, "client_id", "nobody"), problem.OAuthAuthorizeClient, true},
		"a client of another issuer": {link(good, "client_id", "theirs"), problem.OAuthAuthorizeClient, true},
		"two clients":                {good + "&client_id=good", problem.OAuthRepeated, true},
		"no redirect URI":            {link(good, "redirect_uri", ""), problem.OAuthAuthorizeMissing, true},
		"two redirect URIs":          {good + "&redirect_uri=https://evil.example", problem.OAuthRepeated, true},
		"an encoded name twice":      {good + "&redirect%5Furi=https://evil.example", problem.OAuthRepeated, true},
		"percent signs":              {good + "&x=%zz", problem.OAuthMalformed, true},
		"a disabled app":             {link(good, "client_id", "off"), problem.OAuthDisabled, false},
		"a parameter twice":          {good + "&scope=a&scope=b", problem.OAuthRepeated, false},
		"a state twice":              {good + "&state=b", problem.OAuthRepeated, false},
		"request":                    {link(good, "request", "x"), problem.OAuthRequestObject, false},
		"request_uri":                {link(good, "request_uri", "x"), problem.OAuthRequestURI, false},
		"no response type":           {link(good, "response_type", ""), problem.OAuthMissing, false},
		"token":                      {link(good, "response_type", "token"), problem.OAuthResponseType, false},
		"code and token":             {link(good, "response_type", "code id_token"), problem.OAuthResponseType, false},
		"a fragment":                 {link(good, "response_mode", "fragment"), problem.OAuthResponseMode, false},
		"query":                      {link(good, "response_mode", "query"), 0, false},
		"a public app without":       {link(public, "code_challenge", "", "code_challenge_method", ""), problem.OAuthChallenge, false},
		"a public app":               {public, 0, false},
		"plain":                      {link(public, "code_challenge_method", "plain"), problem.OAuthChallengeMethod, false},
		"plain by leaving it out":    {link(public, "code_challenge_method", ""), problem.OAuthChallengeMethod, false},
		"s256":                       {link(public, "code_challenge_method", "s256"), problem.OAuthChallengeMethod, false},
		"a method alone":             {link(good, "code_challenge_method", "S256"), problem.OAuthChallenge, false},
		"a challenge with padding":   {link(public, "code_challenge", challenge(verifier)+"="), problem.OAuthChallenge, false},
		"a challenge in base64":      {link(public, "code_challenge", challenge(verifier)[:42]+"+"), problem.OAuthChallenge, false},
		"prompt":                     {link(good, "prompt", "dance"), problem.OAuthParameter, false},
		"prompt none and login":      {link(good, "prompt", "none login"), problem.OAuthParameter, false},
		"prompt login and consent":   {link(good, "prompt", "login consent"), 0, false},
		"max_age":                    {link(good, "max_age", "-1"), problem.OAuthParameter, false},
		"max_age in words":           {link(good, "max_age", "1h"), problem.OAuthParameter, false},
		"a long nonce":               {link(good, "nonce", strings.Repeat("n", 513)), problem.OAuthParameter, false},
		"a long state":               {link(good, "state", strings.Repeat("n", 8<<10+1)), problem.OAuthParameter, false},
		"a state of 4 kB":            {link(good, "state", strings.Repeat("\x00é ", 1000)), 0, false},
		"a scope":                    {link(good, "scope", "r_a"), 0, false},
		"what nobody knows":          {link(good, "ui_locales", "de", "display", "popup", "resource", "x"), 0, false},
		"an HTML client":             {link(good, "client_id", "<script>"), problem.OAuthAuthorizeClient, true},
		"SQL":                        {link(good, "client_id", "' OR 1=1 --"), problem.OAuthAuthorizeClient, true},
		"empty":                      {"", problem.OAuthAuthorizeMissing, true},
	} {
		a, back, p := DecideAuthorization(c.query, "https://www", returning(t, problem.Standard))
		if (p != nil) != (c.cause != 0) || p != nil && p.Cause != c.cause || (a != nil) != (c.cause == 0) {
			t.Errorf("%s: %+v, want %s", name, p, c.cause.Name())
		}
		if (back == nil) != c.isPage {
			t.Errorf("%s: back to %+v", name, back)
		}
	}
}

// TestRedirectURIs: what is led back to, and what is shown on a page, since it may be anybody's.
func TestRedirectURIs(t *testing.T) {
	for _, c := range []struct {
		client, uri string
		ok          bool
	}{
		{"good", callback, true},
		{"good", "com.example.app:/back", true},
		{"good", "https://app.example/with?query=1", true},
		{"good", callback + "/", false},
		{"good", callback + "?", false},
		{"good", callback + "#", false},
		{"good", callback + "#x", false},
		{"good", callback + "/../evil", false},
		{"good", callback + "/extra", false},
		{"good", "https://APP.example/cb", false},
		{"good", "HTTPS://app.example/cb", false},
		{"good", "https://app.example./cb", false},
		{"good", "https://app.example:443/cb", false},
		{"good", "https://app.example/CB", false},
		{"good", "https://app.example/%63b", false},
		{"good", "https://app.example@evil.example/cb", false},
		{"good", "https://evil.example\\@app.example/cb", false},
		{"good", "https://app.example\\.evil.example/cb", false},
		{"good", "https://app.example/with?query=1&more=2", false},
		{"good", "http://app.example/cb", false},
		{"good", "//app.example/cb", false},
		{"good", " " + callback, false},
		{"good", callback + "\n", false},
		{"good", "javascript:alert(1)", false},
		{"good", "http://127.0.0.1/cb", false},
		{"public", "http://127.0.0.1/cb", true},
		{"public", "http://127.0.0.1:51004/cb", true},
		{"public", "http://127.0.0.1:0/cb", false},
		{"public", "http://127.0.0.1:65536/cb", false},
		{"public", "http://127.0.0.1:51004/cb?x", false},
		{"public", "http://127.0.0.1:51004/", false},
		{"public", "http://127.0.0.2:51004/cb", false},
		{"public", "http://127.0.0.1:80@evil.example/cb", false},
		{"public", "http://127.0.0.1.evil.example/cb", false},
		{"public", "http://127.1:51004/cb", false},
		{"public", "https://127.0.0.1:51004/cb", false},
		{"public", "http://[::1]:8/cb?x=1", true},
		{"public", "http://[::1]/cb?x=1", true},
		{"public", "http://localhost:9/cb", true},
		{"public", "http://LOCALHOST:9/cb", false},
		{"public", "http://localhost:9/cb#", false},
		{"public", "https://app.example:444/cb", false},
	} {
		_, back, p := DecideAuthorization(link(good, "client_id", c.client, "redirect_uri", c.uri), "", returning(t, problem.Standard))
		if (back != nil) != c.ok || back != nil && back.RedirectURI != c.uri {
			t.Errorf("%s, %q: back to %+v, %+v", c.client, c.uri, back, p)
		}
	}
}

// TestReturn: what goes back is added to what is there, byte for byte.
func TestReturn(t *testing.T) {
	state := "a b&c=d\x00\x1f\"<é%"
	for uri, want := range map[string]string{
		callback:                  callback + "?code=",
		callback + "?":            callback + "?code=",
		callback + "?a=b":         callback + "?a=b&code=",
		callback + "?a&":          callback + "?a&code=",
		"com.example.app:/back":   "com.example.app:/back?code=",
		"http://[::1]:8/cb?x=%2F": "http://[::1]:8/cb?x=%2F&code=",
	} {
		r := &Return{RedirectURI: uri, State: state, Issuer: "https://www/oauth"}
		got := r.WithCode("c/+")
		u, err := url.Parse(got)
		if err != nil || !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, %v", uri, got, err)
			continue
		}
		if q := u.Query(); q.Get("code") != "c/+" || q.Get("state") != state || q.Get("iss") != "https://www/oauth" {
			t.Errorf("%s: %s", uri, got)
		}
	}
	p := &problem.OAuthProblem{Cause: problem.OAuthScopeOfApp, Value: `r_x"`, Known: "r_a"}
	got := (&Return{RedirectURI: callback}).WithProblem(p, problem.LinkedIn, "https://www/errors", "id")
	want := callback + "?error=unauthorized_scope_error&error_description=Scope+%22r_x%22%22+is+not+authorized+for+your+application&error_uri=https%3A%2F%2Fwww%2Ferrors%2Foauth%23oauth_scope_of_app&requestId=id"
	if got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// TestNext: which page comes next, if any.
func TestNext(t *testing.T) {
	ada := func(at int64) *Member { return &Member{&access.Member{ID: 1, Subject: "ada"}, at} }
	f := returning(t, problem.Standard) // it is 1000
	all := &access.Grant{Scopes: access.ScopeSet{}.With(0).With(1)}
	restricted := ada(900)
	restricted.Restricted.Store(true)
	dead := &access.Grant{Scopes: all.Scopes}
	dead.Revoke(access.ByMember)
	public := link(good, "client_id", "public", "code_challenge", challenge(verifier), "code_challenge_method", "S256")
	for name, c := range map[string]struct {
		query   string
		who     *Member
		hinted  string
		granted *access.Grant
		step    Step
		cause   problem.OAuthCause
	}{
		"nobody":                         {good, nil, "", nil, SignIn, 0},
		"nobody, and none may be shown":  {link(good, "prompt", "none"), nil, "", nil, SignIn, problem.OAuthLoginRequired},
		"somebody new":                   {good, ada(900), "", nil, Consent, 0},
		"somebody who has allowed it":    {good, ada(900), "", all, Issue, 0},
		"who is to be asked again":       {link(good, "prompt", "consent"), ada(900), "", all, Consent, 0},
		"of a public app":                {public, ada(900), "", all, Consent, 0},
		"of a public app, without pages": {link(public, "prompt", "none"), ada(900), "", all, Consent, problem.OAuthConsentRequired},
		"who has allowed other scopes":   {link(good, "scope", "r_a"), ada(900), "", all, Consent, 0},
		"who has taken it back":          {good, ada(900), "", dead, Consent, 0},
		"without pages":                  {link(good, "prompt", "none"), ada(900), "", all, Issue, 0},
		"without pages, new":             {link(good, "prompt", "none"), ada(900), "", nil, Consent, problem.OAuthConsentRequired},
		"who is to sign in again":        {link(good, "prompt", "login"), ada(900), "", all, SignIn, 0},
		"who has signed in again":        {link(good, "prompt", "login"), ada(995), "", all, Issue, 0},
		"another account":                {link(good, "prompt", "select_account"), ada(900), "", all, SignIn, 0},
		"signed in long ago":             {link(good, "max_age", "60"), ada(900), "", all, SignIn, 0},
		"signed in lately":               {link(good, "max_age", "100"), ada(900), "", all, Issue, 0},
		"max_age 0":                      {link(good, "max_age", "0"), ada(989), "", all, SignIn, 0},
		"max_age 0, signed in again":     {link(good, "max_age", "0"), ada(991), "", all, Issue, 0},
		"long ago, without pages":        {link(good, "max_age", "1", "prompt", "none"), ada(900), "", all, SignIn, problem.OAuthLoginRequired},
		"as hinted":                      {good, ada(900), "ada", all, Issue, 0},
		"not as hinted":                  {good, ada(900), "bob", all, SignIn, 0},
		"not as hinted, without pages":   {link(good, "prompt", "none"), ada(900), "bob", all, SignIn, problem.OAuthLoginRequired},
		"as another in spite of it":      {good, ada(995), "bob", all, SignIn, problem.OAuthLoginRequired},
		"no member":                      {good, &Member{nil, 900}, "", nil, SignIn, problem.OAuthNoMember},
		"a restricted member":            {good, restricted, "", all, SignIn, problem.OAuthMemberRestricted},
		"a strange scope, nobody":        {link(good, "scope", "r_c"), nil, "", nil, SignIn, 0},
		"a strange scope":                {link(good, "scope", "r_a r_c"), ada(900), "", nil, SignIn, problem.OAuthScopeOfApp},
		"an app without scopes":          {link(good, "client_id", "bare"), ada(900), "", nil, SignIn, problem.OAuthScopeOfApp},
	} {
		a, _, p := DecideAuthorization(c.query, "", f)
		if p != nil {
			t.Errorf("%s: %+v", name, p)
			continue
		}
		step, p := a.Next(c.who, c.hinted, c.granted, 990, f)
		if step != c.step || (p != nil) != (c.cause != 0) || p != nil && p.Cause != c.cause {
			t.Errorf("%s: %d %+v", name, step, p)
		}
	}
	if _, back, p := DecideAuthorization(link(good, "scope", "r_a,r_c"), "", returning(t, problem.LinkedIn)); p == nil || back == nil || p.Value != "r_c" {
		t.Errorf("in the linkedin profile at once: %+v", p)
	}
}

// TestCodeOf: what is kept of a consent.
func TestCodeOf(t *testing.T) {
	f := returning(t, problem.Standard)
	f.Lives.Code = 60e9
	a, _, p := DecideAuthorization(link(good, "scope", "r_b", "nonce", "n", "code_challenge", challenge(verifier), "code_challenge_method", "S256"), "", f)
	if p != nil {
		t.Fatal(p)
	}
	ada := &access.Member{ID: 4}
	want := &access.Code{
		ID: 9, App: 1, Member: ada, Scopes: access.ScopeSet{}.With(1), ScopeText: "r_b", RedirectURI: callback, Challenge: challenge(verifier), Nonce: "n",
		Authenticated: 900, Created: 1000, Ends: 1060,
	}
	got := a.Code(9, &Member{ada, 900}, f)
	got.Member, want.Member = nil, nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// FuzzDecideAuthorization: whatever the query, nobody is led elsewhere than to a registered URI, and the state comes back byte for byte.
func FuzzDecideAuthorization(f *testing.F) {
	f.Add(good)
	f.Add(good + "&state=a%00b&prompt=none+login&max_age=99999999999999999999")
	f.Add("client_id=public&redirect_uri=http://127.0.0.1:1/cb&response_type=code&code_challenge=x")
	f.Fuzz(func(t *testing.T, query string) {
		facts := returning(t, problem.Standard)
		a, back, p := DecideAuthorization(query, "https://www/oauth", facts)
		if (a == nil) == (p == nil) || a != nil && back == nil {
			t.Fatalf("%+v %+v %+v", a, back, p)
		}
		if back == nil {
			return
		}
		to := back.WithCode("c")
		if p != nil {
			to = back.WithProblem(p, problem.Standard, "https://www/errors", "id")
		}
		if !strings.HasPrefix(to, back.RedirectURI) {
			t.Errorf("to %s", to)
		}
		u, err := url.Parse(to)
		if err != nil || u.Query().Get("state") != back.State {
			t.Errorf("%v: %s", err, to)
		}
	})
}
