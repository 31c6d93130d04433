package oauth

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

// known are the apps of the tests: the first has what is asked for, each other lacks one thing.
func known(t *testing.T, profile problem.Profile) *Facts {
	t.Helper()
	names := &access.Names{}
	var all access.ScopeSet
	for _, name := range []string{"r_a", "r_b", "r_c"} {
		n, err := names.AddScope(name)
		if err != nil {
			t.Fatal(err)
		}
		if name != "r_c" {
			all = all.With(n)
		}
	}
	app := func(id access.AppID, name string, change func(*access.App)) *access.App {
		a := &access.App{ID: id, Name: name, ClientID: name, Scopes: all, TwoLegged: true, Secrets: []access.Secret{access.NewSecret("secret", 0)}}
		change(a)
		return a
	}
	return &Facts{Profile: profile, Names: names, Now: 1000, Apps: access.Apps{
		nil,
		app(1, "good", func(*access.App) {}),
		app(2, "members", func(a *access.App) { a.TwoLegged = false }),
		app(3, "public", func(a *access.App) { a.Public = true }),
		app(4, "theirs", func(a *access.App) { a.External = "https://issuer|theirs" }),
		app(5, "off", func(a *access.App) { a.Disabled = true }),
		app(6, "bare", func(a *access.App) { a.Scopes = access.ScopeSet{} }),
		app(7, "serves", func(a *access.App) { a.Introspects = []string{"people"} }),
		app(8, "one", func(a *access.App) { a.Secrets[0].Ends = 1000 }),
		app(9, "refreshes", func(a *access.App) { a.Refreshes = true }),
	}}
}

func asked(client string, more ...string) *Request {
	q := &Request{Form: map[string]string{"grant_type": ClientCredentials, "client_id": client, "client_secret": "secret"}}
	for i := 0; i < len(more); i += 2 {
		q.Form[more[i]] = more[i+1]
	}
	return q
}

func TestDecideToken(t *testing.T) {
	for name, c := range map[string]struct {
		request *Request
		want    []string // scopes
		cause   problem.OAuthCause
	}{
		"all of its scopes":             {asked("good"), []string{"r_a", "r_b"}, 0},
		"one":                           {asked("good", "scope", "r_b"), []string{"r_b"}, 0},
		"blanks around":                 {asked("good", "scope", "  r_b  r_a "), []string{"r_b", "r_a"}, 0},
		"nothing but blanks":            {asked("good", "scope", "  "), nil, problem.OAuthScope},
		"an app without scopes":         {asked("bare"), nil, 0},
		"an app without the scope":      {asked("bare", "scope", "r_a"), nil, problem.OAuthScope},
		"a scope of other apps":         {asked("good", "scope", "r_c"), nil, problem.OAuthScope},
		"an app for members alone":      {asked("members"), nil, problem.OAuthNotAllowed},
		"an app that keeps no secret":   {asked("public"), nil, problem.OAuthWrongSecret},
		"an app of another issuer":      {asked("theirs"), nil, problem.OAuthUnknownClient},
		"a disabled app":                {asked("off"), nil, problem.OAuthDisabled},
		"a disabled app, wrong secret":  {asked("off", "client_secret", "x"), nil, problem.OAuthWrongSecret},
		"a secret that ends now":        {asked("one"), nil, problem.OAuthWrongSecret},
		"the secret of another":         {asked("good", "client_secret", "Secret"), nil, problem.OAuthWrongSecret},
		"the grant before the client":   {asked("nobody", "grant_type", "x"), nil, problem.OAuthGrantType},
		"a code without a code":         {asked("good", "grant_type", "authorization_code"), nil, problem.OAuthMissing},
		"a code without a redirect URI": {asked("good", "grant_type", "authorization_code", "code", "x"), nil, problem.OAuthMissing},
		"a refresh without a token":     {asked("refreshes", "grant_type", "refresh_token"), nil, problem.OAuthMissing},
		"a refresh of who gets none":    {asked("good", "grant_type", "refresh_token", "refresh_token", "x"), nil, problem.OAuthNoRefresh},
		"a public app with a secret":    {asked("public", "grant_type", "authorization_code"), nil, problem.OAuthWrongSecret},
		"a public app and its code":     {asked("public", "grant_type", "authorization_code", "client_secret", "", "code", "x", "redirect_uri", "y"), nil, 0},
		"a secret app without it":       {asked("good", "grant_type", "authorization_code", "client_secret", ""), nil, problem.OAuthNoAuthentication},
		"nobody without a secret":       {asked("nobody", "grant_type", "authorization_code", "client_secret", ""), nil, problem.OAuthNoAuthentication},
	} {
		order, p := DecideToken(c.request, known(t, problem.Standard))
		if c.cause != 0 {
			if p == nil || p.Cause != c.cause || order != nil {
				t.Errorf("%s: %+v, %+v", name, order, p)
			}
			continue
		}
		if p != nil {
			t.Errorf("%s: %+v", name, p)
			continue
		}
		if diff := cmp.Diff(c.want, order.Scopes); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

// TestCommas: the linkedin profile takes scopes by commas as well, the standard one does not.
func TestCommas(t *testing.T) {
	if order, p := DecideToken(asked("good", "scope", "r_a,r_b"), known(t, problem.LinkedIn)); p != nil || len(order.Scopes) != 2 {
		t.Errorf("%+v, %+v", order, p)
	}
	if _, p := DecideToken(asked("good", "scope", "r_a,r_b"), known(t, problem.Standard)); p == nil || p.Value != "r_a,r_b" {
		t.Errorf("%+v", p)
	}
}

// TestWhoIsTold: of a token are told its own app and those that serve an API; all others, and of all else, get one answer.
func TestWhoIsTold(t *testing.T) {
	f := known(t, problem.Standard)
	seen := func(app access.AppID, state token.State) *Seen {
		return &Seen{Result: token.Result{State: state, Genuine: true, Grant: &access.Grant{App: app}, Issued: 900, ExpiredAt: 2000}}
	}
	const nothing = "{\"active\":false}\n"
	for name, c := range map[string]struct {
		by   access.AppID
		seen *Seen
		told bool
	}{
		"its own":                      {1, seen(1, token.Good), true},
		"another's":                    {2, seen(1, token.Good), false},
		"by an app that serves an API": {7, seen(1, token.Good), true},
		"a refresh token of its own":   {1, &Seen{Result: seen(1, token.Good).Result, Refresh: true}, true},
		"of another, by who serves":    {7, &Seen{Result: seen(1, token.Good).Result, Refresh: true}, false},
		"revoked":                      {1, seen(1, token.Revoked), false},
		"of a restricted member":       {1, seen(1, token.Restricted), false},
		"expired":                      {1, seen(1, token.Expired), false},
		"none":                         {7, &Seen{}, false},
		"of a disabled app":            {7, seen(5, token.Good), false},
		"of an app that is gone":       {7, seen(99, token.Good), false},
	} {
		got := string(AppendLook(nil, f.Apps[c.by], c.seen, "https://i", f))
		if (got != nothing) != c.told || c.told && !strings.Contains(got, `"active":true`) {
			t.Errorf("%s: %s", name, got)
		}
	}
	for state, want := range map[token.State]bool{token.Good: true, token.Restricted: true, token.Expired: false, token.Revoked: false, token.Invalid: false} {
		if got := Revokes(f.Apps[1], seen(1, state)); got != want {
			t.Errorf("takes back what is %v: %v", state, got)
		}
	}
	if Revokes(f.Apps[7], seen(1, token.Good)) {
		t.Error("who serves an API takes back a token of others")
	}
}

// FuzzRead: whatever comes, there is a request or one reason, and no reason holds what may be a secret.
func FuzzRead(f *testing.F) {
	f.Add("a=b&c=d", "", "Basic YTpi", "application/x-www-form-urlencoded")
	f.Add("a=%zz&a", "client_secret=geheim", "Basic", "text/plain; charset=\"")
	f.Add("&&=&=&client_secret=geheim%", "%zz=1&&", "basic OmdlaGVpbQ==", "application/x-www-form-urlencoded; charset=utf-8")
	f.Fuzz(func(t *testing.T, body, query, authorization, kind string) {
		r := &http.Request{Method: http.MethodPost, URL: &url.URL{RawQuery: query}, Header: http.Header{"Content-Type": {kind}, "Authorization": {authorization}}}
		p := Begin(r)
		var q *Request
		if p == nil {
			q, p = Read(r, []byte(body))
		}
		if p == nil {
			if q == nil || q.Form == nil {
				t.Fatal("neither a request nor a reason")
			}
			_, p = DecideToken(q, known(t, problem.Standard))
		}
		if p == nil {
			return
		}
		for _, profile := range []problem.Profile{problem.Standard, problem.LinkedIn} {
			row := p.Row(profile)
			for _, c := range []byte(row.Description) {
				if c < ' ' || c > '~' || c == '\\' || c == '"' && profile == problem.Standard {
					t.Errorf("%q in %q", c, row.Description)
				}
			}
			if row.Status < 400 || row.Error == "" || len(row.Description) > 310 {
				t.Errorf("%+v", row)
			}
		}
	})
}
