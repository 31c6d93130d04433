package server_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/testkit"
)

// authorizing is a configuration with an authorization server.
func authorizing(more string) []string {
	return append(noApps, "log: {access", www+"oauth: {"+more+"}\nlog: {access")
}

// asks is a request to an endpoint.
type asks struct {
	method, path, kind, basic, body string // basic is id:secret, or a whole field
}

// said is what an endpoint answers.
type said struct {
	Status int
	Body   map[string]any
	Head   http.Header
}

func (i *instance) asks(t *testing.T, a asks) said {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), a.method, "http://"+i.WWWAddr()+a.path, strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	request.Host = "www.example"
	if a.kind != "" {
		request.Header.Set("Content-Type", a.kind)
	}
	switch id, secret, isPair := strings.Cut(a.basic, ":"); {
	case isPair:
		request.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(secret))
	case a.basic != "":
		request.Header.Set("Authorization", a.basic)
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	answer, err := transport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	s := said{Status: answer.StatusCode, Head: answer.Header}
	if len(text) > 0 {
		if err := json.Unmarshal(text, &s.Body); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
	}
	if answer.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s %s: Cache-Control %q", a.method, a.path, answer.Header.Get("Cache-Control"))
	}
	return s
}

const form = "application/x-www-form-urlencoded"

// posts sends a form.
func (i *instance) posts(t *testing.T, path, basic, body string) said {
	t.Helper()
	return i.asks(t, asks{http.MethodPost, path, form, basic, body})
}

const tokenPath = "/oauth/v2/accessToken"

// TestClientCredentials: an app gets a token of its own, which is good everywhere at once and says what it is for.
func TestClientCredentials(t *testing.T) {
	for _, profile := range []string{"standard", "linkedin"} {
		t.Run(profile, func(t *testing.T) {
			s := newStage(t)
			i := s.start(authorizing("profile: " + profile + ", lives: {application: 20m}")...)
			ask := shop
			ask.Products = []string{"profile", "ads"}
			made := create(t, i, ask)
			pair := made.ClientID + ":" + made.Secret
			inForm := "&client_id=" + made.ClientID + "&client_secret=" + made.Secret
			both, one := "r_ads r_profile", "token_type"
			if profile == "linkedin" {
				both = "r_ads,r_profile"
			}
			for name, c := range map[string]struct{ basic, body, scope string }{
				"in the field":     {pair, "grant_type=client_credentials", both},
				"in the form":      {"", "grant_type=client_credentials" + inForm, both},
				"in both, alike":   {pair, "grant_type=client_credentials&client_id=" + made.ClientID, both},
				"one scope":        {pair, "grant_type=client_credentials&scope=r_profile", "r_profile"},
				"two scopes":       {pair, "grant_type=client_credentials&scope=r_profile+r_ads", both},
				"an empty scope":   {pair, "grant_type=client_credentials&scope=", both},
				"what nobody asks": {pair, "grant_type=client_credentials&resource=https://x", both},
			} {
				got := i.posts(t, tokenPath, c.basic, c.body)
				token, _ := got.Body["access_token"].(string)
				want := map[string]any{"access_token": token, "expires_in": 1200.0, "scope": c.scope}
				if profile == "standard" {
					want[one] = "Bearer"
				}
				if diff := cmp.Diff(want, got.Body); diff != "" || got.Status != 200 || got.Head.Get("Pragma") != "no-cache" {
					t.Errorf("%s: %d (-want +got)\n%s", name, got.Status, diff)
				}
				if is := i.status("/v2/me", token); is != (answer{Status: 200}) && !strings.Contains(c.scope, ",") && c.scope != "r_ads" {
					t.Errorf("%s: the API answers %+v", name, is)
				}
			}
			if err := i.end(); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(s.out.String(), `"route":"www/oauth_token"`) || !strings.Contains(s.out.String(), `"app":"shop"`) {
				t.Errorf("the log does not tell who asked: %s", s.out.String())
			}
			if log := s.log.String() + s.out.String(); strings.Contains(log, made.Secret) || strings.Contains(log, "cdr_at_") {
				t.Error("a secret is in the log")
			}
		})
	}
}

// TestOAuthRefusals is every row of what goes wrong, in both profiles.
func TestOAuthRefusals(t *testing.T) {
	type row struct {
		status      int
		error, says string
	}
	rows := map[string]struct {
		asks               asks
		linkedin, standard row
	}{
		"GET":                        {asks{"GET", tokenPath, "", "", ""}, row{405, "invalid_request", "GET is not supported here; supported: POST"}, row{}},
		"PUT":                        {asks{"PUT", tokenPath, form, "{pair}", "grant_type=client_credentials"}, row{405, "invalid_request", "PUT is not supported here; supported: POST"}, row{}},
		"no media type":              {asks{"POST", tokenPath, "", "{pair}", "grant_type=client_credentials"}, row{400, "invalid_request", "The body is to be application/x-www-form-urlencoded, not 'nothing: there is no Content-Type'"}, row{}},
		"JSON":                       {asks{"POST", tokenPath, "application/json", "{pair}", "{}"}, row{400, "invalid_request", "The body is to be application/x-www-form-urlencoded, not 'application/json'"}, row{}},
		"a large body":               {asks{"POST", tokenPath, form, "{pair}", "a=" + strings.Repeat("x", 65<<10)}, row{413, "invalid_request", "The body is larger than the limit of 64 KiB"}, row{}},
		"the method before the body": {asks{"PUT", tokenPath, form, "{pair}", "a=" + strings.Repeat("x", 65<<10)}, row{405, "invalid_request", "PUT is not supported here; supported: POST"}, row{}},
		"in the URL":                 {asks{"POST", tokenPath + "?client_secret=geheim", form, "", "grant_type=client_credentials"}, row{400, "invalid_request", "The parameter 'client_secret' came in the URL; parameters are taken from the body alone"}, row{}},
		"a broken escape":            {asks{"POST", tokenPath, form, "{pair}", "grant_type=%zz"}, row{400, "invalid_request", "The form in the body cannot be read: the parameter 'grant_type' has a percent sign without two hexadecimal digits behind it"}, row{}},
		"twice":                      {asks{"POST", tokenPath, form, "{pair}", "grant_type=client_credentials&scope=a&scope=b"}, row{400, "invalid_request", "The parameter 'scope' came more than once"}, row{}},
		"twice before the rest":      {asks{"POST", tokenPath, form, "Bearer x", "grant_type=x&grant_type=x"}, row{400, "invalid_request", "The parameter 'grant_type' came more than once"}, row{}},
		"no grant type":              {asks{"POST", tokenPath, form, "{pair}", ""}, row{400, "invalid_request", `A required parameter "grant_type" is missing`}, row{400, "invalid_request", "A required parameter 'grant_type' is missing"}},
		"an empty grant type":        {asks{"POST", tokenPath, form, "{pair}", "grant_type="}, row{400, "invalid_request", `A required parameter "grant_type" is missing`}, row{400, "invalid_request", "A required parameter 'grant_type' is missing"}},
		"another grant type":         {asks{"POST", tokenPath, form, "{id}:wrong", "grant_type=password"}, row{400, "unsupported_grant_type", "The grant_type 'password' is not supported; supported: authorization_code, refresh_token, client_credentials"}, row{}},
		"HTML in it":                 {asks{"POST", tokenPath, form, "{pair}", "grant_type=%3Cscript%3E%22%5C%0a%c3%a9"}, row{400, "unsupported_grant_type", `The grant_type '<script>"???' is not supported; supported: authorization_code, refresh_token, client_credentials`}, row{400, "unsupported_grant_type", "The grant_type '<script>????' is not supported; supported: authorization_code, refresh_token, client_credentials"}},
		"two authentications":        {asks{"POST", tokenPath, form, "{pair}", "grant_type=client_credentials&client_id={id}&client_secret={secret}"}, row{400, "invalid_request", "The client authenticates in the Authorization field and in the body; one of them is expected"}, row{}},
		"another client id":          {asks{"POST", tokenPath, form, "{pair}", "grant_type=client_credentials&client_id=x"}, row{400, "invalid_request", "The client authenticates in the Authorization field and in the body; one of them is expected"}, row{}},
		"another scheme":             {asks{"POST", tokenPath, form, "Bearer x", "grant_type=client_credentials"}, row{401, "invalid_client", "The Authorization field holds no Basic credentials: its scheme is another"}, row{}},
		"no base64":                  {asks{"POST", tokenPath, form, "Basic ***", "grant_type=client_credentials"}, row{401, "invalid_client", "The Authorization field holds no Basic credentials: what follows Basic is no base64"}, row{}},
		"no colon":                   {asks{"POST", tokenPath, form, "Basic eA==", "grant_type=client_credentials"}, row{401, "invalid_client", "The Authorization field holds no Basic credentials: there is no colon between client id and secret"}, row{}},
		"no client":                  {asks{"POST", tokenPath, form, "", "grant_type=client_credentials"}, row{400, "invalid_request", `A required parameter "client_id" is missing`}, row{401, "invalid_client", "The client has not authenticated: 'client_id' is missing"}},
		"no secret":                  {asks{"POST", tokenPath, form, "", "grant_type=client_credentials&client_id={id}"}, row{400, "invalid_request", `A required parameter "client_secret" is missing`}, row{401, "invalid_client", "The client has not authenticated: 'client_secret' is missing"}},
		"an unknown client":          {asks{"POST", tokenPath, form, "nobody:x", "grant_type=client_credentials"}, row{400, "invalid_client_id", `The passed in client_id is invalid "nobody"`}, row{401, "invalid_client", "Client authentication failed"}},
		"a wrong secret":             {asks{"POST", tokenPath, form, "{id}:wrong", "grant_type=client_credentials"}, row{401, "invalid_client_id", "Client authentication failed"}, row{401, "invalid_client", "Client authentication failed"}},
		"a scope of nobody":          {asks{"POST", tokenPath, form, "{pair}", "grant_type=client_credentials&scope=r_profile+r_x"}, row{400, "invalid_scope", `Scope "r_x" is not authorized for your application`}, row{400, "invalid_scope", "The scope 'r_x' is not among those of this application: r_profile"}},
		"a scope of others":          {asks{"POST", tokenPath, form, "{pair}", "grant_type=client_credentials&scope=r_ads"}, row{400, "invalid_scope", `Scope "r_ads" is not authorized for your application`}, row{400, "invalid_scope", "The scope 'r_ads' is not among those of this application: r_profile"}},
		"a public app":               {asks{"POST", tokenPath, form, "{public}:x", "grant_type=client_credentials"}, row{401, "invalid_client_id", "Client authentication failed"}, row{401, "invalid_client", "Client authentication failed"}},
		"a disabled app":             {asks{"POST", tokenPath, form, "{disabled}", "grant_type=client_credentials"}, row{401, "access_denied", "This application is disabled"}, row{400, "unauthorized_client", "This application is disabled"}},
		"introspection by GET":       {asks{"GET", "/oauth/v2/introspectToken?token=x", "", "", ""}, row{405, "invalid_request", "GET is not supported here; supported: POST"}, row{}},
		"no token to look into":      {asks{"POST", "/oauth/v2/introspectToken", form, "{pair}", "x=y"}, row{400, "invalid_request", `A required parameter "token" is missing`}, row{400, "invalid_request", "A required parameter 'token' is missing"}},
		"looked into by nobody":      {asks{"POST", "/oauth/v2/introspectToken", form, "{id}:wrong", "token=x"}, row{401, "invalid_client", "Client authentication failed"}, row{}},
		"revocation by nobody":       {asks{"POST", "/oauth/v2/revoke", form, "", "token=x"}, row{400, "invalid_request", `A required parameter "client_id" is missing`}, row{401, "invalid_client", "The client has not authenticated: 'client_id' is missing"}},
		"no token to take back":      {asks{"POST", "/oauth/v2/revoke", form, "{pair}", ""}, row{400, "invalid_request", `A required parameter "token" is missing`}, row{400, "invalid_request", "A required parameter 'token' is missing"}},
		"a token in a query":         {asks{"POST", "/oauth/v2/revoke?token=x", form, "{pair}", "token=x"}, row{400, "invalid_request", "The parameter 'token' came in the URL; parameters are taken from the body alone"}, row{}},
		"a secret that has ended":    {asks{"POST", tokenPath, form, "{old}", "grant_type=client_credentials"}, row{401, "invalid_client_id", "Client authentication failed"}, row{401, "invalid_client", "Client authentication failed"}},
	}
	for _, profile := range []string{"linkedin", "standard"} {
		s := newStage(t)
		i := s.start(authorizing("profile: " + profile)...)
		words, causes := clients(t, i), map[string]string{}
		for name, c := range rows {
			want := c.linkedin
			if profile == "standard" && c.standard != (row{}) {
				want = c.standard
			}
			t.Run(profile+" "+name, func(t *testing.T) {
				a := c.asks
				a.basic, a.body = words.Replace(a.basic), words.Replace(a.body)
				got := i.asks(t, a)
				id := got.Head.Get("X-Request-Id")
				page, _ := got.Body["error_uri"].(string)
				if !strings.HasPrefix(page, "http://www.example/errors/oauth#oauth_") {
					t.Errorf("the page is %q", page)
				}
				body := map[string]any{"error": want.error, "error_description": want.says, "error_uri": page, "requestId": id}
				if diff := cmp.Diff(body, got.Body); diff != "" || got.Status != want.status {
					t.Errorf("%d, want %d (-want +got)\n%s", got.Status, want.status, diff)
				}
				challenge := ""
				if got.Status == 401 && a.basic != "" {
					challenge = `Basic realm="oauth", error="` + want.error + `", error_description="` + strings.ReplaceAll(want.says, `"`, "'") + `", error_uri="` + page + `"`
				}
				if got.Head.Get("WWW-Authenticate") != challenge || (got.Head.Get("Allow") == "POST") != (got.Status == 405) {
					t.Errorf("fields %v", got.Head)
				}
				_, cause, _ := strings.Cut(page, "#")
				if profile == "standard" && name == "an unknown client" {
					if cause != "oauth_wrong_secret" {
						t.Errorf("the page tells which clients there are: %s", page)
					}
					cause = "oauth_unknown_client" // the log does
				}
				causes[id] = cause
			})
		}
		for id, cause := range causes {
			testkit.Until(t, "the line of "+cause, func() bool {
				_, line, found := strings.Cut(s.out.String(), `"id":"`+id+`"`)
				line, _, _ = strings.Cut(line, "\n")
				whose := map[string]string{"oauth_scope": `"app":"shop"`, "oauth_disabled": `"app":"off"`}[cause]
				return found && strings.Contains(line, `"problem":"`+cause+`"`) && strings.Contains(line, whose)
			})
		}
		if strings.Contains(s.out.String()+s.log.String(), "geheim") {
			t.Error("a secret is in the log")
		}
	}
}

// clients makes an app of each sort, and the words for them.
func clients(t *testing.T, i *instance) *strings.Replacer {
	t.Helper()
	app := create(t, i, shop)
	of := func(name string, more func(*admin.AppRequest)) admin.AppAnswer {
		ask := shop
		ask.Name = name
		more(&ask)
		return create(t, i, ask)
	}
	public := of("phone", func(a *admin.AppRequest) { a.Public = true })
	off := of("off", func(*admin.AppRequest) {})
	change(t, i, "off", admin.AppChange{Disabled: new(true)})
	rotated := of("rotated", func(*admin.AppRequest) {})
	change(t, i, "rotated", admin.AppChange{RotateSecret: true})
	return strings.NewReplacer("{pair}", app.ClientID+":"+app.Secret, "{id}", app.ClientID, "{secret}", app.Secret, "{public}", public.ClientID,
		"{disabled}", off.ClientID+":"+off.Secret, "{old}", rotated.ClientID+":"+rotated.Secret)
}

// TestIntrospection: an app is told of its own tokens and of nothing else, and each change is seen at once.
func TestIntrospection(t *testing.T) {
	const introspect, revoke = "/oauth/v2/introspectToken", "/oauth/v2/revoke"
	for _, profile := range []string{"linkedin", "standard"} {
		t.Run(profile, func(t *testing.T) {
			s := newStage(t)
			var ahead atomic.Int64
			o, began := s.options(), time.Now().Truncate(time.Second)
			o.Now = func() time.Time { return began.Add(time.Duration(ahead.Load())) }
			i := s.startBy(s.config(authorizing("profile: "+profile)...), o)
			app, other := create(t, i, shop), func() admin.AppAnswer {
				ask := shop
				ask.Name = "other"
				return create(t, i, ask)
			}()
			pair, stranger := app.ClientID+":"+app.Secret, other.ClientID+":"+other.Secret
			issued := i.posts(t, tokenPath, pair, "grant_type=client_credentials").Body["access_token"].(string)
			member := i.mint("shop", "ada")
			look := func(by, token string) map[string]any {
				return i.posts(t, introspect, by, "token="+url.QueryEscape(token)).Body
			}
			now := float64(began.Unix())
			own := map[string]any{"active": true, "scope": "r_profile", "client_id": app.ClientID, "token_type": "Bearer", "exp": now + 1800, "iat": now, "iss": "http://www.example/oauth"}
			if profile == "linkedin" {
				own = map[string]any{"active": true, "status": "active", "client_id": app.ClientID, "created_at": now, "authorized_at": now, "expires_at": now + 1800, "auth_type": "2L"}
			}
			nothing := map[string]any{"active": false}
			is := func(what string, want, got map[string]any) {
				t.Helper()
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s (-want +got)\n%s", what, diff)
				}
			}
			is("its own", own, look(pair, issued))
			is("another's", nothing, look(stranger, issued))
			is("garbage", nothing, look(pair, "x"))
			is("like one of ours", nothing, look(pair, "cdr_at_"+strings.Repeat("A", 64)))
			is("with something behind it", nothing, look(pair, issued+"A"))
			of := look(pair, member)
			if of["active"] != true || profile == "standard" && of["sub"] != "ada" || profile == "linkedin" && (of["auth_type"] != "3L" || of["scope"] != "r_profile") {
				t.Errorf("a member's: %v", of)
			}
			if got := i.posts(t, revoke, stranger, "token="+issued); got.Status != 200 || len(got.Body) != 0 {
				t.Errorf("taken back by another: %+v", got)
			}
			is("taken back by another", own, look(pair, issued))
			if got := i.posts(t, revoke, pair, "token="+issued+"&token_type_hint=refresh_token"); got.Status != 200 || len(got.Body) != 0 {
				t.Errorf("taken back: %+v", got)
			}
			dead := nothing
			if profile == "linkedin" {
				dead = map[string]any{"active": false, "status": "revoked", "client_id": app.ClientID, "created_at": now, "authorized_at": now, "expires_at": now + 1800, "auth_type": "2L"}
			}
			is("taken back", dead, look(pair, issued))
			if got := i.status("/v2/me", issued); got != (answer{Status: 401, Problem: "revoked_access_token"}) {
				t.Errorf("the API answers %+v", got)
			}
			if got := i.posts(t, revoke, pair, "token="+issued); got.Status != 200 {
				t.Errorf("taken back again: %+v", got)
			}
			second := i.posts(t, tokenPath, pair, "grant_type=client_credentials").Body["access_token"].(string)
			ahead.Store(int64(31 * time.Minute))
			ended := nothing
			if profile == "linkedin" {
				ended = map[string]any{"active": false, "status": "expired", "client_id": app.ClientID, "created_at": now, "authorized_at": now, "expires_at": now + 1800, "auth_type": "2L"}
			}
			is("past its end", ended, look(pair, second))
		})
	}
}

// TestTooManyFailedClients: an address that fails too often is told to wait, and the right secret still works.
func TestTooManyFailedClients(t *testing.T) {
	s := newStage(t)
	began := time.Now().Truncate(time.Minute)
	o := s.options()
	o.Now = func() time.Time { return began.Add(20 * time.Second) }
	i := s.startBy(s.config(append(authorizing(""), "drain:", "limits: {failed_credentials: 3}\ndrain:")...), o)
	app := create(t, i, shop)
	var got said
	for n := range 4 {
		if got = i.posts(t, tokenPath, app.ClientID+":wrong", "grant_type=client_credentials"); got.Status != 401 && n < 3 {
			t.Errorf("%d. answer: %d", n+1, got.Status)
		}
	}
	if got.Status != 429 || got.Head.Get("Retry-After") != "40" || got.Body["error"] != "temporarily_unavailable" {
		t.Errorf("%+v", got)
	}
	if got = i.posts(t, tokenPath, app.ClientID+":"+app.Secret, "grant_type=client_credentials"); got.Status != 200 {
		t.Errorf("the right secret: %+v", got)
	}
}

// TestAuthorizationServerIsOff: without oauth: there is none of it.
func TestAuthorizationServerIsOff(t *testing.T) {
	i := newStage(t).start(withWWW(www)...)
	for _, path := range []string{tokenPath, "/oauth/v2/introspectToken", "/oauth/v2/revoke", "/.well-known/oauth-authorization-server/oauth"} {
		if got := i.asks(t, asks{http.MethodPost, path, form, "", "a=b"}); got.Status != 404 || got.Head.Get("Candor-Problem") != "resource_not_found" {
			t.Errorf("%s: %+v", path, got)
		}
	}
}

// TestMetadata: clients find what is there, from any origin.
func TestMetadata(t *testing.T) {
	i := newStage(t).start(authorizing("")...)
	got := i.asks(t, asks{http.MethodGet, "/.well-known/oauth-authorization-server/oauth", "", "", ""})
	by := []any{"client_secret_basic", "client_secret_post"}
	want := map[string]any{
		"issuer": "http://www.example/oauth", "token_endpoint": "http://www.example/oauth/v2/accessToken", "introspection_endpoint": "http://www.example/oauth/v2/introspectToken",
		"revocation_endpoint": "http://www.example/oauth/v2/revoke", "response_types_supported": []any{}, "grant_types_supported": []any{"client_credentials"},
		"token_endpoint_auth_methods_supported": by, "introspection_endpoint_auth_methods_supported": by, "revocation_endpoint_auth_methods_supported": by,
		"scopes_supported": []any{"r_profile", "r_ads"}, "jwks_uri": "http://www.example/oauth/v2/jwks", "userinfo_endpoint": "http://www.example/oauth/v2/userinfo",
	}
	if diff := cmp.Diff(want, got.Body); diff != "" || got.Head.Get("Access-Control-Allow-Origin") != "*" || got.Head.Get("Content-Type") != "application/json" {
		t.Errorf("%v (-want +got)\n%s", got.Head, diff)
	}
	if got := i.asks(t, asks{http.MethodPost, "/.well-known/oauth-authorization-server/oauth", form, "", "a=b"}); got.Status != 405 || got.Head.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %+v", got)
	}
}
